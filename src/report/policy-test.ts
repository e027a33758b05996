import type { PolicyTestOutcome } from "../core/outcome/outcome.ts";
import type { Decision } from "../core/policy/policy.ts";
import { coverageOf, LISTED_PAIRS, matrixCells, uncoveredPairs } from "../core/policy-test/matrix.ts";
import type { PolicyTestFile, PolicyTestReport, PolicyTestResult } from "../core/policy-test/report.ts";
import { addTo, groupBy } from "../core/text/text.ts";
import { findingCounts, findingLines } from "./findings/finding-lines.ts";
import { locatedFindings } from "./findings/located.ts";
import { escapeTerminal } from "./formats/escape.ts";
import type { Forms, Run } from "./formats/forms.ts";
import { type Annotation, githubAnnotations } from "./formats/github.ts";
import { jsonObject } from "./formats/json.ts";
import { type JunitCase, junit } from "./formats/junit.ts";
import { pathInRepository, type Repository } from "./formats/repository-path.ts";
import type { Style } from "./formats/style.ts";
import { renderRows } from "./formats/tree.ts";
import { matrixLines } from "./policy-matrix.ts";
import { annotationsOf } from "./validation.ts";

/** So many uncovered pairs are listed; a longer list hides what is above it. */
const PAIRS_SHOWN = 20;
/** So many stand in the property of a JUnit report, which is one attribute. */
const PROPERTIES_SHOWN = 1000;

/** What policy tests say. */
export const policyTestForms = {
  text: policyTestText,
  json: (outcome, run) => jsonObject("test", run, policyTestFields(outcome)),
  junit: policyTestJunit,
  github: policyTestGithub,
  markdown: "text",
  sarif: "text",
  csv: "text",
  html: "text",
} satisfies Forms<PolicyTestOutcome>;

/** Policy tests for people: what is wrong with the files, each test that failed, what no test asks for, and the count. */
function policyTestText({ report }: PolicyTestOutcome, style: Style): string {
  const { files, results, matrix, showMatrix } = report;
  const lines = [
    ...files.flatMap(({ file, findings, locate }) => findingLines(findings, { file, locate, style })),
    ...results.filter(({ failures }) => failures.length > 0).flatMap((result) => failedLines(result, style)),
    ...(showMatrix ? matrixLines(matrix, style) : []),
    ...uncoveredLines(report, style),
    summary(report, style),
  ];
  return `${lines.join("\n")}\n`;
}

function failedLines({ file, test, failures }: PolicyTestResult, style: Style): readonly string[] {
  const place = style.bold(escapeTerminal(`${file}:${test.line}`));
  return failures.map(
    (failure) => `${place}: ${style.error("failed")}: ${escapeTerminal(test.name)}: ${escapeTerminal(failure)}`,
  );
}

/** One line for each role that a test is missing for. */
function uncoveredLines({ matrix, results }: PolicyTestReport, style: Style): readonly string[] {
  // Where nothing could be run, that is what has to be said.
  if (results.length === 0) return [];
  const { covered, total } = coverageOf(matrix);
  const missing = total - covered;
  if (missing === 0) return [];
  const byRole = new Map<string, string[]>();
  for (const { role, model } of uncoveredPairs(matrix, PAIRS_SHOWN)) {
    addTo(byRole, role, model);
  }
  const rows = [...byRole].map(([role, models]) => [role, models.join(", ")]);
  const more = missing - PAIRS_SHOWN;
  return [
    style.warning("no test asks for:"),
    ...renderRows(rows, "  "),
    ...(more > 0
      ? [
          style.dim(
            `  and ${more} more; --format json lists ${missing > LISTED_PAIRS ? `the first ${LISTED_PAIRS}` : "them all"}`,
          ),
        ]
      : []),
  ];
}

function summary(report: PolicyTestReport, style: Style): string {
  const failed = report.results.filter(({ failures }) => failures.length > 0).length;
  const findings = report.files.flatMap((file) => file.findings);
  if (report.results.length === 0) return style.error(`no test was run: ${findingCounts(findings)}`);
  const wrong = findings.some(({ severity }) => severity === "error");
  const counts = [
    `${report.results.length - failed} passed`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(findings.length > 0 ? [findingCounts(findings)] : []),
  ].join(", ");
  const { text, tooLow } = coverageWords(report);
  const paint = failed > 0 || wrong ? style.error : style.add;
  return `${paint(counts)} · ${tooLow ? style.error(`coverage ${text}`) : `coverage ${text}`}`;
}

