import { describe, expect, test } from "vitest";
import type { ApiKey } from "../../../src/core/model/org.ts";
import { planOffboarding } from "../../../src/core/offboarding/offboarding.ts";
import { revocationJson } from "../../../src/core/offboarding/revocation.ts";
import { declared } from "../../support/config.ts";
import { as, by, DENIED, departure, EVE, member, offboard, PROD, used } from "../../support/offboarding.ts";
import { account, group, invite, key, NOW, usage, user, workspace } from "../../support/org.ts";

/** A key that Eve made, in Production, unless `rest` says so. */
const web = (rest: Partial<ApiKey> = {}) => key("web", PROD, { ...by("eve"), ...rest });
const config = declared({
  workspaces: { prod: { name: "Production", keys: { web: {}, "in two words": { previously: "old" } } } },
});
const shown = (one: ApiKey, rest: Parameters<typeof offboard>[1] = {}) =>
  offboard({ keys: [one] }, rest).revocations[0]?.keys[0];

describe("a key as it is shown", () => {
  test("has all that is known of it", () => {
    const row = { requests: 2, inputTokens: 5, outputTokens: 7, models: ["claude-opus-5-5"] };
    const usage7 = used("apikey_web", "claude-opus-5-5");
    expect(shown(web({ hint: "sk-ant-api03-...x" }), { config, usage7, usage24: used("apikey_web") })).toEqual({
      target: "workspaces.prod.keys.web",
      id: "apikey_web",
      name: "web",
      status: "active",
      hint: "sk-ant-api03-...x",
      workspace: "Production",
      relation: "created",
      declared: true,
      decision: "undecided",
      inUse: true,
      use: row,
    });
  });

  test("with the service account that it acts as, where it acts as one", () => {
    const serviceAccounts = [account("ci")];
    const acting = web({ principal: { type: "service_account", id: "svac_ci" } });
    const plan = offboard({ keys: [acting, key("lone", PROD)], serviceAccounts }, { people: [], key: "web" });
    const [found] = plan.revocations;
    expect(found?.keys).toMatchObject([{ relation: "named", account: { id: "svac_ci", name: "ci" } }]);
    expect(found && revocationJson(found).keys).toMatchObject([
      { service_account: "svac_ci", service_account_name: "ci" },
    ]);
    expect(shown(web())).not.toHaveProperty("account");
  });

  test("and says so of what is not", () => {
    const found = shown(web(), { usage24: DENIED, usage7: DENIED });
    expect(found).toMatchObject({ hint: null, inUse: null, declared: false });
    expect(found).not.toHaveProperty("use");
    // Four hours behind: what it does not count may be in use.
    expect(shown(web(), { usage24: usage([], { asOf: NOW - 4 * 3_600_000 }) })).toMatchObject({ inUse: null });
    expect(shown(web())).toMatchObject({ inUse: false });
  });

  test("where nobody knows which workspace is which, is declared by whatever bears its name, and a service may lose it", () => {
    const input = departure({ keys: [web()] }, { config, keys: "disable" });
    const workspaces = { known: false, reason: "permission-denied" } as const;
    const { revocations, findings } = planOffboarding({ ...input, live: { ...input.live, workspaces } });
    expect(revocations[0]?.keys).toMatchObject([{ declared: true, decision: "disable" }]);
    expect(findings.map(({ code }) => code)).toEqual(["declared-key-revoked"]);
  });

  test("and where nobody asked for a report, nothing is known of its use, and nothing said", () => {
    const { usage24: _, usage7: __, ...bare } = departure({ keys: [web()] });
    const { revocations, findings } = planOffboarding(bare);
    expect(revocations[0]?.keys).toMatchObject([{ inUse: null, decision: "undecided" }]);
    expect(revocations[0]?.keys[0]).not.toHaveProperty("use");
    expect(findings).toEqual([]);
  });

  test.each<[string, Partial<ApiKey>, string, string | null]>([
    ["a declared workspace", {}, "workspaces.prod.keys.web", "Production"],
    [
      "another workspace",
      { scope: { type: "workspace", workspaceId: "wrkspc_staging" } },
      "workspaces.wrkspc_staging.keys.web",
      "Staging",
    ],
    [
      "one that no list has",
      { scope: { type: "workspace", workspaceId: "wrkspc_gone" } },
      "workspaces.wrkspc_gone.keys.web",
      "wrkspc_gone",
    ],
    ["the organization", { scope: { type: "organization" } }, "organization.keys.web", null],
    ["somewhere that nobody knows", { scope: { type: "unknown", word: "galaxy" } }, "organization.keys.web", null],
  ])("in %s", (_, rest, target, place) => {
    expect(shown(web(rest), { config })).toMatchObject({ target, workspace: place });
  });
});

