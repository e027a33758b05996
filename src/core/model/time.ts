/**
 * Time as `core` knows it: instants are milliseconds since the epoch, calendar days are UTC days written `YYYY-MM-DD`.
 * This is the one file of `core` that may use `Date`, and only its pure half; `now` always comes in as a parameter.
 */

/** Milliseconds in a day. */
export const DAY = 86_400_000;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** A month of a rotation is 30 days, a year 365. */
const UNITS = { d: DAY, w: 7 * DAY, mo: 30 * DAY, y: 365 * DAY } as const;

/** The pattern of a duration in rbac.yaml: a whole number of days, weeks, months or years. */
export const DURATION = /^(\d{1,4})(d|w|mo|y)$/;
/** How a duration is written, for whoever wrote another one: `3m` is three minutes to most programs, and three months to most people. */
export const DURATION_FORM =
  'a duration in days, weeks, months or years, such as "90d", "12w", "3mo" or "1y" (not minutes or hours)';

/** Milliseconds of a duration such as `90d`, or undefined where `text` is not one. */
export function parseDuration(text: string): number | undefined {
  const match = DURATION.exec(text);
  if (!match) return undefined;
  return Number(match[1]) * UNITS[match[2] as keyof typeof UNITS];
}

/** The pattern of the lifetime of a token: a whole number of seconds, minutes or hours. */
export const LIFETIME = /^(\d{1,6})(s|m|h)$/;
const SECONDS = { s: 1, m: 60, h: 3600 } as const;

/** Seconds of a lifetime such as `15m`, or undefined where `text` is none. */
export function parseLifetime(text: string): number | undefined {
  const [, count, unit] = LIFETIME.exec(text) ?? [];
  return count === undefined ? undefined : Number(count) * SECONDS[unit as keyof typeof SECONDS];
}

/** Seconds as a lifetime in its largest whole unit: `1h`, `15m`, `90s`. */
export function formatLifetime(seconds: number): string {
  if (seconds % 3600 === 0 && seconds > 0) return `${seconds / 3600}h`;
  return seconds % 60 === 0 && seconds > 0 ? `${seconds / 60}m` : `${seconds}s`;
}

/** Whole days of a duration or of a bare number of days (`90d`, `3mo`, `90`), or undefined where `text` is neither. */
export function parseDays(text: string): number | undefined {
  const milliseconds = parseDuration(/\d$/.test(text) ? `${text}d` : text);
  return milliseconds === undefined ? undefined : milliseconds / DAY;
}

/** Milliseconds of a span in a flag, which may be as short as minutes (`10m`, `36h`, `90d`), or undefined where it is none. */
export function parseSpan(text: string): number | undefined {
  const short = /^(\d{1,6})([mh])$/.exec(text);
  return short ? Number(short[1]) * (short[2] === "m" ? MINUTE : HOUR) : parseDuration(text);
}

/** Milliseconds of a deadline in a flag, where a bare number is seconds (`30`, `30s`, `10m`), or undefined where it is none. */
export function parseTimeout(text: string): number | undefined {
  const seconds = /^(\d{1,6})s?$/.exec(text);
  return seconds ? Number(seconds[1]) * 1000 : parseSpan(text);
}

/** A duration of rbac.yaml, which is whole days, as days (`90d`). */
export function formatDuration(milliseconds: number): string {
  return `${milliseconds / DAY}d`;
}

/** The UTC day of an instant. After the year 9999 it is longer than any that a file or a name may hold (`+012018-12-01`). */
export function dayOf(instant: number): string {
  return new Date(instant).toISOString().slice(0, -"T00:00:00.000Z".length);
}

/** The first instant of a UTC day, or NaN where `day` is not a day of the calendar. */
export function startOfDay(day: string): number {
  const instant = Date.parse(`${day}T00:00:00.000Z`);
  return !Number.isNaN(instant) && dayOf(instant) === day ? instant : Number.NaN;
}

/** Whether an entry that is good `until` a day (that day included) has run out. */
export function hasPassed(day: string, now: number): boolean {
  return now >= startOfDay(day) + DAY;
}

/** Whole days from one instant to another; negative when `to` is earlier. */
export function daysBetween(from: number, to: number): number {
  return Math.floor((to - from) / DAY);
}

/** How old something is that has happened, in whole days: the API's `Date` has no parts of a second, and may be a moment behind what it made. */
export function ageInDays(since: number, now: number): number {
  return Math.max(0, daysBetween(since, now));
}

/** An instant as RFC 3339 in UTC, the form of every time in our JSON. */
export function isoTime(instant: number): string {
  return new Date(instant).toISOString();
}

/** The instant of an RFC 3339 time as the API writes it, or undefined where it is absent or no time. */
export function parseTime(text: string | null | undefined): number | undefined {
  const instant = Date.parse(text ?? "");
  return Number.isNaN(instant) ? undefined : instant;
}
