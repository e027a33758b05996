import { describe, expect, test } from "vitest";
import type { ApiKey } from "../../../src/core/model/org.ts";
import { DAY } from "../../../src/core/model/time.ts";
import type { RotationInput } from "../../../src/core/rotation/rotation.ts";
import { key, NOW, usage } from "../../support/org.ts";
import { lines, rotate, rotated, TARGET, use, web } from "../../support/rotation.ts";

const inactive = { status: "inactive" };
const tested = { handover: new Map([[TARGET, "tested" as const]]) };
const WANTED = "manual apikey_web -→web@next Prod [widening replacement-needed]";
const OVER =
  "update apikey_web@previous-20261101 web@previous-20261101 active→web@disabled-20261123 inactive [removal overlap-over]";
const ARCHIVED = "update apikey_web@disabled-20261001 inactive→archived [irreversible soak-over]";
const over = web("@previous-20261101");
const soaked = web("@disabled-20261001", inactive);

const changes = (keys: readonly ApiKey[], rest: Partial<RotationInput> = {}) =>
  lines(rotate(keys, { archive: true, ...rest }).plan.changes);

describe("nothing is taken away", () => {
  test("but where the key that took over is there to stay", () => {
    expect(changes([web(), over, soaked])).toEqual([OVER, ARCHIVED]);
  });

  test("a key that is only old is still one", () => {
    expect(changes([web("", { createdAt: NOW - 100 * DAY }), over, soaked])).toEqual([WANTED, OVER, ARCHIVED]);
  });

  test.each<[string, readonly ApiKey[], Partial<RotationInput>, readonly string[]]>([
    ["it is disabled", [web("", inactive)], {}, [WANTED]],
    ["it expires soon", [web("", { expiresAt: NOW + 13 * DAY })], {}, [WANTED]],
    ["there is none", [], {}, [WANTED.replace("apikey_web", "null")]],
    [
      "this run cuts over",
      [web(), web("@next")],
      tested,
      [
        "update apikey_web web→web@previous-20261123 [safe superseded]",
        "update apikey_web@next web@next→web [safe cut-over]",
      ],
    ],
    [
      "this run disables it, for it leaked",
      [web()],
      { leaked: true, scope: { workspaces: [], keys: ["apikey_web"] } },
      [
        "update apikey_web web active→web@disabled-20261123 inactive [removal leaked]",
        WANTED.replace("apikey_web", "null"),
      ],
    ],
  ])("where %s", (_, keys, rest, expected) => {
    expect(changes([...keys, over, soaked], rest)).toEqual(expected);
  });

  test("where it bears an earlier name, which may be another's", () => {
    const old = key("old", "wrkspc_prod", { id: "apikey_web" });
    const config = rotated({ previously: "old" });
    for (const [one, phase] of [
      [over, "overlapping"],
      [soaked, "soaking"],
    ] as const) {
      const { plan } = rotate([old, one], { config, archive: true });
      expect([plan.keys[0]?.phase, plan.keys[0]?.next, plan.changes]).toEqual([phase, null, []]);
    }
  });
});

describe("a span ends at its last instant", () => {
  test.each([
    ["an overlap of a week", web("@previous-20261120"), "2026-11-27T00:00:00Z", "overlapping", "disable"],
    ["a soak of a month", web("@disabled-20261101", inactive), "2026-12-01T00:00:00Z", "soaking", "archive"],
  ])("%s", (_, one, end, phase, next) => {
    const until = Date.parse(end);
    const row = (now: number) => rotate([web(), one], { now }).plan.keys[0];
    expect(row(until - 1)).toMatchObject({ phase, next: "wait", until });
    expect(row(until)).toMatchObject({ phase, next, until });
  });
});

describe("a superseded key", () => {
  test("whose use is not known to the end waits to be disabled, by somebody", () => {
    const { plan } = rotate([web(), over], { usage: usage([], { asOf: NOW - 4 * 3_600_000 }) });
    expect(plan.keys[0]).toMatchObject({ phase: "overlapping", next: "disable", until: Date.parse("2026-11-08") });
    expect(plan.changes).toEqual([
      {
        action: "manual",
        kind: "key",
        target: `${TARGET}@previous-20261101`,
        id: "apikey_web@previous-20261101",
        before: { status: "active" },
        after: { status: "inactive" },
        risk: "removal",
        reason: "usage-not-known",
      },
    ]);
    expect(plan.findings).toMatchObject([{ code: "usage-not-known", target: `${TARGET}@previous-20261101` }]);
  });

  test("that is used says by what", () => {
    const row = use("apikey_web@previous-20261101", { requests: 3 });
    const { plan } = rotate([web(), over], { usage: usage([row]) });
    expect(plan.keys[0]).toMatchObject({ phase: "draining", next: "stop-use", use: { requests: 3, inputTokens: 100 } });
    expect(plan.findings).toEqual([]);
  });

  test("of a status that nobody knows is left alone, and that is said", () => {
    const { plan } = rotate([web(), web("@previous-20261101", { status: "frozen" })]);
    expect([plan.keys[0]?.phase, plan.changes]).toEqual(["current", []]);
    expect(plan.findings.map(({ code }) => code)).toEqual(["unknown-word"]);
  });

  test("that leaked is disabled under the name that it has, where that says so already", () => {
    const scope = { workspaces: [], keys: ["apikey_web@disabled-20261123"] };
    expect(changes([web(), web("@disabled-20261123")], { leaked: true, scope })).toEqual([
      "update apikey_web@disabled-20261123 active→inactive [removal leaked]",
    ]);
  });
});
