import { describe, expect, test } from "vitest";
import { offboardingScope } from "../../../src/core/offboarding/input.ts";
import { declared } from "../../support/config.ts";
import {
  as,
  broken,
  by,
  changeLines,
  DENIED,
  EVE,
  member,
  ORGANIZATION,
  offboard,
  PROD,
  used,
} from "../../support/offboarding.ts";
import { invite, key, NOW, org, user, workspace } from "../../support/org.ts";

const ADA = "ada@acme.example";
const live = org(ORGANIZATION);

describe("what a plan says of itself", () => {
  test("the organization as it calls itself, else as the file does, else nothing", () => {
    const config = declared({ organization: { name: "Acme" } });
    const organization = { id: "org_1", name: "Acme Ltd" };
    expect(offboard({}, { config, live: { ...live, organization } }).organization).toEqual(organization);
    expect(offboard({}, { config }).organization).toEqual({ name: "Acme" });
    expect(offboard({}).organization).toEqual({});
  });

  test("the file and the state that it rests on; nothing is unmanaged, accepted or waited for", () => {
    const file = { path: "rbac.yaml", digest: "d" };
    expect(offboard({}, { file, digest: (pieces) => `${[...pieces].join("").includes("user_eve")}` })).toMatchObject({
      config: file,
      liveDigest: "true",
      takenAt: NOW,
      unmanaged: [],
      accepted: [],
      pending: [],
    });
    expect(offboard({}).config).toEqual({ path: "", digest: "" });
  });
});

describe("several people and keys", () => {
  const keys = [key("eves", PROD, by("eve")), key("adas", PROD, as("ada")), key("lone", PROD)];
  const parts = { keys, members: [member("ada", "user"), member("eve", "user")], invites: [invite(EVE)] };

  test("access ends stage by stage, for everybody: what acts as somebody goes before what somebody knows", () => {
    expect(changeLines(offboard(parts, { people: [EVE, ADA], key: "lone", max: 2 }))).toEqual([
      `remove key workspaces.${PROD}.keys.adas apikey_adas [acts-as-person]`,
      `remove key workspaces.${PROD}.keys.lone apikey_lone [named]`,
      `remove key workspaces.${PROD}.keys.eves apikey_eves [created-by-person]`,
      `remove invite invites.${EVE} invite_${EVE} [offboarded]`,
      `remove workspace_member workspaces.${PROD}.members.${EVE} user_eve [offboarded]`,
      `remove workspace_member workspaces.${PROD}.members.${ADA} user_ada [offboarded]`,
      `remove member members.${EVE} user_eve [offboarded]`,
      `remove member members.${ADA} user_ada [offboarded]`,
    ]);
  });

  test.each([
    ["declare-to-rotate", declared({})],
    ["rotate-instead", declared({ workspaces: { prod: { name: "Production", keys: { eves: {} } } } })],
  ])("a key that is rotated instead goes with those that somebody knows: %s", (reason, config) => {
    const plan = offboard(parts, { people: [EVE, ADA], keys: "rotate", max: 2, config });
    expect(plan.changes.slice(0, 3).map((change) => change.reason)).toEqual(["acts-as-person", reason, "offboarded"]);
  });

  test("a key that is named beside the person whose it is goes once, and each of two keys of one name", () => {
    const twins = [key("k", PROD, { ...as("eve"), id: "a" }), key("k", PROD, { ...as("eve"), id: "b" })];
    const ids = (rest: Parameters<typeof offboard>[1]) =>
      offboard({ keys: twins }, rest).changes.flatMap(({ kind, id }) => (kind === "key" ? id : []));
    expect(ids({ key: "a" })).toEqual(["a", "b"]);
    expect(ids({})).toEqual(["a", "b"]);
  });

  test("an e-mail counts once, in whatever case and with blanks around it", () => {
    expect(offboard({}, { people: [` ${EVE} `, "Eve@ACME.example"] }).revocations).toHaveLength(1);
  });
});

describe("only some kinds", () => {
  const parts = { keys: [key("eves", PROD, as("eve"))], members: [member("eve", "user")], invites: [invite(EVE)] };
  test.each([
    ["keys", ["key"]],
    ["members", ["invite", "member"]],
    ["workspace_members", ["workspace_member"]],
    ["spend_limits", []],
  ] as const)("%s", (only, kinds) => {
    expect(offboard(parts, { only: new Set([only]) }).changes.map(({ kind }) => kind)).toEqual(kinds);
  });
});

