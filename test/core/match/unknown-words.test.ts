import { describe, expect, test } from "vitest";
import { isKnownKeyStatus, unknownKeyWords, unknownWords } from "../../../src/core/match/unknown-words.ts";
import type { Change } from "../../../src/core/model/change.ts";
import { reconcile } from "../../../src/core/plan/reconcile.ts";
import { declared } from "../../support/config.ts";
import {
  account,
  group,
  invite,
  issuer,
  key,
  NOW,
  type OrgParts,
  org,
  rule,
  user,
  workspace,
} from "../../support/org.ts";

const PROD = "wrkspc_production";
const GRACE = user("grace@acme.example", "security_admin");
const ADA = user("ada@acme.example");
const ROOT = user("root@acme.example", "admin");
const robot = { principal: { type: "unknown", word: "robot_actor" } } as const;

const parts: OrgParts = {
  users: [GRACE, ADA, ROOT],
  invites: [invite("bob@acme.example", "wizard"), invite("eve@acme.example", "user", { status: "paused" })],
  workspaces: [workspace("Production")],
  members: [
    { userId: GRACE.id, workspaceId: PROD, role: "admin" },
    { userId: ADA.id, workspaceId: PROD, role: "auditor" },
    { userId: ROOT.id, workspaceId: PROD, role: "developer" },
  ],
  keys: [
    key("frozen", PROD, { status: "frozen" }),
    key("robot", PROD, robot),
    key("far", PROD, { scope: { type: "unknown", word: "galaxy" } }),
    key("plain", PROD),
  ],
};

const planned = (config: Record<string, unknown>, live = org(parts)) =>
  reconcile({
    config: declared(config),
    live,
    now: NOW,
    file: { path: "rbac.yaml", digest: "d" },
    digest: (pieces) => String([...pieces].join("").length),
  });

describe("a word that is not known", () => {
  test("is said of every object that bears it, by its target", () => {
    const { findings } = unknownWords(org(parts), new Map([[PROD, "prod"]]));
    expect(findings.map(({ target, args }) => [target, ...Object.values(args)])).toEqual([
      ["members.grace@acme.example", "role", "security_admin"],
      ["invites.bob@acme.example", "role", "wizard"],
      ["invites.eve@acme.example", "status", "paused"],
      ["workspaces.prod.members.ada@acme.example", "role", "auditor"],
      ["workspaces.prod.keys.frozen", "status", "frozen"],
      ["workspaces.prod.keys.robot", "principal", "robot_actor"],
      ["organization.keys.far", "scope", "galaxy"],
    ]);
    expect(findings.every(({ code, severity }) => code === "unknown-word" && severity === "warning")).toBe(true);
  });

  test("keeps everything about its object out of a plan that takes away all that is not declared", () => {
    const { changes, findings } = planned({
      manage: { members: "full", workspace_members: "full", keys: "full" },
      members: {
        "root@acme.example": { role: "admin" },
        "eve@acme.example": { role: "user" },
        "grace@acme.example": { role: "user" },
      },
      workspaces: { prod: { name: "Production", members: {}, keys: {} } },
    });
    // Of ada the organization role is known, and of root the workspace role is inherited.
    expect(changes.map(({ action, target }) => `${action} ${target}`)).toEqual([
      "remove workspaces.prod.keys.plain",
      "remove members.ada@acme.example",
    ]);
    expect(findings.filter(({ code }) => code === "unknown-word")).toHaveLength(7);
  });

  test("of an object of the organization that has ended says nothing", () => {
    const ended = [invite("bob@acme.example", "wizard", { status: "deleted" })];
    expect(unknownWords(org({ invites: ended }), new Map()).findings).toEqual([]);
  });
});

