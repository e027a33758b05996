import type { Failure } from "../core/model/failure.ts";
import { FORMAT_VERSION } from "../core/plan/plan-json.ts";
import { escapeTerminal } from "./formats/escape.ts";
import { createStyle } from "./formats/style.ts";

/** A failure for a person: what happened, what to do, and the request id where there was an answer. */
export function renderFailure({ details }: Failure, colour: boolean): string {
  const style = createStyle(colour);
  const { message, fix, status, requestId } = details;
  // The API's sentences have the status in them already.
  const isNew = status !== undefined && !message.includes(`(${status}`);
  const answer = [isNew && `HTTP ${status}`, requestId && `request ${requestId}`].filter(Boolean).join(", ");
  const lines = [`${style.error("error")}: ${escapeTerminal(message)}${answer && style.dim(` (${answer})`)}`];
  if (fix !== undefined) lines.push(`  ${escapeTerminal(fix)}`);
  return `${lines.join("\n")}\n`;
}

/** A failure for a program (design section 5). */
export function renderFailureJson({ code, details }: Failure, exitCode: number): string {
  const { message, fix = null, status = null, requestId = null } = details;
  const object = {
    format_version: FORMAT_VERSION,
    kind: "error",
    code,
    message,
    fix,
    status,
    request_id: requestId,
    exit_code: exitCode,
  };
  return `${JSON.stringify(object, null, 2)}\n`;
}
