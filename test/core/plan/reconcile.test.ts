import { describe, expect, test } from "vitest";
import type { ManagedKind } from "../../../src/core/config/config.ts";
import { isError } from "../../../src/core/model/finding.ts";
import type { ApiKey, OrgSnapshot } from "../../../src/core/model/org.ts";
import type { Plan } from "../../../src/core/model/plan.ts";
import { DAY } from "../../../src/core/model/time.ts";
import { reconcile } from "../../../src/core/plan/reconcile.ts";
import { EVERYTHING } from "../../../src/core/plan/selection.ts";
import { wordsOf } from "../../../src/report/findings/sentences.ts";
import { declared } from "../../support/config.ts";
import { account, invite, key, NOW, org, user, workspace } from "../../support/org.ts";

function plan(config: Record<string, unknown>, live: OrgSnapshot, kinds?: readonly ManagedKind[]): Plan {
  const file = { path: "rbac.yaml", digest: "0" };
  return reconcile({
    config: declared(config),
    live,
    now: NOW,
    file,
    digest: (pieces) => String([...pieces].join("").length),
    ...(kinds && { selection: { ...EVERYTHING, kinds: new Set(kinds) } }),
  });
}

/** Each change as `action kind target before→after [risk reason]`. */
function lines({ changes }: Plan): readonly string[] {
  return changes.map(({ action, kind, target, before, after, risk, reason }) => {
    const fields = `${JSON.stringify(before)}→${JSON.stringify(after)}`;
    return `${action} ${kind} ${target} ${fields} [${risk} ${reason}]`;
  });
}

const codes = ({ findings }: Plan) => findings.map(({ code }) => code);
const targets = (items: readonly { readonly target: string }[]) => items.map(({ target }) => target);

describe("members", () => {
  const ada = { "ada@acme.example": { role: "developer" } };

  test("a missing person is invited, one whose role differs is changed, nothing else", () => {
    const found = plan(
      { members: { ...ada, "bob@acme.example": { role: "user" }, "eve@acme.example": { role: "billing" } } },
      org({ users: [user("bob@acme.example", "developer"), user("eve@acme.example", "billing")] }),
    );
    expect(lines(found)).toEqual([
      'create invite invites.ada@acme.example null→{"role":"developer"} [widening declared]',
      'update member members.bob@acme.example {"role":"developer"}→{"role":"user"} [removal differs]',
    ]);
  });

  test("what only the Console can do is manual, never an update that would fail", () => {
    const found = plan(
      { members: { "ada@acme.example": { role: "Admin" }, "grace@acme.example": { role: "user" } } },
      org({ users: [user("ada@acme.example", "developer"), user("grace@acme.example", "admin")] }),
    );
    expect(lines(found)).toEqual([
      'manual member members.ada@acme.example {"role":"developer"}→{"role":"admin"} [widening console-only]',
      'manual member members.grace@acme.example {"role":"admin"}→{"role":"user"} [removal console-only]',
    ]);
  });

  test("a pending invitation with the declared role is pending, with another role an update", () => {
    const found = plan(
      { members: { ...ada, "bob@acme.example": { role: "user" } } },
      org({ invites: [invite("ada@acme.example"), invite("bob@acme.example", "developer")] }),
    );
    expect(targets(found.pending)).toEqual(["invites.ada@acme.example"]);
    expect(lines(found)).toEqual([
      'update invite invites.bob@acme.example {"role":"developer"}→{"role":"user"} [removal differs]',
    ]);
  });

  test("an expired invitation is no invitation", () => {
    const found = plan(
      { members: ada },
      org({ invites: [invite("ada@acme.example", "developer", { status: "expired" })] }),
    );
    expect(found.changes.map(({ action }) => action)).toEqual(["create"]);
  });

  test("who is not declared is reported under additive and leaves under full; admins leave by hand", () => {
    const live = org({
      users: [user("ada@acme.example"), user("bob@acme.example"), user("grace@acme.example", "admin")],
      invites: [invite("new@acme.example")],
    });
    const additive = plan({ members: ada }, live);
    expect(additive.changes).toEqual([]);
    expect(targets(additive.unmanaged)).toEqual([
      "invites.new@acme.example",
      "members.bob@acme.example",
      "members.grace@acme.example",
    ]);
    expect(lines(plan({ members: ada, manage: { members: "full" } }, live))).toEqual([
      'remove invite invites.new@acme.example {"role":"developer"}→null [removal not-declared]',
      'remove member members.bob@acme.example {"role":"developer"}→null [removal not-declared]',
      'manual member members.grace@acme.example {"role":"admin"}→null [removal console-only]',
    ]);
  });

  test("an entry past its `until` is a declared removal in additive mode too", () => {
    const found = plan(
      {
        members: {
          "bob@acme.example": { role: "user", until: "2026-11-22" },
          "ann@acme.example": { role: "user", until: "2026-11-23" },
        },
      },
      org({ users: [user("bob@acme.example", "user"), user("ann@acme.example", "user")] }),
    );
    expect(lines(found)).toEqual([
      'remove member members.bob@acme.example {"role":"user"}→null [removal until-passed]',
    ]);
  });

  test("an open invitation is cancelled once its entry is past its `until`, and is nobody's look-alike", () => {
    for (const mode of ["additive", "full"]) {
      const members = { "erin@acme.example": { role: "developer", until: "2026-11-22" } };
      const found = plan({ manage: { members: mode }, members }, org({ invites: [invite("erin@acme.example")] }));
      expect(lines(found), mode).toEqual([
        'remove invite invites.erin@acme.example {"role":"developer"}→null [removal until-passed]',
      ]);
      expect(codes(found), mode).toEqual([]);
    }
  });

  test("two live people with one e-mail: a finding, and nothing is guessed", () => {
    const twin = { ...user("ada@acme.example", "user"), id: "user_other" };
    const found = plan({ members: ada, manage: { members: "full" } }, org({ users: [user("ada@acme.example"), twin] }));
    expect(found.changes).toEqual([]);
    expect(codes(found)).toContain("ambiguous-name");
  });

  test("a role that this version does not know is left alone", () => {
    const found = plan({ members: ada }, org({ users: [user("ada@acme.example", "grand_vizier")] }));
    expect(found.changes).toEqual([]);
    expect(codes(found)).toEqual(["unknown-word"]);
  });
});

