import type { ValidationOutcome } from "../../core/outcome/outcome.ts";
import { FORMAT_VERSION } from "../../core/plan/plan-json.ts";
import { locatedFindings } from "../findings/located.ts";

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
