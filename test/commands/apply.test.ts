import { existsSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { APPLY_EVERY_WRITE, EVERY_WRITE, everyWriteSeed, stateOf } from "../support/every-write.ts";
import { type Ran, type RunOptions, type Stage, stage } from "../support/stage.ts";

const ACME = "0b4e7f52-6a3c-4d1e-9b8a-5c2d1f0e3a47";
const PEOPLE = {
  "grace@acme.example": { role: "admin" },
  "alan@acme.example": { role: "admin" },
  "ada@acme.example": { role: "developer" },
  "dora@acme.example": { role: "developer" },
  "bob@acme.example": { role: "user" },
  "bill@acme.example": { role: "billing" },
  "cleo@acme.example": { role: "claude_code_user" },
  "erin@acme.example": { role: "developer" },
};
/** One person to invite, one role to raise, one membership to take away. */
const CONFIG = {
  organization: { id: ACME },
  manage: { workspace_members: "full" },
  members: { ...PEOPLE, "new@acme.example": { role: "user" } },
  workspaces: { prod: { name: "Production", members: { "ada@acme.example": "admin" } } },
};
/** More than what ends with a workspace. */
const MANY = { max_removals: { percent: 100, never_exceed: 100 } };
/** Archives Development, which nothing declares; Staging stays. */
const ARCHIVE = {
  manage: { workspaces: "full" },
  guardrails: MANY,
  workspaces: { prod: { name: "Production" }, stg: { name: "Staging" } },
};

async function small(config: Record<string, unknown>): Promise<Stage> {
  const one = await stage();
  one.declare(config);
  return one;
}

const YES = { typed: [{ after: "(y/N)", send: "y\r" }] } satisfies RunOptions;
const NO = { typed: [{ after: "(y/N)", send: "\r" }] } satisfies RunOptions;
const audit = async ({ run }: Stage) => JSON.parse((await run(["audit", "show", "--json"])).stdout).entries;

describe("asking", () => {
  test("on a terminal the plan is shown and a yes carries it out; stdout holds the result alone", async () => {
    const one = await small(CONFIG);
    const { exitCode, stdout, stderr } = await one.run(["apply"], YES);
    expect(exitCode).toBe(0);
    expect(stderr).toContain("+ invites.new@acme.example");
    expect(stderr).toContain("Apply these 3 changes?");
    expect(stdout).toContain("3 done; verified");
    expect(stdout).not.toContain("Apply these");
    expect(one.writes()).toHaveLength(3);
  });

  test("the default is no", async () => {
    const one = await small(CONFIG);
    const { exitCode, stdout } = await one.run(["apply"], NO);
    expect([exitCode, stdout]).toEqual([3, expect.stringContaining("refused: nothing was changed")]);
    expect(one.writes()).toEqual([]);
  });

  test.each([[], ["--no-input"]])(
    "where nobody can answer, the whole plan and the flag to give %s",
    async (...flags) => {
      const one = await small(CONFIG);
      const { exitCode, stdout } = await one.run(["apply", ...flags], flags.length > 0 ? { typed: [] } : {});
      expect(exitCode).toBe(3);
      expect(stdout).toContain("- workspaces.prod.members.dora@acme.example");
      expect(stdout).toContain("--yes");
      expect(one.writes()).toEqual([]);
      expect(await audit(one)).toMatchObject([{ event: "refusal", outcome: "refused" }]);
    },
  );

  test("what cannot be undone is never covered by --yes, only by its name", async () => {
    const one = await small(ARCHIVE);
    const refused = await one.run(["apply", "--yes", "--json"]);
    expect([refused.exitCode, refused.json().kind, refused.json().refusal]).toMatchObject([
      3,
      "plan",
      { code: "input-needed", fix: expect.stringContaining("--confirm Development") },
    ]);
    expect((await one.run(["apply", "--yes", "--confirm", "Production"])).exitCode).toBe(3);
    expect(one.writes()).toEqual([]);
    expect((await one.run(["apply", "--yes", "--confirm", "Development", "--confirm", "Nothing"])).exitCode).toBe(0);
    expect(one.writes()).toEqual([expect.stringMatching(/^POST .*\/archive$/)]);
  });

  test("what ends with an archived workspace is shown before the question, each key with its use of seven days", async () => {
    const one = await small(ARCHIVE);
    const { stdout } = await one.run(["apply", "--dry-run"]);
    expect(stdout).toMatch(/Ends with an archived workspace[\s\S]*dev-ada +active, created .*, \d+ requests in 7 days/);
    const ending = (await one.run(["drift", "--json"])).json().unmanaged as {
      target: string;
      use_7d?: object | null;
    }[];
    const used = ending.filter(({ use_7d }) => use_7d !== undefined).map(({ target }) => target);
    expect(used.length).toBeGreaterThan(1);
    expect(used.every((target) => target.startsWith("workspaces.wrkspc_01sandboxDevelopment.keys."))).toBe(true);
    one.sandbox.control.fault({ kind: "5xx", match: { path: "/v1/organizations/analytics/usage" }, times: null });
    expect((await one.run(["drift"])).stdout).toMatch(/dev-ada +active, created .*, use not known/);
  });

  test("on a terminal the name is typed; another word changes nothing", async () => {
    const one = await small(ARCHIVE);
    const typing = (name: string) => ({
      typed: [...YES.typed, { after: "To go on, type Development", send: `${name}\r` }],
    });
    expect((await one.run(["apply"], typing("Prototype"))).exitCode).toBe(3);
    expect(one.writes()).toEqual([]);
    expect((await one.run(["apply"], typing("Development"))).exitCode).toBe(0);
    expect(one.writes()).toHaveLength(1);
  });

  test("where two live workspaces share the name, the id is asked for", async () => {
    const one = await small({ ...ARCHIVE, workspaces: { prod: { name: "Production" } } });
    one.sandbox.control.console.edit("workspaces", "Staging", { name: "Development" });
    const { json } = await one.run(["apply", "--yes", "--confirm", "Development", "--json"]);
    expect(json().refusal?.fix).toMatch(/--confirm wrkspc_\w+ --confirm wrkspc_\w+$/);
  });

  test("nothing to do is said without a question", async () => {
    const one = await small({ members: PEOPLE });
    expect(await one.run(["apply"])).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining("nothing to change"),
    });
    expect(await one.run(["apply", "--json"]).then(({ json }) => json())).toMatchObject({
      results: [],
      verified: true,
    });
  });

  test("Ctrl-C at the question changes nothing", async () => {
    const one = await small(CONFIG);
    const { exitCode } = await one.run(["apply"], { typed: [{ after: "(y/N)", send: "\x03" }] });
    expect([exitCode, one.writes()]).toEqual([130, []]);
  });
});

