import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { startSandbox } from "../../../src/sandbox/sandbox.ts";
import { checkSeed, loadSeed, parseSeed, SeedError } from "../../../src/sandbox/seed/file.ts";
import { largeSeed } from "../../../src/sandbox/seed/large.ts";
import { smallSeed } from "../../../src/sandbox/seed/small.ts";
import type { SandboxSeed } from "../../../src/sandbox/state/seed.ts";
import { all, NOW, open } from "../../support/open-sandbox.ts";

const now = Date.parse(NOW);

/** What is wrong with a seed, in words. */
function fault(change: (seed: { -readonly [K in keyof SandboxSeed]: SandboxSeed[K] }) => void): string {
  const seed = structuredClone(smallSeed(now));
  change(seed);
  try {
    checkSeed(seed, "test");
  } catch (error) {
    if (error instanceof SeedError) return error.message;
  }
  return "fine";
}

test("both generated seeds are valid, deterministic, and hold no secret that looks real", () => {
  for (const seed of [smallSeed, largeSeed]) {
    const made = seed(now);
    expect(checkSeed(JSON.parse(JSON.stringify(made)), "test")).toEqual(made);
    expect(seed(now)).toEqual(made);
    const secrets = JSON.stringify(made).match(/sk-ant-[a-z]+\d\d-(?!sandbox-|san\.)/g);
    expect(secrets).toBeNull();
  }
});

test("the large seed has the promised size", async () => {
  const sandbox = await startSandbox({ seed: "large" });
  onTestFinished(() => sandbox.close());
  const { state } = sandbox;
  expect(state.workspaces.length).toBe(501);
  expect(state.users.length).toBe(5000);
  expect(state.api_keys.length).toBe(20_000);
  expect(state.workspace_members.length).toBe(5000);
  expect(state.workspace_rate_limits.length).toBe(500);
});

test("large answers a thousand requests over a hundred connections", async () => {
  const { sandbox } = await open({ seed: "large", latencyMs: 20, settings: { requestLog: 0 } });
  const { request, Agent } = await import("node:http");
  const agent = new Agent({ keepAlive: true, maxSockets: 100 });
  onTestFinished(() => agent.destroy());
  const headers = { "x-api-key": sandbox.adminKey, "anthropic-version": "2026-10-21" };
  const get = (n: number): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const id = `wrkspc_01sandbox${String((n % 500) + 1).padStart(5, "0")}`;
      const path = n % 2 === 0 ? `workspaces/${id}/members?limit=1000` : `api_keys?workspace_id=${id}`;
      const req = request(`${sandbox.url}/v1/organizations/${path}`, { agent, headers }, (res) => {
        res.resume();
        res.on("end", () => resolve(res.statusCode));
      });
      req.on("error", reject);
      req.end();
    });
  const statuses = await Promise.all(Array.from({ length: 1000 }, (_, n) => get(n)));
  expect(new Set(statuses)).toEqual(new Set([200]));
});

test("hundreds of sandboxes can be started one after another", async () => {
  for (let n = 0; n < 50; n++) {
    const sandbox = await startSandbox();
    await sandbox.close();
  }
  const last = await startSandbox();
  onTestFinished(() => last.close());
  expect(last.state.users.length).toBe(7);
});

test("two sandboxes share nothing", async () => {
  const [one, other] = [await open(), await open()];
  await one.admin.organization.users.remove("user_01sandboxBob");
  expect((await all(other.admin.organization.users.list())).length).toBe(7);
  expect(other.sandbox.requests.length).toBe(1);
});

test("a seed file is what the state dump gives", async () => {
  const folder = await mkdtemp(join(tmpdir(), "seed-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, "seed.json");
  const { sandbox } = await open();
  await writeFile(file, `\uFEFF${JSON.stringify(sandbox.state)}`);
  const again = await open({ seed: file });
  expect(again.sandbox.state).toEqual(sandbox.state);
});

test("a file that is no seed says why", async () => {
  await expect(loadSeed("/nowhere/seed.json", now)).rejects.toThrow(
    "/nowhere/seed.json: cannot be read: there is no such file",
  );
  expect(() => parseSeed("{", "x.json")).toThrow(/^x\.json: is not JSON/);
  expect(() => parseSeed("[]", "x.json")).toThrow("x.json: Input should be a valid dictionary");
  expect(() => parseSeed("{}", "x.json")).toThrow("x.json: format: Field required");
});

test("what does not fit in a seed is named by its place", () => {
  const member = { type: "workspace_member", user_id: "user_no", workspace_role: "workspace_user" } as const;
  expect(fault(() => undefined)).toBe("fine");
  expect(fault((seed) => Object.assign(seed, { extra: 1 }))).toBe("test: extra: Extra inputs are not permitted");
  expect(fault((seed) => Object.assign(seed.users[2] ?? {}, { role: "chief" }))).toContain("users[2].role");
  expect(fault((seed) => Object.assign(seed.api_keys[0] ?? {}, { secret: "sk-ant-api03-real" }))).toContain(
    "api_keys[0].secret",
  );
  expect(fault((seed) => Object.assign(seed.api_keys[0] ?? {}, { scope: { type: "galaxy" } }))).toContain(
    "api_keys[0].scope.type",
  );
  expect(fault((seed) => Object.assign(seed.settings, { latencyMs: -1 }))).toContain("settings.latencyMs");
  expect(
    fault((seed) => {
      seed.users = [...seed.users, ...seed.users.slice(0, 1)];
    }),
  ).toContain('users[7].id: "user_01sandboxGrace" is used twice');
  expect(
    fault((seed) => {
      seed.workspace_members = [{ ...member, workspace_id: "wrkspc_01sandboxStaging" }];
    }),
  ).toContain('workspace_members[0].user_id: "user_no" names nothing');
  expect(
    fault((seed) => {
      seed.workspace_members = [{ ...member, user_id: "user_01sandboxBob", workspace_id: seed.default_workspace_id }];
    }),
  ).toContain("takes no members");
  expect(
    fault((seed) => {
      seed.default_workspace_id = "wrkspc_no";
    }),
  ).toContain("default_workspace_id");
  expect(fault((seed) => Object.assign(seed.api_keys[0] ?? {}, { scope: { type: "organization" } }))).toContain(
    "needs a principal",
  );
  expect(fault((seed) => Object.assign(seed.api_keys[0] ?? {}, { secret: seed.api_keys[1]?.secret }))).toContain(
    "same secret",
  );
});
