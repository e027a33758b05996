import { FORMAT_VERSION } from "../../core/plan/plan-json.ts";
import { HIDDEN } from "../../core/text/hidden.ts";
import type { Run } from "./forms.ts";

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
export function jsonObject(kind: string, { exitCode, pasteable }: Run, fields: object): string {
  return jsonText({
    format_version: FORMAT_VERSION,
    kind,
    exit_code: exitCode,
    ...(pasteable ? (sentencesIn(fields, pasteable) as object) : fields),
  });
}

/** Fields that hold our own sentences, and those in which such a name is somebody else's. */
const SENTENCES: ReadonlySet<string> = new Set(["message", "fix", "reason"]);
const DATA: ReadonlySet<string> = new Set(["before", "after", "tags", "accepted"]);

/** The value with each sentence in it as `made` makes it; all else as it is. */
function sentencesIn(value: unknown, made: (text: string) => string): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => sentencesIn(item, made));
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => {
      if (SENTENCES.has(name) && typeof field === "string") return [name, made(field)];
      return [name, DATA.has(name) ? field : sentencesIn(field, made)];
    }),
  );
}
