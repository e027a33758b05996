import type { ValidationOutcome } from "../../core/outcome/outcome.ts";
import { locatedFindings } from "../findings/located.ts";
import { junit } from "../formats/junit.ts";

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
