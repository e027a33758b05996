import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { runMain as run } from "../support/stage.ts";

const CONFIG = [
  "version: 1",
  "members:",
  "  ada@acme.example: { role: developer, app_role: user }",
  "  grace@acme.example: { role: admin }",
  "  alan@acme.example: { role: admin }",
  "roles:",
  "  user: { allowed: true, models: [claude-haiku-5-5], max_tokens: 512 }",
  "",
].join("\n");
const asking = (expected: string) =>
  `tests:\n  - { name: a, user: ada@acme.example, request: { model: claude-haiku-5-5 }, ${expected} }\n`;
const PASSES = asking("expect: allow");
const FAILS = asking("expect: deny");

/** A folder with these files, that goes with the test. */
function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "anth-rbac-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  // The search for a rbac.yaml ends here.
  mkdirSync(join(folder, ".git"));
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  return folder;
}

test("the example's tests pass, and cover every pair", async () => {
  const cwd = process.cwd();
  const words = ["test", "-c", "rbac.example.yaml", "--min-coverage", "100", "--json"];
  const { exitCode, stdout, stderr } = await run(words, { cwd });
  const { summary, coverage, findings, tests } = JSON.parse(stdout);
  expect({ exitCode, stderr, findings }).toEqual({ exitCode: 0, stderr: "", findings: [] });
  expect(summary.failed).toBe(0);
  expect(coverage).toMatchObject({ percent: 100, minimum: 100 });
  // As a tutorial it has to show everything: each role, each code that a test can meet under `unmapped`, lowering, a user.
  const seen = (field: string) => new Set(tests.map((each: Record<string, unknown>) => each[field]));
  expect(seen("role")).toEqual(new Set(["viewer", "user", "power", "admin", "root", null]));
  expect(seen("code")).toEqual(new Set([null, "role-not-allowed", "model-not-allowed", "unknown-role"]));
  expect(readFileSync(join(cwd, "rbac.test.yaml"), "utf8")).toContain("max_tokens: 4000");
});

