import { isoTime } from "../../core/model/time.ts";
import type { DecisionOutcome } from "../../core/outcome/outcome.ts";
import { FORMAT_VERSION } from "../../core/plan/plan-json.ts";

/** What the role policy says, for a program. */
export function renderDecisionJson(outcome: DecisionOutcome, exitCode: number): string {
  const object = {
    format_version: FORMAT_VERSION,
    kind: "decision",
    exit_code: exitCode,
    ...decisionFields(outcome),
  };
  return `${JSON.stringify(object, null, 2)}\n`;
}

/** A decision without the envelope. Never the prompt: only what of it was decided on. */
export function decisionFields({ decision, user, rpmLimit }: Pick<DecisionOutcome, "decision" | "user" | "rpmLimit">) {
  const allowed = decision.decision === "allow" ? decision : undefined;
  const denied = decision.decision === "deny" ? decision : undefined;
  return {
    decision: decision.decision,
    code: decision.code,
    role: decision.role,
    user: user ?? null,
    model: decision.model,
    rule: decision.rule ?? null,
    request: allowed ? { model: allowed.request.model, max_tokens: allowed.request.max_tokens } : null,
    ...(allowed?.lowered && { lowered: allowed.lowered }),
    rpm_limit: rpmLimit ?? null,
    ...(denied && { message: denied.message }),
    ...(denied?.fix !== undefined && { fix: denied.fix }),
    ...(denied?.retryAt !== undefined && { retry_at: isoTime(denied.retryAt) }),
  };
}
