import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { enterpriseSeed } from "../../src/sandbox/seed/enterprise.ts";
import { NOW } from "../support/org.ts";
import { type RunOptions, type Stage, stage } from "../support/stage.ts";

const APPLY = ["apply", "--yes", "--json", "--api-rpm", "0"];

async function declaring(config: Record<string, unknown>): Promise<Stage> {
  const one = await stage({ seed: "enterprise" });
  one.declare(config);
  return one;
}

const asked = ({ sandbox }: Stage) =>
  sandbox.requests.map(({ method, path }) => `${method} ${path.replace("/v1/organizations/", "")}`).sort();

const inGroup = ({ sandbox }: Stage, id: string) =>
  (sandbox.state.rbac_group_members ?? [])
    .filter((row) => row.rbac_group_id === `rbac_group_01sandbox${id}`)
    .map(({ email }) => email.split("@")[0]);

/** With the key of the Console's kind, which does not tell of what sort the organization is. */
const withAdminKey = ({ sandbox }: Stage): RunOptions => ({ env: { ANTHROPIC_ADMIN_KEY: sandbox.adminKey } });

interface Reviewed {
  readonly grants: readonly {
    readonly on: { readonly target: string };
    readonly flags: readonly string[];
    readonly reason: string;
  }[];
}

