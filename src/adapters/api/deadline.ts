import { setMaxListeners } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import { Failure } from "../../core/model/failure.ts";

/** The end of a run against the API: when it passes, or when the person interrupts, everything that waits stops waiting. */
export interface Deadline {
  /** Aborts with a Failure as its reason: `deadline-exceeded`, or `interrupted`. */
  readonly signal: AbortSignal;
  /** Aborts `GRACE` later, with the same reason: for finishing what is in flight, and seeing what came of it. */
  readonly graceSignal: AbortSignal;
  /** Milliseconds that are left; 0 once it has passed. */
  readonly timeLeft: () => number;
}

/** Milliseconds in which a write that has been sent may still be answered and looked at. */
const GRACE = 10_000;

/** What setTimeout can hold; anything above it fires at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * A deadline `milliseconds` from now (`--timeout`), ended early by `interrupt` (Ctrl-C). The clock is the monotonic one,
 * so a laptop that corrects its time neither loses nor gains any. Nothing is kept alive by the timer.
 */
export function startDeadline({
  milliseconds,
  interrupt,
}: {
  readonly milliseconds: number;
  readonly interrupt?: AbortSignal;
}): Deadline {
  const ends = performance.now() + milliseconds;
  const controller = new AbortController();
  // Each request in flight listens to it, and there may be a thousand of them.
  setMaxListeners(0, controller.signal);

  const timer = setTimeout(
    () => controller.abort(deadlineExceeded(milliseconds)),
    Math.min(Math.max(milliseconds, 0), LONGEST_TIMER),
  );
  timer.unref();

  const onInterrupt = () => {
    clearTimeout(timer);
    controller.abort(new Failure("interrupted", { message: "interrupted" }));
  };
  if (interrupt?.aborted) onInterrupt();
  else interrupt?.addEventListener("abort", onInterrupt, { once: true });

  const grace = new AbortController();
  setMaxListeners(0, grace.signal);
  const beginGrace = () => setTimeout(() => grace.abort(controller.signal.reason), GRACE).unref();
  if (controller.signal.aborted) beginGrace();
  else controller.signal.addEventListener("abort", beginGrace, { once: true });

  return {
    signal: controller.signal,
    graceSignal: grace.signal,
    timeLeft: () => Math.max(0, ends - performance.now()),
  };
}

function deadlineExceeded(milliseconds: number): Failure {
  return new Failure("deadline-exceeded", {
    message: `the deadline of ${Math.round(milliseconds / 100) / 10} s for the whole run has passed`,
    fix: "give more time with --timeout",
  });
}

/** Waits so many milliseconds, or until `signal` aborts; does not reject then: whoever waits looks at the signal next. */
export async function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  await wait(milliseconds, undefined, { signal }).catch(() => {});
}
