import { describe, expect, test } from "vitest";
import type { ApiKey } from "../../../src/core/model/org.ts";
import { offboardingScope } from "../../../src/core/offboarding/input.ts";
import { undecidedKeys } from "../../../src/core/offboarding/offboarding.ts";
import { type OffboardingPlan, revocationJson } from "../../../src/core/offboarding/revocation.ts";
import { declared } from "../../support/config.ts";
import { failure } from "../../support/failure.ts";
import {
  as,
  broken,
  by,
  EVE,
  changeLines as lines,
  member,
  ORGANIZATION,
  PROD,
  offboard as plan,
  used,
} from "../../support/offboarding.ts";
import { invite, key, org, user, workspace } from "../../support/org.ts";

const keyOf = (found: OffboardingPlan) => found.revocations[0]?.keys[0];

describe("a person", () => {
  test("keys first, then invitations, workspace roles and the membership", () => {
    const found = plan({
      invites: [invite(EVE), invite("ada@acme.example")],
      members: [member("eve", "developer"), member("eve", "user", "wrkspc_staging"), member("ada", "admin")],
      keys: [key("hers", PROD, by("eve")), key("acting", PROD, as("eve")), key("other", PROD, by("ada"))],
    });
    expect(lines(found)).toEqual([
      "remove key workspaces.wrkspc_production.keys.acting apikey_acting [acts-as-person]",
      "remove key workspaces.wrkspc_production.keys.hers apikey_hers [created-by-person]",
      "remove invite invites.eve@acme.example invite_eve@acme.example [offboarded]",
      "remove workspace_member workspaces.wrkspc_production.members.eve@acme.example user_eve [offboarded]",
      "remove workspace_member workspaces.wrkspc_staging.members.eve@acme.example user_eve [offboarded]",
      "remove member members.eve@acme.example user_eve [offboarded]",
    ]);
    expect(broken(found)).toEqual([]);
    expect(found.unknown).toEqual([]);
  });

  test("is the same in another case, and never a plus-address", () => {
    expect(lines(plan({}, { people: ["EVE@Acme.example"] }))).toEqual(lines(plan({})));
    const stranger = failure(() => plan({}, { people: ["eve+x@acme.example"] }));
    expect([stranger.code, stranger.details.fix]).toEqual(["not-found", `did you mean "${EVE}"?`]);
  });

  test("a key whose status nobody knows is said, and left alone", () => {
    const keys = [{ ...key("odd", PROD, by("eve")), status: "frozen" }];
    for (const found of [plan({ keys }), plan({ keys }, { people: [], key: "odd" })]) {
      expect(found.findings.map(({ code }) => code)).toEqual(["unknown-word"]);
      expect(lines(found).some((line) => line.includes("odd"))).toBe(false);
    }
  });

  test("nobody may say that nothing is left while the status of a key or an invitation is not known", () => {
    const keys = [{ ...key("odd", PROD, by("eve")), status: "frozen" }];
    const unread = (found: OffboardingPlan) => found.unknown.map(({ kind, reason }) => `${kind} ${reason}`);
    const odd = `workspaces.${PROD}.keys.odd unknown-word`;
    expect(unread(plan({ keys }))).toEqual([odd]);
    expect(unread(plan({ keys }, { key: "odd" }))).toEqual([odd]);
    expect(unread(plan({ keys }, { only: new Set(["members"]) }))).toEqual([]);
    // What is somebody else's is no part of it.
    expect(unread(plan({ keys: [{ ...key("adas", PROD, by("ada")), status: "frozen" }] }))).toEqual([]);

    const held = { users: [user("root@acme.example", "admin")], invites: [invite(EVE, "user", { status: "held" })] };
    const invited = plan(held);
    expect(unread(invited)).toEqual([`invites.${EVE} unknown-word`]);
    expect(invited.findings.map(({ code }) => code)).toEqual(["unknown-word"]);
    expect(invited.revocations[0]?.subject).toMatchObject({ standing: "unknown" });
    expect(unread(plan(held, { only: new Set(["keys"]) }))).toEqual([]);
    expect(
      unread(plan({ ...held, invites: [invite(EVE, "user", { status: "expired" })] }, { ifExists: true })),
    ).toEqual([]);
  });

  test("what was over already: disabled keys, and what the file gives and nobody has", () => {
    const config = declared({
      members: { [EVE]: { role: "user" } },
      workspaces: { prod: { name: "Production", members: { [EVE]: "user" } } },
    });
    const keys = [
      { ...key("off", PROD, by("eve")), status: "inactive" },
      { ...key("long-gone", PROD, by("eve")), status: "archived" },
      { ...key("acted", PROD, as("eve")), status: "archived" },
      { ...key("late", PROD, by("eve")), status: "expired" },
      { ...key("adas", PROD, by("ada")), status: "inactive" },
    ];
    const ended = (found: OffboardingPlan) =>
      found.revocations[0]?.ended.map(({ target, state }) => `${target} ${state}`);
    const off = ["workspaces.prod.keys.off inactive", "workspaces.prod.keys.acted archived"];
    const role = `workspaces.prod.members.${EVE} absent`;
    expect(ended(plan({ keys, members: [] }, { config }))).toEqual([...off, role]);
    expect(ended(plan({ keys, members: [member("eve", "user")] }, { config }))).toEqual(off);
    const formerIds = new Map([[EVE, ["user_eve"]]]);
    expect(ended(plan({ keys, users: [] }, { config, formerIds }))).toEqual([...off, role, `members.${EVE} absent`]);
    expect(ended(plan({ users: [], invites: [invite(EVE)] }, { config }))).toEqual([]);
  });

  test("two members with the e-mail: nobody is guessed at", () => {
    const twins = [user(EVE), { ...user(EVE), id: "user_twin" }];
    expect(failure(() => plan({ users: twins })).code).toBe("ambiguous");
  });

  test.each([
    ["invited", { users: [], invites: [invite(EVE)] }, {}, ["remove invite"]],
    ["gone", { users: [] }, { config: declared({ members: { [EVE]: { role: "user" } } }) }, []],
    [
      "gone",
      { users: [], keys: [key("k", PROD, by("eve"))] },
      { formerIds: new Map([[EVE, ["user_eve"]]]) },
      ["remove key"],
    ],
    ["unknown", null, {}, []],
  ] as const)("who is %s", (standing, parts, rest, expected) => {
    const unknown = { ...org(ORGANIZATION), users: { known: false, reason: "permission-denied" } } as const;
    const found = plan(parts ?? {}, { ...rest, ...(parts === null && { live: unknown }) });
    expect(found.revocations[0]?.subject).toMatchObject({ standing });
    expect(found.changes.map(({ action, kind }) => `${action} ${kind}`)).toEqual(expected);
    expect(found.unknown.map(({ kind }) => kind)).toEqual(standing === "unknown" ? ["members"] : []);
  });

  test("keys of people who have left may be theirs where nobody knows which id they had", () => {
    const keys = [
      key("theirs", PROD, by("eve")),
      { ...key("off", PROD, by("eve")), status: "inactive" },
      key("adas", PROD, by("ada")),
      key("other", PROD, by("zoe")),
      key("nobodys", PROD),
    ];
    const said = (rest: object) =>
      plan({ users: [user("ada@acme.example")], keys }, rest).findings.flatMap(({ code, args }) =>
        code === "key-creator-left" ? [[args.key, args.creator]] : [],
      );
    const declaring = { config: declared({ members: { [EVE]: { role: "user" } } }) };
    const both = [
      ["theirs", "user_eve"],
      ["other", "user_zoe"],
    ];
    expect([said(declaring), said({ ifExists: true })]).toEqual([both, both]);
    // One of whom that is not known is enough.
    const people = ["zoe@acme.example", EVE];
    expect(said({ people, ifExists: true, max: 2, formerIds: new Map([["zoe@acme.example", ["user_zoe"]]]) })).toEqual([
      ["theirs", "user_eve"],
    ]);
    // Whose the other one is, an earlier run knows.
    const zoes = new Map([["zoe@acme.example", ["user_zoe"]]]);
    expect(said({ ...declaring, formerIds: zoes })).toEqual([["theirs", "user_eve"]]);
    expect(said({ formerIds: new Map([[EVE, ["user_eve"]]]) })).toEqual([]);
    const file = {
      members: { [EVE]: { role: "user" } },
      workspaces: { prod: { name: "Production", keys: { other: {} } } },
    };
    const { findings } = plan({ users: [user("ada@acme.example")], keys }, { config: declared(file) });
    expect(findings.filter(({ code }) => code === "key-creator-left")).toMatchObject([
      { args: { declared: false }, target: "workspaces.prod.keys.theirs" },
      { args: { declared: true }, target: "workspaces.prod.keys.other" },
    ]);
    expect(plan({ keys }).findings.filter(({ code }) => code === "key-creator-left")).toEqual([]);
  });

  test("a former id that is somebody else's now is not theirs", () => {
    const keys = [key("adas", PROD, as("ada")), key("made", PROD, by("ada"))];
    expect(
      lines(plan({ users: [user("ada@acme.example")], keys }, { formerIds: new Map([[EVE, ["user_ada"]]]) })),
    ).toEqual([]);
  });

  test("an admin leaves by hand, and so do the Admin API keys; inherited roles are shown and left", () => {
    const found = plan({ members: [member("grace", "admin")] }, { people: ["grace@acme.example"] });
    expect(lines(found)).toEqual([
      "manual member members.grace@acme.example user_grace [console-only]",
      "manual admin_key members.grace@acme.example null [admin-keys-unlisted]",
    ]);
    expect(found.revocations[0]?.workspaces.map(({ inherited }) => inherited)).toEqual([true, true]);
  });

  test("only some kinds", () => {
    const parts = { members: [member("eve", "developer")], keys: [key("hers", PROD, by("eve"))] };
    expect(lines(plan(parts, { only: new Set(["workspace_members"] as const), usage24: used("apikey_hers") }))).toEqual(
      ["remove workspace_member workspaces.wrkspc_production.members.eve@acme.example user_eve [offboarded]"],
    );
  });

  test("what was not read is never nothing", () => {
    const live = org(ORGANIZATION);
    const gone = { known: false, reason: "permission-denied" } as const;
    const found = plan({}, { live: { ...live, keys: gone, invites: gone, workspaceMembers: new Map() } });
    expect(found.unknown.map(({ kind }) => kind)).toEqual([
      "invites",
      "workspaces.wrkspc_production.members",
      "workspaces.wrkspc_staging.members",
      "keys",
    ]);
    const { membersOf } = offboardingScope();
    expect(membersOf(live.workspaces.known ? live.workspaces.items : [])).toEqual([PROD, "wrkspc_staging"]);
  });
});

