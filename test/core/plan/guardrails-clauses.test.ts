import { describe, expect, test } from "vitest";
import { matchLive } from "../../../src/core/match/matches.ts";
import type { Change } from "../../../src/core/model/change.ts";
import { GUARDRAIL_RULES } from "../../../src/core/model/guardrail.ts";
import type { OrgSnapshot, ReadResult } from "../../../src/core/model/org.ts";
import { type GuardrailInput, guard, irreversibleChanges } from "../../../src/core/plan/guardrails.ts";
import { declared } from "../../support/config.ts";
import { account, group, invite, key, type OrgParts, org, user, workspace } from "../../support/org.ts";

/** Each clause of each rule, over changes written by hand: what no planner plans today, or only with much around it. */
type Of = Partial<Pick<Change, "action" | "kind" | "id" | "risk">> & { readonly after?: object | null };

/** A change as a guardrail sees it; a removal where nothing is said of it. */
function change(target: string, of: Of = {}): Change {
  const { action = of.after ? "update" : "remove", kind = "member", id = null, risk = "removal", after = null } = of;
  return { action, kind, target, id, risk, reason: "differs", before: null, after } as Change;
}
/** Somebody's role in the organization becomes another one; null: they leave. */
const member = (name: string, role: string | null, of: Of = {}) =>
  change(`members.${name}@acme.example`, { id: `user_${name}`, after: role === null ? null : { role }, ...of });
/** The same for a role in a workspace. */
const inWorkspace = (place: string, name: string, role: string | null, of: Of = {}) => ({
  ...member(name, role, { kind: "workspace_member", ...of }),
  target: `workspaces.${place}.members.${name}@acme.example`,
});

const UNREAD: ReadResult<never> = { known: false, reason: "permission-denied" };
const DECLARED = { prod: { name: "Production" } };
const prod = workspace("Production");
const staging = workspace("Staging");

interface Asked extends Partial<Omit<GuardrailInput, "changes" | "config" | "live" | "matches">> {
  readonly rules?: Record<string, unknown>;
  readonly workspaces?: Record<string, unknown>;
}

/** What each guardrail says of changes. */
function judged(
  live: OrgSnapshot,
  changes: readonly Change[],
  { rules = {}, workspaces = DECLARED, ...asked }: Asked = {},
) {
  const config = declared({ workspaces, guardrails: rules });
  const results = guard({ changes, config, live, matches: matchLive(config, live), ...asked });
  return Object.fromEntries(results.map((result) => [result.rule, result]));
}

describe("what comes of a rule", () => {
  const live = org({ users: [user("ada@acme.example", "admin")] });

  test("is one result for each rule, in their order, with what it counted and no more", () => {
    const results = guard({ changes: [], config: declared({}), live, matches: matchLive(declared({}), live) });
    expect(results.map(({ rule }) => rule)).toEqual(GUARDRAIL_RULES);
    expect(results).toEqual([
      { rule: "min_admins", minimum: 1, before: 1, after: 1, ok: true, refuses: false },
      { rule: "min_workspace_admins", minimum: 1, targets: [], ok: true, refuses: false },
      { rule: "protected", targets: [], ok: true, refuses: false },
      { rule: "self", targets: [], known: false, ok: null, refuses: false },
      { rule: "max_removals", over: [], ok: true, refuses: false },
      { rule: "domains", targets: [], ok: true, refuses: false },
    ]);
  });

  test("is overridden only where it refuses, and only with a reason of its own", () => {
    const leaves = [member("ada", null)];
    const allow = new Map([["min_admins", "agreed"]] as const);
    expect(judged(live, [], { allow }).min_admins).not.toHaveProperty("overridden");
    expect(judged(live, leaves, { allow }).min_admins).toHaveProperty("overridden", "agreed");
    expect(judged(live, leaves, { allow: new Map([["domains", "agreed"]]) }).min_admins).not.toHaveProperty(
      "overridden",
    );
  });

  test("is never overridden where people are protected", () => {
    const allow = new Map([["protected", "agreed"]] as const);
    const rules = { protected: ["ada@acme.example"] };
    const found = judged(live, [member("ada", null)], { allow, rules }).protected;
    expect(found).toMatchObject({ ok: false, refuses: true });
    expect(found).not.toHaveProperty("overridden");
  });
});

