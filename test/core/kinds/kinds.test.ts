import { describe, expect, test } from "vitest";
import { MANAGED_KINDS } from "../../../src/core/config/config.ts";
import {
  ALL_KINDS,
  grantsOf,
  grantsTo,
  kindOf,
  managedKindOf,
  plannedGrants,
  scopeOf,
} from "../../../src/core/kinds/kinds.ts";
import type { ReadScope } from "../../../src/core/model/org.ts";
import { changeWith } from "../../support/change.ts";
import { key as liveKey, org, user, workspace } from "../../support/org.ts";

const SOME = ["wrkspc_1"];

/** The lists that are read for one word of `manage`, where only some words are managed. */
function lists(
  kind: string,
  { whole = true, ofPeople = false, managed = MANAGED_KINDS as readonly string[], external = [] as string[] } = {},
) {
  const scope = scopeOf((word) => word === kind, {
    whole,
    ofPeople,
    declaredExternalKeys: external,
    manages: (word) => managed.includes(word),
    removes: () => false,
    undeclared: () => SOME,
    places: () => SOME,
    groups: () => SOME,
  });
  const isRead = (list: keyof ReadScope) => {
    const asked = scope[list];
    return typeof asked === "function" ? asked([]).length > 0 : asked;
  };
  return (Object.keys(scope) as (keyof ReadScope)[]).filter(isRead).sort().join(" ");
}

describe("the table of kinds", () => {
  test("has a kind for every word of `manage`, and no other word", () => {
    expect(new Set(ALL_KINDS.map(({ manage }) => manage))).toEqual(new Set(MANAGED_KINDS));
  });

  test("tells the kind of a target; of what is none, none", () => {
    expect(managedKindOf("workspaces.prod.members.ada@acme.example")).toBe("workspace_members");
    expect(managedKindOf("workspaces.prod.keys.a.spend_limit")).toBe("keys");
    expect(managedKindOf("workspaces.prod.kyes.a")).toBeUndefined();
  });

  test("reads for a kind what it is planned from, and no more", () => {
    expect(Object.fromEntries(MANAGED_KINDS.map((kind) => [kind, lists(kind)]))).toEqual({
      members: "invites keys membersOf users workspaces",
      workspaces: "keys workspaces",
      workspace_members: "invites keys membersOf users workspaces",
      rate_limits: "keys rateLimits rateLimitsOf workspaces",
      spend_limits: "keys spendLimits workspaces",
      keys: "keys workspaces",
      groups: "groupMembersOf groups invites users",
      service_accounts: "keys serviceAccounts serviceAccountsOf workspaces",
      federation: "federationIssuers federationRules keys serviceAccounts serviceAccountsOf workspaces",
      compliance: "compliance",
    });
    expect(lists("members", { managed: ["members"] })).toBe("invites users");
    expect(lists("members", { whole: false })).toBe("");
    expect(lists("spend_limits", { ofPeople: true })).toBe(
      "invites keys memberSpendLimits spendLimits users workspaces",
    );
    expect(lists("workspaces", { external: ["ekey_1"] })).toBe("externalKeyIds externalKeys keys workspaces");
    expect(lists("rate_limits", { managed: ["rate_limits"] })).toBe("rateLimits rateLimitsOf workspaces");
  });
});

