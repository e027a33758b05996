import { isObject } from "../../core/json.ts";
import { Failure } from "../../core/model/failure.ts";

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
