/**
 * Time as `core` knows it: instants are milliseconds since the epoch, calendar days are UTC days written `YYYY-MM-DD`.
 * This is the one file of `core` that may use `Date`, and only its pure half; `now` always comes in as a parameter.
 */

/** Milliseconds in a day. */
export const DAY = 86_400_000;

const UNITS = { m: 60_000, h: 3_600_000, d: DAY, w: 7 * DAY } as const;

/** The pattern of a duration in rbac.yaml and in flags: a whole number and a unit (minutes, hours, days, weeks). */
export const DURATION = /^(\d{1,6})([mhdw])$/;

/** Milliseconds of a duration such as `90d`, or undefined where `text` is not one. */
export function parseDuration(text: string): number | undefined {
  const match = DURATION.exec(text);
  if (!match) return undefined;
  return Number(match[1]) * UNITS[match[2] as keyof typeof UNITS];
}

/** Milliseconds of a duration in a flag, where a bare number is seconds (`30`, `30s`, `10m`), or undefined where it is none. */
export function parseTimeout(text: string): number | undefined {
  const seconds = /^(\d{1,6})s?$/.exec(text);
  return seconds ? Number(seconds[1]) * 1000 : parseDuration(text);
}

/** A duration in the largest unit that divides it (`7d`, `36h`), the inverse of `parseDuration` up to that choice. */
export function formatDuration(milliseconds: number): string {
  for (const unit of ["d", "h"] as const) {
    if (milliseconds % UNITS[unit] === 0) return `${milliseconds / UNITS[unit]}${unit}`;
  }
  return `${Math.round(milliseconds / UNITS.m)}m`;
}

/** The UTC day of an instant. */
export function dayOf(instant: number): string {
  return new Date(instant).toISOString().slice(0, 10);
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

/** An instant as RFC 3339 in UTC, the form of every time in our JSON. */
export function isoTime(instant: number): string {
  return new Date(instant).toISOString();
}

/** The instant of an RFC 3339 time as the API writes it, or undefined where it is absent or no time. */
export function parseTime(text: string | null | undefined): number | undefined {
  if (text === null || text === undefined) return undefined;
  const instant = Date.parse(text);
  return Number.isNaN(instant) ? undefined : instant;
}
