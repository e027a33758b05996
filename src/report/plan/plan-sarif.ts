import type { PlanOutcome } from "../../core/outcome/outcome.ts";
import { locatedFindings } from "../findings/located.ts";
import { sarif } from "../formats/sarif.ts";
import { changeWords, unmanagedWords } from "../kinds/changes.ts";

/** A plan for a code scanner: each change and each unmanaged object is a result about its live object. */
export function planSarif({ plan, locate }: PlanOutcome): string {
  const file = plan.config.path;
  const changes = plan.changes.map((change) => {
    const { what, why } = changeWords(change);
    const message = `${change.target}: ${what}${why && ` (${why})`}`;
    return { ruleId: `drift-${change.action}`, level: "error", message, file, logicalLocation: change.target } as const;
  });
  const unmanaged = plan.unmanaged.map((item) => {
    const message = `${item.target}: nothing declares it (${unmanagedWords(item)})`;
    return { ruleId: "drift-unmanaged", level: "warning", message, file, logicalLocation: item.target } as const;
  });
  const findings = locatedFindings(plan.findings, locate).map((finding) => ({
    ruleId: finding.code,
    level: finding.severity === "info" ? ("note" as const) : finding.severity,
    message: finding.message,
    file,
    ...(finding.line !== null && { line: finding.line }),
    ...(finding.column !== null && { column: finding.column }),
    ...(finding.target !== null && { logicalLocation: finding.target }),
  }));
  return sarif([...changes, ...unmanaged, ...findings]);
}