/** `75 % (9 of 12 pairs)`, and whether it is too little. */
function coverageWords({ matrix, minCoverage }: PolicyTestReport): {
  readonly text: string;
  readonly tooLow: boolean;
} {
  const { covered, total, percent } = coverageOf(matrix);
  const tooLow = minCoverage !== undefined && percent < minCoverage;
  const short = tooLow ? `, below the minimum of ${minCoverage} %` : "";
  return { text: `${percent} % (${covered} of ${total} ${total === 1 ? "pair" : "pairs"})${short}`, tooLow };
}

/** Findings and failed tests as annotations at their lines; too little coverage at the first file. */
function policyTestGithub({ report }: PolicyTestOutcome, run: Run): string {
  const failed = report.results.flatMap(({ file, test, failures }) =>
    failures.map((failure): Annotation => {
      const message = `${test.name}: ${failure}`;
      return { severity: "error", file, title: "policy-test-failed", message, line: test.line };
    }),
  );
  const { text, tooLow } = coverageWords(report);
  const coverage: Annotation = {
    severity: "error",
    file: report.files[0]?.file ?? "",
    title: "policy-test-coverage",
    message: `coverage ${text}`,
    line: null,
  };
  return githubAnnotations([...report.files.flatMap(annotationsOf), ...failed, ...(tooLow ? [coverage] : [])], run);
}

/** A run of policy tests for programs (design section 5). */
function policyTestFields({ report }: PolicyTestOutcome) {
  const { files, results, matrix, minCoverage } = report;
  const failed = results.filter(({ failures }) => failures.length > 0).length;
  const coverage = coverageOf(matrix);
  const cells = [...matrixCells(matrix)];
  const uncovered = [...uncoveredPairs(matrix)];
  return {
    summary: { total: results.length, passed: results.length - failed, failed },
    tests: results.map(({ file, test, decision, failures }) => ({
      name: test.name,
      file,
      line: test.line,
      role: test.role ?? null,
      user: test.user ?? null,
      request: { model: test.request.model, max_tokens: test.request.max_tokens ?? null },
      expect: test.expect,
      code: test.code ?? null,
      max_tokens: test.max_tokens ?? null,
      ok: failures.length === 0,
      decision: { ...decisionJson(decision), role: decision.role, model: decision.model },
      failures,
    })),
    matrix: cells.map(({ role, model, decision, covered }) => ({ role, model, ...decisionJson(decision), covered })),
    matrix_more: coverage.total - cells.length,
    uncovered,
    uncovered_more: coverage.total - coverage.covered - uncovered.length,
    coverage: { ...coverage, minimum: minCoverage ?? null },
    findings: files.flatMap(({ file, findings, locate }) =>
      locatedFindings(findings, locate).map(({ code, severity, path, line, column, message }) => ({
        code,
        severity,
        file,
        path,
        line,
        column,
        message,
      })),
    ),
  };
}

function decisionJson(decision: Decision) {
  const { code, rule = null } = decision;
  const tokens = decision.decision === "allow" ? decision.request.max_tokens : null;
  return { decision: decision.decision, code, max_tokens: tokens, rule };
}

/** A suite for each file, and one for the coverage: with a case of its own where a minimum was asked for. */
function policyTestJunit({ report }: PolicyTestOutcome, run: Run): string {
  const byFile = groupBy(report.results, ({ file }) => file);
  const suites = report.files.map((file) => ({
    name: pathInRepository(file.file, run.repository),
    cases: [
      ...findingCases(file, run.repository),
      ...(byFile.get(file.file) ?? []).map(({ test, failures }) => ({
        name: test.name,
        place: { file: file.file, line: test.line },
        ...(failures.length > 0 && { failure: { type: "policy-test-failed", message: failures.join("; ") } }),
      })),
    ],
  }));
  const coverage = { name: "coverage", cases: coverageCases(report), properties: coverageProperties(report) };
  return junit([...suites, coverage], run);
}

function findingCases(
  { file, findings, locate }: PolicyTestFile,
  repository: Repository | undefined,
): readonly JunitCase[] {
  const path = pathInRepository(file, repository);
  return locatedFindings(findings, locate).map(({ code, severity, line, column, message }) => {
    const place = line === null ? path : `${path}:${line}:${column}`;
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
  const uncovered = [...uncoveredPairs(matrix, PROPERTIES_SHOWN)].map(({ role, model }) => `${role} ${model}`);
  const more = total - covered - uncovered.length;
  return [
    ["coverage.percent", String(percent)],
    ["coverage.covered", String(covered)],
    ["coverage.total", String(total)],
    ["uncovered", [...uncovered, ...(more > 0 ? [`and ${more} more`] : [])].join(", ")],
  ];
}
