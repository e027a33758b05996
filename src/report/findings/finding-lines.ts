import type { Finding, Locate, Severity } from "../../core/model/finding.ts";
import { escapeTerminal } from "../formats/escape.ts";
import type { Style } from "../formats/style.ts";
import { type LocatedFinding, locatedFindings } from "./located.ts";
import { plural } from "./sentence.ts";

/** Where findings are looked up, and how they are shown. */
export interface FindingView {
  readonly file: string;
  readonly locate: Locate;
  readonly style: Style;
}

/** One line for each finding, as a compiler prints them: `rbac.yaml:9:28: error: … [invalid-value]`. */
export function findingLines(findings: readonly Finding[], { file, locate, style }: FindingView): readonly string[] {
  return locatedFindings(findings, locate).map((finding) => findingLine(finding, file, style));
}

/** One finding as a line. */
export function findingLine(finding: LocatedFinding, file: string, style: Style): string {
  const { code, severity, message } = finding;
  const place = style.bold(escapeTerminal(placeOf(finding, file)));
  return `${place}: ${style[severity](severity)}: ${escapeTerminal(message)} ${style.dim(`[${code}]`)}`;
}

/** Where a finding is: its line in the file, else the object that it is about, else the file. */
export function placeOf({ target, line, column }: LocatedFinding, file: string): string {
  return line === null ? (target ?? file) : `${file}:${line}:${column}`;
}

/** `2 errors, 1 warning`; empty where there is nothing. */
export function findingCounts(findings: readonly Finding[]): string {
  const order: readonly Severity[] = ["error", "warning", "info"];
  return order
    .map((severity) => ({ severity, count: findings.filter((finding) => finding.severity === severity).length }))
    .filter(({ count }) => count > 0)
    .map(({ severity, count }) => (severity === "info" ? plural(count, "note") : plural(count, severity)))
    .join(", ");
}
