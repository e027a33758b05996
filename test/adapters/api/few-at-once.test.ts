import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { fewAtOnce } from "../../../src/adapters/api/few-at-once.ts";

test("results are in the order of the items, however long each takes", async () => {
  const work = async (item: number) => {
    for (let wait = item; wait < 5; wait++) await setImmediate();
    return item * 10;
  };
  expect(await fewAtOnce([0, 1, 2, 3, 4], work)).toEqual([0, 10, 20, 30, 40]);
  expect(await fewAtOnce([], work)).toEqual([]);
});

test("a thousand are not begun together: the next begins as one is done", async () => {
  let running = 0;
  let most = 0;
  let begun = 0;
  const work = async () => {
    begun++;
    most = Math.max(most, ++running);
    await setImmediate();
    running--;
  };
  await fewAtOnce(Array.from({ length: 1000 }), work);
  expect({ begun, running, most }).toEqual({ begun: 1000, running: 0, most: 16 });
});

test("a rejection is the result", async () => {
  await expect(fewAtOnce([1, 2], async (item) => Promise.reject(new Error(`no ${item}`)))).rejects.toThrow("no 1");
});
