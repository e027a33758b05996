import type { ValidationOutcome } from "../../core/outcome/outcome.ts";
import { locatedFindings } from "../findings/located.ts";
import { sarif } from "../formats/sarif.ts";

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
