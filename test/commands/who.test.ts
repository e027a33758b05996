/** `drift --who`: who made each difference, by the activity feed of a sandbox in which somebody else acts. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { enterpriseSeed } from "../../src/sandbox/seed/enterprise.ts";
import { smallSeed } from "../../src/sandbox/seed/small.ts";
import type { SandboxSeed } from "../../src/sandbox/state/seed.ts";
import { NOW } from "../support/org.ts";
import { type RunOptions, type Stage, stage } from "../support/stage.ts";

const WHO = ["drift", "--who", "--json"];
const HOUR = 3_600_000;

/** The small organization as it is, under management in full, and whoever reads the feed with its own key. */
async function managed(seed: SandboxSeed | string = "small"): Promise<Stage> {
  const one = await stage({ seed });
  const { stdout } = await one.run(["export"]);
  writeFileSync(join(one.folder, "rbac.yaml"), stdout);
  return one;
}

const withFeed = ({ sandbox }: Stage, more: RunOptions = {}): RunOptions => ({
  ...more,
  env: { ANTH_RBAC_ACTIVITY_KEY: sandbox.activityKey },
});

interface WhoJson {
  readonly at: string;
  readonly actor: Readonly<Record<"type" | "id" | "email" | "name", string | null>>;
  readonly via: Readonly<Record<"ip_address" | "user_agent", string | null>>;
  readonly activity: { readonly id: string; readonly type: string; readonly ids: readonly string[] };
  readonly own: string | null;
}

interface WhoPlan {
  readonly changes: readonly { readonly target: string; readonly who: WhoJson | null }[];
  readonly unmanaged: readonly { readonly target: string; readonly who: WhoJson | null }[];
  readonly who: {
    readonly known: boolean;
    readonly reason?: string;
    readonly message?: string;
    readonly since?: string | null;
    readonly stopped?: string;
  };
  readonly exit_code: number;
}

async function who(one: Stage, options: RunOptions = withFeed(one)): Promise<WhoPlan> {
  const ran = await one.run(WHO, options);
  return JSON.parse(ran.stdout) as WhoPlan;
}

const byTarget = ({ changes, unmanaged }: WhoPlan) =>
  Object.fromEntries([...changes, ...unmanaged].map((item) => [item.target, item.who]));

const feedReads = ({ sandbox }: Stage) => sandbox.requests.filter(({ path }) => path === "/v1/compliance/activities");

