import { type ChildProcess, execFile, spawn } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, inject, test } from "vitest";

const { command } = inject("installed");
const folder = mkdtempSync(join(tmpdir(), "anth-rbac-sandbox-"));
copyFileSync("rbac.example.yaml", join(folder, "rbac.yaml"));
const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

/** Starts the sandbox as a person would, and gives what it printed once it is up. */
async function start(words: readonly string[]) {
  const child = spawn(command, ["sandbox", ...words], { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  let printed = "";
  await new Promise<void>((resolve) => {
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
      if (/ANTHROPIC_API_KEY=.*\n|\n}\n$/.test(printed)) resolve();
    });
  });
  return { child, ended, printed };
}

function run(words: readonly string[], env: NodeJS.ProcessEnv = {}) {
  return new Promise<{ exitCode: number | string; stdout: string; stderr: string }>((resolve) => {
    const options = { cwd: folder, env: { PATH: process.env.PATH, HOME: folder, ...env } };
    execFile(command, words, options, (error, stdout, stderr) =>
      resolve({ exitCode: error?.code ?? 0, stdout, stderr }),
    );
  });
}

test("one process simulates the organization, another compares it with the file, and Ctrl-C is a clean end", async () => {
  const { child, ended, printed } = await start([]);
  const env = Object.fromEntries(
    [...printed.matchAll(/^export (\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]),
  );
  const { exitCode, stdout, stderr } = await run(["drift"], env);
  expect({ exitCode, stderr }).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining("note: the API is 127.0.0.1"),
  });
  expect(stdout).toContain("~ workspaces.prod ");
  child.kill("SIGINT");
  expect(await ended).toBe(0);
});

test("a port in use, and a port that is none, are said", async () => {
  const { child, ended, printed } = await start(["--json"]);
  const { port } = new URL(JSON.parse(printed).url);
  expect(await run(["sandbox", "--port", port])).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(/EADDRINUSE[\s\S]*another --port/),
  });
  expect(await run(["sandbox", "--port", "99999"])).toMatchObject({ exitCode: 64 });
  child.kill("SIGTERM");
  expect(await ended).toBe(0);
});
