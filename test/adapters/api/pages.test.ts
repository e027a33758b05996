import { describe, expect, test } from "vitest";
import * as z from "zod/mini";
import { type Answer, readList } from "../../../src/adapters/api/pages.ts";
import { row, text } from "../../../src/adapters/api/rows.ts";

/** Reads a list whose pages are given in advance; returns the items and the cursors that were asked for. */
async function read(style: "page" | "cursor", pages: readonly unknown[], status = 200) {
  const cursors: (string | undefined)[] = [];
  const answer = (cursor: string | undefined): Answer => {
    const page = pages[Math.min(cursors.length, pages.length - 1)];
    cursors.push(cursor);
    return { asResponse: async () => new Response(JSON.stringify(page), { status }) };
  };
  const list = {
    what: "things",
    row: z.pipe(
      row({ id: text }, ({ id }) => id),
      z.transform((id) => (id === "skip" ? undefined : id)),
    ),
    idOf: (id: string) => id,
  };
  const items = await readList(
    style === "page"
      ? { ...list, style, ask: ({ after_id }) => answer(after_id) }
      : { ...list, style, ask: ({ page }) => answer(page) },
  );
  return { items, cursors };
}

const rows = (...ids: string[]) => ids.map((id) => ({ id }));
const FULL = Array.from({ length: 1000 }, (_, n) => ({ id: String(n) }));

describe("lists by id", () => {
  test("are walked to their end", async () => {
    const pages = [
      { data: rows("a", "b"), has_more: true, last_id: "b" },
      { data: rows("c"), has_more: false, last_id: "c" },
    ];
    expect(await read("page", pages)).toEqual({ items: ["a", "b", "c"], cursors: [undefined, "b"] });
  });

  test("an empty list is empty", async () => {
    expect((await read("page", [{ data: [], has_more: false, last_id: null }])).items).toEqual([]);
  });

  test("a row that is seen twice counts once, one that is not ours not at all", async () => {
    const pages = [
      { data: rows("a", "b", "skip"), has_more: true, last_id: "b" },
      { data: rows("b", "c"), has_more: false },
    ];
    expect((await read("page", pages)).items).toEqual(["a", "b", "c"]);
  });

  test.each([
    ["an empty page that says more follows", [{ data: [], has_more: true, last_id: "x" }]],
    ["more, but not where", [{ data: rows("a"), has_more: true, last_id: null }]],
    ["more, but an empty cursor", [{ data: rows("a"), has_more: true, last_id: "" }]],
    ["the same cursor twice", [{ data: rows("a"), has_more: true, last_id: "a" }]],
    ["a page without data", [{ has_more: false }]],
    ["data that is not a list", [{ data: { a: 1 }, has_more: false }]],
    ["a row that is null", [{ data: [null], has_more: false }]],
    ["a row that is text", [{ data: ["a"], has_more: false }]],
    ["a row that lacks its id", [{ data: [{}], has_more: false }]],
    ["a full page that does not say whether more follows", [{ data: FULL }]],
  ])("%s is an incomplete answer", async (_, pages) => {
    await expect(read("page", pages)).rejects.toMatchObject({ code: "incomplete-answer" });
  });

  test.each([201, 202, 203, 206, 226])("an answer of status %i is not the whole of a list", async (status) => {
    const pages = [{ data: rows("a"), has_more: false }];
    expect((await read("page", pages)).items).toEqual(["a"]);
    await expect(read("page", pages, status)).rejects.toMatchObject({ code: "incomplete-answer" });
  });

  test("a cycle of cursors is an incomplete answer", async () => {
    const pages = [
      { data: rows("a"), has_more: true, last_id: "a" },
      { data: rows("b"), has_more: true, last_id: "b" },
      { data: rows("a"), has_more: true, last_id: "a" },
    ];
    await expect(read("page", pages)).rejects.toMatchObject({ code: "incomplete-answer" });
  });
});

describe("lists by cursor", () => {
  test("go on past an empty page", async () => {
    const pages = [
      { data: rows("a"), next_page: "2" },
      { data: [], next_page: "3" },
      { data: rows("b"), next_page: null },
    ];
    expect(await read("cursor", pages)).toEqual({ items: ["a", "b"], cursors: [undefined, "2", "3"] });
  });

  test("of a report end where the report says so", async () => {
    expect((await read("cursor", [{ data: rows("a"), has_more: false, next_page: "2" }])).cursors).toHaveLength(1);
  });

  test.each([
    ["the same cursor twice", [{ data: rows("a"), next_page: "2" }]],
    ["a report with more, but not where", [{ data: rows("a"), has_more: true, next_page: null }]],
    ["a full page without a next one", [{ data: FULL }]],
    ["no data", [{ next_page: null }]],
  ])("%s is an incomplete answer", async (_, pages) => {
    await expect(read("cursor", pages)).rejects.toMatchObject({ code: "incomplete-answer" });
  });
});
