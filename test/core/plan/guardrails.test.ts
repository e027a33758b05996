import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Group, OrgSnapshot } from "../../../src/core/model/org.ts";
import { type ReconcileInput, reconcile } from "../../../src/core/plan/reconcile.ts";
import { declared } from "../../support/config.ts";
import { group, invite, key, NOW, org, user, workspace } from "../../support/org.ts";

type Self = NonNullable<ReconcileInput["self"]>;
type Allow = NonNullable<ReconcileInput["allow"]>;

/** The guardrails of the plan that makes `live` what `config` says, by rule. */
function judged(config: Record<string, unknown>, live: OrgSnapshot, self?: Self, allow?: Allow) {
  const file = { path: "rbac.yaml", digest: "0" };
  const digest = (pieces: Iterable<string>) => String([...pieces].join("").length);
  const plan = reconcile({
    config: declared(config),
    live,
    now: NOW,
    file,
    digest,
    ...(self && { self }),
    ...(allow && { allow }),
  });
  return Object.fromEntries(plan.guardrails.map((result) => [result.rule, result]));
}

const numbered = (count: number) => Array.from({ length: count }, (_, index) => `p${index}@acme.example`);
const people = (count: number) => numbered(count).map((email) => user(email, "developer"));
const staying = (emails: readonly string[]) =>
  Object.fromEntries(emails.map((email) => [email, { role: "developer" }]));

/** `removed` of `of` people leave, under these limits. */
function removing(removed: number, of: number, limits: Record<string, number>) {
  const members = staying(numbered(of).slice(removed));
  const config = { manage: { members: "full" }, members, guardrails: { min_admins: 1, max_removals: limits } };
  return judged(config, org({ users: people(of) })).max_removals;
}

describe("max_removals", () => {
  test("stops exactly above the share: 20 of 100 pass at 20 percent, 21 do not", () => {
    const limits = { percent: 20, always_allow: 0, never_exceed: 1000 };
    expect(removing(20, 100, limits)).toMatchObject({ ok: true, over: [] });
    expect(removing(21, 100, limits)).toMatchObject({ ok: false, over: [{ kind: "member", removals: 21, of: 100 }] });
    expect(removing(1, 5, limits)).toMatchObject({ ok: true });
    expect(removing(1, 4, limits)).toMatchObject({ ok: false });
  });

  test("counts what cannot be undone, the attaching of an external key too (design 6): by the letter, and named one by one besides", () => {
    const spaces = ["A", "B", "C"];
    const config = {
      workspaces: Object.fromEntries(spaces.map((name) => [name, { name, external_key_id: `ek_${name}` }])),
      guardrails: { min_admins: 1, max_removals: { percent: 0, always_allow: 2, never_exceed: 9 } },
    };
    const live = org({ workspaces: spaces.map((name) => workspace(name)) });
    expect(judged(config, live).max_removals).toMatchObject({
      ok: false,
      over: [{ kind: "workspace", removals: 3, of: 3 }],
    });
  });

  test("lets through what is always allowed, and nothing above the ceiling", () => {
    const limits = { percent: 100, always_allow: 2, never_exceed: 3 };
    expect(removing(2, 2, { ...limits, percent: 0 })).toMatchObject({ ok: true });
    expect(removing(3, 3, { ...limits, percent: 0 })).toMatchObject({ ok: false });
    expect(removing(3, 10, limits)).toMatchObject({ ok: true });
    expect(removing(4, 10, limits)).toMatchObject({ ok: false });
  });

  test("is the rule of design 6 for every number: n ≤ always, or n ≤ never and n ≤ percent of N", () => {
    const small = fc.integer({ min: 0, max: 12 });
    fc.assert(
      fc.property(small, small, fc.integer({ min: 0, max: 100 }), small, small, (out, rest, percent, always, more) => {
        const never = always + more;
        const result = removing(out, out + rest, { percent, always_allow: always, never_exceed: never });
        const wanted = out <= always || (out <= never && out <= (percent / 100) * (out + rest) + 1e-9);
        expect(result?.ok).toBe(wanted);
      }),
    );
  });

  test("judges each kind by its own number of live objects", () => {
    const config = {
      manage: { keys: "full", members: "full" },
      members: staying(numbered(20).slice(3)),
      workspaces: { prod: { name: "Production", keys: { k0: {} } } },
      guardrails: { min_admins: 1, max_removals: { percent: 20, always_allow: 0, never_exceed: 10 } },
    };
    const keys = ["k0", "k1", "k2"].map((name) => key(name, "wrkspc_production"));
    const found = judged(config, org({ users: people(20), workspaces: [workspace("Production")], keys }));
    expect(found.max_removals).toMatchObject({ ok: false, over: [{ kind: "key", removals: 2, of: 3 }] });
  });
});

