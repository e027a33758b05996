import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, inject, test } from "vitest";
import { type Sandbox, startSandbox } from "../../src/sandbox/sandbox.ts";
import { childEnvironment } from "../support/child-environment.ts";
import { hasTerminal, runInTerminal } from "../support/pty.ts";

const { command } = inject("installed");
const folder = mkdtempSync(join(tmpdir(), "anth-rbac-rotate-"));
const WORDS = ["rotate", "--key", "prod-auth-service"];
let sandbox: Sandbox;
let env: NodeJS.ProcessEnv = {};

beforeAll(async () => {
  sandbox = await startSandbox();
  const deliver = [["dotenv", "delivered.env", "ANTHROPIC_API_KEY"]];
  const keys = { "prod-auth-service": { deliver } };
  writeFileSync(
    join(folder, "rbac.yaml"),
    JSON.stringify({ version: 1, workspaces: { prod: { name: "Production", keys } } }),
  );
  env = childEnvironment(sandbox, folder, {
    ANTHROPIC_ADMIN_KEY: sandbox.adminKey,
  });
});
beforeEach(() => sandbox.control.reset());
afterAll(async () => {
  await sandbox.close();
  rmSync(folder, { recursive: true, force: true });
});

const rotateTyping = (typed: NonNullable<Parameters<typeof runInTerminal>[0]["typed"]>) =>
  runInTerminal({ command, words: WORDS, cwd: folder, env, typed });

const makeNext = () =>
  sandbox.control.console.createKey({ name: "prod-auth-service@next", workspace: "Production" }).secret;

const names = () =>
  sandbox.state.api_keys.map(({ name, status }) => `${name} ${status}`).filter((text) => text.startsWith("prod-auth"));

/** All that a run leaves on this machine, but for the place that the secret was delivered to. */
const leftBehind = () =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== "delivered.env")
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"))
    .join("\n");

test.skipIf(!hasTerminal)(
  "a rotation on a terminal: wait, paste the secret too early, agree; it is never seen",
  async () => {
    let secret = "";
    const screen = await rotateTyping([
      { after: "Wait for it", send: "y\r" },
      {
        after: "waiting for",
        get send() {
          secret = makeNext();
          return `${secret}\r`;
        },
      },
      { after: "Apply", send: "y\r" },
    ]);
    expect(screen.exitCode).toBe(0);
    expect(screen.text).toContain("come back on");
    expect(names()).toEqual([expect.stringMatching(/@previous-\d{8} active$/), "prod-auth-service active"]);
    expect(readFileSync(join(folder, "delivered.env"), "utf8")).toContain(secret);
    expect(screen.raw).not.toContain(secret);
    expect(leftBehind()).not.toContain(secret);
  },
);

test.skipIf(!hasTerminal)("Ctrl-C ends the waiting at once, and nothing has changed", async () => {
  const before = names();
  const screen = await rotateTyping([
    { after: "Wait for it", send: "y\r" },
    { after: /(?:waiting for[\s\S]*){9}/, send: "\x03" },
  ]);
  expect(screen.exitCode).toBe(130);
  expect(names()).toEqual(before);
});