describe("min_admins", () => {
  const roles = {
    ada: "admin",
    bob: "owner",
    cy: "primary_owner",
    mia: "membership_admin",
    dee: "developer",
    eve: "security_admin",
  };
  const some = (...names: readonly (keyof typeof roles)[]) =>
    names.map((name) => user(`${name}@acme.example`, roles[name]));
  const rule = (parts: OrgParts, changes: readonly Change[], minimum = 1) =>
    judged(org(parts), changes, { rules: { min_admins: minimum } }).min_admins;

  test("counts admins and both kinds of owners; no other role, no machine, no invited person, no workspace's admin, no key", () => {
    const parts: OrgParts = {
      users: some("ada", "bob", "cy", "mia", "dee", "eve"),
      invites: [invite("hal@acme.example", "admin")],
      serviceAccounts: [account("deployer", { role: "admin" })],
      workspaces: [prod],
      members: [{ workspaceId: prod.id, userId: "user_dee", role: "admin" }],
      keys: [
        { ...key("org", ""), scope: { type: "organization" }, principal: { type: "user", id: "user_ada" } },
        key("web", prod.id),
      ],
    };
    expect(rule(parts, [])).toMatchObject({ ok: true, before: 3, after: 3 });
  });

  test.each<[string, readonly Change[], number]>([
    ["who leaves", [member("ada", null)], 1],
    ["whose role a person is to lower", [member("ada", "user", { action: "manual" })], 1],
    ["who becomes something that nobody knows", [member("ada", "security_admin")], 1],
    ["who stays an owner", [member("ada", "owner")], 2],
    ["who is raised", [member("dee", "admin", { action: "manual" })], 3],
    ["who is not live", [member("ghost", "admin", { action: "manual" })], 2],
    ["who is only invited", [change("invites.hal@acme.example", { kind: "invite", after: { role: "admin" } })], 2],
    ["whose role in a workspace changes", [inWorkspace("prod", "ada", "user"), inWorkspace("prod", "bob", null)], 2],
  ])("counts after the plan: %s", (_, changes, after) => {
    expect(rule({ users: some("ada", "bob", "dee"), workspaces: [prod] }, changes)).toMatchObject({ before: 2, after });
  });

  test("refuses only what lowers the number below the minimum", () => {
    const users = some("ada", "bob", "dee");
    expect([1, 2].map((minimum) => rule({ users }, [member("ada", null)], minimum)?.ok)).toEqual([true, false]);
    expect(rule({ users }, [], 9)).toMatchObject({ ok: true });
    const swap = [member("ada", null), member("dee", "admin", { action: "manual" })];
    expect(rule({ users }, swap, 9)).toMatchObject({ ok: true, before: 2, after: 2 });
  });

  test("whose role nobody knows is perhaps one, as long as they stay; but no more than one", () => {
    const users = some("ada", "bob", "eve", "mia");
    const ok = (minimum: number, ...changes: readonly Change[]) => rule({ users }, changes, minimum)?.ok;
    expect([1, 2, 3].map((minimum) => ok(minimum, member("ada", null)))).toEqual([true, null, false]);
    expect(ok(2, member("ada", null), member("eve", null))).toBe(false);
    expect(ok(2, member("ada", "security_admin"), member("eve", "user"))).toBeNull();
  });

  test("is not known where people were not read: it refuses what takes or gives a role in the organization, and nothing else", () => {
    const live = { ...org({ workspaces: [prod] }), users: UNREAD };
    const refuses = (one: Change) => judged(live, [one]).min_admins?.refuses;
    expect(judged(live, []).min_admins).toMatchObject({ ok: null, refuses: false });
    expect(refuses(member("ada", null))).toBe(true);
    expect(refuses(inWorkspace("prod", "ada", null))).toBe(false);
    expect(refuses(change("invites.hal@acme.example", { kind: "invite", after: { role: "user" } }))).toBe(false);
  });
});

