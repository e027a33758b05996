import type { MessageOutcome } from "../core/outcome/outcome.ts";
import { decisionFields } from "./decision.ts";
import type { Forms } from "./formats/forms.ts";
import { jsonObject } from "./formats/json.ts";

export const messageForms = {
  text: ({ answer, shown }) => (shown || answer.text === "" ? "" : `${answer.text}\n`),
  json: (outcome, run) => jsonObject("message", run, messageFields(outcome)),
  markdown: "text",
  sarif: "text",
  junit: "text",
  github: "text",
  csv: "text",
  html: "text",
} satisfies Forms<MessageOutcome>;

/** What was written before a refusal is no answer: there is none then. */
function messageFields(outcome: MessageOutcome) {
  const { answer, decision, user, keyHint } = outcome;
  return {
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
}