describe("what the kinds give", () => {
  test("a role of the organization, a role in a workspace, and keys to whom they act as, and who knows their secrets", () => {
    const ada = user("ada@acme.example", "developer");
    const prod = workspace("Production");
    const members = [{ userId: ada.id, workspaceId: prod.id, role: "admin" }];
    const live = org({
      users: [ada],
      workspaces: [prod],
      keys: [
        liveKey("web", prod.id, { principal: { type: "user", id: ada.id }, createdBy: { type: "user", id: ada.id } }),
        liveKey("lent", prod.id, {
          principal: { type: "user", id: "user_bo" },
          createdBy: { type: "user", id: ada.id },
        }),
        liveKey("old", prod.id, { status: "inactive", createdBy: { type: "user", id: ada.id } }),
      ],
      members,
    });
    const to = { type: "user", id: ada.id };
    const at = { workspaceId: prod.id };
    expect(grantsOf(live)).toMatchObject({
      member: [{ id: ada.id, to, role: "developer", how: "direct", inForce: true }],
      workspace_member: [{ id: ada.id, ...at, to, role: "admin", how: "direct", inForce: true }],
      key: [
        { id: "apikey_web", ...at, to, how: "acts-as", inForce: true },
        { id: "apikey_lent", ...at, to: { type: "user", id: "user_bo" }, how: "acts-as", inForce: true },
        { id: "apikey_lent", ...at, to, how: "created", inForce: true },
        { id: "apikey_old", ...at, how: "acts-as", inForce: false },
        { id: "apikey_old", ...at, to, how: "created", inForce: false },
      ],
      workspace: [],
      spend_limit: [],
    });
  });

  test("an invitation by its e-mail in any spelling, in force until it runs out; inherited roles in every workspace but the default", () => {
    const boss = user("boss@acme.example", "admin");
    const [prod, rest] = [workspace("Production"), { ...workspace("Default"), isDefault: true }];
    const live = org({ users: [boss], workspaces: [prod, rest] });
    const { takenAt } = live;
    const open = { id: "invite_1", email: "new@acme.example", role: "user", status: "pending", expiresAt: takenAt + 1 };
    const items = [
      open,
      { ...open, id: "invite_2", expiresAt: takenAt },
      { ...open, id: "invite_3", status: "deleted" },
    ];
    const grants = grantsOf({ ...live, invites: { known: true, items } });
    const invited = grantsTo(grants, { ids: new Set(), email: "NEW@acme.example" });
    expect(invited.invite.map(({ id, inForce }) => [id, inForce])).toEqual([
      ["invite_1", true],
      ["invite_2", false],
    ]);
    expect(invited.member).toEqual([]);
    const held = grantsTo(grants, { ids: new Set([boss.id]), email: boss.email });
    expect(held.workspace_member.map(({ workspaceId, role, how }) => [workspaceId, role, how])).toEqual([
      [prod.id, "admin", "inherited"],
    ]);
  });

  test("after a change: the new role, or none; a change of anything else gives nobody anything", () => {
    const at = { target: "workspaces.prod.members.ada@acme.example", kind: "workspace_member" };
    const given = plannedGrants([
      changeWith({ ...at, action: "create", after: { role: "admin" } }),
      changeWith({ ...at, action: "remove", id: "user_ada", before: { role: "admin" } }),
      changeWith({
        kind: "key",
        target: "organization.keys.a",
        action: "remove",
        id: "k",
        before: { status: "active" },
      }),
    ]);
    expect(given.map(({ workspace: place, userId, email, role }) => [place, userId, email, role])).toEqual([
      ["prod", null, "ada@acme.example", "admin"],
      ["prod", "user_ada", "ada@acme.example", undefined],
    ]);
  });
});

test("whoever stops being billing does so before workspace roles are given; a raise to billing waits its turn", () => {
  const role = (before: string, after: string) =>
    changeWith({
      kind: "member",
      action: "update",
      target: "members.bill@acme.example",
      id: "u",
      before: { role: before },
      after: { role: after },
    });
  const isFirst = (before: string, after: string) => kindOf("member").comesFirst?.(role(before, after));
  expect([isFirst("billing", "user"), isFirst("user", "billing")]).toEqual([true, false]);
});

test("what cannot be undone is confirmed by a live name, or by an id where two share it", () => {
  const archive = changeWith({
    ...{ kind: "workspace", action: "remove", target: "workspaces.wrkspc_lab", id: "wrkspc_lab" },
    ...{ before: { name: "Lab" }, risk: "irreversible" },
  });
  const name = (...others: ReturnType<typeof workspace>[]) =>
    kindOf("workspace").confirmedBy(archive, org({ workspaces: [workspace("Lab"), ...others] }));
  expect(name()).toBe("Lab");
  expect(name({ ...workspace("Lab"), id: "wrkspc_other" })).toBe("wrkspc_lab");
  const key = changeWith({
    ...{ kind: "key", action: "update", target: "organization.keys.web@disabled-20261101", id: "apikey_web" },
    ...{ before: { status: "inactive" }, after: { status: "archived" }, risk: "irreversible" },
  });
  const live = org({ keys: [liveKey("web@disabled-20261101", "wrkspc_lab", { id: "apikey_web" })] });
  expect(kindOf("key").confirmedBy(key, live)).toBe("web");
});