describe("each difference has its newest activity", () => {
  test("a person with address and client, a key by name, the directory: each beside what they did, and nothing else", async () => {
    const one = await managed();
    const { console: own, consoleAs } = one.sandbox.control;
    own.edit("workspace_members", "Production/bob@acme.example", { workspace_role: "workspace_admin" });
    consoleAs("directory").setRole("dora@acme.example", "user");
    consoleAs("alan@acme.example").removeUser("cleo@acme.example");
    consoleAs("org-automation").createKey({ name: "extra", workspace: "Production", created_by: "bob@acme.example" });
    const plan = await who(one);
    const found = byTarget(plan);
    expect(plan.exit_code).toBe(2);
    expect(found["workspaces.production.members.bob@acme.example"]).toMatchObject({
      at: new Date(NOW).toISOString(),
      actor: { type: "user_actor", email: "grace@acme.example", name: "Grace Example" },
      via: { ip_address: "192.0.2.7", user_agent: "Mozilla/5.0 (the sandbox's Console)" },
      activity: { type: "platform_workspace_member_added" },
      own: null,
    });
    // Their membership, which changed in the same moment, is no change of the person.
    expect(found["members.dora@acme.example"]).toMatchObject({
      actor: { type: "scim_directory_sync_actor", name: "OktaSCIMV2" },
      activity: { type: "scim_user_updated" },
    });
    expect(found["invites.cleo@acme.example"]).toMatchObject({
      actor: { email: "alan@acme.example" },
      activity: { type: "org_user_deleted" },
    });
    expect(found["workspaces.production.keys.extra"]).toMatchObject({
      actor: { type: "api_actor", id: "apikey_01sandboxOrgAutomation", name: "org-automation" },
      activity: { type: "platform_api_key_created" },
    });
    expect(plan.who).toEqual({ known: true, since: null, stopped: "found" });
    expect(feedReads(one)).toHaveLength(1);
  });

  test("of two activities the newer one counts, and an object that nobody touched has none", async () => {
    const one = await managed();
    const { consoleAs, clock } = one.sandbox.control;
    consoleAs("alan@acme.example").setRole("ada@acme.example", "user");
    clock.advance("1m");
    consoleAs("grace@acme.example").setRole("ada@acme.example", "billing");
    const text = readFileSync(join(one.folder, "rbac.yaml"), "utf8");
    // It is the file that changed.
    writeFileSync(
      join(one.folder, "rbac.yaml"),
      text.replace(/bob@acme\.example: \{ role: user \}/, "bob@acme.example: { role: developer }"),
    );
    const found = byTarget(await who(one));
    expect(found["members.ada@acme.example"]?.actor.email).toBe("grace@acme.example");
    expect(found["members.bob@acme.example"]).toBeNull();
  });

  test("rate and spend limits of one workspace are told apart, from each other and from the workspace", async () => {
    const one = await managed();
    const { consoleAs } = one.sandbox.control;
    const limit = one.sandbox.state.spend_limits.find(({ scope }) => scope.type === "workspace");
    const rate = one.sandbox.state.workspace_rate_limits[0];
    if (!limit || !rate) throw new Error("the seed has no limits");
    const place = one.sandbox.state.workspaces.find(({ id }) => id === rate.workspace_id);
    consoleAs("grace@acme.example").edit("spend_limits", limit.id, { amount: "123400" });
    const limits = rate.limits.map(({ type, value }) => ({ type, value: value + 1 }));
    consoleAs("ada@acme.example").edit("workspace_rate_limits", `${place?.name}/${rate.rate_limit_id}`, { limits });
    consoleAs("alan@acme.example").edit("workspaces", place?.name ?? "", { tags: { seen: "yes" } });
    const actors = Object.entries(byTarget(await who(one))).map(([at, made]) => [
      at.split(".").slice(2, 3).join(""),
      made?.actor.email,
      made?.activity.type,
    ]);
    expect(actors).toContainEqual(["spend_limit", "grace@acme.example", "workspace_spend_limit_created"]);
    expect(actors).toContainEqual(["rate_limits", "ada@acme.example", "platform_workspace_rate_limit_updated"]);
  });

  test("a type that nobody knows counts, and is shown by its own word with the ids that it names", async () => {
    const seed = smallSeed(NOW);
    const ada = seed.users.find(({ email }) => email === "ada@acme.example");
    const one = await managed({
      ...seed,
      activities: [
        {
          id: "activity_new",
          created_at: new Date(NOW - HOUR).toISOString(),
          organization_id: null,
          organization_uuid: seed.organization.id,
          actor: { type: "hologram_actor", subject: "deck 7" },
          type: "platform_role_rearranged",
          person_id: ada?.id,
        },
      ],
    });
    one.sandbox.control.configure({ compliance: "disabled" });
    one.sandbox.control.console.setRole("ada@acme.example", "user");
    one.sandbox.control.configure({ compliance: "enabled" });
    const found = byTarget(await who(one));
    expect(found["members.ada@acme.example"]).toMatchObject({
      actor: { type: "hologram_actor", name: "deck 7" },
      activity: { id: "activity_new", type: "platform_role_rearranged", ids: [ada?.id] },
    });
    const { stdout } = await one.run(["drift", "--who"], withFeed(one));
    expect(stdout).toContain(`hologram_actor deck 7, 2026-11-23 11:00 UTC: platform_role_rearranged (${ada?.id})`);
  });
});