describe("what becomes of a key that the person made", () => {
  const robot = { principal: { type: "unknown", word: "robot" } } as const;
  const keys = new Set(["keys"] as const);
  const members = new Set(["members"] as const);
  const busy = used("apikey_web");

  test.each<[string, Partial<ApiKey>, Parameters<typeof offboard>[1], string]>([
    ["nobody uses it", {}, {}, "disable"],
    ["somebody does", {}, { usage24: busy }, "undecided"],
    ["nobody knows", {}, { usage24: DENIED }, "undecided"],
    ["it is to be kept", {}, { keys: "keep" }, "keep"],
    ["it is to be disabled, used or not", {}, { keys: "disable", usage24: busy }, "disable"],
    ["it is to be rotated", {}, { keys: "rotate" }, "rotate"],
    // Whatever it acts as may depend on it.
    ["nobody uses it, but what it acts as is not known", robot, {}, "undecided"],
    ["what it acts as is not known, and it is to be disabled", robot, { keys: "disable" }, "disable"],
    ["keys are not asked about", {}, { only: members, keys: "disable" }, "keep"],
    ["only keys are asked about", {}, { only: keys, usage24: busy }, "undecided"],
    ["only keys are asked about, and nobody uses it", {}, { only: keys }, "disable"],
  ])("%s", (_, rest, asked, decision) => {
    expect(shown(web(rest), asked)?.decision).toBe(decision);
  });

  test("one that acts as them is disabled, whatever was said of the others", () => {
    expect(shown(web(as("eve")), { keys: "keep", usage24: busy })).toMatchObject({
      relation: "acts-as",
      decision: "disable",
    });
  });
});

describe("the change that a key asks for", () => {
  const changeOf = (one: ApiKey, rest: Parameters<typeof offboard>[1] = {}) =>
    offboard({ keys: [one] }, { config, ...rest }).changes.find(({ kind }) => kind === "key");

  test("takes it away", () => {
    expect(changeOf(web())).toEqual({
      action: "remove",
      kind: "key",
      target: "workspaces.prod.keys.web",
      id: "apikey_web",
      before: { status: "active" },
      after: null,
      risk: "removal",
      reason: "created-by-person",
    });
  });

  test.each<[string, ApiKey, string, string]>([
    ["a declared one", web(), "rotate-instead", "anth-rbac rotate --key web"],
    [
      "one of an earlier name, by the declared one",
      key("old", PROD, by("eve")),
      "rotate-instead",
      "anth-rbac rotate --key 'in two words'",
    ],
    ["any other, by its own", key("a b", PROD, by("eve")), "declare-to-rotate", "anth-rbac rotate --key 'a b'"],
  ])("is a command to run instead: %s", (_, one, reason, rotate) => {
    expect(changeOf(one, { keys: "rotate" })).toEqual({
      action: "manual",
      kind: "key",
      target: expect.stringContaining(one.name),
      id: one.id,
      before: { status: "active" },
      after: { rotate },
      risk: "safe",
      reason,
    });
  });

  test("is a command that names a key by its id where its name would mean another", () => {
    const strays = key("web", "wrkspc_staging", { ...by("eve"), id: "apikey_stray" });
    const ofFile = (written: Record<string, unknown>) =>
      declared({ workspaces: { prod: { name: "Production", keys: { web: written } } } });
    for (const written of [{}, { id: "apikey_pinned" }]) {
      const keys = [strays, key("service", PROD, { id: "apikey_pinned" })];
      expect(offboard({ keys }, { config: ofFile(written), keys: "rotate" }).changes[0]).toMatchObject({
        reason: "declare-to-rotate",
        after: { rotate: "anth-rbac rotate --key apikey_stray" },
      });
    }
  });

  test("is none where it is kept, or where nobody decided", () => {
    expect(changeOf(web(), { keys: "keep" })).toBeUndefined();
    expect(changeOf(web(), { usage24: used("apikey_web") })).toBeUndefined();
  });

  test.each(["inactive", "archived", "expired"])("is none for one that is %s", (status) => {
    expect(changeOf(web({ ...as("eve"), status }))).toBeUndefined();
    expect(offboard({ keys: [web({ status })] }, { people: [], key: "apikey_web", config }).changes).toEqual([]);
  });
});