describe("the file of tests", () => {
  test.each(["rbac.test.yaml", "rbac.test.yml", "rbac.test.json"])("%s is found beside the rbac.yaml", async (name) => {
    const cwd = folderOf({ "rbac.yaml": CONFIG, [name]: PASSES, "below/rbac.test.yaml": FAILS });
    expect(await run(["test"], { cwd: join(cwd, "below") })).toMatchObject({
      exitCode: 0,
      stdout: "1 passed · coverage 100 % (1 of 1 pair)\n",
    });
  });

  test("is run beside any other that is there: none passes unseen", async () => {
    const cwd = folderOf({ "rbac.yaml": CONFIG, "rbac.test.yaml": PASSES, "rbac.test.yml": FAILS });
    const { exitCode, stdout } = await run(["test"], { cwd });
    expect(exitCode).toBe(2);
    expect(stdout).toContain("1 passed, 1 failed");
  });

  test("is looked for beside the rbac.yaml that is named", async () => {
    const cwd = folderOf({
      "rbac.yaml": CONFIG,
      "rbac.test.yaml": FAILS,
      "a/rbac.yaml": CONFIG,
      "a/rbac.test.yaml": PASSES,
    });
    expect((await run(["test", "-c", "a/rbac.yaml"], { cwd })).exitCode).toBe(0);
    expect((await run(["test"], { cwd })).exitCode).toBe(2);
  });

  test.each(["text", "json", "junit", "github"])(
    "as %s hold no folder of the machine that nobody typed",
    async (format) => {
      const cwd = folderOf({ ".git/HEAD": "", "rbac.yaml": CONFIG, "rbac.test.yaml": FAILS, "below/x": "" });
      const folder = join(cwd, "below");
      for (const words of [[], ["../rbac.test.yaml"], ["-c", "../rbac.yaml", "../rbac.test.yaml"]]) {
        const { exitCode, stdout } = await run(["test", ...words, "--format", format, "--min-coverage", "100"], {
          cwd: folder,
        });
        expect(exitCode).toBe(2);
        expect(stdout).toContain("(../rbac.yaml:");
        expect(stdout).not.toContain(cwd);
        if (format === "junit") expect(stdout).toContain('<testsuite name="coverage"');
        if (format === "github") expect(stdout).toContain("file=rbac.test.yaml");
      }
      const absolute = join(cwd, "rbac.test.yaml");
      expect((await run(["test", absolute], { cwd: folder })).stdout).toContain(`${absolute}:`);
    },
  );

  test("may be several, each run once, and stdin", async () => {
    const cwd = folderOf({ "rbac.yaml": CONFIG, "a.yaml": PASSES, "b.yaml": FAILS });
    const { exitCode, stdout } = await run(["test", "a.yaml", "./a.yaml", "b.yaml", "-"], { cwd, stdin: FAILS });
    expect(exitCode).toBe(2);
    expect(stdout).toMatch(/^b\.yaml:2: failed: a: .*\n<stdin>:2: failed: a: .*\n1 passed, 2 failed · /);
    expect(await run(["test", "-", "-c", "-"], { cwd, stdin: CONFIG })).toMatchObject({ exitCode: 64 });
    expect(await run(["test", "-c", "-", "a.yaml"], { cwd, stdin: CONFIG })).toMatchObject({ exitCode: 0 });
  });

  test("that is missing, unreadable or without a test is a failure, with a file that would do", async () => {
    const cwd = folderOf({ "rbac.yaml": CONFIG, "empty.yaml": "", "none.yaml": "tests: []\n" });
    for (const files of [[], ["empty.yaml"], ["empty.yaml", "none.yaml"]]) {
      const { exitCode, stdout, stderr } = await run(["test", ...files, "--json"], { cwd });
      const { code, fix } = JSON.parse(stdout);
      expect([exitCode, code]).toEqual([1, "no-tests"]);
      expect(stderr).toContain("error: ");
      writeFileSync(join(cwd, "proposed.yaml"), fix.slice(fix.indexOf("tests:")));
      expect((await run(["test", "proposed.yaml"], { cwd })).exitCode).toBe(0);
    }
    for (const file of ["nope.yaml", "."]) {
      const { exitCode, stderr } = await run(["test", file], { cwd });
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(/cannot be read: (there is no such file|it is a directory)/);
    }
  });

  test("that is empty beside one that is not is a warning", async () => {
    const cwd = folderOf({ "rbac.yaml": CONFIG, "empty.yaml": "# nothing\n", "a.yaml": PASSES });
    const { exitCode, stdout } = await run(["test", "empty.yaml", "a.yaml"], { cwd });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^empty\.yaml: warning: .* \[no-policy-tests\]\n1 passed, 1 warning · /);
  });

  test.each([
    ["broken YAML", `${PASSES}  - [\n`, "yaml-syntax"],
    ["bytes", "\u0001\u0000\u0000\u0000\u0001\u0000\u0002", "not-text"],
    ["an rbac.yaml", CONFIG, "not-policy-tests"],
    ["more than is read", "#".repeat(5 * 1024 * 1024), "file-too-large"],
    ["a stray line", `${PASSES}    x-a: 1\n`, "yaml-syntax"],
  ])("that holds %s is findings, and fails", async (_, text, code) => {
    const cwd = folderOf({ "rbac.yaml": CONFIG, "rbac.test.yaml": text });
    const { exitCode, stdout } = await run(["test", "--json"], { cwd });
    const { kind, exit_code: said, findings, tests } = JSON.parse(stdout);
    expect([exitCode, kind, said, tests]).toEqual([2, "test", 2, []]);
    expect(findings).toContainEqual(expect.objectContaining({ code, severity: "error", file: "rbac.test.yaml" }));
  });
});

describe("the exit code", () => {
  test("is 2 where a test fails, where a file is wrong, and where too little is covered", async () => {
    const more = "    models: [claude-haiku-5-5, claude-opus-5-5]\n";
    const cwd = folderOf({
      "rbac.yaml": CONFIG,
      "two.yaml": `version: 1\nmembers:\n  ada@acme.example: { role: user, app_role: a }\nroles:\n  a:\n    allowed: true\n${more}`,
      "passes.yaml": PASSES,
      "fails.yaml": FAILS,
      "wrong.yaml": `${PASSES}rats: 1\n`,
    });
    const exitCode = async (...words: readonly string[]) => (await run(["test", ...words], { cwd })).exitCode;
    expect(await exitCode("passes.yaml", "--min-coverage", "100%")).toBe(0);
    expect(await exitCode("fails.yaml")).toBe(2);
    expect(await exitCode("wrong.yaml")).toBe(2);
    expect(await exitCode("-c", "two.yaml", "passes.yaml")).toBe(0);
    expect(await exitCode("-c", "two.yaml", "passes.yaml", "--min-coverage", "50")).toBe(0);
    expect(await exitCode("-c", "two.yaml", "passes.yaml", "--min-coverage", "51")).toBe(2);
    for (const percent of ["101", "-1", "x", "1.5"]) expect(await exitCode("--min-coverage", percent)).toBe(64);
  });

  test("of a broken or missing rbac.yaml is validate's", async () => {
    const cwd = folderOf({ "rbac.test.yaml": PASSES, "broken.yaml": `${CONFIG}rats: 1\n` });
    expect(await run(["test", "-c", "broken.yaml"], { cwd })).toMatchObject({
      exitCode: 2,
      stdout: expect.stringContaining('unknown field "rats"'),
    });
    expect((await run(["test", "-c", "broken.yaml", "--format", "junit"], { cwd })).stdout).toContain("<testsuite ");
    expect((await run(["test"], { cwd })).exitCode).toBe(1);
  });
});