describe("which words are known", () => {
  const codes = (held: OrgParts) =>
    unknownWords(org(held), new Map()).findings.flatMap(({ code, target, args }) =>
      code === "unknown-word" ? [target, ...Object.values(args)].join(" ") : [],
    );

  test("of an invitation: four statuses; its role, unless it has ended", () => {
    const one = (status: string, role: string) => codes({ invites: [invite("x@y.example", role, { status })] });
    for (const status of ["pending", "accepted", "deleted", "expired"]) expect(one(status, "user")).toEqual([]);
    for (const status of ["accepted", "deleted", "expired"]) expect(one(status, "wizard")).toEqual([]);
    expect(one("pending", "wizard")).toEqual(["invites.x@y.example role wizard"]);
    expect(one("paused", "wizard")).toEqual(["invites.x@y.example status paused", "invites.x@y.example role wizard"]);
  });

  test("of a key: four statuses", () => {
    for (const status of ["active", "inactive", "archived", "expired"]) {
      expect(isKnownKeyStatus(status)).toBe(true);
      expect(codes({ keys: [key("k", PROD, { status })] })).toEqual([]);
    }
    expect(isKnownKeyStatus("frozen")).toBe(false);
    expect(unknownKeyWords(key("k", PROD, { ...robot, status: "frozen" }), "here")).toMatchObject([
      { code: "unknown-word", args: { what: "status", word: "frozen" }, target: "here" },
      { code: "unknown-word", args: { what: "principal", word: "robot_actor" }, target: "here" },
    ]);
  });

  test("of service accounts, and of their roles in workspaces, by their names, and by the id of one that no list has", () => {
    const role = (serviceAccountId: string, word: string) => ({ serviceAccountId, workspaceId: PROD, role: word });
    expect(
      codes({
        workspaces: [workspace("Production")],
        serviceAccounts: [account("ci", { role: "wizard" }), account("cd")],
        accountMembers: [role("svac_ci", "auditor"), role("svac_cd", "developer"), role("svac_gone", "auditor")],
      }),
    ).toEqual([
      "service_accounts.ci role wizard",
      `workspaces.${PROD}.service_accounts.ci role auditor`,
      `workspaces.${PROD}.service_accounts.svac_gone role auditor`,
    ]);
  });

  test("of a group: who owns it", () => {
    const groups = [group("Sales"), group("Legal", [], { source: "scim" }), group("Odd", [], { source: "okta" })];
    expect(codes({ groups })).toEqual(["groups.Odd source okta"]);
  });

  test("of federation: where an issuer's keys are, and what a rule stands for", () => {
    const issuers = [issuer("github"), issuer("odd", { jwks: { type: "unknown", word: "vault" } })];
    const rules = [rule("plain"), rule("odd", { target: { type: "unknown", word: "team" } })];
    expect(codes({ issuers, rules })).toEqual([
      "federation.issuers.odd jwks vault",
      "federation.rules.odd target team",
    ]);
  });

  test("of what a rule asks: nothing is planned about one that asks in a way that is new", () => {
    const others = ["claims_any", "subject_suffix"];
    const odd = rule("odd", { match: { subject: "repo:acme/app", others } });
    const held: OrgParts = { issuers: [issuer("github")], rules: [odd], serviceAccounts: [account("ci")] };
    expect(codes(held)).toEqual(others.map((word) => `federation.rules.odd match ${word}`));
    const issuers = { github: { url: issuer("github").url } };
    const file = { manage: { federation: "full" }, service_accounts: { ci: {} }, federation: { issuers } };
    expect(planned(file, org(held)).changes).toEqual([]);
  });

  test("of a member of a workspace whom no list has, by the id", () => {
    const members = [{ userId: "user_gone", workspaceId: PROD, role: "auditor" }];
    expect(codes({ workspaces: [workspace("Production")], members })).toEqual([
      `workspaces.${PROD}.members.user_gone role auditor`,
    ]);
  });

  test("none of what could not be read", () => {
    const unread = { known: false, reason: "permission-denied" } as const;
    const { workspaceMembers, workspaceServiceAccounts, ...live } = org(parts);
    const places = new Map([[PROD, unread]]);
    const nothing = {
      ...live,
      users: unread,
      invites: unread,
      keys: unread,
      serviceAccounts: unread,
      workspaceMembers: places,
      workspaceServiceAccounts: places,
    };
    expect(unknownWords(nothing, new Map()).findings).toEqual([]);
  });
});