describe("min_admins", () => {
  const admins = (count: number) => numbered(count).map((email) => user(email, "admin"));
  const demoted = (emails: readonly string[]) => Object.fromEntries(emails.map((email) => [email, { role: "user" }]));

  test("refuses a plan that goes below the minimum, and only that: manual steps count, what was low before does not", () => {
    const rule = (count: number, demote: number, minimum: number) =>
      judged(
        { members: demoted(numbered(count).slice(0, demote)), guardrails: { min_admins: minimum } },
        org({ users: admins(count) }),
      ).min_admins;
    expect(rule(3, 1, 2)).toMatchObject({ ok: true, before: 3, after: 2 });
    expect(rule(3, 2, 2)).toMatchObject({ ok: false, before: 3, after: 1 });
    expect(rule(1, 0, 2)).toMatchObject({ ok: true, before: 1, after: 1 });
  });
});

describe("min_workspace_admins", () => {
  const prod = workspace("Production");
  const member = (email: string, role: string) => ({ workspaceId: prod.id, userId: user(email).id, role });
  const rule = (role: string, others: readonly string[], minimum = 1) =>
    judged(
      {
        workspaces: { prod: { name: "Production", members: { "p0@acme.example": role } } },
        guardrails: { min_admins: 1, min_workspace_admins: minimum },
      },
      org({
        users: [...people(3), user("grace@acme.example", others.includes("inherited") ? "admin" : "user")],
        workspaces: [prod],
        members: [
          member("p0@acme.example", "workspace_admin".replace("workspace_", "")),
          ...(others.includes("direct") ? [member("p1@acme.example", "admin")] : []),
        ],
      }),
    ).min_workspace_admins;

  test("keeps the last admin of a workspace, counting direct and inherited ones", () => {
    expect(rule("developer", [])).toMatchObject({ ok: false, targets: ["workspaces.prod"] });
    expect(rule("admin", [])).toMatchObject({ ok: true });
    expect(rule("developer", ["direct"])).toMatchObject({ ok: true });
    expect(rule("developer", ["inherited"])).toMatchObject({ ok: true });
    expect(rule("developer", ["direct"], 2)).toMatchObject({ ok: false });
  });
});

describe("protected and self", () => {
  const grace = "grace@acme.example";
  const live = org({ users: [user(grace, "developer"), user("ada@acme.example", "admin")] });
  const low = { members: { [grace]: { role: "user" } }, guardrails: { min_admins: 1, protected: [grace] } };

  test("protected people are not demoted or removed, and may be raised", () => {
    expect(judged(low, live).protected).toMatchObject({ ok: false, targets: ["members.grace@acme.example"] });
    const raised = org({ users: [user(grace, "user"), user("ada@acme.example", "admin")] });
    expect(judged({ ...low, members: { [grace]: { role: "developer" } } }, raised).protected).toMatchObject({
      ok: true,
    });
  });

  test("protected yields to no override; the others are overridden with their reason and stay broken", () => {
    const allow: Allow = new Map([
      ["protected", "because"],
      ["self", "because"],
    ]);
    const found = judged(low, live, { email: grace }, allow);
    expect(found.protected).toMatchObject({ ok: false });
    expect(found.protected).not.toHaveProperty("overridden");
    expect(found.self).toMatchObject({ ok: false, overridden: "because" });
  });

  test("whoever runs it keeps their access", () => {
    expect(judged(low, live, { email: grace }).self).toMatchObject({ ok: false, known: true });
    expect(judged(low, live, { email: "ada@acme.example" }).self).toMatchObject({ ok: true, known: true });
    expect(judged(low, live).self).toMatchObject({ known: false });
  });
});