describe("min_workspace_admins", () => {
  const twins = ["wrkspc_t2", "wrkspc_t1"].map((id) => workspace("Twin", { id }));
  const ada = user("ada@acme.example", "admin");
  const [bob, dee, eve] = ["bob", "dee", "eve"].map((name) => user(`${name}@acme.example`, "developer"));
  const people = [ada, bob, dee, eve].flatMap((one) => one ?? []);
  const lowered = member("ada", "user", { action: "manual" });
  const row = (userId: string, role = "admin", workspaceId = prod.id) => ({ userId, role, workspaceId });
  const rule = (parts: OrgParts, changes: readonly Change[], minimum = 1) =>
    judged(org({ users: people, workspaces: [prod], ...parts }), changes, { rules: { min_workspace_admins: minimum } })
      .min_workspace_admins;

  test("is of every workspace: declared, undeclared, and what an ambiguous declaration could mean; not the default one, nor what ends", () => {
    const live = org({ users: people, workspaces: [staging, prod, ...twins] });
    const workspaces = { ...DECLARED, twin: { name: "Twin" }, lab: { name: "Not there yet" } };
    const all = ["workspaces.prod", "workspaces.wrkspc_staging", "workspaces.wrkspc_t1", "workspaces.wrkspc_t2"];
    expect(judged(live, [lowered], { workspaces }).min_workspace_admins).toMatchObject({
      ok: false,
      refuses: true,
      targets: all,
    });
    const archived = change("workspaces.wrkspc_staging", { kind: "workspace", id: staging.id, risk: "irreversible" });
    const renamed = change("workspaces.prod", { kind: "workspace", id: prod.id, after: { name: "Live" } });
    expect(judged(live, [lowered, archived, renamed], { workspaces }).min_workspace_admins).toHaveProperty(
      "targets",
      all.toSpliced(1, 1),
    );
  });

  test.each<[string, OrgParts, readonly Change[], boolean]>([
    ["an admin of the organization is one of each", {}, [], true],
    ["and is none any more when that goes", {}, [lowered], false],
    ["an owner stays one", {}, [member("ada", "owner", { action: "manual" })], true],
    ["billing inherits, but is no admin", {}, [member("ada", "billing", { action: "manual" })], false],
    ["a direct one is left", { members: [row("user_bob")] }, [lowered], true],
    [
      "a direct one who leaves the organization is not",
      { members: [row("user_bob")] },
      [lowered, member("bob", null)],
      false,
    ],
    [
      "nor one whose role is lowered",
      { members: [row("user_bob")] },
      [lowered, inWorkspace("prod", "bob", "user")],
      false,
    ],
    ["nor one who is taken out", { members: [row("user_bob")] }, [lowered, inWorkspace("prod", "bob", null)], false],
    ["whoever has another role is none", { members: [row("user_bob", "developer")] }, [lowered], false],
    ["one who is added counts", {}, [lowered, inWorkspace("prod", "bob", "admin")], true],
    ["by their e-mail too, in whatever case", {}, [lowered, inWorkspace("prod", "BOB", "admin", { id: null })], true],
    ["one who is added elsewhere does not", {}, [lowered, inWorkspace("other", "bob", "admin")], false],
    ["nor one who has yet to accept", {}, [lowered, inWorkspace("prod", "zoe", "admin", { id: null })], false],
    [
      "several changes in one workspace count together",
      { members: [row("user_bob")] },
      [
        lowered,
        inWorkspace("prod", "bob", null),
        inWorkspace("prod", "dee", "admin"),
        inWorkspace("prod", "eve", "user"),
      ],
      true,
    ],
    ["where there was none, none is lost", { users: people.slice(1) }, [member("bob", "user")], true],
  ])("%s", (_, parts, changes, ok) => {
    expect(rule(parts, changes)).toMatchObject({ ok, targets: ok ? [] : ["workspaces.prod"] });
  });

  test("each person counts once, whatever they are twice", () => {
    const members = [row("user_ada"), row("user_bob")];
    const without = (minimum: number, one: Change) => rule({ members }, [one], minimum)?.ok;
    expect(without(1, inWorkspace("prod", "bob", "user"))).toBe(true);
    expect(without(2, inWorkspace("prod", "bob", "user"))).toBe(false);
    // bob becomes an admin by inheritance, and ada is none any more: one is left.
    const swap = [member("ada", "user", { action: "manual" }), member("bob", "admin", { action: "manual" })];
    expect(rule({ members: [row("user_bob")] }, swap, 2)).toMatchObject({ ok: false });
  });

  test("where its members were not read, those by inheritance have to be enough", () => {
    const blind = (
      users: OrgParts["users"],
      changes: readonly Change[],
      minimum: number,
      workspaceMembers: OrgSnapshot["workspaceMembers"] = new Map([[prod.id, UNREAD]]),
    ) =>
      judged({ ...org({ users: users ?? [], workspaces: [prod] }), workspaceMembers }, changes, {
        rules: { min_workspace_admins: minimum },
      }).min_workspace_admins;
    const two = [ada, user("cy@acme.example", "owner"), user("bob@acme.example")];
    for (const unread of [undefined, new Map()]) {
      const found = blind(two, [lowered], 2, unread);
      expect(found).toMatchObject({ ok: null, refuses: true, targets: ["workspaces.prod"] });
    }
    expect(blind(two, [lowered], 1)).toMatchObject({ ok: true, refuses: false, targets: [] });
    expect(blind(two, [member("bob", "user")], 9)).toMatchObject({ ok: true });
    const swap = [lowered, member("bob", "admin", { action: "manual" })];
    expect(blind(two, swap, 9)).toMatchObject({ ok: true });
  });

  test("one that is surely left with too few is enough to refuse for good; where people were not read, nothing is sure", () => {
    const live = org({ users: people, workspaces: [prod, staging] });
    const half = { ...live, workspaceMembers: new Map([...live.workspaceMembers, [staging.id, UNREAD]]) };
    expect(judged(half, [lowered]).min_workspace_admins).toMatchObject({
      ok: false,
      targets: ["workspaces.prod", "workspaces.wrkspc_staging"],
    });
    const nobody = { ...org({ workspaces: [prod], members: [row("user_bob")] }), users: UNREAD };
    expect(judged(nobody, [inWorkspace("prod", "bob", null)]).min_workspace_admins).toMatchObject({
      ok: null,
      refuses: true,
    });
    expect(judged(nobody, [inWorkspace("prod", "dee", "admin", { id: null })]).min_workspace_admins).toMatchObject({
      ok: true,
    });
  });
});