describe("workspaces", () => {
  test("created, updated, renamed; what is fixed at creation is a finding", () => {
    const found = plan(
      {
        workspaces: {
          prod: { name: "Production", tags: { env: "prod" }, data_residency: { workspace_geo: "eu" } },
          stage: { name: "Staging", previously: "Stage" },
          dev: { name: "Development" },
        },
      },
      org({
        workspaces: [
          workspace("Production", { tags: { env: "x", team: "core" }, workspaceGeo: "us" }),
          workspace("Stage"),
        ],
      }),
    );
    expect(lines(found)).toEqual([
      'create workspace workspaces.dev null→{"name":"Development"} [safe declared]',
      'update workspace workspaces.prod {"tags":{"env":"x","team":"core"}}→{"tags":{"env":"prod","team":"core"}} [safe differs]',
      'update workspace workspaces.stage {"name":"Stage"}→{"name":"Staging"} [safe renamed]',
    ]);
    expect(codes(found)).toEqual(["immutable-field"]);
  });

  test("two live workspaces with the declared name: a finding, and nothing about either is planned or reported", () => {
    const twins = [workspace("Production"), { ...workspace("Production"), id: "wrkspc_twin" }];
    const config = {
      manage: { workspaces: "full", keys: "full" },
      workspaces: { prod: { name: "Production", keys: { "prod-x": {} } } },
    };
    const found = plan(config, org({ workspaces: twins, keys: [key("stray", "wrkspc_twin")] }));
    expect(found.changes).toEqual([]);
    expect(found.unmanaged).toEqual([]);
    expect(codes(found)).toEqual(["ambiguous-name"]);
    const settled = { ...config, workspaces: { prod: { name: "Production", id: "wrkspc_twin" } } };
    expect(codes(plan(settled, org({ workspaces: twins })))).toEqual([]);
  });

  test("while an entry's id is not there, any undeclared workspace may be what it means: nothing is taken away", () => {
    const manage = { workspaces: "full", keys: "full" };
    const live = org({ workspaces: [workspace("Old")], keys: [key("old-web", "wrkspc_old")] });
    const found = plan({ manage, workspaces: { prod: { name: "Production", id: "wrkspc_typo" } } }, live);
    expect([found.changes, targets(found.unmanaged), codes(found)]).toEqual([
      [],
      ["workspaces.wrkspc_old", "workspaces.wrkspc_old.keys.old-web"],
      ["pinned-id-not-found"],
    ]);
    expect(
      plan({ manage, workspaces: { prod: { name: "Production" } } }, live).changes.map(({ action }) => action),
    ).toEqual(["create", "remove", "remove"]);
  });

  test("a workspace that somebody renamed in the Console is recognised by its keys, and no second one is made", () => {
    const found = plan(
      { workspaces: { stg: { name: "Staging", members: {}, keys: { "stg-auth": {} } } } },
      org({ workspaces: [workspace("Old")], keys: [key("stg-auth@next", "wrkspc_old")] }),
    );
    expect({ changes: found.changes, unmanaged: found.unmanaged }).toEqual({ changes: [], unmanaged: [] });
    expect(codes(found)).toEqual(["workspace-perhaps-renamed"]);
  });

  test("what one entry pins and another means by its name is neither's: it is not renamed, and no second one is made", () => {
    const live = org({
      workspaces: [workspace("Production"), workspace("Staging")],
      keys: [key("web", "wrkspc_production"), key("api", "wrkspc_production")],
    });
    const manage = { workspaces: "full", keys: "full", workspace_members: "full" };
    const stg = { name: "Staging 2", id: "wrkspc_production" };
    for (const workspaces of [
      { stg, prod: { name: "Production", keys: {} } },
      { prod: { name: "Production", keys: {} }, stg },
    ]) {
      const found = plan({ manage, workspaces }, live);
      expect(codes(found)).toEqual(["ambiguous-name"]);
      expect(found.changes).toEqual([]);
    }
    const api2 = { id: "apikey_web" };
    for (const keys of [
      { api2, web: {} },
      { web: {}, api2 },
    ]) {
      const found = plan({ manage: { keys: "full" }, workspaces: { prod: { name: "Production", keys } } }, live);
      expect([found.changes, codes(found).filter((code) => code === "ambiguous-name")]).toEqual([
        [],
        ["ambiguous-name", "ambiguous-name"],
      ]);
    }
  });

  test("undeclared: reported, archived under full only, and never the default or Claude Code's", () => {
    const live = org({ workspaces: [workspace("Production"), workspace("Old"), workspace("Claude Code")] });
    const workspaces = { prod: { name: "Production" } };
    expect(targets(plan({ workspaces }, live).unmanaged)).toEqual(["workspaces.wrkspc_old"]);
    expect(lines(plan({ workspaces, manage: { workspaces: "full" } }, live))).toEqual([
      'remove workspace workspaces.wrkspc_old {"name":"Old"}→null [irreversible not-declared]',
    ]);
  });
});