describe("guardrails", () => {
  const strict = {
    workspaces: ARCHIVE.workspaces,
    members: { "grace@acme.example": { role: "admin" }, "alan@acme.example": { role: "admin" } },
  };
  const manage = { members: "full", workspaces: "additive" };

  test("a refused plan is shown in full; an override by name goes through, with its reason in the audit log", async () => {
    const one = await small({ ...strict, manage });
    const refused = await one.run(["apply", "--yes"]);
    expect(refused.exitCode).toBe(3);
    expect(refused.stdout).toContain("- members.ada@acme.example");
    expect(refused.stdout).toContain("x max_removals");
    expect(one.writes()).toEqual([]);

    const passed = await one.run(["apply", "--yes", "--allow", "max_removals=spring cleaning", "--json"]);
    expect(passed.exitCode).toBe(0);
    const rule = passed.json().guardrails.find((result) => result.rule === "max_removals");
    expect(rule).toMatchObject({ ok: false, overridden: "spring cleaning" });
    const entries = await audit(one);
    expect(entries[0]).toMatchObject({ event: "refusal", target: "max_removals" });
    expect(entries[1]).toMatchObject({ event: "override", target: "max_removals", reason: "spring cleaning" });
  });

  test("protected people stay whatever is allowed", async () => {
    const one = await small({ ...strict, manage, guardrails: { protected: ["alan@acme.example"] } });
    one.declare({
      members: { ...strict.members, "ada@acme.example": { role: "user" } },
      guardrails: { protected: ["ada@acme.example"] },
    });
    const { exitCode, stdout } = await one.run(["apply", "--yes", "--allow", "protected=no"]);
    expect(exitCode).toBe(3);
    expect(stdout).toContain("x protected");
    // What is said to be done does it: a flag would not.
    expect(stdout).toContain("take them out of guardrails.protected in the file");
    expect(stdout).not.toContain("--allow");
  });

  test("the owner of the credential keeps their access: found by the hint of the key", async () => {
    const one = await small({});
    one.declare({ members: PEOPLE, manage: { members: "full" } });
    const env = { ANTHROPIC_ADMIN_KEY: one.sandbox.secretOf("org-grace") };
    const { json } = await one.run(["apply", "--dry-run", "--json"], { env });
    expect(json().guardrails.find(({ rule }) => rule === "self")).toMatchObject({ ok: true });
    one.declare({ organization: { keys: {} }, manage: { keys: "full" } });
    const disabled = await one.run(["apply", "--dry-run", "--json"], { env });
    expect([disabled.exitCode, disabled.json().guardrails.find(({ rule }) => rule === "self")?.ok]).toEqual([3, false]);
  });

  test("an unknown rule, or one without a reason, is wrong usage", async () => {
    const one = await small(CONFIG);
    for (const word of ["max_removal=x", "max_removals", "max_removals="]) {
      expect((await one.run(["apply", "--allow", word])).exitCode).toBe(64);
    }
    expect((await one.run(["apply", "--yes", "--allow", "min_admins=not needed"])).exitCode).toBe(0);
  });

  test("--dry-run is drift, or 3 where a guardrail would refuse; it writes nothing", async () => {
    const one = await small(CONFIG);
    expect((await one.run(["apply", "--dry-run"])).exitCode).toBe(2);
    one.declare({ ...strict, manage });
    expect((await one.run(["apply", "--dry-run"])).exitCode).toBe(3);
    one.declare({ members: PEOPLE });
    expect((await one.run(["apply", "--dry-run"])).exitCode).toBe(0);
    expect(one.writes()).toEqual([]);
  });
});