describe("the tool itself", () => {
  test("its reads are not asked for and never shown; its own writes are said to be its own", async () => {
    const one = await managed();
    const declared = readFileSync(join(one.folder, "rbac.yaml"), "utf8");
    const edit = (text: string) => writeFileSync(join(one.folder, "rbac.yaml"), text);
    edit(declared.replace(/ada@acme\.example: \{ role: developer \}/, "ada@acme.example: { role: user }"));
    expect((await one.run(["apply", "--yes", "--only", "members"], withFeed(one))).exitCode).toBe(0);
    edit(declared);
    const plan = await who(one);
    const made = byTarget(plan)["members.ada@acme.example"];
    expect(made).toMatchObject({ own: "apply", actor: { type: "admin_api_key_actor" } });
    expect((await one.run(["drift", "--who"], withFeed(one))).stdout).toContain("anth-rbac apply, run on this machine");
    const types = one.sandbox.state.activities?.map(({ type }) => type);
    expect(types).toContain("org_users_listed");
    expect(feedReads(one)[0]?.query).toContain("exclude_activity_types%5B%5D=org_users_listed");
  });

  test("what somebody else did to the same object later is not its own", async () => {
    const one = await managed();
    const declared = readFileSync(join(one.folder, "rbac.yaml"), "utf8");
    writeFileSync(
      join(one.folder, "rbac.yaml"),
      declared.replace(/ada@acme\.example: \{ role: developer \}/, "ada@acme.example: { role: user }"),
    );
    expect((await one.run(["apply", "--yes", "--only", "members"])).exitCode).toBe(0);
    one.sandbox.control.clock.advance("1h");
    one.sandbox.control.console.setRole("ada@acme.example", "billing");
    const made = byTarget(await who(one, withFeed(one, { now: NOW + HOUR })))["members.ada@acme.example"];
    expect(made).toMatchObject({ own: null, actor: { email: "grace@acme.example" } });
  });
});

describe("how far it is read", () => {
  const noise = (count: number, from: number) =>
    Array.from({ length: count }, (_, index) => ({
      id: `activity_noise${index}`,
      created_at: new Date(from + index).toISOString(),
      organization_id: null,
      organization_uuid: null,
      actor: { type: "user_actor", user_id: "user_somebody", email_address: "noise@acme.example" },
      type: "claude_chat_created",
      claude_chat_id: `claude_chat_${index}`,
    }));

  test("no further than ten pages of a thousand, and it says where that is", async () => {
    const one = await managed({ ...smallSeed(NOW), activities: noise(10_400, NOW - HOUR) });
    const { configure, console: own } = one.sandbox.control;
    configure({ compliance: "disabled" });
    own.setRole("ada@acme.example", "user");
    configure({ compliance: "enabled" });
    const plan = await who(one);
    expect(plan.who).toEqual({ known: true, since: new Date(NOW - HOUR + 400).toISOString(), stopped: "limit" });
    expect(feedReads(one).map(({ query }) => /limit=1000/.test(query))).toEqual(Array(10).fill(true));
    const { stdout } = await one.run(["drift", "--who"], withFeed(one));
    expect(stdout).toContain(
      "the activity feed was read back to 2026-11-23 11:00 UTC: older activities than the newest 10,000",
    );
  });

  test("a page more is asked for only while something is not found", async () => {
    const one = await managed({ ...smallSeed(NOW), activities: noise(2500, NOW - HOUR) });
    one.sandbox.control.console.setRole("ada@acme.example", "user");
    expect((await who(one)).who.stopped).toBe("found");
    expect(feedReads(one)).toHaveLength(1);
  });

  test("back to the last run that carried out everything, and no further", async () => {
    const one = await managed();
    const declared = readFileSync(join(one.folder, "rbac.yaml"), "utf8");
    one.sandbox.control.console.setRole("dora@acme.example", "user");
    writeFileSync(
      join(one.folder, "rbac.yaml"),
      declared.replace(/bob@acme\.example: \{ role: user \}/, "bob@acme.example: { role: developer }"),
    );
    // Only bob's part of the drift is carried out.
    const later = NOW + 24 * HOUR;
    expect((await one.run(["apply", "--yes", "--only", "members"], { now: later })).exitCode).toBe(0);
    one.sandbox.control.console.setRole("bob@acme.example", "user");
    const plan = await who(one, withFeed(one, { now: later + HOUR }));
    expect(byTarget(plan)["members.bob@acme.example"]?.actor.email).toBe("grace@acme.example");
    expect(feedReads(one)[0]?.query).toContain(
      `created_at.gte=${encodeURIComponent(new Date(later - 60_000).toISOString())}`,
    );
  });

  test("where nothing differs the feed is not asked", async () => {
    const one = await managed();
    const plan = await who(one);
    expect([plan.exit_code, plan.who, feedReads(one)]).toEqual([
      0,
      { known: true, since: null, stopped: "not-asked" },
      [],
    ]);
  });
});

