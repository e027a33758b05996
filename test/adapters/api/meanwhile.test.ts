import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "vitest";
import { meanwhile } from "../../../src/adapters/api/meanwhile.ts";

const listOf = (length: number) => Array.from({ length }, () => ({}));

test("a list is worked on at once, and again each time that others had their turn, until there is no more of it", async () => {
  let calls = 0;
  meanwhile(() => {
    calls += 1;
    return calls < 3;
  })(listOf(1));
  expect(calls).toBe(1);
  for (let turns = 0; turns < 5; turns++) await turn();
  expect(calls).toBe(3);
});

test("no more items are worked on than may be kept: lists that come later are left", () => {
  const worked: number[] = [];
  const begin = meanwhile((items) => {
    worked.push(items.length);
    return false;
  });
  for (const length of [30_000, 20_000, 1]) begin(listOf(length));
  expect(worked).toEqual([30_000, 20_000]);
});