describe("a part of the organization", () => {
  const results = (ran: Ran) => ran.json().results.map(({ target }) => target);

  test("--only and --workspace", async () => {
    const one = await small(CONFIG);
    const people = await one.run(["apply", "--yes", "--only", "members", "--json"]);
    expect([people.exitCode, results(people)]).toEqual([0, ["invites.new@acme.example"]]);
    const reads = one.sandbox.requests.length;
    const prod = await one.run(["apply", "--yes", "--workspace", "Production", "--json"]);
    expect([prod.exitCode, results(prod)]).toEqual([
      0,
      ["workspaces.prod.members.ada@acme.example", "workspaces.prod.members.dora@acme.example"],
    ]);
    expect(one.sandbox.requests.slice(reads).map(({ path }) => path)).not.toContain("/v1/organizations/spend_limits");
  });

  test("--no-remove takes nothing and nobody away", async () => {
    const one = await small(CONFIG);
    const ran = await one.run(["apply", "--yes", "--no-remove", "--json"]);
    expect([ran.exitCode, results(ran)]).toEqual([
      0,
      ["invites.new@acme.example", "workspaces.prod.members.ada@acme.example"],
    ]);
  });

  test("what does not exist is asked back", async () => {
    const one = await small(CONFIG);
    expect(await one.run(["apply", "--only", "member"])).toMatchObject({
      exitCode: 64,
      stderr: expect.stringContaining('did you mean "members"?'),
    });
    expect(await one.run(["apply", "--workspace", "Produktion"])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('did you mean "Production"?'),
    });
  });
});

