import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, inject, test } from "vitest";
import { type Sandbox, startSandbox } from "../../src/sandbox/sandbox.ts";
import { childEnvironment } from "../support/child-environment.ts";
import { hasTerminal, runInTerminal, type TerminalRun } from "../support/pty.ts";

const { command } = inject("installed");
const folder = mkdtempSync(join(tmpdir(), "anth-rbac-conversation-"));
let sandbox: Sandbox;
let env: NodeJS.ProcessEnv = {};

beforeAll(async () => {
  sandbox = await startSandbox();
  const config = {
    version: 1,
    members: { "ada@acme.example": { role: "developer", app_role: "user" } },
    roles: { user: { allowed: true, models: ["claude-haiku-5-5"], max_tokens: 512 } },
  };
  writeFileSync(join(folder, "rbac.yaml"), JSON.stringify(config));
  env = childEnvironment(sandbox, folder, {
    ANTHROPIC_API_KEY: sandbox.secretOf("prod-auth-service"),
    ANTH_RBAC_USER: "ada@acme.example",
  });
});
beforeEach(() => sandbox.control.reset());
afterAll(async () => {
  await sandbox.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Leaves its process id in a file, and says whether the terminal is set as it was. */
const WATCHED = `before=$(stty -g)
sh -c 'echo $$ > pid; exec "$@"' sh "$@"
code=$?
[ "$(stty -g)" = "$before" ] && echo "the terminal is as before"
exit $code`;

const ASKED = /\n> $/;

const converse = (typed: TerminalRun["typed"] = []) =>
  runInTerminal({ command: "sh", words: ["-c", WATCHED, "sh", command, "prompt"], cwd: folder, env, typed });

const prompts = () => sandbox.requests.filter(({ path }) => path === "/v1/messages").length;

/** An answer that takes a minute, if nobody ends it. */
function answerSlowly() {
  const reply = Array.from({ length: 400 }, (_, at) => `word-${at}`).join(" ");
  sandbox.control.configure({ reply, streamDelayMs: 150 });
}

test.skipIf(!hasTerminal)("two turns, a paste of several lines among them, and Ctrl-D", async () => {
  sandbox.control.configure({ reply: "An answer\u001b[2J." });
  const screen = await converse([
    { after: ASKED, send: "first\r" },
    { after: /An answer[\s\S]*\n> $/, send: "\x1b[200~one\ntwo\x1b[201~" },
    { after: "two", send: "\r" },
    { after: /An answer[\s\S]*\n> $/, send: "\x04" },
  ]);
  expect(screen.exitCode, screen.text).toBe(0);
  expect(prompts()).toBe(2);
  expect(screen.text).toContain("An answer\\u{1b}[2J.\n");
  expect(screen.text).toContain("the terminal is as before");
  expect(screen.raw).toContain("\x1b[?2004h");
  expect(screen.raw.lastIndexOf("\x1b[?2004l")).toBeGreaterThan(screen.raw.lastIndexOf("\x1b[?2004h"));
});

test.skipIf(!hasTerminal)("Ctrl-C in the middle of an answer ends the answer, not the conversation", async () => {
  answerSlowly();
  const screen = await converse([
    { after: ASKED, send: "first\r" },
    { after: "word-1 ", send: "\x03" },
    {
      after: ASKED,
      get send() {
        sandbox.control.configure({ reply: "short", streamDelayMs: 0 });
        return "second\r";
      },
    },
    { after: /short[\s\S]*\n> $/, send: "/exit\r" },
  ]);
  expect(screen.exitCode, screen.text).toBe(0);
  expect(screen.text).not.toContain("word-399");
  expect(screen.text).toContain("the terminal is as before");
  expect(prompts()).toBe(2);
});

test.skipIf(!hasTerminal)("Ctrl-C at an empty line ends with 130", async () => {
  const screen = await converse([
    { after: ASKED, send: "not this\x03" },
    { after: "not this", send: "\x03" },
  ]);
  expect(screen.exitCode, screen.text).toBe(130);
  expect(prompts()).toBe(0);
  expect(screen.text).toContain("the terminal is as before");
});

test.skipIf(!hasTerminal)("SIGTERM, at the prompt or in an answer, gives the terminal back", async () => {
  answerSlowly();
  const terminate = () => {
    process.kill(Number(readFileSync(join(folder, "pid"), "utf8")), "SIGTERM");
    return "";
  };
  const atPrompt = {
    after: ASKED,
    get send() {
      return terminate();
    },
  };
  const inAnswer = {
    after: "word-1 ",
    get send() {
      return terminate();
    },
  };
  for (const typed of [[atPrompt], [{ after: ASKED, send: "first\r" }, inAnswer]]) {
    const screen = await converse(typed);
    expect(screen.exitCode, screen.text).toBe(130);
    expect(screen.text).toContain("the terminal is as before");
    expect(screen.raw).toMatch(/\[\?2004l(?!.*\[\?2004h)/s);
  }
});

test.skipIf(!hasTerminal)(
  "Ctrl-Z stops the program, or is ignored where nobody would wake it; what was typed is kept",
  async () => {
    sandbox.control.configure({ reply: null });
    const stopping = `before=$(stty -g)
set -m
"$@"
[ "$(stty -g)" = "$before" ] && echo "stopped, and the terminal is as before"
fg`;
    for (const [script, stopped] of [
      [stopping, true],
      [WATCHED, false],
    ] as const) {
      const screen = await runInTerminal({
        command: "sh",
        words: ["-c", script, "sh", command, "prompt"],
        cwd: folder,
        env,
        typed: [
          { after: ASKED, send: "ab\x1a" },
          { after: /ab[\s\S]*> ab$/, send: "c\r" },
          { after: /answer to: abc[\s\S]*\n> $/, send: "\x04" },
        ],
      });
      expect(screen.exitCode, screen.text).toBe(0);
      expect(screen.text.includes("stopped, and the terminal is as before")).toBe(stopped);
    }
  },
);
