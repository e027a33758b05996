import type { MessageOutcome } from "../../core/outcome/outcome.ts";
import { FORMAT_VERSION } from "../../core/plan/plan-json.ts";
import { decisionFields } from "./decision-json.ts";

/** An answer, for a program. What was written before a refusal is no answer: there is none then. */
export function messageJson(outcome: MessageOutcome, exitCode: number): string {
  const { answer, decision, user, keyHint } = outcome;
  const object = {
    format_version: FORMAT_VERSION,
    kind: "message",
    exit_code: exitCode,
    answer: answer.stopReason === "refusal" ? null : answer.text,
    model: answer.model,
    stop_reason: answer.stopReason,
    ...(answer.refusal && { refusal: answer.refusal }),
    usage: answer.usage,
    decision: decisionFields(outcome),
    user: user ?? null,
    role: decision.role,
    ...(keyHint !== undefined && { key_hint: keyHint }),
    request_id: answer.requestId,
    id: answer.id,
  };
  return `${JSON.stringify(object, null, 2)}\n`;
}
