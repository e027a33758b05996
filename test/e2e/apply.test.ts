import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { type Sandbox, startSandbox } from "../../src/sandbox/sandbox.ts";
import { childEnvironment } from "../support/child-environment.ts";
import { APPLY_EVERY_WRITE, EVERY_WRITE, everyWriteSeed, stateOf } from "../support/every-write.ts";
import { hasTerminal, runInTerminal } from "../support/pty.ts";

const { command } = inject("installed");
const folder = mkdtempSync(join(tmpdir(), "anth-rbac-apply-"));
let sandbox: Sandbox;
let env: NodeJS.ProcessEnv = {};

beforeAll(async () => {
  sandbox = await startSandbox({ seed: everyWriteSeed() });
  writeFileSync(join(folder, "rbac.yaml"), JSON.stringify({ version: 1, ...EVERY_WRITE }));
  env = childEnvironment(sandbox, folder, {
    ANTHROPIC_ADMIN_KEY: sandbox.adminKey,
    ANTHROPIC_AUTH_TOKEN: sandbox.oauthToken,
  });
});
afterAll(async () => {
  await sandbox.close();
  rmSync(folder, { recursive: true, force: true });
});

function run(words: readonly string[], interrupt?: (stop: () => void) => void) {
  return new Promise<{ exitCode: number | null; stdout: string; stderr: string }>((resolve, reject) => {
    const child = spawn(command, words, { cwd: folder, env });
    let [stdout, stderr] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text) => {
      stderr += text;
    });
    child.on("error", reject);
    child.on("close", (exitCode) => resolve({ exitCode, stdout, stderr }));
    interrupt?.(() => child.kill("SIGINT"));
  });
}

const writes = () => sandbox.requests.filter(({ method }) => method !== "GET").length;

test("two processes that apply at the same moment end in the declared state, and do nothing twice", async () => {
  sandbox.control.reset(everyWriteSeed());
  const alone = await run(APPLY_EVERY_WRITE);
  expect(alone).toMatchObject({ exitCode: 0 });
  const [state, count] = [stateOf(sandbox.state), writes()];

  sandbox.control.reset(everyWriteSeed());
  const both = await Promise.all([run(APPLY_EVERY_WRITE), run(APPLY_EVERY_WRITE)]);
  expect(both.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
  expect(both.map(({ stdout }) => JSON.parse(stdout).results.length).sort()[0]).toBe(0);
  expect([stateOf(sandbox.state), writes()]).toEqual([state, count]);
});

test("Ctrl-C ends a process after the change in flight, and says what is left", async () => {
  sandbox.control.reset(everyWriteSeed());
  sandbox.control.configure({ latencyMs: 50 });
  const { exitCode, stdout, stderr } = await run(APPLY_EVERY_WRITE, (stop) => {
    const timer = setInterval(() => {
      if (writes() < 3) return;
      clearInterval(timer);
      stop();
    }, 5);
  });
  const { results, stopped, remaining } = JSON.parse(stdout);
  expect([exitCode, stopped.code]).toEqual([130, "interrupted"]);
  expect(stderr).toContain("finishing the change in flight");
  expect(results.filter(({ status }: { status: string }) => status === "failed")).toEqual([]);
  expect(remaining.length).toBeGreaterThan(0);
  sandbox.control.configure({ latencyMs: 0 });
  expect(await run(APPLY_EVERY_WRITE)).toMatchObject({ exitCode: 0 });
});

/** `apply` of everything that there is to write, by a person who types. */
function applyInTerminal(typed: NonNullable<Parameters<typeof runInTerminal>[0]["typed"]>) {
  sandbox.control.reset(everyWriteSeed());
  return runInTerminal({ command, words: ["apply"], cwd: folder, env, typed });
}

test.skipIf(!hasTerminal)("on a terminal: the plan, a question, a name to type, the result", async () => {
  const { exitCode, text } = await applyInTerminal([
    { after: "(y/N)", send: "y\r" },
    { after: "type nightly:", send: "nightly\r" },
    { after: "type old-ci:", send: "old-ci\r" },
    { after: "type gone:", send: "gone\r" },
    { after: "type Old:", send: "Old\r" },
  ]);
  expect([exitCode, text]).toEqual([0, expect.stringMatching(/Apply these \d+ changes\?[\s\S]*done; verified/)]);
});

test.skipIf(!hasTerminal)("on a terminal: what is typed before the question is shown answers nothing", async () => {
  const { exitCode, text } = await applyInTerminal([
    // A line that is finished, and one that is not.
    { after: "note:", send: "y\ry" },
    { after: "(y/N)", send: "\r" },
  ]);
  expect([exitCode, writes(), text]).toEqual([3, 0, expect.stringContaining("Apply these")]);
});
