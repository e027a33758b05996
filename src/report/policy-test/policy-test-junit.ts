import type { PolicyTestOutcome } from "../../core/outcome/outcome.ts";
import { coverageOf } from "../../core/policy-test/coverage.ts";
import type { PolicyTestFile, PolicyTestReport } from "../../core/policy-test/report.ts";
import { locatedFindings } from "../findings/located.ts";
import { type JunitCase, junitSuites } from "../formats/junit.ts";
import { coverageWords } from "./coverage-words.ts";

/** A suite for each file, and one for the coverage: with a case of its own where a minimum was asked for. */
export function policyTestJunit({ report }: PolicyTestOutcome): string {
  const suites = report.files.map((file) => ({
    name: file.file,
    cases: [
      ...findingCases(file),
      ...report.results
        .filter((result) => result.file === file.file)
        .map(({ test, failures }) => ({
          name: test.name,
          place: { file: file.file, line: test.line },
          ...(failures.length > 0 && { failure: { type: "policy-test-failed", message: failures.join("; ") } }),
        })),
    ],
  }));
  const coverage = { name: "coverage", cases: coverageCases(report), properties: coverageProperties(report) };
  return junitSuites([...suites, coverage]);
}

function findingCases({ file, findings, locate }: PolicyTestFile): readonly JunitCase[] {
  return locatedFindings(findings, locate).map(({ code, severity, line, column, message }) => {
    const place = line === null ? file : `${file}:${line}:${column}`;
    const name = `${code} at ${place}`;
    return severity === "error" ? { name, error: { type: code, message } } : { name, note: `${severity}: ${message}` };
  });
}

function coverageCases(report: PolicyTestReport): readonly JunitCase[] {
  const { minCoverage } = report;
  if (minCoverage === undefined) return [];
  const { text, tooLow } = coverageWords(report);
  const failure = { type: "policy-test-coverage", message: `coverage ${text}` };
  return [{ name: `at least ${minCoverage} %`, ...(tooLow ? { failure } : { note: `coverage ${text}` }) }];
}

function coverageProperties({ matrix }: PolicyTestReport): readonly (readonly [string, string])[] {
  const { covered, total, percent } = coverageOf(matrix);
  const uncovered = matrix.filter((cell) => !cell.covered).map(({ role, model }) => `${role} ${model}`);
  return [
    ["coverage.percent", String(percent)],
    ["coverage.covered", String(covered)],
    ["coverage.total", String(total)],
    ["uncovered", uncovered.join(", ")],
  ];
}