describe("what could not be read", () => {
  const unread = { ...live, users: DENIED, invites: DENIED, keys: DENIED, workspaces: DENIED } as const;
  const kinds = (rest: Parameters<typeof offboard>[1], from: Parameters<typeof offboard>[1] = { live: unread }) =>
    offboard({}, { ...from, ...rest }).unknown.map(({ kind }) => kind);

  test.each([
    [{}, ["members", "invites", "workspaces", "keys"]],
    [{ only: new Set(["members"] as const) }, ["members", "invites"]],
    [{ only: new Set(["workspace_members"] as const) }, ["members", "workspaces"]],
    [{ only: new Set(["keys"] as const) }, ["members", "keys"]],
    [{ people: [], key: "x" }, ["keys"]],
    [{ people: [], keyIds: ["x"] }, ["keys"]],
    [{ people: [], secret: { secretKind: "oauth", hint: "x" } }, []],
    [{ secret: { secretKind: "oauth", hint: "x" } }, ["members", "invites", "workspaces"]],
  ] as const)("%j rests on %j", (rest, expected) => {
    expect(kinds(rest)).toEqual(expected);
  });

  test("a workspace's members, by its handle where it has one, but none of the default one", () => {
    const config = declared({ workspaces: { stage: { name: "Staging" } } });
    const workspaceMembers = new Map(live.workspaceMembers);
    for (const id of ["wrkspc_staging", PROD, "wrkspc_default"]) workspaceMembers.delete(id);
    expect(kinds({ config }, { live: { ...live, workspaceMembers } })).toEqual([
      "workspaces.stage.members",
      `workspaces.${PROD}.members`,
    ]);
  });
});

test("what is read: whatever gives a person access, and of workspaces all but the default one", () => {
  const scope = offboardingScope();
  const { membersOf, serviceAccountsOf, rateLimitsOf, ...lists } = scope;
  expect(lists).toMatchObject({
    organization: true,
    users: true,
    invites: true,
    workspaces: true,
    keys: true,
    serviceAccounts: false,
    rateLimits: false,
    spendLimits: false,
  });
  const listed = live.workspaces.known ? live.workspaces.items : [];
  expect([membersOf(listed), serviceAccountsOf(listed), rateLimitsOf(listed)]).toEqual([
    [PROD, "wrkspc_staging"],
    [],
    [],
  ]);
});

describe("guardrails", () => {
  const removals = (rest: Parameters<typeof offboard>[1]) =>
    offboard({}, rest).guardrails.find(({ rule }) => rule === "max_removals");

  test("count people, as many as may leave at once, and nobody who is not found", () => {
    const people = [EVE, ADA, "nobody@acme.example"];
    expect(removals({ people, ifExists: true, max: 2 })).toMatchObject({ ok: true, over: [] });
    expect(removals({ people, ifExists: true, max: 1 })).toMatchObject({
      ok: false,
      over: [{ kind: "member", removals: 2, of: 4 }],
    });
    expect(removals({ people: [EVE, ADA], live: { ...live, users: DENIED } })).toMatchObject({
      over: [{ kind: "member", removals: 2, of: 0 }],
    });
    expect(removals({ people: [EVE], key: "nothing", ifExists: true, max: 1 })).toMatchObject({ ok: true });
  });

  test("are overridden with a reason", () => {
    const rest = { people: [EVE, ADA], max: 1 };
    const allow = new Map([["max_removals", "a merger"]] as const);
    expect(removals({ ...rest, allow })).toMatchObject({ refuses: true, overridden: "a merger" });
    expect(removals(rest)).not.toHaveProperty("overridden");
  });

  test("know whose a key is: of the person who leaves, or of whom it acts as", () => {
    const admins = { "grace@acme.example": { role: "admin" }, "root@acme.example": { role: "owner" } } as const;
    const config = (protectedOne: string) =>
      declared({
        members: { ...admins, [EVE]: { role: "user" }, [ADA]: { role: "user" } },
        guardrails: { protected: [protectedOne] },
      });
    const keys = [key("made", PROD, by("eve")), key("adas", PROD, as("ada")), key("robots", PROD, service())];
    const only = new Set(["keys"] as const);
    expect(broken(offboard({ keys }, { config: config(EVE), only }))).toEqual(["protected"]);
    expect(broken(offboard({ keys }, { config: config(ADA), only }))).toEqual([]);
    for (const [name, rules] of [
      ["adas", ["protected"]],
      ["robots", []],
    ] as const) {
      expect(broken(offboard({ keys }, { config: config(ADA), people: [], key: name }))).toEqual(rules);
    }
  });
});

function service() {
  return { principal: { type: "service_account", id: "user_ada" } } as const;
}

test("nothing is left where nobody knows anything of a person, and that is no removal", () => {
  const plan = offboard(
    { users: [user(ADA)], workspaces: [workspace("Production")] },
    { ifExists: true, usage24: used("apikey_x") },
  );
  expect([plan.changes, plan.findings, broken(plan)]).toEqual([[], [], []]);
});
