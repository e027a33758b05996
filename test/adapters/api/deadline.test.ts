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
