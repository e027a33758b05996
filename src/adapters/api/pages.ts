import type { Progress } from "../../core/model/org.ts";
import { isObject } from "../../core/text/text.ts";
import { incomplete, type RowSchema, readRow } from "./rows.ts";

/** A call of the SDK that has not been read yet; its type promises more than the server may keep. */
export interface Answer {
  readonly asResponse: () => Promise<Response>;
}

/** The most rows in a page that every list of ours takes (R:organization/*). */
const PAGE_SIZE = 1000;

/** What a page is asked for with, in each of the two ways that the API walks a list. */
interface PageQueries {
  /** Follows `last_id`. */
  readonly page: { readonly limit: number; readonly after_id?: string };
  /** Follows `next_page`. */
  readonly cursor: { readonly limit: number; readonly page?: string };
}

type PageStyle = keyof PageQueries;

interface ListOf<Item, Style extends PageStyle> {
  /** For messages: `"members of the organization"`. */
  readonly what: string;
  readonly style: Style;
  readonly ask: (query: PageQueries[Style]) => Answer;
  /** What a row is to us; undefined: not a row of ours. */
  readonly row: RowSchema<Item | undefined>;
  readonly idOf: (item: Item) => string;
  /** Called as each page has come; `more`: another one follows. */
  readonly onPage?: (more: boolean, body: Body) => void;
  /** The most rows in a page that this list takes, where it is fewer than others take. */
  readonly most?: number;
}

/** A list of the API, and how to walk it. */
export type List<Item> = ListOf<Item, "page"> | ListOf<Item, "cursor">;

/**
 * Every item of a list, each once: while the list is walked it may move, and show a row twice. Throws Failure
 * `incomplete-answer` rather than take a broken answer for the end of a list, or a row that lacks what is needed for another
 * one; SDK errors pass through.
 */
export async function readList<Item>(list: List<Item>): Promise<Item[]> {
  const items = new Map<string, Item>();
  const seen = new Set<string>();
  for (let cursor: string | undefined; ; ) {
    const body = await readJson(askFor(list, cursor), list.what);
    const rows = rowsOf(body, list.what);
    for (const row of rows) {
      const item = readRow(list.row, row, list.what);
      if (item !== undefined) items.set(list.idOf(item), item);
    }
    cursor =
      list.style === "page"
        ? nextById(body, fillOf(list, rows), list.what)
        : nextByCursor(body, fillOf(list, rows), list.what);
    list.onPage?.(cursor !== undefined, body);
    if (cursor === undefined) return [...items.values()];
    if (seen.has(cursor)) throw incomplete(list.what, "the same page came twice");
    seen.add(cursor);
  }
}

/** The items of a list's first page: whether it can be read at all, and something to go on with. Throws as `readList`. */
export async function readFirstPage<Item>(list: List<Item>): Promise<Item[]> {
  const rows = rowsOf(await readJson(askFor(list, undefined), list.what), list.what);
  return rows.flatMap((row) => readRow(list.row, row, list.what) ?? []);
}

function askFor<Item>(list: List<Item>, cursor: string | undefined): Answer {
  const { most: limit = PAGE_SIZE } = list;
  return list.style === "page"
    ? list.ask({ limit, ...(cursor && { after_id: cursor }) })
    : list.ask({ limit, ...(cursor && { page: cursor }) });
}

/** How much of a page came. */
type Fill = "none" | "some" | "full";

function fillOf<Item>({ most = PAGE_SIZE }: List<Item>, rows: readonly unknown[]): Fill {
  return rows.length === 0 ? "none" : rows.length >= most ? "full" : "some";
}

/**
 * The body of an answer. Throws Failure `incomplete-answer` where it is no JSON object, or came with another status than 200:
 * a 206 is a part, and a 202 a promise. SDK errors pass through.
 */
export async function readJson(answer: Answer, what: string): Promise<Body> {
  const response = await answer.asResponse();
  if (response.status !== 200) throw incomplete(what, `the answer has the status ${response.status}, not 200`);
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

/** An answer's JSON object, nothing of it checked yet. */
export type Body = Readonly<Record<string, unknown>>;

function rowsOf(body: Body, what: string): readonly unknown[] {
  if (!Array.isArray(body.data)) throw incomplete(what, "the answer has no data");
  return body.data;
}

function nextById(body: Body, fill: Fill, what: string): string | undefined {
  if (typeof body.has_more !== "boolean") return endOf(fill, "has_more", what);
  if (!body.has_more) return undefined;
  if (fill === "none") throw incomplete(what, "an empty page says that more follows");
  if (typeof body.last_id !== "string" || body.last_id === "") throw incomplete(what, "more follows, but not where");
  return body.last_id;
}

function nextByCursor(body: Body, fill: Fill, what: string): string | undefined {
  // Only reports have both, and there the flag wins.
  if (body.has_more === false) return undefined;
  const next = body.next_page;
  if (typeof next === "string" && next !== "") return next;
  if (body.has_more === true) throw incomplete(what, "more follows, but not where");
  return next === null || next === "" ? undefined : endOf(fill, "next_page", what);
}

/** An answer that does not say whether more follows is the end of the list only where its page was not full. */
function endOf(fill: Fill, field: string, what: string): undefined {
  if (fill === "full") throw incomplete(what, `a full page without ${field}`);
  return undefined;
}

/** Counts the pages of one read, for the person who waits. */
export interface RequestCount {
  /** So many more requests are known to be needed. */
  readonly planned: (requests: number) => void;
  /** How many requests that are known to be needed are not answered yet. */
  readonly left: () => number;
  /** A page has come; `more`: another one follows. */
  readonly answered: (more: boolean) => void;
}

export function createRequestCount(onProgress: Progress | undefined): RequestCount {
  let done = 0;
  let planned = 0;
  return {
    planned: (requests) => {
      planned += requests;
    },
    left: () => planned - done,
    answered: (more) => {
      done += 1;
      if (more) planned += 1;
      onProgress?.(done, planned);
    },
  };
}
