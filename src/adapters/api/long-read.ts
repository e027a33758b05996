import { Failure } from "../../core/model/failure.ts";
import type { Deadline } from "./deadline.ts";

/** A read that the pace makes long. */
export interface LongRead {
  readonly requests: number;
  readonly perMinute: number;
  readonly milliseconds: number;
}

/** How fast a read goes, and how long it may take. */
export interface Pace {
  readonly deadline: Deadline;
  /** Requests a minute, as the client's queue sends them; 0, or absent, is no limit. */
  readonly perMinute?: number;
  /** The flags of the run's command by which less would be read. */
  readonly narrowing?: readonly string[];
  /** Told of a read that takes minutes, as soon as that is known. */
  readonly onLongRead?: (read: LongRead) => void;
}

/** A minute as the queue counts it. */
const MINUTE = 60_250;
/** From so many milliseconds on a read is long enough to be spoken of. */
const LONG = 60_000;

/** Makes sure that there is time for so many requests at the pace of the run. Throws Failure `deadline-exceeded` where there is not. */
export function makeTime({ deadline, perMinute = 0, narrowing = [], onLongRead }: Pace, requests: number): void {
  if (perMinute === 0) return;
  // A minute's worth leaves at once; what was sent before takes from that.
  const milliseconds = Math.floor(requests / perMinute) * MINUTE;
  if (milliseconds < LONG) return;
  if (deadline.makeRoom(milliseconds)) {
    onLongRead?.({ requests, perMinute, milliseconds });
    return;
  }
  const minutes = Math.ceil(milliseconds / MINUTE) + 1;
  throw new Failure("deadline-exceeded", {
    message: `the organization cannot be read in time: ${requests} requests at ${perMinute} a minute take about ${minutes} minutes, and ${Math.floor(deadline.timeLeft() / 1000)} s are left`,
    fix: `give more time (--timeout ${minutes + 5}m)${narrowing.length === 0 ? "" : `, read less (${narrowing.join(", ")})`}, or send more a minute where nothing else uses the organization's limit (--api-rpm)`,
  });
}