describe("what only the Console has", () => {
  test("is none: status asks for nothing of it, and shows groups with their roles and who is in them", async () => {
    const one = await stage({ seed: "enterprise" });
    const { exitCode, stdout } = await one.run(["status"]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("7 members, 4 groups");
    expect(stdout).toMatch(/Engineering +Claude Code, Company connectors .*\n.*ada@acme\.example/);
    expect(stdout).toMatch(/All staff +no roles +owned by the identity provider \(scim\)/);
    const groups = ["AllStaff", "Engineering", "Finance", "Owners"];
    expect(asked(one)).toEqual(
      [
        "GET compliance_settings",
        "GET invites",
        "GET me",
        "GET rbac_groups",
        ...groups.map((id) => `GET rbac_groups/rbac_group_01sandbox${id}/members`),
        "GET rbac_roles",
        "GET spend_limit_increase_requests",
        "GET spend_limits/effective",
        "GET users",
      ].sort(),
    );
  });

  test("is told by the API where the key does not tell it: one request more, and the same", async () => {
    const one = await stage({ seed: "enterprise" });
    const { exitCode, stdout } = await one.run(["status", "--json"], withAdminKey(one));
    expect([exitCode, JSON.parse(stdout).workspaces, JSON.parse(stdout).unknown]).toEqual([0, [], []]);
    expect(asked(one).filter((call) => /workspaces|analytics|spend/.test(call))).toEqual([
      "GET spend_limit_increase_requests",
      "GET spend_limits",
      "GET spend_limits/effective",
      "GET workspaces",
    ]);
  });

  test("gives nobody a role in a workspace, and no report that only it has is read", async () => {
    const one = await stage({ seed: "enterprise" });
    const { grants } = JSON.parse((await one.run(["review", "--json"])).stdout);
    const places = grants.map(({ on }: { on: { target: string } }) => on.target);
    expect([places.includes("organization"), places.includes("workspaces.*")]).toEqual([true, false]);
  });

  test("whoever is in a group whose roles give rights in the admin settings is flagged; what is not known flags nobody, and is said", async () => {
    const review = async (one: Stage) => JSON.parse((await one.run(["review", "--json"])).stdout);
    const inGroups = ({ grants }: Reviewed) =>
      grants.flatMap(({ on, flags, reason }) =>
        on.target.startsWith("groups.") && flags.includes("admin") ? [[on.target, reason]] : [],
      );
    const one = await stage({ seed: "enterprise" });
    expect(inGroups(await review(one))).toEqual([
      [
        "groups.Owners",
        'the group "Owners" gives rights in the admin settings: permission_billing, permission_members',
      ],
    ]);
    // Each role once, however many groups have it.
    expect(asked(one).filter((call) => call.endsWith("/permissions"))).toHaveLength(3);
    const blind = await review(await stage({ seed: "enterprise", settings: { groupRoles: "unknown" } }));
    expect([inGroups(blind), blind.unknown.map(({ kind }: { kind: string }) => kind)]).toEqual([
      [],
      ["Engineering", "Finance", "All staff", "Owners"].map((name) => `groups.${name}.roles`),
    ]);
    // A role of a sister organization gives nothing in this one.
    const seed = enterpriseSeed(NOW);
    const sister = { ...seed, rbac_roles: (seed.rbac_roles ?? []).filter(({ owner }) => !owner) };
    const elsewhere = await review(await stage({ seed: sister }));
    expect([inGroups(elsewhere), elsewhere.unknown]).toEqual([[], []]);
  });

  test("use is read with the scope of its report, and no other report and no Admin key is spoken of", async () => {
    const seed = enterpriseSeed(NOW);
    const { enterprise_key: key } = seed.credentials;
    if (!key) throw new Error("the seed has a key of its own");
    const poor = await stage({ seed });
    for (const words of [
      ["status", "--usage", "7"],
      ["review", "--json"],
    ]) {
      const { exitCode, stderr } = await poor.run(words);
      expect([exitCode, stderr]).toEqual([words[0] === "status" ? 4 : 0, expect.stringContaining("read:analytics")]);
      expect(stderr).not.toMatch(/admin key/i);
    }
    expect((await poor.run(["status", "--usage", "7"])).stderr).toContain(
      "make a key that has the scope read:analytics: in claude.ai, Organization settings, API",
    );
    expect(asked(poor).filter((call) => call.includes("usage_report"))).toEqual([]);
    const scoped = { ...key, scopes: [...key.scopes, "read:analytics"] };
    const rich = await stage({ seed: { ...seed, credentials: { ...seed.credentials, enterprise_key: scoped } } });
    expect((await rich.run(["status", "--usage", "7", "--json"])).json().exit_code).toBe(0);
  });

  test("an owner's own keys are in claude.ai, and what the API refuses of them says why", async () => {
    const one = await stage({ seed: "enterprise" });
    const { stdout } = await one.run(["revoke", "--user", "grace@acme.example", "--yes"]);
    expect(stdout).toMatch(/! members\.grace@acme\.example\.sessions .*cannot_sign_out_primary_owner/);
    expect(stdout).toContain("claude.ai, Organization settings, API: delete");
    expect(stdout).not.toContain("Console, Settings, Admin keys");
  });

  test("cannot be declared: an error that says so, nothing of it planned, and the rest carried out", async () => {
    const one = await declaring({
      members: { "new@acme.example": { role: "user" } },
      workspaces: { prod: { name: "Prod", members: { "ada@acme.example": "user" } } },
    });
    const ran = await one.run(APPLY);
    expect([ran.exitCode, ran.json().results.map(({ target }) => target)]).toEqual([2, ["invites.new@acme.example"]]);
    expect(ran.stdout).toContain(
      "declares workspaces, workspace_members, which this sort of organization does not have",
    );
  });

  test("is missing nowhere: no key is asked for at the Console, no id or limit called wrong, no acceptance needless", async () => {
    const one = await declaring({
      workspaces: {
        prod: { name: "Prod", id: "wrkspc_x", keys: { a: null }, rate_limits: { batch: { requests_per_minute: 1 } } },
        stg: { name: "Stage", keys: { b: null } },
      },
      accept: [{ target: "workspaces.stg.keys.b", until: "2027-01-31", owner: "ada@acme.example", reason: "moving" }],
    });
    const codes = async (...args: readonly string[]) => {
      const { exitCode, json } = await one.run([...args, "--json"]);
      return [exitCode, (json().changes ?? []).length, json().findings.map(({ code }) => code)];
    };
    const wrong = [2, 0, ["not-offered"]];
    expect(await codes("rotate", "--yes")).toEqual(wrong);
    expect(await codes("rotate", "--key", "b", "--leaked", "--yes")).toEqual(wrong);
    expect(await codes("drift")).toEqual(wrong);
    expect(await codes("validate", "--live")).toEqual(wrong);
    const { stdout } = await one.run(["rotate", "--status"]);
    expect(stdout).toMatch(/workspaces\.prod\.keys\.a +unsettled/);
    expect(stdout).toMatch(/workspaces\.stg\.keys\.b +unsettled .*anth-rbac rotate --key b --dry-run/);
  });

  test("groups cannot be declared at the Console, and nothing there asks for any unless they are", async () => {
    const one = await stage();
    one.declare({ groups: { Engineering: {} } });
    const drift = await one.run(["drift", "--json"]);
    expect([drift.exitCode, drift.json().changes, drift.json().findings]).toMatchObject([
      2,
      [],
      [{ code: "not-offered" }],
    ]);
    one.sandbox.control.clearRequests();
    expect((await one.run(["status", "--json"])).exitCode).toBe(0);
    expect((await one.run(["revoke", "--user", "bob@acme.example", "--dry-run", "--keys", "keep"])).exitCode).toBe(2);
    expect(asked(one).filter((call) => call.includes("rbac"))).toEqual([]);
  });
});

describe("groups", () => {
  test("are made, filled, emptied and deleted by name; what the identity provider owns is for a person, and asked for once", async () => {
    const one = await declaring({
      manage: { groups: "full" },
      guardrails: { max_removals: { percent: 100, always_allow: 9, never_exceed: 9 } },
      groups: {
        Engineering: { members: ["ADA@acme.example", "bob@acme.example"] },
        Legal: { members: ["dora@acme.example"] },
        "All staff": { members: ["ada@acme.example"] },
        Owners: {},
      },
    });
    const refused = await one.run(APPLY);
    expect([refused.exitCode, refused.json().refusal?.fix]).toEqual([3, "once the plan is right: --confirm Finance"]);
    one.sandbox.control.clearRequests();
    const ran = await one.run([...APPLY, "--confirm", "Finance"]);
    expect(ran.json().results.map(({ target, status }) => `${status} ${target}`)).toEqual([
      "done groups.Legal",
      "done groups.Engineering.members.bob@acme.example",
      "done groups.Legal.members.dora@acme.example",
      "done groups.Engineering.members.dora@acme.example",
      "done groups.Finance",
      ...["bob", "cleo", "dora"].map((name) => `manual groups.All staff.members.${name}@acme.example`),
    ]);
    expect([ran.exitCode, ran.json().verified]).toEqual([7, true]);
    expect(inGroup(one, "Engineering")).toEqual(["ada", "bob"]);
    const writes = one.writes().length;
    expect((await one.run([...APPLY])).exitCode).toBe(7);
    expect(one.writes().length).toBe(writes);
    // Nobody's roles, and nobody in a group that says nothing of its members.
    expect(asked(one).filter((call) => /Owners|roles/.test(call))).toHaveLength(0);
  });

  test("that give the rights of an owner are left to a person once the API says so, and the rest is done", async () => {
    const one = await declaring({
      groups: { Owners: { members: ["ada@acme.example"] }, Finance: { members: ["dora@acme.example"] } },
    });
    const ran = await one.run(APPLY);
    expect([ran.exitCode, ran.json().verified]).toEqual([7, true]);
    expect(ran.json().results).toMatchObject([
      { target: "groups.Finance.members.dora@acme.example", status: "done" },
      {
        target: "groups.Owners.members.ada@acme.example",
        status: "manual",
        error: { message: expect.stringContaining("owner access") },
      },
    ]);
    const rest = ["All staff", "Engineering", "Finance"].map((name) => [name, {}]);
    one.declare({ manage: { groups: "full" }, groups: Object.fromEntries(rest) });
    const deleted = await one.run([...APPLY, "--confirm", "Owners"]);
    expect([deleted.exitCode, deleted.json().results]).toMatchObject([
      7,
      [{ target: "groups.Owners", status: "manual" }],
    ]);
    expect(inGroup(one, "Owners")).toEqual(["alan"]);
  });

  test("wait for who is invited, do not guess between two of one name, and an export of them has no drift", async () => {
    const one = await declaring({
      groups: { Engineering: { members: ["erin@acme.example"] }, Finance: { members: [] } },
    });
    const waiting = await one.run(["drift", "--json", "--ignore-unmanaged"]);
    expect([waiting.exitCode, waiting.json().pending]).toMatchObject([
      0,
      [{ kind: "group_member", email: "erin@acme.example" }],
    ]);
    one.sandbox.control.console.edit("rbac_groups", "Finance", { name: "Engineering" });
    const twice = await one.run(["drift", "--json"]);
    expect(twice.json().findings).toContainEqual(
      expect.objectContaining({ code: "ambiguous-name", severity: "error" }),
    );
    expect(twice.json().changes).toMatchObject([{ target: "groups.Finance" }]);
    one.sandbox.control.reset();
    expect((await one.run(["export", "--out", "out.yaml"])).exitCode).toBe(0);
    expect(readFileSync(`${one.folder}/out.yaml`, "utf8")).toContain(
      "workspaces: off # this sort of organization has none",
    );
    const own = await one.run(["drift", "--json", "--config", "out.yaml"]);
    expect([own.exitCode, own.json().changes, own.json().unmanaged, own.json().pending]).toMatchObject([
      0,
      [],
      [],
      [{}],
    ]);
  });

  test("whose roles the API does not know now are asked for once more, and never shown as without roles", async () => {
    const one = await stage({ seed: "enterprise", settings: { groupRoles: "unknown_in_lists" } });
    expect((await one.run(["status"])).stdout).toMatch(/Engineering +Claude Code, Company connectors/);
    one.sandbox.control.configure({ groupRoles: "unknown" });
    const { stdout } = await one.run(["status", "--json"]);
    expect(JSON.parse(stdout).groups.map(({ roles }: { roles: unknown }) => roles)).toEqual([null, null, null, null]);
    expect((await one.run(["status", "--user", "ada@acme.example"])).stdout).toMatch(
      /Engineering +roles not known now/,
    );
  });

  test("of which one cannot be read are unknown in that part alone", async () => {
    const one = await declaring({
      groups: { Engineering: { members: [] }, Finance: { members: ["dora@acme.example"] } },
    });
    one.sandbox.control.fault({
      kind: "forbidden",
      match: { path: "/v1/organizations/rbac_groups/*Engineering/members" },
    });
    const drift = await one.run(["drift", "--json", "--ignore-unmanaged"]);
    expect([drift.exitCode, drift.json().changes.map(({ target }) => target)]).toEqual([
      4,
      ["groups.Finance.members.dora@acme.example"],
    ]);
    expect(JSON.parse(drift.stdout).unknown).toMatchObject([
      { kind: "groups.Engineering.members", reason: "permission-denied" },
    ]);
  });
});

test("an invitation whose role changes keeps its groups", async () => {
  const one = await declaring({ members: { "erin@acme.example": { role: "managed" } } });
  const ran = await one.run(APPLY);
  expect([ran.exitCode, ran.json().verified]).toEqual([0, true]);
  const [invite] = one.sandbox.state.invites.filter(
    ({ email, status }) => email.startsWith("erin") && status === "pending",
  );
  expect(invite).toMatchObject({
    role: "managed",
    rbac_group_ids: ["rbac_group_01sandboxEngineering", "rbac_group_01sandboxFinance"],
  });
});

test("the groups that an invitation brings along are shown, wherever it is", async () => {
  const one = await stage({ seed: "enterprise" });
  expect((await one.run(["status"])).stdout).toMatch(
    /erin@acme\.example +user +pending until .* into Engineering, Finance/,
  );
  const person = await one.run(["status", "--user", "erin@acme.example"]);
  expect(person.stdout).toMatch(/invited as user: pending.* into Engineering, Finance/);
  const revoked = await one.run(["revoke", "--user", "erin@acme.example", "--dry-run"]);
  expect(revoked.stdout).toMatch(/invites\.erin@acme\.example +user +into Engineering, Finance/);
  const json = JSON.parse((await one.run(["revoke", "--user", "erin@acme.example", "--dry-run", "--json"])).stdout);
  expect(json.revocations[0].invites).toMatchObject([{ groups: ["Engineering", "Finance"] }]);
});

test("an invitation that is cancelled and then refused is said to be gone, with the groups that it had", async () => {
  const one = await declaring({ members: { "erin@acme.example": { role: "managed" } } });
  const [erin] = one.sandbox.state.invites.filter(({ email }) => email.startsWith("erin"));
  const owners = "rbac_group_01sandboxOwners";
  one.sandbox.control.console.edit("invites", String(erin?.id), { rbac_group_ids: [owners] });
  const ran = await one.run(APPLY);
  expect(ran.exitCode).toBe(5);
  const message = expect.stringContaining(
    `; the invitation before it is cancelled, and the next apply on this machine gives the new one its groups: ${owners} (`,
  );
  expect(ran.json().results).toMatchObject([
    { target: "invites.erin@acme.example", status: "failed", error: { message } },
  ]);
});

describe("the groups of an invitation that was cancelled by a run that did not finish", () => {
  const finance = "rbac_group_01sandboxFinance";
  const invited = ({ sandbox }: Stage) =>
    sandbox.state.invites
      .filter(({ email, status }) => email.startsWith("erin") && status === "pending")
      .map(({ role, rbac_group_ids: groups }) => [role, groups]);
  const refused = { kind: "5xx", match: { method: "POST", path: "/v1/organizations/invites" }, times: null } as const;

  /** An organization whose invitation of erin was cancelled, and not made anew. */
  const cut = async () => {
    const one = await declaring({ members: { "erin@acme.example": { role: "managed" } } });
    const [erin] = one.sandbox.state.invites.filter(({ email }) => email.startsWith("erin"));
    one.sandbox.control.console.edit("invites", String(erin?.id), { rbac_group_ids: [finance] });
    one.sandbox.control.fault(refused);
    expect((await one.run(APPLY)).exitCode).not.toBe(0);
    expect(invited(one)).toEqual([]);
    return one;
  };

  test("are in the next plan, and in the next invitation, however often that fails", async () => {
    const one = await cut();
    const drift = await one.run(["drift"]);
    expect(drift.stdout).toMatch(
      /invite as managed, into rbac_group_01sandboxFinance +\(a run that did not finish cancelled the invitation that had/,
    );
    expect((await one.run(APPLY)).exitCode).not.toBe(0);
    one.sandbox.control.clearFaults();
    const ran = await one.run(APPLY);
    expect([ran.exitCode, invited(one)]).toEqual([0, [["managed", [finance]]]]);
    expect(ran.json().changes).toMatchObject([{ action: "create", after: { groups: [finance] } }]);
    // Whoever takes it back by hand has the last word, since the tool had finished.
    const [erin] = one.sandbox.state.invites.filter(({ email, status }) => /^erin/.test(email) && status === "pending");
    one.sandbox.control.console.edit("invites", String(erin?.id), { status: "deleted" });
    expect([(await one.run(APPLY)).exitCode, invited(one)]).toEqual([0, [["managed", []]]]);
  });

  test("are in a saved plan", async () => {
    const one = await cut();
    one.sandbox.control.clearFaults();
    await one.run(["drift", "--out", "plan.json"]);
    const ran = await one.run([...APPLY, "--plan", "plan.json"]);
    expect([ran.exitCode, invited(one)]).toEqual([0, [["managed", [finance]]]]);
  });

  test("are asked of the log only where somebody is invited", async () => {
    const one = await cut();
    one.declare({ members: { "ada@acme.example": { role: "user" } } });
    const log = join(one.folder, "state", "audit.jsonl");
    rmSync(log);
    mkdirSync(log);
    expect((await one.run(["drift"])).stderr).not.toContain("audit log");
    one.declare({ members: { "erin@acme.example": { role: "managed" } } });
    expect((await one.run(["drift"])).stderr).toContain("the audit log");
  });
});

test("whoever leaves is taken out of every group first, shown before and in the evidence, and out of the file", async () => {
  const one = await declaring({
    members: { "grace@acme.example": {}, "ada@acme.example": { role: "user" } },
    groups: { Engineering: { members: ["ada@acme.example", "dora@acme.example"] } },
  });
  const words = ["revoke", "--user", "ada@acme.example"];
  const shown = await one.run([...words, "--dry-run"]);
  expect(shown.stdout).toMatch(
    /Groups \(3\)\n +All staff +owned by the identity provider.*\n +Engineering *\n +Finance/,
  );
  const ran = await one.run([
    ...words,
    "--yes",
    "--json",
    "--update-config",
    "--evidence",
    `${one.folder}/evidence.json`,
  ]);
  expect([ran.exitCode, ran.json().verified]).toEqual([7, true]);
  expect(ran.json().results.map(({ target, status }) => `${status} ${target}`)).toEqual([
    "done groups.Engineering.members.ada@acme.example",
    "done groups.Finance.members.ada@acme.example",
    "manual groups.All staff.members.ada@acme.example",
    "done members.ada@acme.example.sessions",
    "done members.ada@acme.example",
  ]);
  const evidence = JSON.parse(readFileSync(`${one.folder}/evidence.json`, "utf8"));
  expect(evidence.before[0].groups.map(({ group }: { group: string }) => group)).toEqual([
    "All staff",
    "Engineering",
    "Finance",
  ]);
  const hourLater = new Date(Date.parse(evidence.actions.at(-2).at) + 3_600_000).toISOString();
  expect([evidence.actions.at(-2).kind, evidence.tokens_may_work_until]).toEqual(["session", hourLater]);
  expect(readFileSync(`${one.folder}/rbac.yaml`, "utf8")).not.toContain("ada@");
  one.sandbox.control.reset();
  await one.run([...words, "--yes", "--evidence", `${one.folder}/evidence.md`]);
  expect(readFileSync(`${one.folder}/evidence.md`, "utf8")).toMatch(/may work until 2026-11-23T13:\S+Z\./);
  // They are gone, and a second look finds nothing: what is for the identity provider is said all the same.
  expect(readFileSync(`${one.folder}/evidence.md`, "utf8")).toMatch(
    /groups\.All staff\.members\.ada\S* \| take out of the group \\\(the identity provider owns the group/,
  );
});

describe("signing out", () => {
  const SIGN_OUT = "/v1/organizations/users/*/sign_out";
  const words = (name: string) => ["revoke", "--user", `${name}@acme.example`, "--yes", "--json", "--api-rpm", "0"];
  const outcomes = (ran: Awaited<ReturnType<Stage["run"]>>) =>
    ran.json().results.map(({ target, status }) => `${status} ${target}`);

  test("comes after the groups and before the membership ends, and is sent again after a 503", async () => {
    const one = await stage({ seed: "enterprise" });
    one.sandbox.control.fault({ kind: "5xx", status: 503, match: { path: SIGN_OUT } });
    const ran = await one.run(words("dora"));
    expect([ran.exitCode, ran.json().verified]).toEqual([7, true]);
    expect(one.writes().map((call) => call.replace(/\/v1\/organizations\/|_01sandbox/g, ""))).toEqual([
      "DELETE rbac_groups/rbac_groupEngineering/members/userDora",
      "POST users/userDora/sign_out",
      "POST users/userDora/sign_out",
      "DELETE users/userDora",
    ]);
  });

  test("that is refused is said by its code, left to a person, and stops nothing else", async () => {
    const one = await stage({ seed: "enterprise" });
    const file = `${one.folder}/evidence.json`;
    const ran = await one.run([...words("cleo"), "--evidence", file]);
    expect([ran.exitCode, ran.json().verified]).toEqual([7, true]);
    expect(outcomes(ran)).toEqual([
      "manual groups.All staff.members.cleo@acme.example",
      "manual members.cleo@acme.example.sessions",
      "done members.cleo@acme.example",
    ]);
    const action = JSON.parse(readFileSync(file, "utf8")).actions.find(
      ({ kind }: { kind: string }) => kind === "session",
    );
    expect(action).toMatchObject({
      status: "manual",
      error: expect.stringContaining("cannot_sign_out_managed_member"),
    });
  });

  test("where the beta is not enabled is a warning, and where it fails the run is not verified", async () => {
    const one = await stage({ seed: "enterprise", settings: { signOut: "not_enrolled" } });
    one.sandbox.control.console.remove("rbac_group_members", "All staff/bob@acme.example");
    const off = await one.run(words("bob"));
    expect([off.exitCode, off.json().verified, off.json().findings]).toMatchObject([
      0,
      true,
      [{ code: "preview-not-enabled", severity: "warning" }],
    ]);
    const said = (await one.run(words("dora").filter((word) => word !== "--json"))).stdout;
    expect(said).toMatch(/dora@acme\.example\.sessions .*it is a preview that this organization has no part in/);
    one.sandbox.control.reset();
    one.sandbox.control.fault({ kind: "5xx", status: 500, match: { path: SIGN_OUT }, times: null });
    const failed = await one.run(words("bob"));
    expect([failed.exitCode, failed.json().verified]).toEqual([5, false]);
    expect(outcomes(failed).at(-1)).toBe("done members.bob@acme.example");
    expect(failed.json().remaining).toMatchObject([{ kind: "session", target: "members.bob@acme.example.sessions" }]);
    expect(failed.json().results.find(({ target }) => target.endsWith(".sessions"))?.error?.message).toMatch(
      /\(500\).*; nobody is signed out once they are removed.*end their sessions at the identity provider/,
    );
  });

  test("is not planned at the Console", async () => {
    const one = await stage();
    const ran = await one.run([...words("bob"), "--keys", "disable"]);
    expect(outcomes(ran).filter((line) => line.includes("sessions"))).toEqual([]);
  });
});