describe("workspace members", () => {
  const config = {
    workspaces: {
      prod: {
        name: "Production",
        members: {
          "ada@acme.example": "developer",
          "grace@acme.example": "user",
          "bill@acme.example": "admin",
          "beth@acme.example": "user",
          "new@acme.example": "developer",
        },
      },
    },
  };
  const users = [
    user("ada@acme.example"),
    user("grace@acme.example", "admin"),
    user("bill@acme.example", "billing"),
    user("beth@acme.example", "billing"),
    user("eve@acme.example"),
  ];
  const member = (name: string, role: string) => ({ userId: `user_${name}`, workspaceId: "wrkspc_production", role });

  test("inherited roles are never drift, in either shape of the list; a raise of a billing member is applied", () => {
    const raise =
      'create workspace_member workspaces.prod.members.bill@acme.example null→{"role":"admin"} [widening declared]';
    const explicit = [member("ada", "developer")];
    const parts = { users, workspaces: [workspace("Production")], invites: [invite("new@acme.example")] };
    expect(lines(plan(config, org({ ...parts, members: explicit })))).toEqual([raise]);

    const listed = [...explicit, member("grace", "admin"), member("bill", "billing"), member("beth", "billing")];
    const found = plan(config, org({ ...parts, members: listed }));
    expect(lines(found)).toEqual([
      'update workspace_member workspaces.prod.members.bill@acme.example {"role":"billing"}→{"role":"admin"} [widening differs]',
    ]);
    expect(targets(found.pending)).toEqual(["workspaces.prod.members.new@acme.example"]);
  });

  test("undeclared members are reported, and removed under full only where it is known who they are", () => {
    const members = [member("ada", "developer"), member("eve", "developer"), member("ghost", "user")];
    const live = org({ users, workspaces: [workspace("Production")], members, invites: [invite("new@acme.example")] });
    const stray = ["workspaces.prod.members.eve@acme.example", "workspaces.prod.members.user_ghost"];
    expect(targets(plan(config, live).unmanaged)).toEqual(stray);
    const full = plan({ ...config, manage: { workspace_members: "full" } }, live);
    expect(targets(full.changes.filter(({ action }) => action === "remove"))).toEqual([stray[0]]);
    expect(targets(full.unmanaged)).toEqual([stray[1]]);
  });

  test("who leaves the organization in this plan is not removed from its workspaces one by one", () => {
    const parts = { users: [user("eve@acme.example")], workspaces: [workspace("Production")] };
    const found = plan(
      {
        members: {},
        manage: { members: "full", workspace_members: "full" },
        workspaces: { prod: { name: "Production" } },
      },
      org({ ...parts, members: [member("eve", "developer")] }),
    );
    expect(targets(found.changes)).toEqual(["members.eve@acme.example"]);
  });
});

