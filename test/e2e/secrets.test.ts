import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { type Sandbox, startSandbox } from "../../src/sandbox/sandbox.ts";
import { childEnvironment } from "../support/child-environment.ts";

const { command } = inject("installed");
const folder = mkdtempSync(join(tmpdir(), "anth-rbac-secrets-"));
const DELIVERED = "delivered.env";

/** None of the sandbox's, so that they are masked wherever they come through. */
const ASKED = "sk-ant-api03-fakeInThePrompt0123456789";
const ANSWERED = "sk-ant-api03-fakeInTheAnswer0123456789";
const LOOKED_UP = "sk-ant-api03-fakeOfSomebodyElse0123456789";

let sandbox: Sandbox;
let env: NodeJS.ProcessEnv = {};
/** Every byte that the runs have written to stdout and stderr. */
let written = "";

beforeAll(async () => {
  sandbox = await startSandbox();
  const config = {
    version: 1,
    audit: { prompts: true },
    members: {
      "ada@acme.example": { role: "developer", app_role: "user" },
      "bob@acme.example": { role: "user" },
    },
    workspaces: {
      prod: {
        name: "Production",
        members: { "ada@acme.example": "admin" },
        keys: { "prod-auth-service": { deliver: [["dotenv", DELIVERED, "ANTHROPIC_API_KEY"]] } },
      },
    },
    roles: { user: { allowed: true, models: ["claude-haiku-5-5"], max_tokens: 512 } },
  };
  writeFileSync(join(folder, "rbac.yaml"), JSON.stringify(config));
  env = childEnvironment(sandbox, folder, {
    ANTHROPIC_ADMIN_KEY: sandbox.adminKey,
    ANTHROPIC_API_KEY: sandbox.secretOf("prod-search-service"),
    ANTH_RBAC_USER: "ada@acme.example",
  });
});
afterAll(async () => {
  await sandbox.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs a command line with all that it says, and returns its exit code. */
function run(
  words: readonly string[],
  stdin = "",
  onStart: (child: ChildProcess) => void = () => {},
): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...words, "--debug"], { cwd: folder, env });
    const collect = (text: string) => {
      written += text;
    };
    child.stdout.setEncoding("utf8").on("data", collect);
    child.stderr.setEncoding("utf8").on("data", collect);
    onStart(child);
    child.on("error", reject);
    child.on("close", resolve);
    // A run that needs no stdin may be over before it is written.
    child.stdin.on("error", () => {}).end(stdin);
  });
}

/** Starts a command line, kills it once the organization shows its first write, and returns the exit code that it has not got. */
async function killAfterWrite(words: readonly string[], stdin: string, hasBegun: () => boolean) {
  const match = { method: "POST", path: "/v1/organizations/**", after: 1 };
  sandbox.control.fault({ kind: "slow", ms: 1_500, match });
  const exitCode = await run(words, stdin, (child) => {
    const watch = setInterval(() => hasBegun() && child.kill("SIGKILL"), 5);
    child.on("close", () => clearInterval(watch));
  });
  sandbox.control.clearFaults();
  return exitCode;
}

const keyNames = () => sandbox.state.api_keys.map(({ name, status }) => `${name} ${status}`);

const files = () =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== DELIVERED)
    .map((entry) => ({ name: entry.name, text: readFileSync(join(entry.parentPath, entry.name), "utf8") }));

test("a day's work leaves no secret on the screen, in the state directory, or beside the file", async () => {
  expect(await run(["validate"])).toBe(0);
  expect(await run(["drift", "--out", "plan.json"])).toBe(2);
  expect(await run(["apply", "--yes"])).toBe(0);

  const { secret: next } = sandbox.control.console.createKey({
    name: "prod-auth-service@next",
    workspace: "Production",
  });
  const old = sandbox.secretOf("prod-auth-service");
  const wrong = await run(["rotate", "--key", "prod-auth-service", "--secret-stdin", "--yes"], LOOKED_UP);
  expect(wrong).toBe(3);
  const rotate = ["rotate", "--key", "prod-auth-service", "--secret-stdin", "--yes"];
  const superseded = () => keyNames().some((name) => name.includes("@previous-"));
  expect(await killAfterWrite(rotate, next, superseded)).toBe(null);
  expect(readFileSync(join(folder, DELIVERED), "utf8")).toContain(next);

  expect(await run(["prompt", "mask", ASKED, "for me"])).toBe(0);
  sandbox.control.configure({ reply: `Never show ${ANSWERED} to anybody, nor ${ANSWERED}` });
  expect(await run(["prompt", "-"], `what is ${ASKED}?\n`)).toBe(0);
  expect(await run(["prompt", "--json", ASKED])).toBe(0);
  expect(await run(["prompt", "--dry-run", "--system", ASKED, "and this?"])).toBe(0);
  expect(await run(["prompt", "--model", ASKED, "and this?"])).toBe(6);
  expect(await run(["prompt", "--file", ASKED])).toBe(1);

  // The killed run has left its lock behind, which the others had no need of.
  expect(await run(rotate, next)).toBe(0);
  expect(keyNames()).toContain("prod-auth-service active");

  expect(await run(["status", "--key", "-"], LOOKED_UP)).toBe(1);
  expect(await run(["status", "--key", "-"], next)).toBe(0);
  const leaked = sandbox.secretOf("prod-batch");
  expect(await run(["revoke", "--secret-stdin", "--yes"], leaked)).toBe(0);
  expect(await run(["revoke", "--user", "bob@acme.example", "--yes", "--keys", "disable"])).toBe(0);
  for (const words of [
    ["audit", "show"],
    ["audit", "show", "--json"],
    ["audit", "verify"],
    [ASKED],
    ["status", ASKED],
  ]) {
    await run(words);
  }

  const masked = "sk-ant-api03-[masked]";
  expect(written).toContain(`Never show ${masked} to anybody, nor ${masked}`);
  const left = files();
  expect(left.map(({ name }) => name)).toEqual(expect.arrayContaining(["rbac.yaml", "plan.json"]));
  expect(left.some(({ text }) => text.includes(`what is ${masked}?`))).toBe(true);
  const secrets = {
    ASKED,
    ANSWERED,
    LOOKED_UP,
    next,
    old,
    leaked,
    admin: sandbox.adminKey,
    key: env.ANTHROPIC_API_KEY,
  };
  for (const [name, secret] of Object.entries(secrets)) {
    expect(secret, name).toMatch(/^sk-ant-/);
    expect(written.includes(String(secret)), `${name} was shown`).toBe(false);
    const holders = left.filter(({ text }) => text.includes(String(secret))).map((file) => file.name);
    expect(holders, `${name} is in a file`).toEqual([]);
  }
});
