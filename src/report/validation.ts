import type { ValidationOutcome } from "../core/outcome/outcome.ts";
import { findingCounts, findingLines } from "./findings/finding-lines.ts";
import { escapeTerminal } from "./formats/escape.ts";
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