describe("saved plans", () => {
  const saved = async (one: Stage) => {
    const { exitCode } = await one.run(["drift", "--out", "plan.json"]);
    expect(exitCode).toBe(2);
    return join(one.folder, "plan.json");
  };

  test("are carried out exactly, and hold no secret", async () => {
    const one = await small(CONFIG);
    const file = await saved(one);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, "utf8")).not.toMatch(/sk-ant-|secret/);
    const ran = await one.run(["apply", "--plan", "plan.json", "--yes", "--json"]);
    expect([ran.exitCode, ran.json().changes]).toEqual([0, JSON.parse(readFileSync(file, "utf8")).changes]);
  });

  test("are no configuration: it is named with --config, and nothing is ever written over it", async () => {
    const one = await small(CONFIG);
    const file = join(one.folder, "rbac.yaml");
    const text = readFileSync(file, "utf8");
    const said = async (...words: string[]) => {
      const { exitCode, stderr } = await one.run(words);
      return [exitCode, stderr.replaceAll(/\s+/g, " ").trim()];
    };
    expect(await said("apply", "--plan", "rbac.yaml", "--yes")).toEqual([
      3,
      expect.stringMatching(/"rbac.yaml" is a configuration, and no plan .*anth-rbac apply --config rbac.yaml$/),
    ]);
    writeFileSync(join(one.folder, "notes.txt"), "call Bob");
    expect(await said("apply", "--plan", "notes.txt", "--yes")).toEqual([
      3,
      expect.stringMatching(/is not a plan .*anth-rbac drift --out plan.json$/),
    ]);
    symlinkSync(file, join(one.folder, "link.yaml"));
    for (const words of [
      ["drift", "--out", "rbac.yaml"],
      ["drift", "--out", "rbac.yaml", "--force"],
      ["drift", "--out", "./link.yaml", "--force"],
      ["drift", "--out", "rbac.yaml", "--force", "--config", "link.yaml"],
      ["review", "--out", "rbac.yaml", "--force"],
    ]) {
      expect(await said(...words)).toEqual([3, expect.stringContaining("is the configuration that this run reads")]);
    }
    expect(await said("drift", "--out", "rbac.yaml/x")).toEqual([1, expect.stringContaining("is no folder")]);
    expect(readFileSync(file, "utf8")).toBe(text);
    expect(one.writes()).toEqual([]);
  });

  test("are refused when they were edited, when the file was, and when the organization moved", async () => {
    const one = await small(CONFIG);
    const file = await saved(one);
    const text = readFileSync(file, "utf8");
    const refused = async (code: string) => {
      const { exitCode, json } = await one.run(["apply", "--plan", "plan.json", "--yes", "--json"]);
      expect([exitCode, json().code]).toEqual([3, code]);
    };
    writeFileSync(file, text.replace('"role": "user"', '"role": "developer"'));
    await refused("plan-edited");
    writeFileSync(file, "{}");
    await refused("plan-edited");
    writeFileSync(file, text);
    one.declare({ ...CONFIG, "x-note": "edited" });
    await refused("plan-stale");
    one.declare(CONFIG);
    one.sandbox.control.console.edit("users", "bob@acme.example", { role: "developer" });
    await refused("plan-stale");
    one.sandbox.control.console.edit("users", "bob@acme.example", { role: "user" });
    expect((await one.run(["apply", "--plan", "plan.json", "--yes"])).exitCode).toBe(0);
    await refused("plan-stale");
    expect(one.writes()).toHaveLength(3);
  });

  test("are not called stale for what cannot be read now, nor for what could not be read then", async () => {
    const one = await small(CONFIG);
    await saved(one);
    const forbidden = () =>
      one.sandbox.control.fault({ kind: "forbidden", match: { path: "/v1/organizations/users" } });
    const applied = async () => {
      const { exitCode, json } = await one.run(["apply", "--plan", "plan.json", "--yes", "--json"]);
      return [exitCode, json().code, json().message];
    };
    forbidden();
    expect(await applied()).toEqual([4, "permission-denied", expect.stringContaining("could not be read: members (")]);
    forbidden();
    await one.run(["drift", "--out", "plan.json", "--force"]);
    expect(await applied()).toEqual([
      3,
      "plan-stale",
      "the plan is stale: members could not be read when it was saved, and can be now",
    ]);
    expect(one.writes()).toEqual([]);
  });

  test("say of which file they were made, where another is read", async () => {
    const one = await small(CONFIG);
    writeFileSync(join(one.folder, "other.yaml"), "version: 1\n");
    await one.run(["drift", "--config", "other.yaml", "--out", "plan.json"]);
    const { exitCode, json } = await one.run(["apply", "--plan", "plan.json", "--yes", "--json"]);
    expect([exitCode, json().message, Reflect.get(json(), "fix")]).toEqual([
      3,
      "the plan is stale: it was made of other.yaml, and not of rbac.yaml as it is now",
      expect.stringContaining("name it: anth-rbac apply --config other.yaml --plan plan.json; else"),
    ]);
  });

  test("shown on a terminal and not to be read again under the lock end the run, and nothing is called moved", async () => {
    const one = await small(CONFIG);
    const send = () => {
      one.sandbox.control.fault({ kind: "forbidden", match: { path: "/v1/organizations/users" }, times: null });
      return "y\r";
    };
    const { exitCode, stderr } = await one.run(["apply"], { typed: [{ after: "(y/N)", send }] });
    expect([exitCode, stderr]).toEqual([4, expect.stringContaining("could not be read: members (")]);
    expect(one.writes()).toEqual([]);
  });

  test("of another organization are refused before anything else is read; other flags do not go with them", async () => {
    const one = await small({ members: PEOPLE, workspaces: CONFIG.workspaces });
    const file = await saved(one);
    const other = JSON.stringify({
      ...JSON.parse(readFileSync(file, "utf8")),
      organization: { id: "other", name: "Other" },
    });
    const { digest: _, ...content } = JSON.parse(other);
    const { createHash } = await import("node:crypto");
    const digest = createHash("sha256").update(JSON.stringify(content)).digest("hex");
    writeFileSync(file, JSON.stringify({ ...content, digest }));
    expect((await one.run(["apply", "--plan", "plan.json", "--yes"])).exitCode).toBe(4);
    expect((await one.run(["apply", "--plan", "plan.json", "--only", "members"])).exitCode).toBe(64);
    expect((await one.run(["apply", "--plan", "nothing.json"])).exitCode).toBe(1);
  });
});