describe("keys", () => {
  const prod = { name: "Production", keys: { "prod-auth": { owner: "ada@acme.example" } } };
  const config = { workspaces: { prod } };
  const workspaces = [workspace("Production"), workspace("Staging")];

  test("a missing key is a step at the Console", () => {
    expect(lines(plan(config, org({ workspaces })))).toEqual([
      'manual key workspaces.prod.keys.prod-auth null→{"name":"prod-auth@next","workspace":"Production"} [widening key-created-in-console]',
    ]);
  });

  test("what a rotation has labelled is neither missing nor unmanaged", () => {
    const parts = ["prod-auth", "prod-auth@next", "prod-auth@previous-20261120"];
    const keys = parts.map((name) => key(name, "wrkspc_production"));
    const found = plan(config, org({ workspaces: [workspace("Production")], keys }));
    expect(found.changes).toEqual([]);
    expect(found.unmanaged).toEqual([]);
  });

  test("undeclared active keys are reported wherever they are, disabled under full, never the default workspace's", () => {
    const keys = [
      key("prod-auth", "wrkspc_production"),
      key("stray", "wrkspc_production"),
      key("elsewhere", "wrkspc_staging"),
      key("deflt", "wrkspc_default"),
      key("off", "wrkspc_staging", { status: "inactive" }),
      { ...key("org", ""), scope: { type: "organization" } as const },
    ];
    const live = org({ workspaces, keys });
    expect(targets(plan(config, live).unmanaged)).toEqual([
      "organization.keys.org",
      "workspaces.prod.keys.stray",
      "workspaces.wrkspc_default.keys.deflt",
      "workspaces.wrkspc_staging",
      "workspaces.wrkspc_staging.keys.elsewhere",
    ]);
    const full = plan({ ...config, manage: { keys: "full" } }, live);
    expect(lines(full)).toEqual([
      'remove key organization.keys.org {"status":"active"}→null [removal not-declared]',
      'remove key workspaces.prod.keys.stray {"status":"active"}→null [removal not-declared]',
      'remove key workspaces.wrkspc_staging.keys.elsewhere {"status":"active"}→null [removal not-declared]',
    ]);
    expect(targets(full.unmanaged)).toEqual(["workspaces.wrkspc_default.keys.deflt", "workspaces.wrkspc_staging"]);
  });

  test("what the file pins elsewhere, or knows by an earlier name, is not disabled while its entry has no key that works", () => {
    const full = (entry: Record<string, unknown>, ...keys: readonly ReturnType<typeof key>[]) =>
      plan(
        { workspaces: { prod: { ...prod, keys: { "prod-auth": entry } } }, manage: { keys: "full" } },
        org({ workspaces, keys }),
      );
    const removed = (of: ReturnType<typeof full>) => targets(of.changes.filter(({ action }) => action === "remove"));
    const here = "wrkspc_production";
    const inactive = { status: "inactive" } as const;
    const renamed = full({ previously: ["old"] }, key("prod-auth", here, inactive), key("old", here));
    expect(removed(renamed)).toEqual([]);
    expect(targets(renamed.unmanaged)).toContain("workspaces.prod.keys.old");
    expect(removed(full({ id: "apikey_away" }, key("away", "wrkspc_staging")))).toEqual([]);
    const pinned = key("mine", here, inactive);
    expect(removed(full({ id: pinned.id }, pinned, key("prod-auth", here)))).toEqual([]);
    // An entry that is served needs no other.
    expect(removed(full({ previously: ["old"] }, key("prod-auth", here), key("old", here)))).toEqual([
      "workspaces.prod.keys.old",
    ]);
  });

  test("a pinned key is renamed; two active keys of one name are a finding; a disabled one needs a person", () => {
    const pinned = { workspaces: { prod: { ...prod, keys: { "prod-auth": { id: "apikey_old" } } } } };
    expect(lines(plan(pinned, org({ workspaces, keys: [key("old", "wrkspc_production")] })))).toEqual([
      'update key workspaces.prod.keys.prod-auth {"name":"old"}→{"name":"prod-auth"} [safe renamed]',
    ]);
    const twins = [key("prod-auth", "wrkspc_production"), { ...key("prod-auth", "wrkspc_production"), id: "apikey_2" }];
    expect(codes(plan(config, org({ workspaces, keys: twins })))).toContain("ambiguous-name");
    const disabled = org({ workspaces, keys: [key("prod-auth", "wrkspc_production", { status: "inactive" })] });
    expect(lines(plan(config, disabled))).toEqual([
      'manual key workspaces.prod.keys.prod-auth null→{"name":"prod-auth@next","workspace":"Production"} [widening key-not-active]',
    ]);
  });

  test("hygiene: old, expiring, ownerless, undeclared, in another workspace, creator gone", () => {
    const keys = [
      key("prod-auth", "wrkspc_production", {
        createdAt: NOW - 100 * DAY,
        expiresAt: NOW + 3 * DAY,
        createdBy: { type: "user", id: "user_gone" },
      }),
      key("prod-lost", "wrkspc_staging", { principal: { type: "user", id: "user_ada" } }),
    ];
    const found = plan(
      { ...config, members: { "ada@acme.example": { role: "developer" } } },
      org({ workspaces, keys, users: [user("ada@acme.example")] }),
    );
    expect(found.findings.map(({ code, target }) => `${code} ${target}`)).toEqual([
      "key-creator-left workspaces.prod.keys.prod-auth",
      "key-expires-soon workspaces.prod.keys.prod-auth",
      "key-overdue workspaces.prod.keys.prod-auth",
      "key-in-other-workspace workspaces.wrkspc_staging.keys.prod-lost",
    ]);
  });

  test("keys that act as somebody whom the plan removes end with them, and those that it disables are said already", () => {
    const personal = (name: string, rest: Parameters<typeof key>[2] = {}) =>
      key(name, "wrkspc_staging", { principal: { type: "user", id: "user_bob" }, ...rest });
    const keys = [
      key("prod-auth", "wrkspc_production", { principal: { type: "user", id: "user_bob" } }),
      personal("stray"),
      personal("off", { status: "inactive" }),
      personal("other", { principal: { type: "user", id: "user_ada" } }),
    ];
    const people = [user("ada@acme.example", "admin"), user("bob@acme.example")];
    const ends = (manage: Record<string, string>, users = people) =>
      plan(
        { ...config, manage: { members: "full", ...manage }, members: { "ada@acme.example": { role: "admin" } } },
        org({ workspaces, keys, users }),
      )
        .findings.filter(({ code }) => code === "key-ends-with-person")
        .map(({ target, args }) => [target, args]);
    const declared = { key: "prod-auth", person: "bob@acme.example", flags: "--key prod-auth" };
    const stray = { key: "stray", person: "bob@acme.example" };
    expect(ends({})).toEqual([
      ["workspaces.prod.keys.prod-auth", declared],
      ["workspaces.wrkspc_staging.keys.stray", stray],
    ]);
    expect(ends({ keys: "full" })).toEqual([["workspaces.prod.keys.prod-auth", declared]]);
    // An admin is removed by a person: their keys end all the same.
    expect(ends({}, [user("ada@acme.example", "admin"), user("bob@acme.example", "admin")])).toHaveLength(2);
    expect(ends({ members: "additive" })).toEqual([]);
  });

  test("what a plan takes away is said of each key that stops with it, and of each whose secret a leaver knows", () => {
    const users = [user("ada@acme.example", "admin"), user("bob@acme.example")];
    const at = "wrkspc_production";
    const acting = (type: "user" | "service_account", id: string) => ({ principal: { type, id } }) as const;
    const made = { createdBy: { type: "user", id: "user_bob" } } as const;
    const keys = [
      key("by-bob", at, made),
      key("by-ada", at, { createdBy: { type: "user", id: "user_ada" } }),
      key("as-bob", at, acting("user", "user_bob")),
      key("as-bob-elsewhere", "wrkspc_staging", acting("user", "user_bob")),
      key("as-ci", at, acting("service_account", "svac_ci")),
      key("off", at, { ...made, status: "inactive" }),
    ];
    const live = org({
      workspaces,
      keys,
      users,
      members: [{ userId: "user_bob", workspaceId: at, role: "developer" }],
      serviceAccounts: [account("ci")],
      accountMembers: [{ serviceAccountId: "svac_ci", workspaceId: at, role: "developer" }],
    });
    const declared = {
      members: { "ada@acme.example": { role: "admin" }, "bob@acme.example": { role: "developer" } },
      service_accounts: { ci: {} },
    };
    const place = (inside: Record<string, unknown>) => ({
      workspaces: { prod: { name: "Production", keys: { "by-bob": {} }, ...inside } },
    });
    const said = (written: Record<string, unknown>, kinds?: readonly ManagedKind[]) =>
      plan({ ...declared, ...place({}), ...written }, live, kinds).findings.flatMap(({ code, args }) =>
        /ends-with|stops-with|creator-leaves/.test(code) ? [[code, ...Object.values(args)]] : [],
      );
    expect(said({})).toEqual([]);
    const withoutBob = { members: { "ada@acme.example": { role: "admin" } }, manage: { members: "full" } };
    expect(said(withoutBob, ["members"])).toEqual(said(withoutBob));
    expect(said(withoutBob, ["keys"])).toEqual([]);
    expect(said(withoutBob)).toEqual([
      ["key-ends-with-person", "as-bob", "bob@acme.example"],
      ["key-creator-leaves", "by-bob", "bob@acme.example", "--key by-bob"],
      ["key-ends-with-person", "as-bob-elsewhere", "bob@acme.example"],
    ]);
    expect(said({ ...place({ members: {} }), manage: { workspace_members: "full" } })).toEqual([
      ["key-stops-with-role", "as-bob", "bob@acme.example", "prod"],
    ]);
    expect(said({ ...place({ service_accounts: {} }), manage: { service_accounts: "full" } })).toEqual([
      ["key-stops-with-role", "as-ci", "ci", "prod"],
    ]);
    expect(said({ service_accounts: {}, manage: { service_accounts: "full" } })).toEqual([
      ["key-ends-with-account", "as-ci", "ci"],
    ]);
  });

  test("no key of a place goes while an id that an entry there pins is not there, or is another key's", () => {
    const live = (...names: string[]) =>
      org({ workspaces: [workspace("Production")], keys: names.map((name) => key(name, "wrkspc_production")) });
    const planned = (keys: Record<string, unknown>, ...names: string[]) => {
      const found = plan(
        { manage: { keys: "full" }, workspaces: { prod: { name: "Production", keys } } },
        live("prod-web", ...names),
      );
      return [
        found.changes.map(({ action }) => action),
        targets(found.unmanaged),
        found.findings.filter(isError).map(({ code }) => code),
      ];
    };
    const stray = ["workspaces.prod.keys.prod-auth"];
    expect(planned({ "prod-web": {} }, "prod-auth")).toEqual([["remove"], [], []]);
    expect(planned({ "prod-web": { id: "apikey_typo" } }, "prod-auth")).toEqual([[], stray, ["pinned-id-not-found"]]);
    const ofAnother = { "prod-web": {}, "prod-auth": { id: "apikey_prod-web" } };
    expect(planned(ofAnother, "prod-auth")).toEqual([[], [], ["ambiguous-name"]]);
  });

  test("a key whose line was moved to another workspace stays until there is one that works", () => {
    const moved = { ...config, manage: { keys: "full" } };
    const stray = key("prod-auth", "wrkspc_staging");
    const changes = (...keys: readonly ApiKey[]) =>
      plan(moved, org({ workspaces, keys: [stray, ...keys] })).changes.map(({ action, target, after }) => [
        action,
        target,
        after,
      ]);
    const made = { name: "prod-auth", workspace: "Production" };
    const manual = ["manual", "workspaces.prod.keys.prod-auth", made];
    expect(changes()).toEqual([manual]);
    expect(changes(key("prod-auth", "wrkspc_production", { id: "apikey_off", status: "inactive" }))).toEqual([manual]);
    expect(changes(key("prod-auth", "wrkspc_production", { id: "apikey_new" }))).toEqual([
      ["remove", "workspaces.wrkspc_staging.keys.prod-auth", null],
    ]);
  });

  test("a name that begins like another workspace's keys is no entry of that workspace, and is not called one", () => {
    const keys = [key("prod-lost", "wrkspc_staging"), key("prod-auth", "wrkspc_staging")];
    const found = plan(config, org({ workspaces, keys })).findings.filter(
      ({ code }) => code === "key-in-other-workspace",
    );
    expect(found.map((one) => wordsOf(one))).toEqual([
      expect.stringContaining('the key "prod-auth" is declared in "prod" but lives in "wrkspc_staging"'),
      expect.stringContaining('the name of the key "prod-lost" suggests "prod", but it lives in "wrkspc_staging"'),
    ]);
  });

  test("hygiene: what nothing declares in a declared workspace; of another workspace the row of the key says it", () => {
    const keys = [key("prod-new", "wrkspc_production"), key("any", "wrkspc_staging")];
    const found = plan(config, org({ workspaces, keys }));
    expect(found.unmanaged.map(({ target }) => target)).toEqual([
      "workspaces.prod.keys.prod-new",
      "workspaces.wrkspc_staging",
      "workspaces.wrkspc_staging.keys.any",
    ]);
    expect(found.findings.map(({ code, target }) => `${code} ${target}`)).toEqual([
      "key-not-declared workspaces.prod.keys.prod-new",
      "key-ownerless workspaces.prod.keys.prod-new",
    ]);
  });

  test("nothing is asked for about a key that the plan disables, and nobody is told to declare a step of a rotation", () => {
    const [old, soon] = [NOW - 200 * DAY, NOW + 2 * DAY];
    const live = org({
      workspaces,
      users: [user("ada@acme.example")],
      keys: [
        key("prod-web", "wrkspc_production", { createdAt: old }),
        key("prod-web@next", "wrkspc_production"),
        key("prod-old", "wrkspc_production", {
          createdAt: old,
          expiresAt: soon,
          createdBy: { type: "user", id: "user_gone" },
        }),
      ],
    });
    const asks = (mode: string) =>
      plan(
        {
          manage: { keys: mode },
          members: { "ada@acme.example": { role: "developer" } },
          workspaces: { prod: { name: "Production", keys: { "prod-web": { rotate_every: "90d" } } } },
        },
        live,
      ).findings.map(({ code, args }) => `${code} ${"key" in args ? args.key : ""}`);
    const web = ["key-overdue prod-web", "key-ownerless prod-web"];
    expect(asks("full")).toEqual(expect.arrayContaining(web));
    expect(asks("full").filter((line) => !web.includes(line))).toEqual(["key-not-declared prod-old"]);
    expect(asks("additive")).toEqual(
      expect.arrayContaining(["key-ownerless prod-old", "key-creator-left prod-old", "key-expires-soon prod-old"]),
    );
  });
});

