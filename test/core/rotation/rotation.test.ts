import { describe, expect, test } from "vitest";
import type { Config } from "../../../src/core/config/config.ts";
import type { ApiKey } from "../../../src/core/model/org.ts";
import { DAY } from "../../../src/core/model/time.ts";
import { planRotation, rotationTable, supersededToDisable } from "../../../src/core/rotation/rotation.ts";
import { rotationKeyJson } from "../../../src/core/rotation/rotation-key.ts";
import { key, NOW, usage } from "../../support/org.ts";
import { asked, holding, rotate, rotated, TARGET, use } from "../../support/rotation.ts";

const old = { createdAt: NOW - 100 * DAY };
/** What was rotated away is older than the day on its label. */
const web = (label = "", rest: Partial<ApiKey> = {}) =>
  key(`web${label}`, "wrkspc_prod", { ...(/previous|disabled/.test(label) && old), ...rest });
const inactive = { status: "inactive" };
const tested = { handover: new Map([[TARGET, "tested" as const]]) };
const leaked = { leaked: true };
const force = { force: true };

/** A file that declares `web` in two workspaces, as no file may today: only a check of the file keeps the names apart. */
function declaredTwice(): Config {
  const config = rotated({}, { workspaces: { prod: { name: "Prod", keys: { web: {} } }, other: { name: "Other" } } });
  const [prod, other] = [config.workspaces.get("prod"), config.workspaces.get("other")];
  if (!prod?.keys || !other) throw new Error("the test's config declares both workspaces");
  return {
    ...config,
    workspaces: new Map([
      ["prod", prod],
      ["other", { ...other, keys: prod.keys }],
    ]),
  };
}

describe("a plan", () => {
  test("the gate is the first change of a cut-over, and there is none where the secret was delivered before", () => {
    expect([...rotate([web("", old), web("@next")], tested).gates]).toEqual([[TARGET, TARGET]]);
    expect([...rotate([web("@next")], tested).gates]).toEqual([[`${TARGET}@next`, TARGET]]);
    // The service has the new secret before the leaked key ends.
    expect([...rotate([web(), web("@next")], { ...leaked, ...tested }).gates]).toEqual([[TARGET, TARGET]]);
    expect([...rotate([web("@previous-20261123"), web("@next")], tested).gates]).toEqual([]);
  });

  test("what is unsettled says where and why", () => {
    const found = rotate([web("", old), key("web@next", "wrkspc_other")]).plan.findings;
    expect(found).toMatchObject([{ code: "key-in-other-workspace", severity: "error", target: TARGET }]);
    expect(rotate([web(), web("", { id: "a" })]).plan.findings).toMatchObject([{ code: "ambiguous-name" }]);
    expect(rotate([web("@disabled-20260230")]).plan.findings).toMatchObject([{ code: "invalid-format" }]);
    expect(rotate([web("", { status: "frozen" })]).plan.findings).toMatchObject([
      { code: "unknown-word", severity: "warning", target: TARGET, args: { what: "status", word: "frozen" } },
    ]);
    // A replacement of which nobody knows whether it works is not one, and that is said.
    const { plan } = rotate([web("", old), web("@next", { status: "frozen" })]);
    expect([plan.findings.map(({ code }) => code), plan.keys?.[0]?.phase]).toEqual([
      ["unknown-word"],
      "awaiting-replacement",
    ]);
  });

  test("a workspace that declares the same name keeps its own key", () => {
    const config = declaredTwice();
    const { plan } = rotate([web(), key("web", "wrkspc_other", { id: "apikey_o" })], { config });
    expect(plan.keys?.map(({ phase }) => phase)).toEqual(["current", "current"]);
  });

  test("leaks come first, then cut-overs, disables and archives", () => {
    const config = rotated(
      {},
      { workspaces: { prod: { name: "Prod", keys: { api: {}, web: { overlap: "7d", soak: "30d" } } } } },
    );
    const keys = [
      key("api", "wrkspc_prod"),
      key("api@next", "wrkspc_prod"),
      web(),
      web("@previous-20261101"),
      web("@disabled-20260901", inactive),
    ];
    const handover = new Map([["workspaces.prod.keys.api", "tested" as const]]);
    expect(rotate(keys, { config, handover, archive: true }).plan.changes.map(({ reason }) => reason)).toEqual([
      "superseded",
      "cut-over",
      "overlap-over",
      "soak-over",
    ]);
  });

  test("keys that could not be read are unknown, never missing", () => {
    const live = { ...holding(), keys: { known: false, reason: "permission-denied" } as const };
    const { plan } = planRotation(asked(live));
    expect(plan).toMatchObject({ keys: [], changes: [], unknown: [{ kind: "keys", reason: "permission-denied" }] });
    expect(rotationTable(asked(live))).toEqual([]);
  });
});

