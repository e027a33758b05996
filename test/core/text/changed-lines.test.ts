import fc from "fast-check";
import { expect, test } from "vitest";
import { changedLines } from "../../../src/core/text/changed-lines.ts";

test("shows what went and what came as hunks of a unified diff, with three lines around them", () => {
  expect(changedLines("a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\nl\n", "a\nc\nd\ne\nf\ng\nh\ni\nj\nK\nl\n")).toEqual([
    "@@ -1,5 +1,4 @@",
    " a",
    "-b",
    " c",
    " d",
    " e",
    "@@ -8,5 +7,5 @@",
    " h",
    " i",
    " j",
    "-k",
    "+K",
    " l",
  ]);
});

test("what is taken away and added makes the one text the other", () => {
  const text = fc
    .tuple(fc.array(fc.constantFrom("a", "b", "c", "d", "e\r"), { maxLength: 30 }), fc.constantFrom("", "\n"))
    .map(([lines, end]) => (lines.length === 0 ? "" : lines.join("\n") + end));
  fc.assert(
    fc.property(text, text, (one, other) => {
      expect(applied(one, changedLines(one, other))).toBe(other);
      expect(changedLines(one, one)).toEqual([]);
    }),
  );
});

/** A text with a diff in it, as `patch` does it: each hunk is where its head says, and holds what its head counts. */
function applied(text: string, diff: readonly string[]): string {
  const old = text === "" ? [] : text.split(/(?<=\n)/);
  const fresh: string[] = [];
  let at = 0;
  const lines = diff.flatMap((line, index) =>
    line.startsWith("\\") ? [] : diff[index + 1]?.startsWith("\\") ? line : `${line}\n`,
  );
  for (let index = 0; index < lines.length; ) {
    const head = /^@@ -(\d+),(\d+) \+(\d+),(\d+) @@\n$/.exec(lines[index] ?? "");
    const [from = 0, removed = 0, to = 0, added = 0] = (head ?? []).slice(1).map(Number);
    const start = removed === 0 ? from : from - 1;
    fresh.push(...old.slice(at, start));
    expect(fresh).toHaveLength(added === 0 ? to : to - 1);
    const body: string[] = [];
    for (index += 1; index < lines.length && !lines[index]?.startsWith("@@"); index += 1) body.push(lines[index] ?? "");
    const of = (...signs: string[]) =>
      body.filter((line) => signs.includes(line.charAt(0))).map((line) => line.slice(1));
    expect(of(" ", "-")).toEqual(old.slice(start, start + removed));
    expect(of(" ", "+")).toHaveLength(added);
    fresh.push(...of(" ", "+"));
    at = start + removed;
  }
  return [...fresh, ...old.slice(at)].join("");
}
