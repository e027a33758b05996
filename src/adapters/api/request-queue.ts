import PQueue from "p-queue";
import { Failure } from "../../core/model/failure.ts";

/** Why a request is not sent yet, for the person who waits. */
export type Wait =
  /** The limit of `--api-rpm` is reached. */
  | { readonly reason: "pace"; readonly perMinute: number }
  /** The API asked for a pause. */
  | { readonly reason: "asked"; readonly milliseconds: number };

export interface RequestQueue {
  /**
   * Runs `task` when there is room. `urgent` ones go first: the next page of a list, which nothing can overlap with. An
   * abort of `signal` also ends the waiting, and rejects with its reason; one of `begin` ends only the waiting, and its reason is
   * rejected with as a Failure that says that nothing was sent.
   */
  readonly run: <Result>(task: () => Promise<Result>, options: RunOptions) => Promise<Result>;
  /** Starts nothing for that long. */
  readonly hold: (milliseconds: number) => void;
}

interface RunOptions {
  readonly signal?: AbortSignal | undefined;
  /** Once it has aborted nothing is begun any more; what has begun goes on. */
  readonly begin?: AbortSignal | undefined;
  readonly urgent?: boolean;
}

export interface RequestQueueOptions {
  /** Requests in any minute; 0 is no limit. */
  readonly perMinute: number;
  /** Called the first time that the pace makes a request wait, and at each pause that the API asks for. */
  readonly onWait?: (wait: Wait) => void;
}

/** Requests in flight at once. */
const CONCURRENCY = 8;

/**
 * A minute as seen from here. Requests leave in order but may arrive bunched, so it is a little longer than the API's.
 */
const MINUTE = 60_250;

/** What setTimeout can hold; anything above it fires at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * The one gate that every request of the run goes through: eight at a time and `perMinute` in any minute (a burst up to
 * that is fine). The Admin API allows 100 a minute to the whole organization (admin-api.md, 3.6).
 */
export function createRequestQueue({ perMinute, onWait }: RequestQueueOptions): RequestQueue {
  const pace = perMinute > 0 ? { intervalCap: perMinute, interval: MINUTE, strict: true } : {};
  const queue = new PQueue({ concurrency: CONCURRENCY, ...pace });
  queue.once("rateLimit", () => onWait?.({ reason: "pace", perMinute }));

  let heldUntil = 0;
  const resume = () => {
    const rest = heldUntil - performance.now();
    if (rest <= 0) return void queue.start();
    // What waits in the queue has timers of its own, which keep the process alive for as long as anybody is waiting.
    setTimeout(resume, Math.min(rest, LONGEST_TIMER)).unref();
  };

  return {
    run: async (task, { signal, begin, urgent = false }) => {
      const waiting = new AbortController();
      const leave = () => waiting.abort(unsent(begin?.reason));
      if (begin?.aborted) leave();
      begin?.addEventListener("abort", leave, { once: true });
      const stay = () => begin?.removeEventListener("abort", leave);
      const both = begin && AbortSignal.any(signal ? [signal, waiting.signal] : [waiting.signal]);
      const until = both ?? signal;
      try {
        const started = () => {
          stay();
          return task();
        };
        return await queue.add(started, { priority: urgent ? 1 : 0, ...(until && { signal: until }) });
      } finally {
        stay();
      }
    },
    hold: (milliseconds) => {
      heldUntil = Math.max(heldUntil, performance.now() + milliseconds);
      onWait?.({ reason: "asked", milliseconds });
      if (queue.isPaused) return;
      queue.pause();
      resume();
    },
  };
}

function unsent(reason: unknown): unknown {
  return reason instanceof Failure ? new Failure(reason.code, { ...reason.details, isUnsent: true }) : reason;
}
