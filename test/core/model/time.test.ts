import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  ageInDays,
  DAY,
  DURATION_FORM,
  dayOf,
  daysBetween,
  formatDuration,
  formatLifetime,
  hasPassed,
  isoTime,
  parseDays,
  parseDuration,
  parseLifetime,
  parseSpan,
  parseTime,
  parseTimeout,
  startOfDay,
} from "../../../src/core/model/time.ts";

const instants = fc.integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(2099, 11, 31) });

describe("a day of the calendar", () => {
  test("holds every instant from its start to the last millisecond before the next", () => {
    fc.assert(
      fc.property(instants, (instant) => {
        const start = startOfDay(dayOf(instant));
        expect(start).toBeLessThanOrEqual(instant);
        expect(instant - start).toBeLessThan(DAY);
      }),
    );
  });

  test("after the year 9999 is whole too", () => {
    expect(dayOf(Date.UTC(12018, 11, 1))).toBe("+012018-12-01");
    expect(startOfDay("+012018-12-01")).toBe(Date.UTC(12018, 11, 1));
  });

  test("that does not exist has no start", () => {
    for (const day of ["2026-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "26-1-1", "", "today"]) {
      expect(startOfDay(day), day).toBeNaN();
    }
    expect(startOfDay("2028-02-29")).toBe(Date.UTC(2028, 1, 29));
  });
});

describe("`until`", () => {
  test("is good for the whole of its day, and over at the midnight that ends it", () => {
    const midnight = Date.UTC(2027, 0, 31);
    expect(hasPassed("2027-01-31", midnight)).toBe(false);
    expect(hasPassed("2027-01-31", midnight + DAY - 1)).toBe(false);
    expect(hasPassed("2027-01-31", midnight + DAY)).toBe(true);
  });

  test("never comes back once it has passed", () => {
    fc.assert(
      fc.property(instants, instants, fc.nat(), (day, now, later) => {
        if (hasPassed(dayOf(day), now)) expect(hasPassed(dayOf(day), now + later)).toBe(true);
        expect(hasPassed(dayOf(day), day)).toBe(false);
      }),
    );
  });
});

describe("days between two instants", () => {
  test("are whole: one only when a full day has gone by, and negative backwards", () => {
    expect(daysBetween(0, DAY - 1)).toBe(0);
    expect(daysBetween(0, DAY)).toBe(1);
    expect(daysBetween(1, 0)).toBe(-1);
  });
});

describe("durations", () => {
  test("are read back as they are written", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9_999 }), (days) => {
        expect(parseDuration(`${days}d`)).toBe(days * DAY);
        expect(parseDuration(formatDuration(days * DAY))).toBe(days * DAY);
      }),
    );
    expect(parseDuration("2w")).toBe(14 * DAY);
  });

  test("are read as whoever wrote another thing is told to write them", () => {
    const examples = [...DURATION_FORM.matchAll(/"(\w+)"/g)].map(([, text = ""]) => parseDuration(text));
    expect(examples).toEqual([90 * DAY, 84 * DAY, 90 * DAY, 365 * DAY]);
  });

  test("that are none are refused", () => {
    for (const text of ["", "d", "1", "1.5d", "-1d", "1 d", "1d ", "1D", "1234567d"]) {
      expect(parseDuration(text), text).toBeUndefined();
    }
  });

  test("of a flag may be a bare number of days", () => {
    expect([parseDays("90"), parseDays("90d"), parseDays("3mo"), parseDays("1y"), parseDays("2w")]).toEqual([
      90, 90, 90, 365, 14,
    ]);
    for (const text of ["", "x90", "90x", "12345", "90d1", "d90", "1h", "d"])
      expect(parseDays(text), text).toBeUndefined();
  });

  test("of a span may be as short as minutes and hours", () => {
    expect([parseSpan("10m"), parseSpan("36h"), parseSpan("2d")]).toEqual([600_000, 129_600_000, 2 * DAY]);
    for (const text of ["", "x10m", "10mx", "10", "1234567m", "m"]) expect(parseSpan(text), text).toBeUndefined();
  });

  test("of a timeout are seconds where the number is bare", () => {
    expect([parseTimeout("30"), parseTimeout("30s"), parseTimeout("10m")]).toEqual([30_000, 30_000, 600_000]);
    for (const text of ["soon", "x30s", "30sx", "1234567"]) expect(parseTimeout(text), text).toBeUndefined();
  });
});

describe("the lifetime of a token", () => {
  test("is read back as it is written, in its largest whole unit", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999_999 }), (seconds) => {
        expect(parseLifetime(formatLifetime(seconds))).toBe(seconds);
      }),
    );
    expect([3600, 7200, 5400, 900, 60, 90, 1, 0].map(formatLifetime)).toEqual([
      "1h",
      "2h",
      "90m",
      "15m",
      "1m",
      "90s",
      "1s",
      "0s",
    ]);
  });

  test("that is none is refused", () => {
    for (const text of ["", "m", "15", "15d", "x15m", "15mx", "1.5h", "-1m", "1234567s", "Stryker was here"]) {
      expect(parseLifetime(text), text).toBeUndefined();
    }
    expect(["999999s", "90m", "2h"].map(parseLifetime)).toEqual([999_999, 5400, 7200]);
  });
});

test("an age is whole days that have passed, and none of what the API's clock has yet to reach", () => {
  const NOW = Date.UTC(2026, 10, 23, 12);
  expect(
    [NOW - 2 * DAY, NOW - DAY - 1, NOW - DAY, NOW - DAY + 1, NOW, NOW + 900].map((since) => ageInDays(since, NOW)),
  ).toEqual([2, 1, 1, 0, 0, 0]);
});

test("a time of the API is read back as it was, and what is no time is absent", () => {
  fc.assert(
    fc.property(instants, (instant) => {
      expect(parseTime(isoTime(instant))).toBe(instant);
    }),
  );
  expect([parseTime(null), parseTime(undefined), parseTime("soon")]).toEqual([undefined, undefined, undefined]);
});