describe("a change that is about an object of which a word is not known", () => {
  const live = org({
    ...parts,
    invites: [...(parts.invites ?? []), invite("plain@acme.example", "user")],
    serviceAccounts: [account("ci", { role: "wizard" }), account("cd")],
    accountMembers: [
      { serviceAccountId: "svac_cd", workspaceId: PROD, role: "auditor" },
      { serviceAccountId: "svac_ci", workspaceId: PROD, role: "developer" },
    ],
    groups: [group("Sales"), group("Cafe\u0301", [], { source: "okta" })],
    issuers: [issuer("github"), issuer("odd", { jwks: { type: "unknown", word: "vault" } })],
    rules: [
      rule("plain"),
      rule("team", { target: { type: "unknown", word: "team" } }),
      rule("suffix", { match: { subject: "repo:acme/app", others: ["subject_suffix"] } }),
    ],
  });
  const about = (kind: string, target: string, id: string | null = null) =>
    unknownWords(live, new Map([[PROD, "prod"]])).isAbout({ kind, target, id } as Change);

  test.each<[string, string, string | null, boolean]>([
    ["member", "members.grace@acme.example", null, true],
    ["member", "members.other@acme.example", "user_grace", true],
    ["member", "members.ada@acme.example", "user_ada", false],
    ["member", "members.eve@acme.example", null, false],
    ["invite", "invites.bob@acme.example", null, true],
    ["invite", "invites.x@acme.example", "invite_bob@acme.example", true],
    ["invite", "invites.eve@acme.example", null, true],
    // Whoever is a member by a role that is not known is not invited.
    ["invite", "invites.grace@acme.example", null, true],
    ["invite", "invites.plain@acme.example", "invite_plain@acme.example", false],
    ["workspace_member", "workspaces.prod.members.grace@acme.example", null, true],
    ["workspace_member", "workspaces.lab.members.x@acme.example", "user_grace", true],
    ["workspace_member", "workspaces.prod.members.ada@acme.example", "user_ada", true],
    ["workspace_member", "workspaces.lab.members.ada@acme.example", "user_ada", false],
    ["workspace_member", "workspaces.prod.members.root@acme.example", "user_root", false],
    ["service_account", "service_accounts.ci", null, true],
    ["service_account", "service_accounts.cd", null, false],
    ["workspace_service_account", "workspaces.prod.service_accounts.cd", null, true],
    ["workspace_service_account", "workspaces.prod.service_accounts.ci", null, false],
    ["key", "workspaces.prod.keys.any", "apikey_frozen", true],
    ["key", "workspaces.prod.keys.any", "apikey_robot", true],
    ["key", "organization.keys.far", "apikey_far", true],
    ["key", "workspaces.prod.keys.frozen", "apikey_plain", false],
    ["key", "workspaces.prod.keys.frozen", null, false],
    // In either spelling of an accent.
    ["group", "groups.Caf\u00e9", null, true],
    ["group", "groups.Sales", "rbac_group_sales", false],
    ["group_member", "groups.Caf\u00e9.members.ada@acme.example", "user_ada", true],
    ["group_member", "groups.Sales.members.ada@acme.example", "user_ada", false],
    ["federation_issuer", "federation.issuers.odd", null, true],
    ["federation_issuer", "federation.issuers.github", null, false],
    ["federation_rule", "federation.rules.team", null, true],
    ["federation_rule", "federation.rules.suffix", null, true],
    ["federation_rule", "federation.rules.plain", null, false],
    ["workspace", "workspaces.prod", PROD, false],
    ["admin_key", "organization.keys.far", "apikey_far", false],
  ])("%s %s (%s): %s", (kind, target, id, expected) => {
    expect(about(kind, target, id)).toBe(expected);
  });
});