describe("protected, and whoever runs it", () => {
  const [grace, ada] = [user("grace@acme.example"), user("ada@acme.example", "admin")];
  const hers = key("hers", prod.id, { principal: { type: "user", id: grace.id } });
  const parts: OrgParts = {
    users: [grace, ada],
    workspaces: [prod],
    keys: [hers, key("web", prod.id), key("deploy", prod.id, { principal: { type: "service_account", id: "svac_d" } })],
  };
  const off = (name: string, of: Of = {}) =>
    change(`workspaces.prod.keys.${name}`, { kind: "key", id: `apikey_${name}`, after: { status: "inactive" }, ...of });
  const rules = { protected: [grace.email] };

  test("a change that is planned because of somebody is about them, however their e-mail is spelt", () => {
    const [one, other] = [off("web"), off("deploy", { risk: "safe" })];
    const because = new Map([
      [one, "Grace@ACME.example"],
      [other, ada.email],
    ]);
    const found = judged(org(parts), [one, other], { rules, because, self: { email: "ADA@acme.example" } });
    expect(found.protected).toMatchObject({ ok: false, refuses: true, targets: [one.target] });
    expect(found.self).toMatchObject({ ok: false, refuses: true, targets: [other.target] });
  });

  test("their targets are sorted, each once", () => {
    const changes = [off("hers"), member("grace", null), inWorkspace("prod", "grace", null)];
    const wanted = [
      "members.grace@acme.example",
      "workspaces.prod.keys.hers",
      "workspaces.prod.members.grace@acme.example",
    ];
    const found = judged(org(parts), changes, { rules, self: { email: grace.email, keyId: hers.id } });
    expect(found.protected).toHaveProperty("targets", wanted);
    expect(found.self).toHaveProperty("targets", wanted);
  });

  test.each<[string, Of, boolean]>([
    ["disabled", {}, false],
    ["archived", { risk: "irreversible" }, false],
    ["given more", { risk: "widening" }, false],
    ["renamed", { risk: "safe" }, true],
    ["another one", { id: "apikey_other" }, true],
    ["one that is not there yet", { id: null }, true],
  ])("the key that the run goes with: %s", (_, of, ok) => {
    const self = judged(org(parts), [off("web", of)], { self: { keyId: "apikey_web" } }).self;
    expect(self).toMatchObject({ ok, known: true, targets: ok ? [] : ["workspaces.prod.keys.web"] });
    expect(judged(org(parts), [off("web", of)], { self: {} }).self).toMatchObject({ ok: true, known: true });
  });

  test("the key that the run goes with ends with its workspace, and with no other", () => {
    const end = (one: typeof prod) =>
      change(`workspaces.${one.id}`, { kind: "workspace", id: one.id, risk: "irreversible" });
    const live = org({ ...parts, workspaces: [prod, staging] });
    const ok = (one: typeof prod, keyId: string) => judged(live, [end(one)], { self: { keyId } }).self?.ok;
    expect([ok(prod, "apikey_web"), ok(staging, "apikey_web"), ok(prod, "apikey_of_organization")]).toEqual([
      false,
      true,
      true,
    ]);
  });

  test("what is taken of the person and the run's key are in one order", () => {
    const changes = [inWorkspace("prod", "grace", null), off("web")];
    expect(judged(org(parts), changes, { self: { email: grace.email, keyId: "apikey_web" } }).self).toHaveProperty(
      "targets",
      ["workspaces.prod.keys.web", "workspaces.prod.members.grace@acme.example"],
    );
  });

  test("where people were not read, what is taken of somebody unknown may be of a protected one; what is a machine's is not", () => {
    const unread = { ...org(parts), users: UNREAD };
    const protection = (live: OrgSnapshot, changes: readonly Change[], asked: Asked = { rules }) =>
      judged(live, changes, asked).protected;
    expect(protection(unread, [off("hers")])).toMatchObject({ ok: null, refuses: true });
    expect(protection(unread, [off("deploy"), off("hers")])).toMatchObject({ ok: null, refuses: true });
    expect(protection(unread, [off("deploy")])).toMatchObject({ ok: true, refuses: false });
    expect(protection(unread, [member("ada", null)])).toMatchObject({ ok: true, refuses: false });
    expect(protection(unread, [off("hers"), member("grace", null)])).toMatchObject({ ok: false });
    // Whose the one key is nobody knows, whatever the other's machine is.
    const ends = change("workspaces.prod", { kind: "workspace", id: prod.id, risk: "irreversible" });
    expect(protection(unread, [ends])).toMatchObject({ ok: null, refuses: true });
    expect(protection(unread, [off("hers")], {})).toMatchObject({ ok: true, refuses: false });
    expect(protection(org(parts), [off("web")])).toMatchObject({ ok: true, refuses: false });
  });
});

