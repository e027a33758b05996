import { type Deadline, sleep, startDeadline } from "../api/deadline.ts";
import type { GlobalOptions, Host } from "../host.ts";

/** What time it is, and how much of it a run has. */
export interface Clock {
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Aborts, with a Failure as its reason, when the time for the run is over or the person interrupts. It begins to run when first asked for. */
  readonly deadline: () => AbortSignal;
  /** Waits so many milliseconds, or until `signal` aborts; does not reject then. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** The clock of one run, as adapters have it: `until` is the whole deadline, with the grace for what is in flight. */
export interface RunClock extends Clock {
  readonly until: () => Deadline;
}

/** Makes it. No timer runs before the deadline is asked for. */
export function createClock(host: Host, { timeout }: Pick<GlobalOptions, "timeout">): RunClock {
  let started: Deadline | undefined;
  const until = () => {
    started ??= startDeadline({ milliseconds: timeout, interrupt: host.signal });
    return started;
  };
  return { now: host.now, until, deadline: () => until().signal, sleep: host.sleep ?? sleep };
}
