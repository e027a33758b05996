import { FORMAT_VERSION } from "../../core/plan/plan-json.ts";
import { HIDDEN } from "../../core/text/hidden.ts";

/** What JSON may hold as it is, and what a terminal or a reader would obey; the line breaks between its lines stay. */
const STEERING = new RegExp(`(?!\\n)(?:${HIDDEN.source})`, "gu");

/** A value as JSON text, indented, with a line break at its end. What does not show is written as an escape: it reads back the same. */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2).replaceAll(STEERING, escapes)}\n`;
}

function escapes(character: string): string {
  let escaped = "";
  for (let index = 0; index < character.length; index += 1) {
    escaped += `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`;
  }
  return escaped;
}

/** One of the objects that `--json` prints (design section 5): the envelope, then its own fields. */
export function jsonObject(kind: string, exitCode: number, fields: object): string {
  return jsonText({ format_version: FORMAT_VERSION, kind, exit_code: exitCode, ...fields });
}