describe("a feed that cannot be read", () => {
  async function drifted(): Promise<Stage> {
    const one = await managed();
    one.sandbox.control.console.setRole("ada@acme.example", "user");
    return one;
  }

  test("off, too old a key, no scope, a rejected key: each its reason, and the drift all the same", async () => {
    const one = await drifted();
    const plain = await one.run(["drift", "--json"]);
    const reasonOf = async (options: RunOptions) => {
      const plan = await who(one, options);
      expect(plan.exit_code).toBe(2);
      expect(plan.changes.map(({ target }) => target)).toEqual(plain.json().changes.map(({ target }) => target));
      expect(plan.changes.every((change) => change.who === null)).toBe(true);
      return plan.who;
    };
    expect(await reasonOf({})).toMatchObject({ known: false, reason: "feed-key-too-old" });
    expect(await reasonOf({ env: { ANTH_RBAC_ACTIVITY_KEY: one.sandbox.oauthToken } })).toMatchObject({
      reason: "permission-denied",
      message: expect.stringContaining("Missing required scopes"),
    });
    expect(await reasonOf({ env: { ANTH_RBAC_ACTIVITY_KEY: "sk-ant-admin01-sandbox-nobody-knows-it" } })).toMatchObject(
      {
        reason: "credential-rejected",
        message: expect.stringMatching(/rejected.*; set ANTH_RBAC_ACTIVITY_KEY to a key that is whole and active$/),
      },
    );
    one.sandbox.control.configure({ compliance: "disabled" });
    expect(await reasonOf(withFeed(one))).toMatchObject({
      reason: "feed-off",
      message: expect.stringContaining("organization: { compliance: enabled }"),
    });
    const text = await one.run(["drift", "--who"], withFeed(one));
    expect(text.stdout).toContain("who changed it is not known: the activity feed is off");
    const markdown = await one.run(["drift", "--who", "--format", "markdown"], withFeed(one));
    expect(markdown.stdout).toContain("who changed it is not known: the activity feed is off");
  });

  test("of Claude Enterprise: a key without the scope says so, one with it tells", async () => {
    const seed = enterpriseSeed(NOW);
    const one = await stage({ seed });
    one.declare({ members: { "ada@acme.example": { role: "managed" } } });
    expect((await who(one, {})).who).toMatchObject({ known: false, reason: "permission-denied" });
    one.sandbox.control.console.setRole("ada@acme.example", "user");
    one.sandbox.control.console.setRole("ada@acme.example", "owner");
    expect(byTarget(await who(one))["members.ada@acme.example"]?.actor.email).toBe("grace@acme.example");
  });

  test("an answer that has not the form of a page is none", async () => {
    const one = await drifted();
    one.sandbox.control.fault({
      kind: "body",
      status: 200,
      body: JSON.stringify({ data: [], has_more: "no" }),
      match: { path: "/v1/compliance/activities" },
    });
    expect((await who(one)).who).toMatchObject({ known: false, reason: "incomplete-answer" });
  });
});

describe("the evidence of a revocation", () => {
  test("has what the person did last, and the way in; without the feed it says why not", async () => {
    const one = await stage();
    const { consoleAs } = one.sandbox.control;
    consoleAs("bob@acme.example").createKey({
      name: "his-last",
      workspace: "Development",
      created_by: "bob@acme.example",
    });
    const evidence = join(one.folder, "evidence.json");
    const revoke = ["revoke", "--user", "bob@acme.example", "--yes", "--keys", "disable"];
    const ran = await one.run([...revoke, "--evidence", evidence], withFeed(one));
    expect(ran.exitCode, ran.stderr).toBe(0);
    const { activities } = JSON.parse(readFileSync(evidence, "utf8"));
    expect(activities).toMatchObject([
      {
        email: "bob@acme.example",
        known: true,
        more: false,
        items: [{ type: "platform_api_key_created", via: { ip_address: "192.0.2.7" } }],
      },
    ]);
    const markdown = join(one.folder, "again.md");
    await one.run([...revoke, "--evidence", markdown], withFeed(one));
    expect(readFileSync(markdown, "utf8")).toMatch(/## Last activities[\s\S]*created the key \| from 192\.0\.2\.7/);
    const without = join(one.folder, "without.json");
    await one.run([...revoke, "--evidence", without]);
    expect(JSON.parse(readFileSync(without, "utf8")).activities).toMatchObject([
      { email: "bob@acme.example", known: false, reason: "feed-key-too-old" },
    ]);
  });
});
