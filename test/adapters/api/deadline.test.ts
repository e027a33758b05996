import { expect, test, vi } from "vitest";
import { startDeadline } from "../../../src/adapters/api/deadline.ts";

test("passes after its time, with a reason that says how to have more", async () => {
  const { signal, timeLeft } = startDeadline({ milliseconds: 30 });
  expect(timeLeft()).toBeGreaterThan(0);
  await vi.waitFor(() => expect(signal.aborted).toBe(true));
  expect(signal.reason).toMatchObject({ code: "deadline-exceeded", details: { fix: "give more time with --timeout" } });
  expect(timeLeft()).toBe(0);
});

test("an interrupt comes first", () => {
  const interrupt = new AbortController();
  const { signal } = startDeadline({ milliseconds: 60_000, interrupt: interrupt.signal });
  interrupt.abort();
  expect(signal.reason).toMatchObject({ code: "interrupted" });
  expect(startDeadline({ milliseconds: 60_000, interrupt: interrupt.signal }).signal.aborted).toBe(true);
});

test("a very long one does not fire at once", async () => {
  const { signal } = startDeadline({ milliseconds: 1e12 });
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(signal.aborted).toBe(false);
});

test("gives room for work that is longer than it, unless somebody set it", () => {
  const open = startDeadline({ milliseconds: 60_000, isFixed: false });
  expect([open.makeRoom(30_000), open.timeLeft() <= 60_000]).toEqual([true, true]);
  expect([open.makeRoom(600_000), open.timeLeft() > 600_000]).toEqual([true, true]);
  const fixed = startDeadline({ milliseconds: 60_000 });
  expect([fixed.makeRoom(30_000), fixed.makeRoom(600_000), fixed.timeLeft() <= 60_000]).toEqual([true, false, true]);
});