describe("what a change takes decides, whatever its action and whoever is named in its target", () => {
  const [grace, ada, bob] = ["grace@acme.example", "ada@acme.example", "bob@acme.example"];
  const prod = workspace("Production");
  const stg = workspace("Staging");
  const hers = { principal: { type: "user" as const, id: user(grace).id } };
  const live = org({
    users: [user(grace, "developer"), user(ada, "admin"), user(bob, "developer")],
    invites: [invite(grace, "developer")],
    workspaces: [prod, stg],
    keys: [key("org-grace", prod.id, hers), key("prod-web", prod.id), key("stg-grace", stg.id, hers)],
    members: [
      { workspaceId: prod.id, userId: user(grace).id, role: "developer" },
      { workspaceId: stg.id, userId: user(bob).id, role: "developer" },
      { workspaceId: stg.id, userId: user(ada).id, role: "admin" },
    ],
  });
  const all = { members: { [grace]: { role: "developer" }, [bob]: { role: "developer" }, [ada]: {} } };
  const both = { prod: { name: "Production" }, stg: { name: "Staging" } };
  /** Ways to take something from grace: what rbac.yaml says, and the target that takes it. */
  const WAYS: Readonly<Record<string, readonly [Record<string, unknown>, string]>> = {
    "a demotion": [{ members: { ...all.members, [grace]: { role: "user" } } }, `members.${grace}`],
    "the end of the membership": [
      { members: { ...all.members, [grace]: { role: "developer", until: "2026-11-01", reason: "contract" } } },
      `members.${grace}`,
    ],
    "a workspace role lowered": [
      { workspaces: { prod: { name: "Production", members: { [grace]: "user" } } } },
      `workspaces.prod.members.${grace}`,
    ],
    "a workspace role taken away": [
      { manage: { workspace_members: "full" }, workspaces: { prod: { name: "Production", members: {} } } },
      `workspaces.prod.members.${grace}`,
    ],
    "a key that acts as her": [
      {
        manage: { keys: "full" },
        workspaces: { prod: { name: "Production", keys: { "prod-web": {} } }, stg: both.stg },
      },
      "workspaces.prod.keys.org-grace",
    ],
    "the workspace of a key that acts as her": [
      { manage: { workspaces: "full" }, workspaces: { prod: { name: "Production" } } },
      "workspaces.wrkspc_staging",
    ],
  };

  test.each(Object.entries(WAYS))("protected and self hold against %s", (_, [config, target]) => {
    const protecting = { ...config, guardrails: { min_admins: 1, protected: [grace] } };
    expect(judged(protecting, live).protected).toMatchObject({ ok: false, refuses: true });
    expect(judged(protecting, live).protected).toHaveProperty("targets", expect.arrayContaining([target]));
    expect(judged(config, live, { email: grace }).self).toMatchObject({ ok: false, refuses: true });
    expect(judged({ ...config, guardrails: { min_admins: 1, protected: [ada] } }, live).protected).toMatchObject({
      ok: true,
    });
  });

  test("the key that the run goes with ends with its workspace too", () => {
    const config = { manage: { workspaces: "full" }, workspaces: { prod: { name: "Production" } } };
    expect(judged(config, live, { keyId: "apikey_stg-grace" }).self).toMatchObject({ ok: false });
    expect(judged(config, live, { keyId: "apikey_prod-web" }).self).toMatchObject({ ok: true });
  });

  test("max_removals counts demotions, disabled keys, and all that ends with a workspace; inherited roles are nothing of their own", () => {
    const none = { min_admins: 1, max_removals: { percent: 0, always_allow: 0, never_exceed: 0 } };
    const over = (config: Record<string, unknown>) => judged({ ...config, guardrails: none }, live).max_removals;
    expect(over(WAYS["a demotion"]?.[0] ?? {})).toMatchObject({ over: [{ kind: "member", removals: 1, of: 3 }] });
    expect(over(WAYS["a key that acts as her"]?.[0] ?? {})).toMatchObject({
      over: [{ kind: "key", removals: 2, of: 3 }],
    });
    expect(over(WAYS["the workspace of a key that acts as her"]?.[0] ?? {})).toMatchObject({
      over: [
        { kind: "workspace", removals: 1, of: 2 },
        { kind: "workspace_member", removals: 1, of: 2 },
        { kind: "key", removals: 1, of: 3 },
      ],
    });
  });
});