describe("max_removals", () => {
  const live = org({
    users: [user("ada@acme.example", "admin"), user("bob@acme.example")],
    workspaces: [prod, staging],
    keys: [key("web", prod.id), key("job", prod.id)],
  });
  const none = { max_removals: { percent: 0, always_allow: 0, never_exceed: 0 } };
  const ends = change("workspaces.prod", { kind: "workspace", id: prod.id, risk: "irreversible" });
  const web = change("workspaces.prod.keys.web", { kind: "key", id: "apikey_web", after: { status: "inactive" } });
  const rule = (changes: readonly Change[], rules: Record<string, unknown>, on: OrgSnapshot = live) =>
    judged(on, changes, { rules }).max_removals;

  // n of N, the share, what is always allowed, what is never exceeded (design section 6).
  test.each([
    [1, 5, 20, 0, 9, true],
    [1, 4, 20, 0, 9, false],
    [2, 2, 0, 2, 2, true],
    [3, 9, 0, 2, 9, false],
    [3, 3, 100, 0, 3, true],
    [4, 4, 100, 0, 3, false],
    [4, 4, 0, 4, 4, true],
    [1, 1, 99, 0, 9, false],
    [1, 1, 100, 0, 9, true],
  ])("%i of %i at %i %%, %i always, %i at most: %s", (count, of, percent, always_allow, never_exceed, ok) => {
    const keys = Array.from({ length: of }, (_, index) => key(`k${index}`, prod.id));
    const off = keys.slice(0, count).map(({ id, name }) => change(`workspaces.prod.keys.${name}`, { kind: "key", id }));
    const found = rule(
      off,
      { max_removals: { percent, always_allow, never_exceed } },
      org({ workspaces: [prod], keys }),
    );
    expect(found).toMatchObject({ ok, over: ok ? [] : [{ kind: "key", removals: count, of }] });
  });

  test("counts each object once, kinds in their order", () => {
    expect(rule([web, member("bob", null), ends], none)).toMatchObject({
      ok: false,
      over: [
        { kind: "workspace", removals: 1, of: 2 },
        { kind: "member", removals: 1, of: 2 },
        { kind: "key", removals: 2, of: 2 },
      ],
    });
    expect(rule([web, { ...web }], { max_removals: { percent: 0, always_allow: 1, never_exceed: 0 } })).toMatchObject({
      ok: true,
    });
  });

  test("counts each role of a person by itself, and no role twice", () => {
    const members = [prod, staging].flatMap(({ id }) =>
      ["user_ada", "user_bob"].map((userId) => ({ workspaceId: id, userId, role: "developer" })),
    );
    const held = org({
      users: [user("ada@acme.example"), user("bob@acme.example")],
      workspaces: [prod, staging],
      members,
    });
    const out = (place: string, name: string) =>
      change(`workspaces.${place}.members.${name}@acme.example`, { kind: "workspace_member", id: `user_${name}` });
    const all = ["prod", staging.id].flatMap((place) => ["ada", "bob"].map((name) => out(place, name)));
    const over = (changes: readonly Change[]) => rule(changes, none, held);
    expect(over(all)).toMatchObject({ over: [{ kind: "workspace_member", removals: 4, of: 4 }] });
    expect(over([out("prod", "ada"), ends])).toMatchObject({
      over: [
        { kind: "workspace", removals: 1 },
        { kind: "workspace_member", removals: 2, of: 4 },
      ],
    });
  });

  test("says what it was given, where something else was counted", () => {
    const given = [{ kind: "key", removals: 9, of: 10 }] as const;
    expect(judged(live, [ends], { rules: none, removals: [] }).max_removals).toEqual({
      rule: "max_removals",
      over: [],
      ok: true,
      refuses: false,
    });
    expect(judged(live, [], { removals: given }).max_removals).toMatchObject({
      over: given,
      ok: false,
      refuses: true,
    });
  });

  test("asks for what ends with a workspace, and of no other", () => {
    const blind = (id: string): OrgSnapshot => ({
      ...live,
      workspaceMembers: new Map([...live.workspaceMembers, [id, UNREAD]]),
    });
    const loose = { max_removals: { percent: 100, always_allow: 9, never_exceed: 9 } };
    const ok = (changes: readonly Change[], on: OrgSnapshot, rules: Record<string, unknown> = loose) =>
      rule(changes, rules, on)?.ok;
    expect(ok([ends], live)).toBe(true);
    expect(ok([ends], blind(prod.id))).toBeNull();
    expect(ok([ends], { ...live, workspaceMembers: new Map() })).toBeNull();
    expect(ok([ends], { ...live, keys: UNREAD })).toBeNull();
    expect(ok([ends], blind(prod.id), none)).toBe(false);
    expect(ok([ends], blind(staging.id))).toBe(true);
    expect(ok([web, member("bob", null)], { ...blind(prod.id), keys: UNREAD })).toBe(true);
    const renamed = change("workspaces.prod", {
      kind: "workspace",
      id: prod.id,
      risk: "safe",
      after: { name: "Live" },
    });
    expect(ok([renamed], blind(prod.id))).toBe(true);
    expect(ok([member("bob", null)], { ...live, workspaces: UNREAD })).toBe(true);
  });
});

