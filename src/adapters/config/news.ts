import type { Finding, FindingCode } from "../../core/model/finding.ts";
import type { ConfigText } from "./config-text.ts";

/** Whether a finding about the meaning says more than those about the text: nothing at their places, nothing in doubt. */
export function isNews({ findings, locate, brokenFrom }: Omit<ConfigText, "value">): (item: Finding) => boolean {
  const said = new Set(findings.map(({ position }) => `${position?.line}:${position?.column}`));
  return (item: Finding): boolean => {
    if (findings.length === 0) return true;
    const position = item.path && locate(item.path, item.atKey ?? false);
    if (position && said.has(`${position.line}:${position.column}`)) return false;
    return brokenFrom === undefined || (LOCAL.has(item.code) && position !== undefined && position.line < brokenFrom);
  };
}

/** What one place says by itself: true even where the rest of the file cannot be understood. */
const LOCAL: ReadonlySet<FindingCode> = new Set<FindingCode>([
  "unknown-field",
  "wrong-type",
  "invalid-value",
  "invalid-format",
  "out-of-range",
]);