describe("limits", () => {
  const group = { id: "rlimit_sonnet", group: { type: "model_group", id: "rlg_1", displayName: "Sonnet" } };
  const rateLimits = [
    { ...group, limits: { requests_per_minute: 4000 }, models: ["claude-sonnet-5-5", "claude-sonnet-next"] },
  ];
  const override = (overrides: Record<string, number>) => [
    { rateLimitId: group.id, workspaceId: "wrkspc_production", group: group.group, overrides, models: [] },
  ];
  const limits = (entries: Record<string, unknown>) => ({
    workspaces: { prod: { name: "Production", rate_limits: entries } },
  });
  const live = (overrides: Record<string, number>) =>
    org({ workspaces: [workspace("Production")], rateLimits, overrides: override(overrides) });

  test("only the limiters that differ are written, to the organization's own id", () => {
    const config = limits({ "claude-sonnet-5-5": { requests_per_minute: 1000, output_tokens_per_minute: 5 } });
    const found = plan(config, live({ requests_per_minute: 500, output_tokens_per_minute: 5, tokens_per_day: 7 }));
    expect(lines(found)).toEqual([
      'update rate_limit workspaces.prod.rate_limits.claude-sonnet-5-5 {"requests_per_minute":500}→{"requests_per_minute":1000} [widening differs]',
    ]);
    expect(found.changes[0]?.id).toBe("rlimit_sonnet");
  });

  test("undeclared overrides are reported, cleared under full; above the organization's is a warning", () => {
    expect(targets(plan({ ...limits({}) }, live({ requests_per_minute: 5 })).unmanaged)).toEqual([
      "workspaces.prod.rate_limits.Sonnet",
    ]);
    const full = plan({ ...limits({}), manage: { rate_limits: "full" } }, live({ requests_per_minute: 5 }));
    expect(full.changes.map(({ action, kind }) => `${action} ${kind}`)).toEqual(["remove rate_limit"]);
    // What an entry that means none of the groups means may be this one.
    const typo = { ...limits({ "claude-sonet-5-5": { requests_per_minute: 5 } }), manage: { rate_limits: "full" } };
    const spared = plan(typo, live({ requests_per_minute: 5 }));
    expect([spared.changes, targets(spared.unmanaged), codes(spared)]).toEqual([
      [],
      ["workspaces.prod.rate_limits.Sonnet"],
      ["unknown-rate-limit"],
    ]);
    const above = plan(limits({ "claude-sonnet-next": { requests_per_minute: 9000 } }), live({}));
    expect(codes(above)).toContain("limit-above-organization");
  });

  test("two entries on one live group are a finding, and the second is not planned", () => {
    const config = limits({
      "claude-sonnet-5-5": { requests_per_minute: 1 },
      "claude-sonnet-next": { requests_per_minute: 2 },
    });
    const found = plan(config, live({}));
    expect(found.changes).toHaveLength(1);
    expect(codes(found)).toContain("rate-limit-collision");
  });

  test("spend limits compare major with minor units, in the organization's currency", () => {
    const config = { workspaces: { prod: { name: "Production", spend_limit: { monthly: 5000 } } } };
    const limit = {
      id: "spl_1",
      workspaceId: "wrkspc_production",
      amountMinor: 500000,
      currency: "USD",
      period: "monthly",
    };
    const parts = { workspaces: [workspace("Production")] };
    expect(plan(config, org({ ...parts, spendLimits: [limit] })).changes).toEqual([]);
    expect(lines(plan(config, org({ ...parts, spendLimits: [{ ...limit, currency: "JPY" }] })))).toEqual([
      'update spend_limit workspaces.prod.spend_limit {"monthly":500000}→{"monthly":5000} [safe differs]',
    ]);
  });
});

