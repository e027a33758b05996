import type { PolicyTestOutcome } from "../core/outcome/outcome.ts";
import type { PolicyTestReport, PolicyTestResult } from "../core/policy-test/report.ts";
import { findingCounts, findingLines } from "./findings/finding-lines.ts";
import { escapeTerminal } from "./formats/escape.ts";
import type { Style } from "./formats/style.ts";
import { renderRows } from "./formats/tree.ts";
import { matrixLines } from "./policy-matrix.ts";
import { coverageWords } from "./policy-test/coverage-words.ts";

/** So many uncovered pairs are listed; a longer list hides what is above it. */
const PAIRS_SHOWN = 20;

/** Policy tests for people: what is wrong with the files, each test that failed, what no test asks for, and the count. */
export function policyTestText({ report }: PolicyTestOutcome, style: Style): string {
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
  const missing = matrix.filter(({ covered }) => !covered);
  if (missing.length === 0) return [];
  const byRole = new Map<string, string[]>();
  for (const { role, model } of missing.slice(0, PAIRS_SHOWN)) {
    const models = byRole.get(role);
    if (models) models.push(model);
    else byRole.set(role, [model]);
  }
  const rows = [...byRole].map(([role, models]) => [role, models.join(", ")]);
  const more = missing.length - PAIRS_SHOWN;
  return [
    style.warning("no test asks for:"),
    ...renderRows(rows, "  "),
    ...(more > 0 ? [style.dim(`  and ${more} more; --format json lists them all`)] : []),
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
