import { describe, expect, test } from "vitest";
import type { ApiKey } from "../../../src/core/model/org.ts";
import { DAY } from "../../../src/core/model/time.ts";
import { supersededToDisable } from "../../../src/core/rotation/rotation.ts";
import { NOW, usage } from "../../support/org.ts";
import { asked, holding, lines, rotate, use, web } from "../../support/rotation.ts";

const inactive = { status: "inactive" };
const DRAINING = web("@previous-20261101");
const OVERLAPPING = web("@previous-20261120");
const SOAKING = web("@disabled-20261110", inactive);
const drained = usage([use(DRAINING.id)]);

describe("of all that the keys of one declared one are in, the most urgent is shown", () => {
  test.each<[string, readonly ApiKey[]]>([
    ["missing", [OVERLAPPING, DRAINING, SOAKING]],
    ["awaiting-replacement", [web("", inactive), OVERLAPPING, SOAKING]],
    ["replacement-ready", [web(), web("@next"), OVERLAPPING, SOAKING, DRAINING]],
    ["draining", [web(), SOAKING, OVERLAPPING, DRAINING]],
    ["overlapping", [web(), SOAKING, OVERLAPPING]],
    ["soaking", [web(), SOAKING]],
    ["current", [web()]],
  ])("%s", (phase, keys) => {
    expect(rotate(keys, { usage: drained }).plan.keys[0]?.phase).toBe(phase);
  });

  test("of two alike, the first; and the day that the current key falls due all the same", () => {
    const row = (...labels: readonly string[]) => rotate([web(), ...labels.map((label) => web(label))]).plan.keys[0];
    expect(row("@previous-20261120", "@previous-20261121")).toMatchObject({
      until: Date.parse("2026-11-27"),
      dueAt: NOW + 80 * DAY,
    });
    expect(row("@previous-20261121", "@previous-20261120")).toMatchObject({ until: Date.parse("2026-11-28") });
  });
});

describe("what leaked", () => {
  const disabled = (label: string) =>
    `update apikey_web${label} web${label} active→web@disabled-20261123 inactive [removal leaked]`;
  const WANTED = "manual null -→web@next Prod [widening replacement-needed]";
  const changes = (keys: readonly ApiKey[], named: readonly string[] = [], leaked = true) =>
    lines(rotate(keys, { leaked, scope: { workspaces: [], keys: named } }).plan.changes);

  test("is the current key, where none is being rotated away", () => {
    expect(changes([web(), SOAKING])).toEqual([disabled(""), WANTED]);
    expect(changes([web(), web("@previous-20261120", inactive)])).toEqual([
      disabled(""),
      WANTED,
      "update apikey_web@previous-20261120 web@previous-20261120→web@disabled-20261123 [safe disabled-by-hand]",
    ]);
  });

  // The 23rd is today, the overlap 7 days.
  test.each([
    ["20261123", "2026-11-23T09:00:00Z", true],
    ["20261123", "2026-09-10T00:00:00Z", true],
    ["20261122", "2026-11-23T09:00:00Z", true],
    ["20261122", "2026-11-15T00:00:01Z", true],
    ["20261122", "2026-11-15T00:00:00Z", false],
    ["20261121", "2026-11-21T09:00:00Z", false],
    ["20261101", "2026-10-25T09:00:00Z", false],
  ])(
    "is not the replacement that an earlier run brought: one disabled on %s, this one made at %s: %s",
    (day, made, replaced) => {
      const current = web("", { createdAt: Date.parse(made) });
      const keys = [current, web(`@disabled-${day}`, { ...inactive, createdAt: Date.parse("2026-01-01") })];
      const found = changes(keys);
      expect(found).toEqual(replaced ? [] : [disabled(""), WANTED]);
      // Which may be what leaked all the same: nobody is to take silence for a deed.
      const { findings } = rotate(keys, { leaked: true }).plan;
      const args = { key: "web", id: "apikey_web", disabled: `web@disabled-${day}` };
      expect(findings.filter(({ code }) => code === "leak-replaced").map((found) => found.args)).toEqual(
        replaced ? [args] : [],
      );
      expect(rotate(keys).plan.findings).toEqual([]);
    },
  );

  test("is every key that is being rotated away, and not the current one", () => {
    expect(changes([web(), OVERLAPPING, web("@previous-20261121")])).toEqual([
      disabled("@previous-20261120"),
      disabled("@previous-20261121"),
    ]);
  });

  test("is nothing where there is no key", () => {
    expect(changes([])).toEqual([WANTED]);
    expect(changes([SOAKING])).toEqual([WANTED]);
  });

  test("are exactly the keys that are named by id, even where nobody can tell which is meant", () => {
    const twins = [web(), web("", { id: "apikey_2" })];
    expect(changes(twins, ["apikey_2"])).toEqual([
      "update apikey_2 web active→web@disabled-20261123 inactive [removal leaked]",
    ]);
    expect(changes(twins, ["apikey_2"], false)).toEqual([]);
    expect(changes(twins)).toEqual([]);
    expect(changes([web(), web("@next", inactive)], ["apikey_web@next"])).toEqual([]);
    expect(changes([web(), web("@next")], ["apikey_web@next"])).toEqual([disabled("@next")]);
  });
});

test("of a key that is not settled no use has to be known, and of the others only where it decides", () => {
  const needs = (...keys: readonly ApiKey[]) => supersededToDisable(asked(holding(...keys)));
  expect(needs(web(), web("", { id: "apikey_2" }), DRAINING)).toEqual([]);
  expect(needs(web("", inactive), DRAINING)).toEqual([]);
  expect(needs(web(), OVERLAPPING, SOAKING)).toEqual([]);
  expect(needs(web(), DRAINING)).toEqual([DRAINING.id]);
});

test("what goes its way says nothing", () => {
  for (const keys of [[web()], [web(), OVERLAPPING, SOAKING, DRAINING], [web(), web("@next")], []]) {
    expect(rotate(keys).plan.findings).toEqual([]);
  }
});
