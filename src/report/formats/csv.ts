import { escapeCsv } from "./escape.ts";

/** A table for a spreadsheet: RFC 4180, one row on one line, and no cell that a spreadsheet would run. */
export function csv(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, ...rows].map((cells) => `${cells.map(escapeCsv).join(",")}\r\n`).join("");
}