describe("what is said of a key", () => {
  const codes = (one: ApiKey, rest: Parameters<typeof offboard>[1] = {}) =>
    offboard({ keys: [one] }, { config, ...rest }).findings.map(({ code }) => code);
  const late = usage([], { asOf: NOW - 4 * 3_600_000 });

  test("a service loses one that is declared, only where it is disabled", () => {
    expect(offboard({ keys: [web()] }, { config }).findings).toMatchObject([
      {
        code: "declared-key-revoked",
        args: { key: "web" },
        path: ["workspaces", "prod", "keys", "web"],
        target: "workspaces.prod.keys.web",
      },
    ]);
    expect(codes(key("other", PROD, by("eve")))).toEqual([]);
    expect(codes(web(), { keys: "keep" })).toEqual([]);
    const previous = web({ id: "apikey_old", name: "web@previous-20261120" });
    const beside = (...rest: readonly ApiKey[]) =>
      offboard({ keys: [previous, ...rest] }, { config }).findings.map(({ code }) => code);
    expect(beside(key("web", PROD))).toEqual([]);
    expect(beside()).toEqual(["declared-key-revoked"]);
    expect(beside(key("web", PROD, { status: "inactive" }))).toEqual(["declared-key-revoked"]);
    expect(beside(key("web", "wrkspc_other"))).toEqual(["declared-key-revoked"]);
    expect(offboard({ keys: [web({ status: "inactive" })] }, { config, people: [], key: "web" }).findings).toEqual([]);
  });

  test("a report that is behind leaves the question open, until somebody decides", () => {
    expect(offboard({ keys: [web()] }, { usage24: late }).findings).toMatchObject([
      {
        code: "usage-not-known",
        args: { key: "web", since: "2026-11-23T08:00:00.000Z" },
        target: `workspaces.${PROD}.keys.web`,
      },
    ]);
    expect(codes(web(), { usage24: late, keys: "keep" })).toEqual([]);
    expect(codes(web(), { usage24: DENIED })).toEqual([]);
    expect(codes(web(), { usage24: used("apikey_web") })).toEqual([]);
  });

  test("a word that nobody knows is said under its target", () => {
    expect(offboard({ keys: [web({ status: "frozen" })] }, { config }).findings).toMatchObject([
      { code: "unknown-word", args: { what: "status", word: "frozen" }, target: "workspaces.prod.keys.web" },
    ]);
  });
});

describe("as JSON", () => {
  test("a person, with everything that they reach", () => {
    const parts = {
      keys: [web()],
      members: [member("eve", "user")],
      invites: [invite(EVE, "user")],
      workspaces: [workspace("Production")],
      groups: [group("Sales", [user(EVE)])],
    };
    const [found] = offboard(parts, { config, usage7: DENIED }).revocations.map(revocationJson);
    expect(found).toEqual({
      subject: {
        kind: "person",
        email: EVE,
        user_id: "user_eve",
        name: "eve",
        role: "developer",
        standing: "member",
      },
      workspaces: [
        {
          target: `workspaces.prod.members.${EVE}`,
          workspace: "Production",
          workspace_id: PROD,
          role: "user",
          inherited: false,
        },
      ],
      groups: [{ target: `groups.Sales.members.${EVE}`, group: "Sales", group_id: "rbac_group_sales", obstacle: null }],
      keys: [
        {
          target: "workspaces.prod.keys.web",
          id: "apikey_web",
          name: "web",
          status: "active",
          hint: null,
          workspace: "Production",
          relation: "created",
          service_account: null,
          service_account_name: null,
          declared: true,
          decision: "disable",
          in_use: false,
          use_7d: null,
        },
      ],
      invites: [{ target: `invites.${EVE}`, id: `invite_${EVE}`, role: "user", groups: [] }],
      ownerless: [],
      declared_at: [],
    });
  });

  test("a key and a secret", () => {
    const secret = { secretKind: "admin", hint: "sk-ant-...x" } as const;
    const plan = offboard({ keys: [web()] }, { people: [], key: "web", secret });
    expect(plan.revocations.map((one) => revocationJson(one).subject)).toStrictEqual([
      { kind: "key", name: "web", id: "apikey_web" },
      { kind: "secret", hint: "sk-ant-...x", secret_kind: "admin" },
    ]);
  });
});
