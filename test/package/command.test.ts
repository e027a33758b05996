import { spawn, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, inject, test } from "vitest";
import { VERSION } from "../../src/core/model/version.ts";
import { hasTerminal, runInTerminal } from "../support/pty.ts";

const { command, package: folder } = inject("installed");
const empty = mkdtempSync(join(tmpdir(), "anth-rbac-run-"));
afterAll(() => rmSync(empty, { recursive: true, force: true }));

/** No credential and no wish for colour of the machine that tests run on. */
const env = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => !/^(?:ANTHROPIC_|ANTH_RBAC_|NO_COLOR|FORCE_COLOR|NODE_OPTIONS)/.test(name),
  ),
);

function run(words: readonly string[], cwd = empty) {
  const { status, stdout, stderr } = spawnSync(command, words, { cwd, env, encoding: "utf8" });
  return { status, stdout, stderr };
}

describe("installed in an empty folder", () => {
  test("it tells its version", () => {
    expect(run(["--version"])).toEqual({ status: 0, stdout: `${VERSION}\n`, stderr: "" });
  });

  test("it explains itself and each command", () => {
    expect(run(["--help"])).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^Usage: anth-rbac /),
      stderr: "",
    });
    expect(run(["help", "drift"])).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^Usage: anth-rbac drift /),
      stderr: "",
    });
  });

  test("it validates the example that it brings", () => {
    const { status, stderr } = run(["validate", join(folder, "rbac.example.yaml")]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });

  test("it finds an rbac.yaml upwards", () => {
    const project = join(empty, "project");
    mkdirSync(join(project, "deeper"), { recursive: true });
    cpSync(join(folder, "rbac.example.yaml"), join(project, "rbac.yaml"));
    expect(run(["validate"], join(project, "deeper"))).toMatchObject({ status: 0, stderr: "" });
  });

  test("it executes nothing that it finds there, and minds no package.json", () => {
    const project = join(empty, "hostile");
    mkdirSync(join(project, ".config"), { recursive: true });
    cpSync(join(folder, "rbac.example.yaml"), join(project, "rbac.yaml"));
    for (const extension of ["js", "cjs", "mjs", "ts"]) {
      writeFileSync(join(project, ".config", `config.${extension}`), 'console.log("EXECUTED");');
    }
    const clean = run(["validate"], project);
    expect(clean).toMatchObject({ status: 0, stdout: expect.not.stringContaining("EXECUTED"), stderr: "" });
    writeFileSync(join(project, "package.json"), "{ no json");
    expect(run(["validate"], project)).toEqual(clean);
  });

  test.each([[["nonsense"]], [["validate", "--nonsense"]], [["validate", "a.yaml", "b.yaml"]]])(
    "%j is wrong usage: exit 64, and nothing on stdout",
    (words) => {
      const { status, stdout, stderr } = run(words);
      expect({ status, stdout }).toEqual({ status: 64, stdout: "" });
      expect(stderr).toMatch(/^error: /);
      expect(stderr).not.toMatch(/\n\s+at /);
    },
  );

  test("wrong usage is one JSON object where JSON is asked for", () => {
    const { status, stdout } = run(["validate", "--json", "--nonsense"]);
    expect(status).toBe(64);
    expect(JSON.parse(stdout)).toMatchObject({ format_version: "1", kind: "error", code: "usage", exit_code: 64 });
  });
});

describe("a reader that goes away early", () => {
  test("is no failure: a shell's head", () => {
    const line = 'set -o pipefail; "$0" schema | head -n 1';
    const { status, stdout, stderr } = spawnSync("bash", ["-c", line, command], { env, encoding: "utf8" });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "{\n", stderr: "" });
  });

  test("is no failure: a pipe closed before the first byte", async () => {
    const child = spawn(command, ["schema"], { env, stdio: ["ignore", "pipe", "pipe"] });
    child.stdout.destroy();
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
      stderr += chunk;
    });
    const status = await new Promise((resolve) => child.on("close", resolve));
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });
});

describe.skipIf(!hasTerminal)("in a terminal", () => {
  const escapes = "\u001b[";

  test("errors have colour, and none with NO_COLOR or --no-color", async () => {
    const shown = (words: readonly string[], more = {}) => runInTerminal({ command, words, env: { ...env, ...more } });
    const plain = await shown(["nonsense"], { NO_COLOR: "1" });
    const coloured = await shown(["nonsense"]);
    expect(coloured.exitCode).toBe(64);
    expect(coloured.raw).toContain(escapes);
    expect(plain.raw).not.toContain(escapes);
    expect(coloured.text).toBe(plain.text);
  });

  test.each([60, 80])("help fits %i columns", async (columns) => {
    const { text, exitCode } = await runInTerminal({ command, words: ["--help"], env, columns });
    expect(exitCode).toBe(0);
    expect(text.split(/\r?\n/).filter((line) => line.length > columns)).toEqual([]);
  });
});
