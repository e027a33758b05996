import { type Deadline, sleep, startDeadline } from "../api/deadline.ts";
import type { GlobalOptions, Host } from "../host.ts";
import { readLastDate } from "../state/last-date.ts";

/** What time it is, and how much of it a run has. */
export interface Clock {
  /**
   * Epoch milliseconds, for whatever has passed: once the API has answered by its clock; before that by this machine's, or the last
   * time that the API said here, if that is later. Whoever reaches the API asks for the time after its first answer.
   */
  readonly now: () => number;
  /** Epoch milliseconds by this machine's clock: for how long something took. */
  readonly machine: () => number;
  /** Aborts, with a Failure as its reason, when the time for the run is over or the person interrupts. It begins to run when first asked for. */
  readonly deadline: () => AbortSignal;
  /** Waits so many milliseconds, or until `signal` aborts; does not reject then. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** The clock of one run, as adapters have it: `until` is the whole deadline, with the grace for what is in flight. */
export interface RunClock extends Clock {
  readonly until: () => Deadline;
  /**
   * Takes the time from an answer's `Date`, for a run that administers; how many milliseconds the API's clock is ahead of this
   * machine's, or undefined where it says no time.
   */
  readonly hear: (date: string | null) => number | undefined;
  /** The same for a prompt, to which a time that is earlier than this machine's is nothing: whoever puts a clock back gains nothing. */
  readonly hearAtLeast: (date: string | null) => number | undefined;
}

/** A `Date` has whole seconds, and was on its way for a while: what is closer than this is the same time. */
const SAME_TIME = 2_000;

/** Makes it. No timer runs before the deadline is asked for. */
export function createClock(
  host: Pick<Host, "now" | "uptime" | "signal" | "sleep" | "env">,
  { timeout, hasTimeout = false }: Pick<GlobalOptions, "timeout" | "hasTimeout">,
): RunClock {
  let started: Deadline | undefined;
  const until = () => {
    started ??= startDeadline({ milliseconds: timeout, isFixed: hasTimeout, interrupt: host.signal });
    return started;
  };
  // Until somebody answers, the later of this machine's clock and the last time that the API said.
  let ahead: number | undefined;
  const aheadNow = () => {
    ahead ??= Math.max(0, readLastDate(host.env) - host.now());
    return ahead;
  };
  // From an answer on time goes by the clock that nobody sets: this machine's may jump before the next one.
  const uptime = host.uptime ?? host.now;
  let told: { readonly time: number; readonly uptime: number } | undefined;
  let latest = 0;
  const listen = (date: string | null, least: number) => {
    const said = date === null ? Number.NaN : Date.parse(date);
    if (Number.isNaN(said)) return undefined;
    // Answers overtake each other, and one that was stored somewhere is of another time.
    if (said >= latest) {
      latest = said;
      const machine = host.now();
      const apart = said - machine;
      ahead = Math.abs(apart) <= SAME_TIME ? 0 : Math.max(least, apart);
      told = { time: machine + ahead, uptime: uptime() };
    }
    return ahead ?? 0;
  };
  return {
    now: () => (told ? told.time + uptime() - told.uptime : host.now() + aheadNow()),
    machine: host.now,
    until,
    deadline: () => until().signal,
    sleep: host.sleep ?? sleep,
    hear: (date) => listen(date, Number.NEGATIVE_INFINITY),
    hearAtLeast: (date) => {
      const ahead = listen(date, 0);
      // A conversation may pause for hours, through which a machine that sleeps has no uptime.
      told = undefined;
      return ahead;
    },
  };
}
