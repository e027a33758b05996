import { describe, expect, test } from "vitest";
import type { Config } from "../../../src/core/config/config.ts";
import type { Change } from "../../../src/core/model/change.ts";
import type { ApiKey, OrgSnapshot } from "../../../src/core/model/org.ts";
import { DAY } from "../../../src/core/model/time.ts";
import {
  planRotation,
  type RotationInput,
  rotationTable,
  stepsLeft,
  supersededToDisable,
} from "../../../src/core/rotation/rotation.ts";
import { changeWith } from "../../support/change.ts";
import { key, NOW, org, usage, user, workspace } from "../../support/org.ts";
import { asked, holding, planOf, rotate, rotated, TARGET, use, web } from "../../support/rotation.ts";

const old = { createdAt: NOW - 100 * DAY };
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
      { workspaces: { prod: { name: "Prod", keys: { web: { overlap: "7d", soak: "30d" }, api: {} } } } },
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

  test("keys of an organization that has none are not missing: that is said, and nobody is asked to make one", () => {
    const live = { ...holding(), keys: { known: true, items: [], foreign: true } } as const;
    const { plan } = planRotation(asked(live, force));
    expect(plan).toMatchObject({ keys: [], changes: [], unknown: [] });
    expect(plan.findings).toMatchObject([{ code: "not-offered", args: { kinds: ["keys"] } }]);
    expect(rotationTable(asked(live))).toMatchObject([{ target: TARGET, phase: "unsettled", next: "settle" }]);
    const without = { config: rotated({}, { workspaces: { prod: { name: "Prod" } } }) };
    expect(planRotation(asked(live, without)).plan.findings).toEqual([]);
    // Of an organization that has keys nothing of the kind is said, also where nobody can tell the workspace.
    const twins = org({ workspaces: [workspace("Prod"), workspace("Prod", { id: "wrkspc_twin" })] });
    expect(planRotation(asked(twins)).plan.findings.map(({ code }) => code)).toEqual(["ambiguous-name"]);
  });

  test("keys that could not be read are unknown, never missing", () => {
    const live = { ...holding(), keys: { known: false, reason: "permission-denied" } as const };
    const { plan } = planRotation(asked(live));
    expect(plan).toMatchObject({ keys: [], changes: [], unknown: [{ kind: "keys", reason: "permission-denied" }] });
    expect(rotationTable(asked(live))).toEqual([]);
  });
});

