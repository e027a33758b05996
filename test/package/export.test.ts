import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, inject, onTestFinished, test } from "vitest";
import { startSandbox } from "../../src/sandbox/sandbox.ts";

const { command } = inject("installed");

test("installed, export writes a file whose drift is empty, and does not overwrite it", async () => {
  const sandbox = await startSandbox();
  const cwd = mkdtempSync(join(tmpdir(), "anth-rbac-export-"));
  onTestFinished(async () => {
    await sandbox.close();
    rmSync(cwd, { recursive: true, force: true });
  });
  const env = {
    PATH: process.env.PATH,
    HOME: cwd,
    ANTHROPIC_BASE_URL: sandbox.url,
    ANTHROPIC_ADMIN_KEY: sandbox.adminKey,
  };
  const run = async (...words: string[]) => {
    const child = spawn(command, words, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    const closed = new Promise<number | null>((resolve) => child.on("close", resolve));
    const [stdout, stderr, exit] = await Promise.all([text(child.stdout), text(child.stderr), closed]);
    return { exit, stdout, stderr };
  };

  expect(await run("export", "--out", "rbac.yaml")).toMatchObject({ exit: 0, stdout: "" });
  const written = readFileSync(join(cwd, "rbac.yaml"), "utf8");
  expect(statSync(join(cwd, "rbac.yaml")).mode & 0o777).toBe(0o666 & ~process.umask());
  expect(await run("validate")).toMatchObject({ exit: 0, stderr: "" });
  expect(await run("drift")).toMatchObject({ exit: 0, stdout: expect.stringContaining("nothing to change") });
  expect(await run("export", "--out", "rbac.yaml")).toMatchObject({
    exit: 3,
    stdout: "",
    stderr: expect.stringContaining("--force"),
  });
  expect(readFileSync(join(cwd, "rbac.yaml"), "utf8")).toBe(written);
  expect(await run("export", "--quiet")).toEqual({ exit: 0, stdout: written, stderr: "" });
});
