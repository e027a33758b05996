/** What moves while the program waits, in a real terminal; and nothing of it in what is piped. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { hasTerminal, runInTerminal } from "../../support/pty.ts";
import { COMMAND_LINE, script } from "../../support/script.ts";
import { type Stage, stage } from "../../support/stage.ts";

const ERASE = "\r\u001b[2K";

function environment({ sandbox, folder }: Stage) {
  return {
    ...process.env,
    FOLDER: folder,
    ANTHROPIC_BASE_URL: sandbox.url,
    ANTHROPIC_ADMIN_KEY: sandbox.adminKey,
    ANTHROPIC_API_KEY: sandbox.secretOf("prod-auth-service"),
    ANTH_RBAC_STATE_DIR: join(folder, "state"),
    NO_COLOR: "1",
  };
}

describe.skipIf(!hasTerminal)("in a terminal", () => {
  test("a slow read has a counter that goes away, and what is piped has nothing of it", async () => {
    const one = await stage({ latencyMs: 900 });
    one.declare({
      members: { "bob@acme.example": { role: "user" } },
      workspaces: { prod: { name: "Production", members: {} } },
    });
    const file = await script(COMMAND_LINE);
    const line = `exec ${JSON.stringify(process.execPath)} ${JSON.stringify(file)} drift --json > piped.json`;
    const screen = await runInTerminal({
      command: "sh",
      words: ["-c", line],
      cwd: one.folder,
      env: environment(one),
    });
    expect(screen.raw).toMatch(/reading the organization: \d of \d+ requests/);
    // The last of it is erased: nothing of a counter is left on the screen.
    const [left = ""] = screen.raw.split(ERASE).slice(-1);
    expect(left).not.toContain("reading the organization");
    const piped = readFileSync(join(one.folder, "piped.json"), "utf8");
    expect(piped).not.toContain("\u001b");
    expect(JSON.parse(piped)).toMatchObject({ kind: "plan", exit_code: screen.exitCode });
  });

  test("a prompt says that it waits before its first word, and not in its answer", async () => {
    const one = await stage();
    one.declare({
      members: { "ada@acme.example": { role: "developer", app_role: "u" } },
      roles: { u: { allowed: true, models: ["claude-haiku-5-5"], max_tokens: 100 } },
    });
    one.sandbox.control.fault({ kind: "slow", ms: 2500, match: { path: "/v1/messages" } });
    const file = await script(COMMAND_LINE);
    const words = ["prompt", "--user", "ada@acme.example", "hi"];
    const command = [process.execPath, file, ...words].map((word) => JSON.stringify(word)).join(" ");
    const screen = await runInTerminal({
      command: "sh",
      words: ["-c", `${command} < /dev/null; ${command} < /dev/null > answer.txt`],
      cwd: one.folder,
      env: environment(one),
    });
    expect([screen.exitCode, screen.raw]).toEqual([0, expect.stringContaining(`waiting for the answer${ERASE}`)]);
    const answer = readFileSync(join(one.folder, "answer.txt"), "utf8");
    expect([answer.includes("\u001b"), answer.includes("waiting")]).toEqual([false, false]);
    expect(answer.trim()).not.toBe("");
  });
});
