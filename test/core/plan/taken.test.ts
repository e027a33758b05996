import { describe, expect, test } from "vitest";
import { grantsOf } from "../../../src/core/kinds/kinds.ts";
import type { Change, Risk } from "../../../src/core/model/change.ts";
import type { OrgSnapshot } from "../../../src/core/model/org.ts";
import { takenBy } from "../../../src/core/plan/taken.ts";
import { account, invite, key, org, user, workspace } from "../../support/org.ts";

const grace = "grace@acme.example";
const ada = user("ada@acme.example", "admin");
const prod = workspace("Production");
const machine = account("deployer");
const acting = (type: "user" | "service_account", id: string) => ({ principal: { type, id } });
const LIVE = org({
  users: [user("Grace@Acme.example"), ada],
  invites: [invite("Hal@Acme.example")],
  workspaces: [prod, workspace("Staging")],
  members: [
    { workspaceId: prod.id, userId: "user_Grace", role: "developer" },
    { workspaceId: prod.id, userId: "user_gone", role: "user" },
    { workspaceId: "wrkspc_staging", userId: "user_Grace", role: "developer" },
  ],
  keys: [
    key("hers", prod.id, acting("user", "user_Grace")),
    key("made", prod.id, { createdBy: { type: "user", id: "user_Grace" } }),
    key("off", prod.id, { status: "inactive" }),
    key("deploy", prod.id, acting("service_account", machine.id)),
    key("odd", prod.id, { principal: { type: "unknown", word: "robot" } }),
    { ...key("org", ""), scope: { type: "organization" }, ...acting("user", "user_Grace") },
  ],
  serviceAccounts: [machine],
  accountMembers: [{ workspaceId: prod.id, serviceAccountId: machine.id, role: "developer" }],
});

type Of = Partial<Pick<Change, "kind" | "target" | "id" | "risk">> & { readonly after?: object | null };

/** What a change takes; only what is said of it here matters. */
function taken(of: Of, live = LIVE) {
  const { kind = "key", target = "workspaces.prod.keys.x", id = null, risk = "removal", after = null } = of;
  const change = { action: "manual", kind, target, id, risk, reason: "differs", before: null, after } as Change;
  return takenBy(live, grantsOf(live), new Map([[prod.id, "prod"]]))(change);
}

describe("what a change takes", () => {
  test.each([
    ["safe", false],
    ["widening", false],
    ["removal", true],
    ["irreversible", true],
  ] satisfies readonly (readonly [Risk, boolean])[])("is told by its risk: %s", (risk, takes) => {
    expect(taken({ risk })).toStrictEqual(takes ? [{ kind: "key", id: "workspaces.prod.keys.x", place: prod.id }] : []);
  });

  test.each<[string, Of, object]>([
    ["the person in its target", { kind: "member", target: `members.${grace}`, id: "user_Grace" }, { email: grace }],
    [
      "the person in its target, in whatever case",
      { target: "members.Zoe@Acme.example" },
      { email: "zoe@acme.example" },
    ],
    ["whoever was invited", { kind: "invite", id: "invite_Hal@Acme.example" }, { email: "hal@acme.example" }],
    ["whoever a key acts as", { id: "apikey_hers" }, { email: grace }],
    ["a key of the organization too", { id: "apikey_org" }, { email: grace }],
    ["a machine that a key acts as", { id: "apikey_deploy" }, { ofMachine: true }],
    [
      "a machine itself",
      { kind: "service_account", target: "service_accounts.deployer", id: machine.id },
      { ofMachine: true },
    ],
    ["nobody, where somebody only made the key", { id: "apikey_made" }, {}],
    ["nobody that is known, where the API has a new word", { id: "apikey_odd" }, {}],
    ["nobody, where the key is disabled", { id: "apikey_off" }, {}],
    ["nobody, where it is not live", { id: "apikey_nowhere" }, {}],
    ["whoever has it, where its target cannot be read", { target: "none", id: "apikey_hers" }, { email: grace }],
  ])("is of %s", (_, of, whose) => {
    const { kind = "key", target, id } = of;
    expect(taken(of)).toMatchObject([{ kind, id: id ?? target }]);
    expect(taken(of).map(({ email, ofMachine }) => ({ email, ofMachine }))).toEqual([whose]);
  });

  test("is of nobody that is known where people were not read", () => {
    const live: OrgSnapshot = { ...LIVE, users: { known: false, reason: "permission-denied" } };
    expect(taken({ id: "apikey_hers" }, live)).toStrictEqual([{ kind: "key", id: "apikey_hers", place: prod.id }]);
  });
});

test("what a workspace holds ends with it: all that is in force there of its own, and nothing of another or of the organization", () => {
  const [itself, ...inside] = taken({
    kind: "workspace",
    target: "workspaces.prod",
    id: prod.id,
    risk: "irreversible",
  });
  expect(itself).toStrictEqual({ kind: "workspace", id: prod.id });
  const place = prod.id;
  expect(inside).toStrictEqual([
    { kind: "workspace_member", id: "user_Grace", place, email: grace },
    { kind: "workspace_member", id: "user_gone", place },
    { kind: "key", id: "apikey_hers", place, email: grace },
    { kind: "key", id: "apikey_made", place },
    { kind: "key", id: "apikey_deploy", place, ofMachine: true },
    { kind: "key", id: "apikey_odd", place },
    { kind: "workspace_service_account", id: machine.id, place, ofMachine: true },
  ]);
  expect(taken({ kind: "workspace", target: "workspaces.prod", risk: "irreversible" })).toStrictEqual([
    { kind: "workspace", id: "workspaces.prod" },
  ]);
});

test("what a workspace holds stays where it is changed for good, and does not end", () => {
  const attached = { kind: "workspace", target: "workspaces.prod", id: prod.id, risk: "irreversible" } as const;
  expect(taken({ ...attached, after: { external_key: "k" } })).toStrictEqual([{ kind: "workspace", id: prod.id }]);
});

test("is in the workspace that its target names, by handle or by id, so that roles of one person are not one role", () => {
  const role = (place: string) => {
    const at = { kind: "workspace_member", target: `workspaces.${place}.members.${grace}`, id: "user_Grace" } as const;
    return taken(at).map(({ place }) => place);
  };
  expect(role("prod")).toEqual([prod.id]);
  expect(role("wrkspc_staging")).toEqual(["wrkspc_staging"]);
  const members = { known: true, items: [{ userId: "user_Grace", email: grace }] } as const;
  const names = ["Sales", "Finance", "Cafe\u0301"];
  const groups = names.map((name, at) => ({ id: `group_${at}`, name, source: "direct", members }));
  const left = (name: string) => {
    const at = { kind: "group_member", target: `groups.${name}.members.${grace}`, id: "user_Grace" } as const;
    return taken(at, { ...LIVE, groups: { known: true, items: groups } });
  };
  expect(left("Finance")).toStrictEqual([{ kind: "group_member", id: "user_Grace", place: "group_1", email: grace }]);
  // In either spelling of an accent.
  for (const name of ["Cafe\u0301", "Caf\u00e9"]) expect(left(name)).toMatchObject([{ place: "group_2" }]);
});
