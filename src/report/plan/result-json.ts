import type { ResultOutcome } from "../../core/outcome/outcome.ts";
import { FORMAT_VERSION } from "../../core/plan/plan-json.ts";
import { planFields } from "../plan-data.ts";

/** What was carried out, for programs (design section 5): all of the plan, and what became of each change. */
export function resultJson(outcome: ResultOutcome, exitCode: number): string {
  const { results, verified, remaining, stopped } = outcome;
  const object = {
    format_version: FORMAT_VERSION,
    kind: "result",
    exit_code: exitCode,
    ...planFields(outcome),
    results: results.map(({ change, status, id, requestId, error }) => ({
      target: change.target,
      id,
      status,
      request_id: requestId,
      error,
    })),
    verified,
    remaining,
    ...(stopped && { stopped: { code: stopped.code, message: stopped.details.message } }),
  };
  return `${JSON.stringify(object, null, 2)}\n`;
}