describe("accepted drift", () => {
  const config = {
    workspaces: { prod: { name: "Production", keys: {} } },
    accept: [
      { target: "workspaces.prod.keys.legacy", until: "2026-12-31", owner: "ada@acme.example", reason: "migrating" },
      { target: "workspaces.prod.keys.gone", until: "2026-12-31", owner: "ada@acme.example", reason: "migrating" },
    ],
  };
  const live = org({ workspaces: [workspace("Production")], keys: [key("legacy", "wrkspc_production")] });

  test("does not count, is shown with its end, and says when nothing needs it any more", () => {
    const found = plan(config, live);
    expect(found.unmanaged).toEqual([]);
    expect(found.accepted).toMatchObject([{ target: "workspaces.prod.keys.legacy", until: "2026-12-31" }]);
    expect(codes(found)).toEqual(["accept-unused"]);
  });

  test("is not said to be unneeded where what it is about was not read: unknown is not empty", () => {
    const keys = { known: false, reason: "permission-denied" } as const;
    const found = plan(config, { ...live, keys });
    expect([found.accepted, codes(found)]).toEqual([[], []]);
    expect(found.unknown).toMatchObject([{ kind: "keys" }]);
  });

  test("goes on where its workspace, or its group of limits, has been declared since", () => {
    const entry = { until: "2026-12-31", owner: "ada@acme.example", reason: "migrating" };
    const group = { type: "model_group", id: "rlg_1", displayName: "Claude Haiku 5.x" };
    const accept = ["keys.legacy", "rate_limits.Claude Haiku 5.x"].map((part) => {
      return { ...entry, target: `workspaces.wrkspc_production.${part}` };
    });
    const found = plan(
      {
        manage: { keys: "full", rate_limits: "full" },
        workspaces: {
          prod: { name: "Production", keys: {}, rate_limits: { "claude-haiku-5-5": { requests_per_minute: 60 } } },
        },
        accept,
      },
      org({
        workspaces: [workspace("Production")],
        keys: [key("legacy", "wrkspc_production")],
        rateLimits: [{ id: "rl_1", group, limits: { requests_per_minute: 100 }, models: ["claude-haiku-5-5"] }],
        overrides: [
          {
            rateLimitId: "rl_1",
            workspaceId: "wrkspc_production",
            group,
            overrides: { requests_per_minute: 50 },
            models: [],
          },
        ],
      }),
    );
    expect(targets(found.accepted)).toEqual([
      "workspaces.prod.keys.legacy",
      "workspaces.prod.rate_limits.claude-haiku-5-5",
    ]);
    expect([found.changes, codes(found)]).toEqual([[], []]);
  });

  test("counts again once its day has passed", () => {
    const ended = config.accept.map((entry) => ({ ...entry, until: "2026-11-22" }));
    expect(targets(plan({ ...config, accept: ended }, live).unmanaged)).toEqual(["workspaces.prod.keys.legacy"]);
  });
});
