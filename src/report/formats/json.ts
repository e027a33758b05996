import { FORMAT_VERSION } from "../../core/plan/plan-json.ts";
import { HIDDEN } from "../../core/text/hidden.ts";
import type { Run } from "./forms.ts";

/** What JSON may hold as it is, and what a terminal or a reader would obey; the line breaks between its lines stay. */
const STEERING = new RegExp(`(?!\\n)(?:${HIDDEN})`, "gu");

function shown(text: string): string {
  // The classes of Unicode take longer than all else here, and most text is ASCII, whose controls JSON escapes itself, but for the last.
  return /[\x7f-\uffff]/.test(text) ? text.replaceAll(STEERING, escapes) : text;
}

/** A value as JSON text, indented, with a line break at its end. What does not show is written as an escape: it reads back the same. */
export function jsonText(value: unknown): string {
  return `${shown(JSON.stringify(value, null, 2))}\n`;
}

/** As `jsonText` of an object, piece by piece: what is made for an entry of a list is let go before the next. */
function* jsonPieces(value: object, ready: Ready): Generator<string, undefined> {
  let piece = "";
  for (const part of partsOf(value, ready)) {
    piece += part;
    if (piece.length < PIECE) continue;
    yield shown(piece);
    piece = "";
  }
  yield shown(`${piece}\n`);
}

/** Entries of a list that are made at once. */
const TOGETHER = 64;
/** What stands before, and as long behind, the entries of a list that is in a list. */
const INNER = "[\n  [\n";

/** Characters of a piece, at least. */
const PIECE = 65_536;

/** What becomes of a field before it is written. */
type Ready = (name: string, field: unknown) => unknown;

function* partsOf(value: object, ready: Ready): Generator<string, undefined> {
  let between = "{";
  for (const [name, field] of Object.entries(value)) {
    if (!Array.isArray(field) || field.length === 0) {
      const text = JSON.stringify(ready(name, field), null, 2);
      if (text === undefined) continue;
      yield `${between}\n  ${JSON.stringify(name)}: ${indented(text, "  ")}`;
    } else {
      yield `${between}\n  ${JSON.stringify(name)}: [`;
      const isData = DATA.has(name);
      for (let at = 0; at < field.length; at += TOGETHER) {
        const items = field.slice(at, at + TOGETHER).map(entryOf);
        const text = JSON.stringify([isData ? items : items.map((item) => ready("", item))], null, 2);
        yield `${at === 0 ? "" : ","}\n${text.slice(INNER.length, -INNER.length)}`;
      }
      yield "\n  ]";
    }
    between = ",";
  }
  yield between === "{" ? "{}" : "\n}";
}

/** An entry of a list, which may be a function that makes it: it is let go when it is written. */
function entryOf(entry: unknown): unknown {
  return typeof entry === "function" ? entry() : entry;
}

/** The line breaks of JSON are its own: those of its texts are escapes. */
function indented(text: string, by: string): string {
  return text.replaceAll("\n", `\n${by}`);
}

function escapes(character: string): string {
  let escaped = "";
  for (let index = 0; index < character.length; index += 1) {
    escaped += `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`;
  }
  return escaped;
}

/** One of the objects that `--json` prints (design section 5): the envelope, then its own fields. */
export function jsonObject(kind: string, run: Run, fields: object): string {
  return [...jsonObjectPieces(kind, run, fields)].join("");
}

/** The same, piece by piece: its lists may have an entry for each object of the organization. */
export function jsonObjectPieces(kind: string, { exitCode, pasteable }: Run, fields: object): Iterable<string> {
  const ready: Ready = pasteable ? (name, field) => sentencesAt(name, field, pasteable) : (_, field) => field;
  return jsonPieces({ format_version: FORMAT_VERSION, kind, exit_code: exitCode, ...fields }, ready);
}

/** Fields that hold our own sentences, and those in which such a name is somebody else's. */
const SENTENCES: ReadonlySet<string> = new Set(["message", "fix", "reason"]);
const DATA: ReadonlySet<string> = new Set(["before", "after", "tags", "accepted"]);

/** The value with each sentence in it as `made` makes it; all else as it is. */
function sentencesIn(value: unknown, made: (text: string) => string): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => sentencesIn(item, made));
  const changed: (readonly [string, unknown])[] = [];
  const fields = value as Readonly<Record<string, unknown>>;
  for (const name of Object.keys(fields)) {
    const field = fields[name];
    const now = sentencesAt(name, field, made);
    if (now !== field) changed.push([name, now]);
  }
  return changed.length === 0 ? value : { ...value, ...Object.fromEntries(changed) };
}

function sentencesAt(name: string, field: unknown, made: (text: string) => string): unknown {
  if (SENTENCES.has(name) && typeof field === "string") return made(field);
  return DATA.has(name) ? field : sentencesIn(field, made);
}
