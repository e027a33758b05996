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
  /** Makes room for work of so many milliseconds: false where there is not enough time and nobody may give more. */
  readonly makeRoom: (milliseconds: number) => boolean;
}

/** Milliseconds in which a write that has been sent may still be answered and looked at. */
const GRACE = 10_000;

/** What setTimeout can hold; anything above it fires at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** What is done with an answer, and retries, beside the work that room was asked for (milliseconds). */
const MARGIN = 5 * 60_000;

/**
 * A deadline `milliseconds` from now (`--timeout`), ended early by `interrupt` (Ctrl-C); `isFixed`: never later. The clock is the monotonic one,
 * so a laptop that corrects its time neither loses nor gains any. Nothing is kept alive by the timer.
 */
export function startDeadline({
  milliseconds,
  isFixed = true,
  interrupt,
}: {
  readonly milliseconds: number;
  readonly isFixed?: boolean;
  readonly interrupt?: AbortSignal;
}): Deadline {
  let ends = 0;
  let timer: NodeJS.Timeout | undefined;
  const controller = new AbortController();
  // Each request in flight listens to it, and there may be a thousand of them.
  setMaxListeners(0, controller.signal);

  const endIn = (left: number) => {
    clearTimeout(timer);
    ends = performance.now() + left;
    const stop = () => controller.abort(deadlineExceeded(milliseconds));
    timer = setTimeout(stop, Math.min(Math.max(left, 0), LONGEST_TIMER)).unref();
  };
  endIn(milliseconds);

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
    makeRoom: (needed) => {
      if (needed <= ends - performance.now()) return true;
      if (isFixed) return false;
      if (!controller.signal.aborted) endIn(needed + MARGIN);
      return true;
    },
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