describe("keys", () => {
  const service = { principal: { type: "service_account", id: "svc_1" } } as const;
  const minted = { scope: { type: "workspace", workspaceId: "wrkspc_cc" } } as const;
  const cases: readonly [string, Partial<ApiKey>, string | undefined][] = [
    ["acts as the person", as("eve"), "acts-as disable"],
    ["was made by the person", by("eve"), "created disable"],
    ["was made for a service account", { ...by("eve"), ...service }, "created disable"],
    ["was made for another person", { ...by("eve"), ...as("ada") }, undefined],
    ["was made by another person", by("ada"), undefined],
    ["was minted by Claude Code", { ...by("eve"), ...minted }, "acts-as disable"],
    ["is inactive", { ...by("eve"), status: "inactive" }, undefined],
  ];

  test.each(cases)("one that %s", (_, rest, expected) => {
    const workspaces = [workspace("Production"), { ...workspace("Claude Code"), id: "wrkspc_cc" }];
    const found = keyOf(plan({ workspaces, keys: [key("k", PROD, rest)] }));
    expect(found && `${found.relation} ${found.decision}`).toBe(expected);
  });

  test.each([
    [{ usage24: used("apikey_k") }, "undecided", []],
    [{ usage24: { known: false, reason: "permission-denied" } }, "undecided", []],
    [{ usage24: used("apikey_k"), keys: "disable" }, "disable", ["remove key"]],
    [{ usage24: used("apikey_k"), keys: "rotate" }, "rotate", ["manual key"]],
    [{ keys: "keep" }, "keep", []],
  ] as const)("%j is decided as %s", (rest, decision, expected) => {
    const found = plan({ keys: [key("k", PROD, by("eve"))] }, rest);
    expect(keyOf(found)?.decision).toBe(decision);
    expect(undecidedKeys(found)).toHaveLength(decision === "undecided" ? 1 : 0);
    expect(found.changes.slice(0, -1).map(({ action, kind }) => `${action} ${kind}`)).toEqual(expected);
  });

  test("a declared one: what it serves, what to run instead, and the seven days", () => {
    const config = declared({
      members: { [EVE]: { role: "developer" }, "ada@acme.example": { role: "developer" } },
      workspaces: {
        prod: { name: "Production", members: { [EVE]: "developer" }, keys: { "prod-auth": { owner: EVE } } },
      },
    });
    const parts = { keys: [key("prod-auth", PROD, by("eve"))] };
    const found = plan(parts, { config, keys: "disable", usage7: used("apikey_prod-auth", "claude-opus-5-5") });
    expect(found.findings.map(({ code, severity }) => `${severity} ${code}`)).toEqual([
      "warning still-declared",
      "warning key-owner-leaves",
      "warning declared-key-revoked",
    ]);
    const [shown] = found.revocations.map(revocationJson);
    expect(shown).toMatchObject({
      subject: { kind: "person", user_id: "user_eve", standing: "member" },
      keys: [{ declared: true, in_use: false, use_7d: { requests: 2, input_tokens: 5, models: ["claude-opus-5-5"] } }],
      ownerless: ["workspaces.prod.keys.prod-auth"],
      declared_at: [`members.${EVE}`, `workspaces.prod.members.${EVE}`, "workspaces.prod.keys.prod-auth.owner"],
    });
    const [rotation] = plan(parts, { config, keys: "rotate" }).changes;
    expect(rotation?.after).toEqual({ rotate: "anth-rbac rotate --key prod-auth" });
  });

  test("one that is named, or leaked, is disabled; one that is off already is left", () => {
    const keys = [key("one", PROD), key("off", PROD, { status: "inactive" })];
    expect(lines(plan({ keys }, { people: [], key: "one" }))).toEqual([
      "remove key workspaces.wrkspc_production.keys.one apikey_one [named]",
    ]);
    expect(lines(plan({ keys }, { people: [], key: "apikey_off" }))).toEqual([]);
    expect(lines(plan({ keys }, { people: [], keyIds: ["apikey_one"] }))[0]).toMatch(/\[leaked\]$/);
  });

  test("a name that nothing bears, or several do", () => {
    const keys = [key("deploy", PROD), { ...key("twin", PROD), id: "b" }, { ...key("twin", PROD), id: "a" }];
    const none = failure(() => plan({ keys }, { people: [], key: "deplyo" }));
    expect([none.code, none.details.fix]).toEqual(["not-found", 'did you mean "deploy"?']);
    const several = failure(() => plan({ keys }, { people: [], key: "twin" }));
    expect([several.code, several.message]).toEqual([
      "ambiguous",
      `--key: "twin" fits 2 keys: workspaces.${PROD}.keys.twin (a); workspaces.${PROD}.keys.twin (b)`,
    ]);
  });

  test.each(["admin", "oauth", "enterprise"] as const)("a leaked %s credential is ended by hand", (secretKind) => {
    const found = plan({}, { people: [], secret: { secretKind, hint: "sk-ant-...x" } });
    expect(lines(found)).toEqual(["manual admin_key organization.keys.sk-ant-...x null [leaked]"]);
    expect(broken(found)).toEqual([]);
  });

  test("a leaked key of nobody's is not found", () => {
    const secret = { secretKind: "api", hint: "sk-ant-api03-...x" } as const;
    expect(failure(() => plan({}, { people: [], secret })).code).toBe("not-found");
  });
});

