import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { runMain } from "../support/stage.ts";

/** The words that a completion script gets, for a line up to the cursor. */
async function completed(...words: readonly string[]): Promise<readonly string[]> {
  const { stdout, exitCode, stderr } = await runMain(["__complete", "--", ...words]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  return stdout.split("\n").flatMap((line) => line.split("\t")[0] || []);
}

describe("completion", () => {
  test("offers commands, and says what they do", async () => {
    const { stdout } = await runMain(["__complete", "--", "wh"]);
    expect(stdout).toBe("whoami\tshow the credential in use, and what it can read and write\n");
    expect(await completed("audit", "")).toEqual(["show", "verify", "help"]);
    expect(await completed("")).not.toContain("__complete");
  });

  test.each<readonly [readonly string[], readonly string[]]>([
    [["--config", "apply", "drift", "--ou"], ["--out"]],
    [["--quiet", "drift", "--format", "m"], ["markdown"]],
    [["drift", "--format=m"], ["--format=markdown"]],
    [["review", "--format", "h"], ["html"]],
    [["review", "--format=h"], ["--format=html"]],
    [["drift", "--json", "--format=m"], ["--format=markdown"]],
    [["apply", "--only", "spend"], ["spend_limits"]],
    [["apply", "--allow", "max"], ["max_removals="]],
    [
      ["help", "co"],
      ["completion", "config"],
    ],
    [["help", "audit", "v"], ["verify"]],
    [["prompt", "--", "--mo"], []],
    [["prompt", "dri"], []],
    [["drift", "--timeout", ""], []],
    [["nonsense", ""], []],
    [["validate", ""], [":files"]],
    [["test", "a.yaml", ""], [":files"]],
    [["drift", "--config="], [":files"]],
    [["completion", "z"], ["zsh"]],
  ])("of %j is %j", async (words, expected) => {
    expect(await completed(...words)).toEqual(expected);
  });

  test("of a machine offers the accounts of the file", async () => {
    const example = join(process.cwd(), "rbac.example.yaml");
    const found = await runMain(["__complete", "--", "-c", example, "status", "--service-account", ""]);
    expect(found.stdout).toBe("automation\tservice account\ningest\tfeeds documents into Production\n");
  });

  test("offers the issuers of the file, and to --confirm the names of whatever has to be confirmed", async () => {
    const folder = mkdtempSync(join(tmpdir(), "anth-rbac-complete-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const file = join(folder, "rbac.yaml");
    writeFileSync(
      file,
      "federation: { issuers: { github: {} }, rules: { deploy: {} } }\nservice_accounts: { ci: {} }\ngroups: { Finance: {} }\n",
    );
    const words = async (...line: string[]) => completed("-c", file, ...line, "");
    expect(await words("status", "--issuer")).toEqual(["github"]);
    expect(await words("apply", "--confirm")).toEqual(["Finance", "ci", "deploy", "github"]);
  });

  test("of a flag offers those alone that the command has", async () => {
    expect(await completed("schema", "--")).toEqual(["--no-pager", "--debug", "--no-color", "--help"]);
  });

  test("takes the words of a file that is not valid, and none that does not show", async () => {
    const folder = mkdtempSync(join(tmpdir(), "anth-rbac-complete-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const file = join(folder, "any.yaml");
    const words = async (...line: string[]) => completed("-c", file, ...line, "");
    writeFileSync(
      file,
      'version: 9\nworkspaces: { prod: 7, "a\\u202eb": {} }\nroles: [power]\nmembers: {ada@acme.example\n',
    );
    expect(await words("status", "--workspace")).toEqual(["prod"]);
    expect(await words("prompt", "--role")).toEqual([]);
    for (const text of ["", "[", "7", "\u0000", "a: &a [*a]"]) {
      writeFileSync(file, text);
      expect(await words("revoke", "--user")).toEqual([]);
    }
    expect(await completed("-c", join(folder, "none.yaml"), "revoke", "--user", "")).toEqual([]);
  });
});

describe("completion scripts", () => {
  test.each(["bash", "zsh", "fish"])("are printed for %s", async (shell) => {
    const { stdout, exitCode } = await runMain(["completion", shell]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(new RegExp(`Completion of anth-rbac for ${shell}`));
    // Whatever is typed may hold a command: no script may run it.
    expect(stdout).not.toMatch(/\beval\b/);
  });

  test("are none for another shell: wrong usage", async () => {
    expect(await runMain(["completion", "tcsh"])).toMatchObject({ exitCode: 64 });
    expect(await runMain(["completion"])).toMatchObject({ exitCode: 64 });
  });
});

describe("help", () => {
  test.each(["exit-codes", "environment", "config"])("%s is a page of its own", async (topic) => {
    for (const words of [
      ["help", topic],
      ["--quiet", "help", topic],
      ["help", topic, "--json"],
    ]) {
      const { stdout, exitCode, stderr } = await runMain(words);
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
      expect(stdout.split("\n").length).toBeGreaterThan(10);
    }
  });

  test("of a command is the same by either name", async () => {
    expect((await runMain(["help", "audit", "show"])).stdout).toBe((await runMain(["audit", "show", "--help"])).stdout);
    expect((await runMain(["help"])).stdout).toBe((await runMain([])).stdout);
  });

  test("of what is none is wrong usage, and says what may be meant", async () => {
    const { exitCode, stderr } = await runMain(["help", "exit-code"]);
    expect(exitCode).toBe(64);
    expect(stderr).toContain('there is no command and no topic "exit-code"; did you mean exit-codes?');
    expect(await runMain(["help", "__complete"])).toMatchObject({ exitCode: 64 });
  });
});
