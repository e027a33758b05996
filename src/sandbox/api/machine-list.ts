import type { PageCursorResponse } from "@anthropic-ai/sdk/pagination";
import * as z from "zod/mini";
import { failure } from "../http/errors.ts";
import { flag } from "../http/query.ts";
import { text } from "../http/schema.ts";
import type { Call } from "../state/call.ts";
import { CURSOR_PARAMS, cursorPage, MACHINE_PAGE } from "../state/pagination.ts";
import { rowsOf, selectRows, type Table } from "../state/table.ts";

/** What the routes of service accounts, issuers and rules have in common: a token of OAuth, and none of it on Claude Enterprise. */
export const MACHINE_ROUTE = { access: "oauth", only: "console", query: [] } as const;

/** What their lists may be asked. */
export const MACHINE_QUERY = [...CURSOR_PARAMS, "include_archived"] as const;

/** How they are named. */
export const slug = text(1, 255).check(z.regex(/^[a-z0-9-]+$/));

interface MachineRow {
  readonly id: string;
  readonly name: string;
  readonly archived_at: string | null;
}

/** A page of those that are asked for, the newest first; `show` makes of each what the answer has. */
export function machinePage<Row extends MachineRow>(
  { query, path }: Call,
  table: Table<Row>,
  { where = () => true, show = (row) => row }: { where?: (row: Row) => boolean; show?: (row: Row) => Row } = {},
): PageCursorResponse<Row> {
  const archived = flag(query, "include_archived");
  const isAsked = (row: Row): boolean => (archived || row.archived_at === null) && where(row);
  const rows = selectRows(table, { where: isAsked, limit: Number.POSITIVE_INFINITY })?.rows ?? [];
  return cursorPage(rows.reverse().map(show), query, { path, idOf: (row) => row.id, most: MACHINE_PAGE });
}

/** Refuses a name that another one bears, archived or not: 409 without a code of its own, as the API answers. */
export function refuseTaken<Row extends MachineRow>(
  table: Table<Row>,
  what: string,
  { name, but }: { name: string; but?: string },
): void {
  if (rowsOf(table).some((row) => row.name === name && row.id !== but))
    throw failure(409, `A ${what} named "${name}" already exists`);
}