describe("a rule that cannot be judged", () => {
  const unread = { known: false, reason: "permission-denied" } as const;
  const ada = "ada@acme.example";

  test("is neither ok nor broken, and refuses only a plan with a change that it would have to count", () => {
    const live = { ...org({ workspaces: [workspace("Production")] }), users: unread };
    const found = judged({ workspaces: { prod: { name: "Production", tags: { a: "b" } } } }, live);
    expect(found.min_admins).toMatchObject({ ok: null, refuses: false });
    expect(found.self).toMatchObject({ ok: null, refuses: false });
  });

  test("counts whose role is a word that nobody knows as perhaps an admin", () => {
    const live = org({ users: [user("grace@acme.example", "security_admin"), user(ada, "admin")] });
    const config = { members: { [ada]: { role: "user" } }, guardrails: { min_admins: 1 } };
    expect(judged(config, live).min_admins).toMatchObject({ ok: null, refuses: true });
    expect(judged({ ...config, guardrails: { min_admins: 2 } }, live).min_admins).toMatchObject({ ok: false });
  });

  test("is overridden by its name, and says so", () => {
    const live = org({ users: [user("grace@acme.example", "security_admin"), user(ada, "admin")] });
    const config = { members: { [ada]: { role: "user" } }, guardrails: { min_admins: 1 } };
    const allow: Allow = new Map([["min_admins", "agreed"]]);
    expect(judged(config, live, undefined, allow).min_admins).toMatchObject({ ok: null, overridden: "agreed" });
  });

  test("asks for what ends with a workspace: where its keys or members were not read, its end is refused", () => {
    const config = { manage: { workspaces: "full" }, workspaces: { prod: { name: "Production" } } };
    const read = org({ workspaces: [workspace("Production"), workspace("Old")] });
    expect(judged(config, read).max_removals).toMatchObject({ ok: true, refuses: false });
    expect(judged(config, { ...read, keys: unread }).max_removals).toMatchObject({ ok: null, refuses: true });
    const blind = { ...read, workspaceMembers: new Map() };
    expect(judged(config, blind).max_removals).toMatchObject({ ok: null, refuses: true });
  });

  test("asks for who is in a group that goes: where that was not read, its end is refused", () => {
    const config = { manage: { groups: "full" }, groups: {} };
    const judge = (one: Group) => judged(config, org({ groups: [one] })).max_removals;
    expect(judge(group("Old"))).toMatchObject({ ok: true, refuses: false });
    expect(judge(group("Old", [], { members: unread }))).toMatchObject({ ok: null, refuses: true });
  });
});

describe("domains", () => {
  const invited = (email: string, domains: readonly string[] | undefined) =>
    judged({ members: { [email]: { role: "user" } }, guardrails: { ...(domains && { domains }) } }, org()).domains;

  test("lets invitations go where the file says, and anywhere where it says nothing", () => {
    expect(invited("hal@acme.exmaple", ["acme.example"])).toMatchObject({
      ok: false,
      refuses: true,
      targets: ["invites.hal@acme.exmaple"],
    });
    expect(invited("hal@ACME.example", ["acme.example"])).toMatchObject({ ok: true });
    expect(invited("hal@sub.acme.example", ["acme.example"])).toMatchObject({ ok: false });
    expect(invited("hal@anywhere.example", undefined)).toMatchObject({ ok: true });
  });
});