describe("around the plan", () => {
  test("the table shows a due key as due and plans nothing", () => {
    const [row] = rotationTable(asked(holding(web("", old)), force));
    expect(row).toMatchObject({
      phase: "due",
      because: "age",
      dueAt: NOW - 10 * DAY,
      create: { name: "web@next", workspace: "Prod" },
    });
  });

  test("the use is needed of keys whose overlap is over, and of no others", () => {
    const live = holding(web(), web("@previous-20261101"), web("@previous-20261122"));
    expect(supersededToDisable(asked(live))).toEqual(["apikey_web@previous-20261101"]);
    expect(supersededToDisable(asked(live, leaked))).toEqual([]);
  });

  test("the use that could not be read is unknown only where it is needed", () => {
    const usage = { known: false, reason: "permission-denied" } as const;
    expect(rotate([web()], { usage }).plan.unknown).toEqual([]);
    expect(rotate([web(), web("@previous-20261101")], { usage }).plan.unknown).toEqual([
      { kind: "usage", reason: "permission-denied" },
    ]);
  });

  test("a scope names keys by declared name or live id; a wrong word proposes a right one", () => {
    const scope = (keys: readonly string[], workspaces: readonly string[] = []) => ({ scope: { keys, workspaces } });
    expect(rotate([web()], scope(["apikey_web"], ["Prod"])).plan.keys).toHaveLength(1);
    expect(() => rotate([web()], scope(["wbe"]))).toThrow(
      expect.objectContaining({ code: "not-found", details: expect.objectContaining({ fix: 'did you mean "web"?' }) }),
    );
    expect(() => rotate([web()], scope([], ["Prdo"]))).toThrow(expect.objectContaining({ code: "not-found" }));
    const config = declaredTwice();
    expect(() => rotate([web()], { config, ...scope(["web"]) })).toThrow(
      expect.objectContaining({ code: "ambiguous" }),
    );
    expect(rotate([web()], { config, ...scope(["web"], ["other"]) }).plan.keys).toMatchObject([{ workspace: "other" }]);
  });

  test("keys of the organization itself are rotated too", () => {
    const config = rotated({}, { organization: { keys: { ci: {} } }, workspaces: {} });
    const { plan } = rotate([], { config });
    expect(plan.keys).toMatchObject([{ target: "organization.keys.ci", workspace: null, phase: "missing" }]);
  });

  test("the JSON has every field, null where there is nothing", () => {
    const rows = [use("apikey_web@previous-20261116")];
    const { plan } = rotate([web(), web("@previous-20261116")], { usage: usage(rows) });
    expect(plan.keys.map(rotationKeyJson)).toMatchInlineSnapshot(`
      [
        {
          "because": null,
          "create": null,
          "deliveries": 0,
          "due_at": "2027-02-11T12:00:00.000Z",
          "live": [
            {
              "created_at": "2026-11-13T12:00:00.000Z",
              "expires_at": null,
              "hint": null,
              "id": "apikey_web",
              "name": "web",
              "phase": "current",
              "status": "active",
              "until": null,
            },
            {
              "created_at": "2026-08-15T12:00:00.000Z",
              "expires_at": null,
              "hint": null,
              "id": "apikey_web@previous-20261116",
              "name": "web@previous-20261116",
              "phase": "draining",
              "status": "active",
              "until": "2026-11-23T00:00:00.000Z",
            },
          ],
          "name": "web",
          "next": "stop-use",
          "phase": "draining",
          "target": "workspaces.prod.keys.web",
          "until": "2026-11-23T00:00:00.000Z",
          "use": {
            "input_tokens": 100,
            "models": [
              "claude-haiku-4-5",
            ],
            "output_tokens": 10,
            "requests": 3,
          },
          "workspace": "prod",
        },
      ]
    `);
  });
});