test("max_removals asks who is in a group that is deleted, and in no other", () => {
  const [sales, legal] = [group("Sales"), group("Legal", [], { members: UNREAD })];
  const gone = ({ id, name }: typeof sales, of: Of = {}) => change(`groups.${name}`, { kind: "group", id, ...of });
  const rules = { max_removals: { percent: 100, always_allow: 9, never_exceed: 9 } };
  const ok = (one: Change) => judged(org({ groups: [sales, legal] }), [one], { rules }).max_removals?.ok;
  expect([ok(gone(sales)), ok(gone(legal)), ok(gone(legal, { after: {}, risk: "safe" }))]).toEqual([true, null, true]);
});

test("domains: only invitations, and only those that are sent; in their order", () => {
  const live = org({ users: [user("bob@else.example")], workspaces: [prod] });
  const to = (kind: Change["kind"], target: string, of: Of = {}) =>
    change(target, { kind, after: { role: "user" }, ...of });
  const targets = (changes: readonly Change[], domains?: readonly string[]) =>
    judged(live, changes, { rules: domains ? { domains } : {} }).domains;
  const sent = [
    to("invite", "invites.zoe@else.example"),
    to("invite", "invites.hal@else.example"),
    to("invite", "invites.x@acme.example"),
  ];
  expect(targets(sent, ["acme.example"])).toMatchObject({
    ok: false,
    refuses: true,
    targets: ["invites.hal@else.example", "invites.zoe@else.example"],
  });
  expect(targets(sent, ["acme.example", "else.example"])).toMatchObject({ ok: true, targets: [] });
  expect(targets(sent)).toMatchObject({ ok: true, targets: [] });
  const others = [
    to("invite", "invites.zoe@else.example", { after: null, id: "invite_1" }),
    to("member", "members.bob@else.example", { id: "user_bob" }),
    to("workspace_member", "workspaces.prod.members.zoe@else.example"),
    to("invite", "invites.Hal@ACME.example"),
  ];
  expect(targets(others, ["acme.example"])).toMatchObject({ ok: true, targets: [] });
});