describe("what goes wrong on the way", () => {
  test("a write begins with the question whose organization this is, alone", async () => {
    const one = await small({ ...CONFIG, organization: { id: "11111111-2222-4333-8444-555555555555" } });
    expect((await one.run(["apply", "--yes"])).exitCode).toBe(4);
    expect(one.sandbox.requests.map(({ path }) => path)).toEqual(["/v1/organizations/me"]);
  });

  test("one failure does not stop the rest, but nothing is taken away where an addition failed", async () => {
    const one = await small(CONFIG);
    one.sandbox.control.fault({
      kind: "forbidden",
      match: { path: "/v1/organizations/workspaces/*/members/*", method: "POST" },
    });
    const ran = await one.run(["apply", "--yes", "--json"]);
    expect(ran.json().results.map(({ status, error }) => [status, error?.code])).toEqual([
      ["done", undefined],
      ["failed", "permission-denied"],
      ["skipped", "blocked"],
    ]);
    expect([ran.exitCode, ran.json().verified, ran.json().remaining.length]).toEqual([4, false, 2]);
    expect((await one.run(["apply", "--yes"])).exitCode).toBe(0);
  });

  test("a key that ends with its person is disabled before they go, and fails nothing", async () => {
    const { "bob@acme.example": _, ...people } = PEOPLE;
    const one = await small({
      organization: { keys: { "org-automation": {}, "org-grace": {} } },
      manage: { members: "full", keys: "full" },
      guardrails: MANY,
      members: people,
      workspaces: { dev: { name: "Development", keys: { "dev-shared": {}, "dev-ada": {} } } },
    });
    const { exitCode, json } = await one.run(["apply", "--yes", "--json"]);
    expect(json().results.filter(({ target }) => target.includes("bob"))).toMatchObject([
      { target: "workspaces.dev.keys.dev-bob", status: "done" },
      { target: "members.bob@acme.example", status: "done" },
    ]);
    expect([exitCode, json().verified]).toEqual([0, true]);
  });

  test("what is inside a workspace that could not be created is skipped", async () => {
    const { declare, run, sandbox } = await stage({ seed: everyWriteSeed() });
    declare(EVERY_WRITE);
    sandbox.control.fault({
      kind: "status",
      status: 400,
      match: { method: "POST", path: "/v1/organizations/workspaces" },
    });
    const ran = await run(APPLY_EVERY_WRITE);
    const lab = ran.json().results.filter(({ target }) => target.startsWith("workspaces.lab"));
    expect(lab.map(({ status }) => status)).toEqual(["failed", "skipped", "skipped", "skipped"]);
    // The archive of another workspace waits for every addition.
    expect(ran.json().results.at(-1)).toMatchObject({ status: "skipped", error: { code: "blocked" } });
    expect(ran.exitCode).toBe(5);
  });

  test("spend limits that the preview does not let anybody write are a warning", async () => {
    const one = await stage({ settings: { spendLimits: "writes_not_enabled" } });
    one.declare({
      workspaces: {
        prod: { name: "Production", tags: { a: "b" }, spend_limit: { monthly: 7 } },
        stg: { name: "Staging", spend_limit: { monthly: 7 } },
      },
    });
    const ran = await one.run(["apply", "--yes", "--json"]);
    expect([ran.exitCode, ran.json().verified]).toEqual([0, true]);
    expect(ran.json().findings).toContainEqual(
      expect.objectContaining({ code: "preview-not-enabled", severity: "warning" }),
    );
    expect(ran.json().results.map(({ status }) => status)).toEqual(["done", "skipped", "skipped"]);
    // Asked once: what was not asked is said of the other.
    expect(one.writes().filter((call) => call.includes("spend_limits"))).toHaveLength(1);
    const [, asked, other] = ran.json().results;
    expect(asked?.error?.message).toMatch(/^setting the spend limit of wrkspc_01sandboxProduction: /);
    expect(other?.error?.message).toMatch(/^not begun: setting the spend limit of wrkspc_01sandboxProduction: /);
  });

  test("lists that lag behind writes are waited for", async () => {
    const one = await stage({ settings: { staleReads: { reads: 2 } } });
    one.declare(CONFIG);
    expect(await one.run(["apply", "--yes", "--json"])).toMatchObject({ exitCode: 0 });
  });

  test("Ctrl-C finishes the change in flight and lists what is left; the next run goes on", async () => {
    const { declare, run, sandbox, writes } = await stage({ seed: everyWriteSeed() });
    declare(EVERY_WRITE);
    const interrupt = new AbortController();
    sandbox.control.fault({ kind: "slow", ms: 400, match: { method: "POST", path: "/v1/organizations/invites" } });
    const at = setInterval(() => {
      if (writes().length > 0) setTimeout(() => interrupt.abort(), 100);
    }, 5);
    const ran = await run(APPLY_EVERY_WRITE, { signal: interrupt.signal });
    clearInterval(at);
    const { results, remaining, stopped, verified } = ran.json();
    const done = results.filter(({ status }) => status === "done");
    expect([ran.exitCode, stopped?.code, verified]).toEqual([130, "interrupted", false]);
    expect(done.length).toBeGreaterThan(0);
    expect(results.filter(({ status }) => status === "failed")).toEqual([]);
    expect(remaining).toHaveLength(results.length - done.length);
    expect((await run(APPLY_EVERY_WRITE)).exitCode).toBe(0);
    const [clean] = [await stage({ seed: everyWriteSeed() })];
    clean.declare(EVERY_WRITE);
    await clean.run(APPLY_EVERY_WRITE);
    expect(stateOf(sandbox.state)).toEqual(stateOf(clean.sandbox.state));
  });

  test("an interrupt after the log's first line of a change, and before it was sent: not begun, and closed in the log", async () => {
    const { declare, run, folder, sandbox, writes } = await stage();
    declare({ workspaces: { dev: { name: "Development", tags: { env: "dev2" } } } });
    await run(["apply", "--dry-run"]);
    const interrupt = new AbortController();
    const log = join(folder, "state", "audit.jsonl");
    const at = setInterval(() => {
      if (existsSync(log) && readFileSync(log, "utf8").includes('"started"')) interrupt.abort();
    }, 5);
    // After as many requests as the reading needs, the pace makes the write wait.
    const pace = String(sandbox.requests.length);
    const ran = await run(["apply", "--yes", "--json", "--api-rpm", pace], { signal: interrupt.signal });
    clearInterval(at);
    const { results, stopped } = ran.json();
    expect([ran.exitCode, stopped?.code, writes()]).toEqual([130, "interrupted", []]);
    expect(results.map(({ status, error }) => [status, error?.message])).toEqual([
      ["skipped", "not begun: interrupted"],
    ]);
    const shown = await run(["audit", "show", "--json"]);
    expect(shown.stdout).toContain('"skipped"');
  });

  test("what somebody else changes meanwhile, and no difference showed, stays as it is", async () => {
    const dev = { name: "Development", tags: { env: "dev2" } };
    const { run, sandbox, writes } = await small({
      workspaces: { dev, stg: { name: "Staging", tags: { team: "x" } } },
    });
    // Each write is on its way for so long: the second one has not come when the first one is seen.
    sandbox.control.fault({ kind: "slow", ms: 300, match: { method: "POST" }, times: null });
    let edited = false;
    const at = setInterval(() => {
      if (edited || writes().length === 0) return;
      edited = true;
      sandbox.control.console.edit("workspaces", "Staging", { tags: { env: "production-like" } });
    }, 5);
    const { exitCode, stdout } = await run(["apply", "--yes"]);
    clearInterval(at);
    expect([exitCode, edited, stdout]).toEqual([0, true, expect.stringContaining("2 done; verified")]);
    const staging = sandbox.state.workspaces.find(({ name }) => name === "Staging");
    expect(staging?.tags).toEqual({ env: "production-like", team: "x" });
  });

  test("a deadline that passes on the way ends the run in part", async () => {
    const { declare, run } = await stage({ seed: everyWriteSeed(), latencyMs: 120 });
    declare(EVERY_WRITE);
    const ran = await run([...APPLY_EVERY_WRITE, "--timeout", "2s"]);
    const { results, remaining, stopped } = ran.json();
    expect([ran.exitCode, stopped?.code]).toEqual([5, "deadline-exceeded"]);
    expect(remaining).toHaveLength(results.filter(({ status }) => status !== "done").length);
  });

  test("a retry-after beyond the deadline ends the run in part", async () => {
    const one = await small(CONFIG);
    one.sandbox.control.fault({
      kind: "429",
      retry_after: 86_400,
      match: { method: "POST", path: "/v1/organizations/workspaces" },
    });
    const ran = await one.run(["apply", "--yes", "--json"]);
    expect(ran.json().results.map(({ status }) => status)).toEqual(["done", "failed", "skipped"]);
    expect(ran.exitCode).toBe(5);
  });

  test("an audit log that cannot be written stops before the first write", async () => {
    const one = await small(CONFIG);
    writeFileSync(join(one.folder, "blocked"), "");
    const env = { ANTH_RBAC_STATE_DIR: join(one.folder, "blocked") };
    expect((await one.run(["apply", "--yes"], { env })).exitCode).toBe(1);
    expect(one.writes()).toEqual([]);
  });

  test("every write is in the audit log with its request", async () => {
    const one = await small(CONFIG);
    const { results } = (await one.run(["apply", "--yes", "--json"])).json();
    const entries = await audit(one);
    expect(entries.map((entry: { target: string; request_id: string }) => [entry.target, entry.request_id])).toEqual(
      results.map(({ target, request_id: id }) => [target, id]),
    );
  });
});

describe("two at the same moment", () => {
  test("end in the declared state, and nothing is done twice", async () => {
    const { declare, run, sandbox, writes } = await stage({ seed: everyWriteSeed(), latencyMs: 5 });
    declare(EVERY_WRITE);
    const [one, other] = await Promise.all([run(APPLY_EVERY_WRITE), run(APPLY_EVERY_WRITE)]);
    expect([one.exitCode, other.exitCode]).toEqual([0, 0]);
    expect([one.json().results.length, other.json().results.length].sort()).toContain(0);
    expect(`${one.stderr}${other.stderr}`).toMatch(/another run \(process \d+ on .*, since .*\) is at work/);
    const alone = await stage({ seed: everyWriteSeed() });
    alone.declare(EVERY_WRITE);
    await alone.run(APPLY_EVERY_WRITE);
    expect(stateOf(sandbox.state)).toEqual(stateOf(alone.sandbox.state));
    expect(writes()).toHaveLength(alone.writes().length);
  });
});