describe("around the plan", () => {
  test("the table has the keys of a workspace of which nobody can tell which it is, to be settled", () => {
    const live = org({ workspaces: [workspace("Prod"), workspace("Prod", { id: "wrkspc_twin" })], keys: [web()] });
    for (const scope of [
      { workspaces: [], keys: [] },
      { workspaces: ["prod"], keys: ["web"] },
    ]) {
      expect(rotationTable(asked(live, { scope }))).toMatchObject([
        { target: TARGET, phase: "unsettled", next: "settle", live: [] },
      ]);
    }
    expect(rotationTable(asked(live, { scope: { workspaces: ["wrkspc_twin"], keys: [] } }))).toEqual([]);
    const prod = { name: "Prod", keys: { web: { deliver: [["cat"]] }, api: {} } };
    const config = rotated({}, { workspaces: { prod } });
    expect(rotationTable(asked(live, { config, scope: { workspaces: [], keys: ["web"] } }))).toEqual([
      {
        target: TARGET,
        name: "web",
        flags: "--key web",
        workspace: "prod",
        phase: "unsettled",
        next: "settle",
        deliveries: 1,
        live: [],
      },
    ]);
  });

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
    expect(rotate([web(), web("@previous-20261101")], { usage }).plan.unknown).toStrictEqual([
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
});

describe("what a plan says of itself", () => {
  const plan = (live: OrgSnapshot, rest: Partial<RotationInput> = {}) => planOf(live, rest);

  test("the organization as it calls itself, else as the file does, else nothing", () => {
    const config = rotated({}, { organization: { name: "Acme" } });
    const organization = { id: "org_1", name: "Acme Ltd" };
    expect(plan({ ...holding(), organization }, { config }).organization).toEqual(organization);
    expect(plan(holding(), { config }).organization).toEqual({ name: "Acme" });
    expect(plan(holding()).organization).toEqual({});
  });

  test("the file, and of the organization the keys alone; nothing is unmanaged, accepted or waited for", () => {
    const live = { ...holding(web()), users: { known: false, reason: "permission-denied" } } as const;
    const digest = (pieces: Iterable<string>) => {
      const text = [...pieces].join("");
      return `${text.includes("apikey_web")} ${text.includes("permission-denied")}`;
    };
    expect(plan(live, { digest })).toMatchObject({
      config: { path: "rbac.yaml", digest: "0" },
      liveDigest: "true false",
      takenAt: NOW,
      unmanaged: [],
      accepted: [],
      pending: [],
      unknown: [],
    });
  });

  test("members that could not be read, where they alone tell whether a key is due: whoever made it may have left", () => {
    const users = { known: false, reason: "permission-denied", message: "no" } as const;
    const createdBy = { type: "user", id: "user_1" } as const;
    const unknown = (one: ApiKey) => plan({ ...holding(one), users }).unknown;
    expect(unknown({ ...web(), createdBy })).toEqual([{ kind: "members", reason: "permission-denied", message: "no" }]);
    // One of several keys is enough.
    const config = rotated({}, { workspaces: { prod: { name: "Prod", keys: { web: {}, api: {} } } } });
    const two = { ...holding({ ...web(), createdBy }, key("api", "wrkspc_prod")), users };
    expect(plan(two, { config }).unknown.map(({ kind }) => kind)).toEqual(["members"]);
    // One that is due anyway, or that ends with whom it acts as, needs nobody's word.
    expect(unknown({ ...web(), createdBy, createdAt: NOW - 400 * DAY })).toEqual([]);
    expect(unknown({ ...web(), createdBy, principal: createdBy })).toEqual([]);
  });

  test("a use that could not be read, once a key needs it, with what was said of it; one that nobody asked for is none", () => {
    const config = rotated({}, { workspaces: { prod: { name: "Prod", keys: { web: {}, api: {} } } } });
    const live = holding(web(), web("@previous-20261101"), key("api", "wrkspc_prod"));
    const usage = { known: false, reason: "permission-denied", message: "no" } as const;
    expect(plan(live, { config, usage }).unknown).toEqual([
      { kind: "usage", reason: "permission-denied", message: "no" },
    ]);
    const { usage: _, ...unasked } = asked(live, { config });
    expect(planRotation(unasked).plan.unknown).toEqual([]);
  });

  test("words that nobody knows: of keys in scope alone, and nothing is planned about those, unless they leaked", () => {
    const robot = { principal: { type: "unknown", word: "robot" } } as const;
    const keys = [web("", { ...old, ...robot }), key("job", "wrkspc_other", robot)];
    const live = { ...holding(...keys), users: { known: true, items: [user("ada@acme.example", "wizard")] } } as const;
    const targets = (workspaces: readonly string[]) =>
      plan(live, { scope: { workspaces, keys: [] } }).findings.map(({ code, target }) => `${code} ${target}`);
    expect(targets([])).toEqual([`unknown-word ${TARGET}`, "unknown-word workspaces.wrkspc_other.keys.job"]);
    expect(targets(["prod"])).toEqual([`unknown-word ${TARGET}`]);
    expect(plan(live).changes).toEqual([]);
    expect(plan(live, leaked).changes.map(({ reason }) => reason)).toEqual(["leaked", "replacement-needed"]);
  });

  test("guardrails look at what is taken away here and now, and that nothing replaces", () => {
    const live = holding(web(), web("@previous-20261101"), web("@disabled-20261001", inactive));
    const refused = (rest: Partial<RotationInput>) =>
      plan(live, { archive: true, ...rest })
        .guardrails.filter(({ refuses }) => refuses)
        .map(({ rule }) => rule);
    const own = (label: string) => ({ self: { keyId: `apikey_web${label}` } });
    // The key that this very run is carried out with: no report of usage says that the Admin API is used.
    expect(refused(own("@previous-20261101"))).toEqual(["self"]);
    expect(refused(own("@disabled-20261001"))).toEqual([]);
    expect(refused({ ...own("@previous-20261101"), usage: usage([use("apikey_web@previous-20261101")]) })).toEqual([]);
    const leak = { ...own("@previous-20261101"), ...leaked };
    expect(refused(leak)).toEqual(["self"]);
    expect(refused({ ...leaked, self: {} })).toEqual([]);
    const allow = new Map([["self", "it leaked"]] as const);
    expect(plan(live, { ...leak, allow }).guardrails).toContainEqual(
      expect.objectContaining({ rule: "self", overridden: "it leaked" }),
    );
  });

  test("guardrails count no superseded key whose successor serves, but the run's own, and what leaked", () => {
    const live = holding(web(), web("@previous-20261101"), web("@disabled-20261001", inactive));
    const config = rotated({}, { guardrails: { max_removals: { percent: 0, always_allow: 0, never_exceed: 0 } } });
    const over = (rest: Partial<RotationInput>) => {
      const { changes, guardrails } = plan(live, { config, archive: true, ...rest });
      const rule = guardrails.find((one) => one.rule === "max_removals");
      return [changes.map(({ reason }) => reason), rule && "over" in rule && rule.over];
    };
    const steps = ["overlap-over", "soak-over"];
    expect(over({})).toEqual([steps, []]);
    expect(over({ self: { keyId: "apikey_web" } })).toEqual([steps, []]);
    const one = { kind: "key", removals: 1, of: 2 };
    expect(over({ self: { keyId: "apikey_web@previous-20261101" } })).toEqual([steps, [one]]);
    expect(over(leaked)).toEqual([["leaked", "soak-over"], [one]]);
  });
});

test("the table says of each key where it stands when nothing is asked, whatever is", () => {
  const phases = (keys: readonly ApiKey[], rest: Partial<RotationInput> = {}) =>
    rotationTable(asked(holding(...keys), rest)).map(({ phase, because }) => `${phase} ${because}`);
  for (const rest of [{}, force, leaked]) {
    expect(phases([web()], rest)).toEqual(["current undefined"]);
    expect(phases([web("", old)], rest)).toEqual(["due age"]);
    expect(phases([], rest)).toEqual(["missing undefined"]);
  }
});

describe("what is left to do after a run", () => {
  const wanted = changeWith({
    action: "manual",
    kind: "key",
    target: TARGET,
    after: { name: "web@next", workspace: "Prod" },
    reason: "replacement-needed",
  });
  const update = (after: Record<string, string>, id: string | null = "apikey_web", kind = "key") =>
    changeWith({ action: "update", kind, target: TARGET, id, before: {}, after, reason: "cut-over" });
  const left = (before: readonly Change[], keys: readonly ApiKey[], after: readonly Change[] = []) => {
    const { plan } = rotate([]);
    return stepsLeft({ ...plan, changes: before }, { ...plan, changes: after }, holding(...keys));
  };

  test.each<[string, Record<string, string>, ApiKey, boolean]>([
    ["renamed", { name: "web" }, web(), false],
    ["not renamed", { name: "web" }, web("", { name: "web@next" }), true],
    ["renamed, whatever its status", { name: "web" }, web("", inactive), false],
    ["disabled, whatever its name", { status: "inactive" }, web("", inactive), false],
    ["not disabled", { status: "inactive" }, web(), true],
    ["to be disabled, and expired", { status: "inactive" }, web("", { status: "expired" }), false],
    ["to be archived, and expired", { status: "archived" }, web("", { status: "expired" }), true],
    ["renamed and not disabled", { name: "web", status: "inactive" }, web(), true],
    ["disabled and not renamed", { name: "other", status: "inactive" }, web("", inactive), true],
    ["renamed and disabled", { name: "web", status: "inactive" }, web("", inactive), false],
  ])("a key that is %s", (_, after, found, isLeft) => {
    const change = update(after);
    expect(left([change], [found])).toEqual(isLeft ? [change] : []);
  });

  test("a key that is not there any more, or never was, and what is no update of a key", () => {
    const gone = update({ name: "web" }, "apikey_gone");
    const unmade = update({ name: "web" }, null);
    const removal = changeWith({
      action: "remove",
      kind: "key",
      target: TARGET,
      id: "apikey_web",
      before: { status: "active" },
    });
    const other = changeWith({
      action: "update",
      kind: "workspace",
      target: "workspaces.prod",
      id: "apikey_web",
      before: { name: "web" },
      after: { name: "web" },
    });
    const all = [gone, unmade, removal, other];
    expect(left(all, [web()])).toEqual(all);
  });

  test("what somebody has to do is taken from the plan that was made afterwards", () => {
    const next = update({ name: "web" });
    expect(left([wanted], [web()])).toEqual([]);
    expect(left([], [web()], [wanted, next])).toEqual([wanted]);
    const undone = update({ name: "x" });
    expect(left([undone, wanted], [web()], [wanted])).toEqual([undone, wanted]);
  });

  test("a cut over that was not made is told once, and not again as one that waits for its secret", () => {
    const unmade = update({ name: "web" }, "apikey_web@next");
    const waits = changeWith({ ...unmade, action: "manual", reason: "secret-needed" });
    const elsewhere = changeWith({ ...waits, id: "apikey_other@next" });
    // Another step by hand, of the very key, is another thing to do.
    const other = changeWith({ ...waits, reason: "declare-to-rotate" });
    const next = web("@next", { name: "web@next" });
    expect(left([unmade], [web(), next], [waits, elsewhere, other])).toEqual([unmade, elsewhere, other]);
  });

  test("where the keys could not be read nothing is said of them, but what somebody has to do", () => {
    const { plan } = rotate([]);
    const live = { ...holding(), keys: { known: false, reason: "permission-denied" } as const };
    const after = { ...plan, changes: [wanted] };
    expect(stepsLeft({ ...plan, changes: [update({ name: "web" })] }, after, live)).toEqual([wanted]);
  });
});