describe("guardrails", () => {
  test("too few admins, though a person removes them by hand; too many people", () => {
    const users = [user("grace@acme.example", "admin"), user(EVE)];
    expect(broken(plan({ users, workspaces: [] }, { people: ["grace@acme.example"] }))).toEqual(["min_admins"]);
    const two = { people: [EVE, "ada@acme.example", "EVE@acme.example"] };
    expect(broken(plan({}, two))).toEqual(["max_removals"]);
    expect(broken(plan({}, { ...two, max: 2 }))).toEqual([]);
  });

  test("the last admin of a workspace that nothing declares", () => {
    const found = plan({ users: [user(EVE)], members: [member("eve", "admin")] });
    expect(found.guardrails.find(({ rule }) => rule === "min_workspace_admins")).toMatchObject({
      ok: false,
      targets: ["workspaces.wrkspc_production"],
    });
  });

  test("the last admin of a workspace of which nobody can tell what the file means by it", () => {
    const config = declared({ workspaces: { prod: { name: "Production" } } });
    const workspaces = [workspace("Production"), { ...workspace("Production"), id: "wrkspc_twin" }];
    const members = [member("eve", "admin", "wrkspc_twin"), member("ada", "admin")];
    const found = plan({ users: [user(EVE), user("ada@acme.example")], workspaces, members }, { config });
    expect(found.guardrails.find(({ rule }) => rule === "min_workspace_admins")).toMatchObject({
      ok: false,
      targets: ["workspaces.wrkspc_twin"],
    });
  });

  test("a protected admin is named once, though their keys of the Admin API are asked for as well", () => {
    const grace = "grace@acme.example";
    const config = declared({ members: { [grace]: { role: "admin" } }, guardrails: { protected: [grace] } });
    const found = plan({ users: [user(grace, "admin")] }, { config, people: [grace] });
    expect(found.guardrails.find(({ rule }) => rule === "protected")).toMatchObject({ targets: [`members.${grace}`] });
  });

  test("a protected person, whoever holds the key that acts as them, and whoever runs this", () => {
    const admins = { "grace@acme.example": { role: "admin" }, "root@acme.example": { role: "owner" } } as const;
    const config = declared({ members: { ...admins, [EVE]: { role: "user" } }, guardrails: { protected: [EVE] } });
    const keys = [key("acting", PROD, as("eve"))];
    expect(broken(plan({ keys }, { config }))).toEqual(["protected"]);
    expect(broken(plan({ keys }, { config, people: [], key: "acting" }))).toEqual(["protected"]);
    expect(broken(plan({ keys }, { self: { email: EVE } }))).toEqual(["self"]);
    expect(broken(plan({ keys }, { people: [], key: "acting", self: { keyId: "apikey_acting" } }))).toEqual(["self"]);
  });
});
