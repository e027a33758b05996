import { ShapeError } from "../http/schema.ts";

/** A minute, an hour and a day in milliseconds. */
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** How long an invite stands, in milliseconds: 21 days. Source: admin-api.md 2.3. */
export const INVITE_LIFETIME = 21 * DAY;

/** The sandbox's own time. It runs with the real time unless it is frozen; both can be moved. Times are milliseconds since 1970. */
export interface SandboxClock {
  readonly now: () => number;
  /** Moves the clock by milliseconds, or by a duration such as `7d`, `24h`, `90m`, `30s`, `500ms`. */
  readonly advance: (by: number | string) => number;
  /** Sets the clock to an RFC 3339 time or to milliseconds since 1970; it goes on running, or stays frozen. */
  readonly set: (to: number | string) => number;
  /** Stops the clock where it is, or lets it run again. */
  readonly freeze: (frozen: boolean) => number;
  /** Back to how it started: standing there, or running from there as if it had never been moved. */
  readonly restore: () => number;
}

/** Where the clock starts: nothing = the real time, running; a time = frozen there; a function = that source, running. */
export type ClockOption = string | number | Date | (() => number) | undefined;

/** Makes the clock. `startsAt` (milliseconds) is used when the option gives no time of its own. */
export function createClock(option: ClockOption, startsAt?: number): SandboxClock {
  const source = typeof option === "function" ? option : Date.now;
  const fixed = option === undefined || typeof option === "function" ? undefined : timeOf(option);
  let frozenAt = fixed;
  const startOffset = fixed === undefined && startsAt !== undefined ? startsAt - source() : 0;
  let offset = startOffset;
  const now = (): number => frozenAt ?? source() + offset;
  const move = (to: number): number => {
    if (frozenAt === undefined) offset += to - now();
    else frozenAt = to;
    return to;
  };
  return {
    now,
    advance: (by) => move(now() + durationOf(by)),
    set: (to) => move(timeOf(to)),
    freeze: (frozen) => {
      const at = now();
      frozenAt = frozen ? at : undefined;
      if (!frozen) offset = at - source();
      return at;
    },
    restore: () => {
      frozenAt = fixed;
      offset = startOffset;
      return now();
    },
  };
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A duration in milliseconds: a number is taken as it is, a string is a number and a unit (`ms` `s` `m` `h` `d`). */
export function durationOf(written: number | string): number {
  if (typeof written === "number") return written;
  const match = /^(-?\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(written.trim());
  const unit = UNITS[match?.[2] ?? ""];
  if (match === null || unit === undefined) {
    throw new ShapeError("", `"${written}" is no duration: write a number and ms, s, m, h or d, such as 7d`);
  }
  return Number(match[1]) * unit;
}

/** A time in milliseconds since 1970. Throws a ShapeError when it is none. */
export function timeOf(written: number | string | Date): number {
  const time = typeof written === "number" ? written : new Date(written).getTime();
  if (!Number.isFinite(time)) throw new ShapeError("", `"${String(written)}" is no time: write RFC 3339`);
  return time;
}

/** The RFC 3339 form of a time in milliseconds, as the API writes it. */
export function iso(time: number): string {
  return new Date(time).toISOString();
}
