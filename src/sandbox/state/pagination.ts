import { createHash } from "node:crypto";
import type { PageCursorResponse, PageResponse } from "@anthropic-ai/sdk/pagination";
import { badRequest } from "../http/errors.ts";
import { count, param, type Query } from "../http/query.ts";
import { type Selection, selectRows, type Table } from "./table.ts";

/** The query parameters of the `Page` family. */
export const PAGE_PARAMS = ["limit", "after_id", "before_id"] as const;

/** The query parameters of the `PageCursor` family. */
export const CURSOR_PARAMS = ["limit", "page"] as const;

/** Rows a page holds when `limit` is left out, and the most it may hold. Source: admin-api.md 2.0. */
const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 1000;

/** The most of the lists of machines. Source: admin-api-1.14.md 2. */
export const MACHINE_PAGE = 100;

/** `limit`, `after_id` and `before_id` of a request; 400 when both ids are given. */
function readPage(query: Query): Pick<Selection<unknown>, "limit" | "after" | "before"> {
  const limit = count(query, "limit", MAX_LIMIT) ?? DEFAULT_LIMIT;
  const after = param(query, "after_id");
  const before = param(query, "before_id");
  if (after !== undefined && before !== undefined) throw badRequest("after_id and before_id cannot be used together");
  return { limit, ...(after === undefined ? {} : { after }), ...(before === undefined ? {} : { before }) };
}

/** A page of a table, in the `Page` family. `present` makes the API's row of a stored one. 400 when the cursor names no row. */
export function pageOf<Row, Shown extends { readonly id: string }>(
  table: Table<Row>,
  query: Query,
  selection: Pick<Selection<Row>, "index" | "where" | "newestFirst">,
  present: (row: Row) => Shown,
): PageResponse<Shown> {
  const selected = selectRows(table, { ...selection, ...readPage(query) });
  if (selected === null) throw badRequest("after_id or before_id does not name an object of this list");
  return page(selected.rows.map(present), selected.hasMore, (row) => row.id);
}

/** A page of rows that no table holds in this order, in the `Page` family. */
export function pageOfRows<Row>(rows: readonly Row[], query: Query, idOf: (row: Row) => string): PageResponse<Row> {
  const { limit, after, before } = readPage(query);
  const cursor = after ?? before;
  const at = cursor === undefined ? -1 : rows.findIndex((row) => idOf(row) === cursor);
  if (cursor !== undefined && at === -1) {
    throw badRequest("after_id or before_id does not name an object of this list");
  }
  if (before !== undefined) return page(rows.slice(Math.max(0, at - limit), at), at > limit, idOf);
  return page(rows.slice(at + 1, at + 1 + limit), at + 1 + limit < rows.length, idOf);
}

function page<Row>(data: Row[], hasMore: boolean, idOf: (row: Row) => string): PageResponse<Row> {
  const first = data[0];
  const last = data.at(-1);
  return {
    data,
    has_more: hasMore,
    first_id: first === undefined ? null : idOf(first),
    last_id: last === undefined ? null : idOf(last),
  };
}

/**
 * A page of rows in the `PageCursor` family. The cursor is bound to `path` and to the filters of the query: with others,
 * or when its row has gone, it is a 400. `whole` = a request without `limit` gets everything (rate limits); `most` = the largest page.
 */
export function cursorPage<Row>(
  rows: readonly Row[],
  query: Query,
  list: {
    readonly path: string;
    readonly idOf: (row: Row) => string;
    readonly whole?: boolean;
    readonly most?: number;
  },
): PageCursorResponse<Row> {
  const limit = count(query, "limit", list.most ?? MAX_LIMIT) ?? (list.whole === true ? rows.length : DEFAULT_LIMIT);
  const start = startOf(rows, query, list);
  const data = rows.slice(start, start + limit);
  const last = data.at(-1);
  const more = last !== undefined && start + limit < rows.length;
  return { data, next_page: more ? encodeCursor(query, list.path, list.idOf(last)) : null };
}

function startOf<Row>(
  rows: readonly Row[],
  query: Query,
  list: { readonly path: string; readonly idOf: (row: Row) => string },
): number {
  const cursor = param(query, "page");
  if (cursor === undefined || cursor === "") return 0;
  const last = decodeCursor(query, list.path, cursor);
  const at = rows.findIndex((row) => list.idOf(row) === last);
  if (at === -1) throw badRequest("page: Cursor is no longer valid; start again from the first page");
  return at + 1;
}

/** An opaque `page` cursor that remembers a position and the filters it belongs to. */
export function encodeCursor(query: Query, path: string, position: string): string {
  return `page_${Buffer.from(`${bindingOf(query, path)}:${position}`).toString("base64url")}`;
}

/** The position in a cursor; 400 when it is no cursor of this list with these filters. */
export function decodeCursor(query: Query, path: string, cursor: string): string {
  const decoded = cursor.startsWith("page_") ? Buffer.from(cursor.slice(5), "base64url").toString() : "";
  const binding = bindingOf(query, path);
  if (!decoded.startsWith(`${binding}:`)) throw badRequest("page: Cursor does not belong to this list and its filters");
  return decoded.slice(binding.length + 1);
}

function bindingOf(query: Query, path: string): string {
  const filters = [...query].filter(([name]) => name !== "page" && name !== "limit").sort();
  return createHash("sha256")
    .update(JSON.stringify([path, filters]))
    .digest("hex")
    .slice(0, 12);
}
