import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatKeyName } from "../../../src/core/keys/key-name.ts";
import { type KeyPolicy, keyPhase } from "../../../src/core/keys/key-phase.ts";
import { DAY, dayOf } from "../../../src/core/model/time.ts";

const NOW = Date.parse("2026-11-23T12:00:00Z");
const POLICY: KeyPolicy = { rotateEvery: 90 * DAY, overlap: 7 * DAY, soak: 7 * DAY };
const midnight = (day: string) => Date.parse(`${day}T00:00:00Z`);

function phase(name: string, status: string, ages: { readonly days?: number; readonly left?: number } = {}) {
  const { days = 10, left } = ages;
  const key = { name, status, createdAt: NOW - days * DAY, ...(left !== undefined && { expiresAt: NOW + left * DAY }) };
  return keyPhase(key, POLICY, NOW);
}

describe("the phase of one key", () => {
  test.each([
    ["a", "active", {}, "current"],
    ["a", "active", { days: 90 }, "current"],
    ["a", "active", { days: 91 }, "due"],
    ["a", "active", { left: 15 }, "current"],
    ["a", "active", { left: 14 }, "due"],
    ["a@next", "active", { days: 200 }, "replacement-ready"],
    ["a@previous-20261120", "active", { days: 200, left: 1 }, "overlapping"],
    ["a@previous-20261120", "inactive", {}, "soaking"],
    ["a@disabled-20261120", "inactive", {}, "soaking"],
    ["a@disabled-20261120", "active", {}, "unsettled"],
    ["a@next", "inactive", {}, "unsettled"],
    ["a@next", "expired", {}, "unsettled"],
    ["a@next", "archived", {}, "archived"],
    ["a", "inactive", { days: 200 }, "disabled"],
    ["a", "expired", { left: -1 }, "expired"],
    ["a@previous-20261120", "expired", {}, "expired"],
    ["a@disabled-20261120", "archived", {}, "archived"],
    // a label that is none of ours is part of the name
    ["a@previous", "active", {}, "current"],
    ["a@prev-20261120", "inactive", {}, "disabled"],
  ] as const)("%s, %s, %o: %s", (name, status, ages, expected) => {
    expect(phase(name, status, ages)?.phase).toBe(expected);
  });

  test("a status that the API added since has none", () => {
    expect(phase("a", "paused")).toBeUndefined();
  });

  test("a phase that waits for time says for which", () => {
    expect(phase("a", "active")?.at).toBe(NOW + 80 * DAY);
    expect(phase("a", "active", { left: 20 })?.at).toBe(NOW + 6 * DAY);
    expect(phase("a@previous-20261120", "active")?.at).toBe(midnight("2026-11-27"));
    expect(phase("a@disabled-20261120", "inactive")?.at).toBe(midnight("2026-11-27"));
    expect(phase("a@previous-20261399", "active")).toEqual({ phase: "unsettled" });
  });

  test("a due key says since when, and whether its age or its end makes it so", () => {
    expect(phase("a", "active", { days: 100 })).toEqual({ phase: "due", at: NOW - 10 * DAY, because: "age" });
    expect(phase("a", "active", { left: 2 })).toEqual({ phase: "due", at: NOW - 12 * DAY, because: "expiry" });
    expect(phase("a", "active", { days: 100, left: 2 })?.because).toBe("expiry");
  });

  test("an overlap longer than 14 days makes a key due that much earlier", () => {
    const key = { name: "a", status: "active", createdAt: NOW, expiresAt: NOW + 25 * DAY };
    expect(keyPhase(key, { ...POLICY, overlap: 30 * DAY }, NOW)?.phase).toBe("due");
    expect(keyPhase(key, POLICY, NOW)?.phase).toBe("current");
  });

  test("a key that nothing declares falls due by its expiry alone", () => {
    const key = { name: "a", status: "active", createdAt: NOW - 1000 * DAY };
    expect(keyPhase(key, undefined, NOW)).toEqual({ phase: "current" });
    expect(keyPhase({ ...key, expiresAt: NOW + DAY }, undefined, NOW)?.phase).toBe("due");
    expect(keyPhase({ ...key, name: "a@previous-20261120" }, undefined, NOW)).toEqual({ phase: "overlapping" });
  });

  test("a label speaks from the first instant of its day, and of no day before the key was made", () => {
    const start = midnight("2026-11-20");
    const at = (createdAt: number, now: number, status = "active") =>
      keyPhase({ name: "a@previous-20261120", status, createdAt }, POLICY, now)?.phase;
    expect([at(start, start - 1), at(start, start)]).toEqual(["unsettled", "overlapping"]);
    expect([at(start + DAY, start + 2 * DAY), at(start + DAY - 1, start + 2 * DAY)]).toEqual([
      "unsettled",
      "overlapping",
    ]);
    expect([at(start - 9 * DAY, start + DAY), at(start + 3 * DAY, start + 4 * DAY)]).toEqual([
      "overlapping",
      "unsettled",
    ]);
  });

  test("an archived key contradicts its name only while it was to work beside the new one", () => {
    const start = midnight("2026-11-20");
    const at = (now: number, policy: KeyPolicy | undefined = POLICY) =>
      keyPhase({ name: "a@previous-20261120", status: "archived", createdAt: start }, policy, now)?.phase;
    expect([at(start - 1), at(start), at(start + 7 * DAY - 1), at(start + 7 * DAY)]).toEqual([
      "archived",
      "unsettled",
      "unsettled",
      "archived",
    ]);
    expect(
      keyPhase({ name: "a@previous-20261120", status: "archived", createdAt: start }, undefined, start)?.phase,
    ).toBe("archived");
  });

  test("only an active key can be current, due, ready or overlapping, and time never brings a phase back", () => {
    const name = fc.constantFrom(
      "a",
      "a@next",
      formatKeyName({ base: "a", label: { kind: "previous", day: dayOf(NOW) } }),
      formatKeyName({ base: "a", label: { kind: "disabled", day: dayOf(NOW) } }),
    );
    const status = fc.constantFrom("active", "inactive", "expired", "archived");
    const days = fc.integer({ min: -400, max: 400 });
    fc.assert(
      fc.property(name, status, days, days, fc.nat(400), (name, status, created, expires, later) => {
        const key = { name, status, createdAt: NOW + created * DAY, expiresAt: NOW + expires * DAY };
        const now = keyPhase(key, POLICY, NOW)?.phase ?? "";
        const then = keyPhase(key, POLICY, NOW + later * DAY)?.phase ?? "";
        const working = ["current", "due", "replacement-ready", "overlapping"];
        expect(working.includes(now)).toBe(status === "active" && now !== "unsettled");
        expect([now, then]).not.toEqual(["due", "current"]);
      }),
    );
  });
});
