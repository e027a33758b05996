import fc from "fast-check";
import { expect, test } from "vitest";
import { changedLines } from "../../../src/core/text/changed-lines.ts";

test("shows what went, what came, and the line above", () => {
  expect(changedLines("a\nb\nc\nd\ne\nf\ng", "a\nc\nd\ne\nF\ng")).toEqual([
    "@@ line 2",
    " a",
    "-b",
    "@@ line 6",
    " e",
    "-f",
    "+F",
  ]);
});

test("what is taken away and added makes the one text the other", () => {
  const lines = fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 12 });
  fc.assert(
    fc.property(lines, lines, (one, other) => {
      const shown = changedLines(one.join("\n"), other.join("\n"));
      const count = (sign: string) => shown.filter((line) => line.startsWith(sign)).length;
      const [before, after] = [one.join("\n").split("\n"), other.join("\n").split("\n")];
      expect(before.length - count("-")).toBe(after.length - count("+"));
      if (one.join("\n") === other.join("\n")) expect(shown).toEqual([]);
    }),
  );
});
