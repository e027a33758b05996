import type { Failure } from "../core/model/failure.ts";
import type { FailureShown } from "../core/outcome/outcome.ts";
import { escapeTerminal } from "./formats/escape.ts";
import type { Forms } from "./formats/forms.ts";
import { jsonObject } from "./formats/json.ts";
import type { Style } from "./formats/style.ts";

/** Why something was not done. */
export const failureForms = {
  text: ({ failure }, style) => failureText(failure, style),
  json: ({ failure }, run) => jsonObject("error", run, failureFields(failure)),
  markdown: "text",
  sarif: "text",
  junit: "text",
  github: "text",
  csv: "text",
  html: "text",
} satisfies Forms<FailureShown>;

/** A failure for a person: what happened, what to do, and the request id where there was an answer. */
export function failureText({ details }: Failure, style: Style): string {
  const { message, fix, status, requestId } = details;
  // The API's sentences have the status in them already.
  const isNew = status !== undefined && !message.includes(`(${status}`);
  const answer = [isNew && `HTTP ${status}`, requestId && `request ${requestId}`].filter(Boolean).join(", ");
  const lines = [`${style.error("error")}: ${escapeTerminal(message)}${answer && style.dim(` (${answer})`)}`];
  if (fix !== undefined) lines.push(`  ${escapeTerminal(fix)}`);
  return `${lines.join("\n")}\n`;
}

/** A failure for a program (design section 5). */
export function failureFields({ code, details }: Failure) {
  const { message, fix = null, status = null, requestId = null } = details;
  return { code, message, fix, status, request_id: requestId };
}
