import { Writable } from "node:stream";
import { expect, test } from "vitest";
import { createProgress } from "../../../src/adapters/terminal/progress.ts";

/** A terminal as it stands after each write: what is erased is gone. */
function screen(columns: number) {
  let written = "";
  const stderr = Object.assign(
    new Writable({
      write: (chunk, _encoding, done) => {
        written += chunk;
        done();
      },
    }),
    { isTTY: true, columns },
  );
  const line = () => written.split("\r\u001b[2K").at(-1) ?? "";
  return { stderr, line };
}

test("the counter says how long it will take, stays on one line, and is taken back", () => {
  let now = 0;
  const { stderr, line } = screen(60);
  const progress = createProgress({ stderr, now: () => now }, { moves: () => true });
  progress.count(0, 1029, "reading");
  expect(line()).toBe("");
  now = 2_000;
  progress.count(20, 1029, "reading");
  expect(line()).toMatch(/^. reading the organization: 20 of 1029 requests$/);
  now = 60_000;
  progress.count(100, 1029, "reading");
  expect(line()).toMatch(/^. reading: 100 of 1029 requests, about 9 min left$/);
  now = 61_000;
  progress.count(1000, 1029, "reading");
  expect(line()).toContain(", about 5 s left");
  progress.end();
  expect(line()).toBe("");
});

test("what is no terminal sees nothing", () => {
  const { stderr, line } = screen(60);
  const progress = createProgress({ stderr, now: () => 9_000 }, { moves: () => false });
  progress.count(1, 2, "writing");
  progress.end();
  expect(line()).toBe("");
});