describe("what is confirmed by its name", () => {
  const gone = (kind: "workspace" | "key", target: string, id: string | null, of: Of = {}) =>
    change(target, { kind, id, risk: "irreversible", ...of });
  const names = (changes: readonly Change[], live: OrgSnapshot) =>
    irreversibleChanges(changes, live).map(({ name }) => name);

  test("is what cannot be undone, and not what a person is to do", () => {
    const live = org({ workspaces: [prod, staging] });
    const ends = gone("workspace", "workspaces.prod", prod.id);
    const others = [
      gone("workspace", "workspaces.wrkspc_staging", staging.id, { action: "manual" }),
      gone("workspace", "workspaces.wrkspc_staging", staging.id, { risk: "removal" }),
    ];
    expect(irreversibleChanges([ends, ...others], live)).toEqual([{ change: ends, name: "Production" }]);
  });

  test("several superseded keys of one declared key have one name; what shares a name with anything else has its id", () => {
    const old = ["web@disabled-20261101", "web@previous-20261020"];
    const live = org({
      workspaces: [prod, staging],
      keys: [...old.map((name) => key(name, prod.id)), key("web", staging.id)],
    });
    const both = old.map((name) => gone("key", `workspaces.prod.keys.${name}`, `apikey_${name}`));
    expect(names(both, live)).toEqual(["web", "web"]);
    const third = gone("key", "workspaces.staging.keys.web", "apikey_web");
    expect(names([...both, third], live)).toEqual([...old.map((name) => `apikey_${name}`), "apikey_web"]);
    expect(names([third, gone("workspace", "workspaces.prod", prod.id)], live)).toEqual(["web", "Production"]);
  });

  test("names in two forms of Unicode are one name; what has no id keeps its name", () => {
    const composed = workspace("Caf\u00e9", { id: "wrkspc_1" });
    const live = org({ workspaces: [composed], keys: [key("Cafe\u0301", composed.id)] });
    const changes = [
      gone("workspace", "workspaces.x", "wrkspc_1"),
      gone("key", "workspaces.x.keys.k", "apikey_Cafe\u0301"),
    ];
    expect(names(changes, live)).toEqual(["wrkspc_1", "apikey_Cafe\u0301"]);
    const unnamed = [gone("key", "organization.keys.k", null), gone("workspace", "organization.keys.k", null)];
    expect(names(unnamed, live)).toEqual(["organization.keys.k", "organization.keys.k"]);
  });
});
