import type { ValidationOutcome } from "../core/outcome/outcome.ts";
import { FORMAT_VERSION } from "../core/plan/plan-json.ts";
import { findingCounts, findingLines } from "./findings/finding-lines.ts";
import { locatedFindings } from "./findings/located.ts";
import { escapeTerminal } from "./formats/escape.ts";
import { githubAnnotation } from "./formats/github.ts";
import { junit } from "./formats/junit.ts";
import { sarif } from "./formats/sarif.ts";
import type { Style } from "./formats/style.ts";

/** A validation for people: every finding on a line of its own, then how many there are. */
export function validationText({ file, findings, locate, strict }: ValidationOutcome, style: Style): string {
  const lines = findingLines(findings, { file, locate, style });
  return `${[...lines, summary({ file, findings, strict }, style)].join("\n")}\n`;
}

function summary({ file, findings, strict }: Pick<ValidationOutcome, "file" | "findings" | "strict">, style: Style) {
  const counts = findingCounts(findings);
  const name = escapeTerminal(file);
  if (findings.some(({ severity }) => severity === "error")) return style.error(`${name} is not valid: ${counts}`);
  if (counts === "") return style.add(`${name} is valid`);
  const warned = findings.some(({ severity }) => severity === "warning");
  if (strict && warned) return style.error(`${name} fails under --strict: ${counts}`);
  return style.warning(`${name} is valid: ${counts}`);
}

/** A validation as annotations. */
export function validationGithub({
  file,
  findings,
  locate,
}: Pick<ValidationOutcome, "file" | "findings" | "locate">): string {
  return locatedFindings(findings, locate)
    .map(({ code, severity, line, column, message }) =>
      githubAnnotation({ severity, file, title: code, message, line, column }),
    )
    .join("");
}

/** A validation for programs (design section 5). */
export function validationJson({ file, findings, locate }: ValidationOutcome, exitCode: number): string {
  const object = {
    format_version: FORMAT_VERSION,
    kind: "validation",
    exit_code: exitCode,
    file,
    findings: locatedFindings(findings, locate).map(({ code, severity, path, line, column, message }) => ({
      code,
      severity,
      path,
      line,
      column,
      message,
    })),
  };
  return `${JSON.stringify(object, null, 2)}\n`;
}

/** A validation as test cases: one for each finding, or one that passed where there is none. */
export function validationJunit({ file, findings, locate, strict }: ValidationOutcome): string {
  const cases = locatedFindings(findings, locate).map(({ code, severity, path, line, column, message }) => {
    const place = line === null ? file : `${file}:${line}:${column}`;
    const name = path === null ? `${code} at ${place}` : `${code} at ${place} (${path})`;
    const fails = severity === "error" || (strict && severity === "warning");
    return fails ? { name, failure: { type: code, message } } : { name, note: `${severity}: ${message}` };
  });
  return junit(file, cases.length === 0 ? [{ name: "is valid" }] : cases);
}

/** A validation for code scanning. */
export function validationSarif({ file, findings, locate }: ValidationOutcome): string {
  return sarif(
    locatedFindings(findings, locate).map(({ code, severity, path, line, column, message }) => ({
      ruleId: code,
      level: severity === "info" ? "note" : severity,
      message,
      file,
      ...(line !== null && { line }),
      ...(column !== null && { column }),
      ...(path !== null && { logicalLocation: path }),
    })),
  );
}
