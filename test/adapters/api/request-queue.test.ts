import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createRequestQueue, type Wait } from "../../../src/adapters/api/request-queue.ts";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** Adds tasks that take no time, and notes when each was started. */
function burst(queue: ReturnType<typeof createRequestQueue>, count: number) {
  const starts: number[] = [];
  const runs = Array.from({ length: count }, () => queue.run(async () => void starts.push(Date.now()), {}));
  return { starts, done: Promise.all(runs) };
}

describe("the pace", () => {
  test("lets a burst through, and never more in any minute", async () => {
    const waits: Wait[] = [];
    const queue = createRequestQueue({ perMinute: 100, onWait: (wait) => waits.push(wait) });
    const began = Date.now();
    const { starts, done } = burst(queue, 350);
    await vi.advanceTimersByTimeAsync(0);
    expect(starts).toHaveLength(100);
    expect(waits).toEqual([{ reason: "pace", perMinute: 100 }]);
    await vi.advanceTimersByTimeAsync(300_000);
    await done;
    expect(starts).toHaveLength(350);
    for (const [at, start] of starts.entries()) {
      const inMinute = starts.filter((other) => other >= start && other < start + 60_000).length;
      expect([at, inMinute <= 100]).toEqual([at, true]);
    }
    expect((starts.at(-1) ?? 0) - began).toBeLessThan(182_000);
    expect(waits).toHaveLength(1);
  });

  test("0 is no limit", async () => {
    const { starts, done } = burst(createRequestQueue({ perMinute: 0 }), 1_000);
    await vi.advanceTimersByTimeAsync(0);
    await done;
    expect(starts).toHaveLength(1_000);
  });
});

test("a pause that the API asks for holds everything that is not sent yet", async () => {
  const waits: Wait[] = [];
  const queue = createRequestQueue({ perMinute: 0, onWait: (wait) => waits.push(wait) });
  queue.hold(30_000);
  queue.hold(60_000);
  const { starts } = burst(queue, 3);
  await vi.advanceTimersByTimeAsync(59_000);
  expect(starts).toHaveLength(0);
  await vi.advanceTimersByTimeAsync(1_100);
  expect(starts).toHaveLength(3);
  expect(waits.map(({ reason }) => reason)).toEqual(["asked", "asked"]);
});

test("an abort ends the waiting, and what waits behind goes on", async () => {
  const queue = createRequestQueue({ perMinute: 1 });
  const abort = new AbortController();
  const { starts } = burst(queue, 1);
  const waiting = queue.run(async () => "sent", { signal: abort.signal });
  const behind = queue.run(async () => "sent", {});
  const ended = expect(waiting).rejects.toThrow("given up");
  await vi.advanceTimersByTimeAsync(10);
  abort.abort(new Error("given up"));
  await ended;
  expect(starts).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(61_000);
  expect(await behind).toBe("sent");
});

test("urgent ones go first", async () => {
  const queue = createRequestQueue({ perMinute: 0 });
  const order: string[] = [];
  const task = (name: string) => () =>
    new Promise<void>((resolve) => {
      order.push(name);
      setTimeout(resolve, 10);
    });
  for (let n = 0; n < 9; n += 1) void queue.run(task("list"), {});
  void queue.run(task("next page"), { urgent: true });
  await vi.advanceTimersByTimeAsync(100);
  expect(order.indexOf("next page")).toBe(8);
});
