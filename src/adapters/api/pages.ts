import { Failure } from "../../core/model/failure.ts";
import type { Progress } from "../../core/model/org.ts";
import { parseTime } from "../../core/model/time.ts";
import { isObject } from "../../core/text/text.ts";

/** A row as it came: the fields that the SDK's type promises, none of them checked yet. */
export type Row<Type> = { readonly [Field in keyof Type]?: unknown };

/** A call of the SDK that has not been read yet; its type promises more than the server may keep. */
export interface Answer {
  readonly asResponse: () => Promise<Response>;
}

/** The most rows in a page that every list of ours takes (R:organization/*). */
export const PAGE_SIZE = 1000;

export interface List<Wire, Item> {
  /** For messages: `"members of the organization"`. */
  readonly what: string;
  /** Asks for the page that `cursor` names; the first one without. */
  readonly ask: (cursor: string | undefined) => Answer;
  /** How the list is walked: `page` follows `after_id`, `cursor` follows `next_page`. */
  readonly style: "page" | "cursor";
  /** Undefined: not a row of ours. Throws Failure `incomplete-answer` where the row lacks what is needed. */
  readonly map: (row: Row<Wire>) => Item | undefined;
  readonly idOf: (item: Item) => string;
  /** Called as each page has come; `more`: another one follows. */
  readonly onPage?: (more: boolean) => void;
}

/**
 * Every item of a list, each once: while the list is walked it may move, and show a row twice. Throws Failure
 * `incomplete-answer` rather than take a broken answer for the end of a list; SDK errors pass through.
 */
export async function readList<Wire, Item>(list: List<Wire, Item>): Promise<Item[]> {
  const items = new Map<string, Item>();
  const seen = new Set<string>();
  for (let cursor: string | undefined; ; ) {
    const body = await readJson(list.ask(cursor), list.what);
    const rows = rowsOf(body, list.what);
    for (const row of rows) {
      const item = list.map(row);
      if (item !== undefined) items.set(list.idOf(item), item);
    }
    cursor =
      list.style === "page" ? nextById(body, rows.length, list.what) : nextByCursor(body, rows.length, list.what);
    list.onPage?.(cursor !== undefined);
    if (cursor === undefined) return [...items.values()];
    if (seen.has(cursor)) throw incomplete(list.what, "the same page came twice");
    seen.add(cursor);
  }
}

/** The body of an answer. Throws Failure `incomplete-answer` where it is no JSON object; SDK errors pass through. */
export async function readJson(answer: Answer, what: string): Promise<Readonly<Record<string, unknown>>> {
  const response = await answer.asResponse();
  const text = await response.text();
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (error) {
    const fault = /^\s*</.test(text) ? "an HTML page; is there a proxy in between?" : "not valid JSON";
    throw incomplete(what, `the answer is ${fault}`, error);
  }
  if (!isObject(body)) throw incomplete(what, "the answer is not a JSON object");
  return body;
}

/** Failure for an answer that cannot be taken as the whole truth. */
export function incomplete(what: string, why: string, cause?: unknown): Failure {
  return new Failure("incomplete-answer", { message: `${what}: ${why}` }, { cause });
}

type Body = Readonly<Record<string, unknown>>;

function rowsOf<Wire>(body: Body, what: string): readonly Row<Wire>[] {
  if (!Array.isArray(body.data)) throw incomplete(what, "the answer has no data");
  if (!body.data.every(isObject)) throw incomplete(what, "a row is not an object");
  return body.data as readonly Row<Wire>[];
}

function nextById(body: Body, rows: number, what: string): string | undefined {
  if (typeof body.has_more !== "boolean") return endOf(rows, "has_more", what);
  if (!body.has_more) return undefined;
  if (rows === 0) throw incomplete(what, "an empty page says that more follows");
  if (typeof body.last_id !== "string" || body.last_id === "") throw incomplete(what, "more follows, but not where");
  return body.last_id;
}

function nextByCursor(body: Body, rows: number, what: string): string | undefined {
  // Only reports have both, and there the flag wins.
  if (body.has_more === false) return undefined;
  const next = body.next_page;
  if (typeof next === "string" && next !== "") return next;
  if (body.has_more === true) throw incomplete(what, "more follows, but not where");
  return next === null || next === "" ? undefined : endOf(rows, "next_page", what);
}

/** An answer that does not say whether more follows is the end of the list only where its page was not full. */
function endOf(rows: number, field: string, what: string): undefined {
  if (rows >= PAGE_SIZE) throw incomplete(what, `a full page without ${field}`);
  return undefined;
}

/**
 * Readers of one field of a row. The required ones throw Failure `incomplete-answer` where the field is not what the API
 * promises: a row that lacks what we need makes its kind unknown, never half true. `null` becomes absent.
 */
export interface FieldReader {
  /** A string that is not empty. */
  readonly text: (value: unknown, field: string) => string;
  readonly optionalText: (value: unknown) => string | undefined;
  /** Epoch milliseconds. */
  readonly time: (value: unknown, field: string) => number;
  readonly optionalTime: (value: unknown, field: string) => number | undefined;
  readonly object: (value: unknown, field: string) => Readonly<Record<string, unknown>>;
  readonly objects: (value: unknown, field: string) => readonly Readonly<Record<string, unknown>>[];
  readonly texts: (value: unknown) => readonly string[];
}

/** The readers for rows of one list; `what` names it in messages. */
export function fieldReader(what: string): FieldReader {
  const lacks = (field: string) => incomplete(what, `a row without a usable "${field}"`);

  const time = (value: unknown, field: string): number => {
    const instant = typeof value === "string" ? parseTime(value) : undefined;
    if (instant === undefined) throw lacks(field);
    return instant;
  };

  return {
    text: (value, field) => {
      if (typeof value !== "string" || value === "") throw lacks(field);
      return value;
    },
    optionalText: (value) => (typeof value === "string" && value !== "" ? value : undefined),
    time,
    optionalTime: (value, field) => (value === null || value === undefined ? undefined : time(value, field)),
    object: (value, field) => {
      if (!isObject(value)) throw lacks(field);
      return value;
    },
    objects: (value, field) => {
      if (!Array.isArray(value) || !value.every(isObject)) throw lacks(field);
      return value;
    },
    texts: (value) => (Array.isArray(value) ? value.filter((item) => typeof item === "string") : []),
  };
}

/** Counts the pages of one read, for the person who waits. */
export interface Tally {
  /** So many more requests are known to be needed. */
  readonly planned: (requests: number) => void;
  /** A page has come; `more`: another one follows. */
  readonly answered: (more: boolean) => void;
}

export function createTally(onProgress: Progress | undefined): Tally {
  let done = 0;
  let planned = 0;
  return {
    planned: (requests) => {
      planned += requests;
    },
    answered: (more) => {
      done += 1;
      if (more) planned += 1;
      onProgress?.(done, planned);
    },
  };
}
