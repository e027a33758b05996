/** What people copy is safe as it stands: action.yml, the hooks, and every workflow of this repository and of the examples. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { parse } from "yaml";
import { wholeProgram } from "../../src/cli/program.ts";

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, string>>;
}
interface Job {
  readonly environment?: string;
  readonly "timeout-minutes"?: number;
  readonly steps: readonly Step[];
}
interface Workflow {
  readonly on: unknown;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const yamlIn = (folder: string) => readdirSync(folder).map((name) => join(folder, name));
const files = [...yamlIn("examples/github"), ...yamlIn(".github/workflows")];
const action = parse(readFileSync("action.yml", "utf8"));

/** Every command line of the examples that runs the program, as words. */
function commandLines(text: string): readonly (readonly string[])[] {
  const lines = text.matchAll(/^\s*(?:- )?(?:run: |entry: )?anth-rbac ([a-z]+(?: [^\n|>&]+)?)/gm);
  return [...lines].map(([, line = ""]) => line.trim().split(/\s+/));
}

describe.each(files)("%s", (file) => {
  const text = readFileSync(file, "utf8");
  const workflow: Workflow = parse(text);
  const steps = Object.values(workflow.jobs).flatMap((job) => job.steps.map((step) => ({ job, step })));

  test("asks for no more than it needs, and ends", () => {
    const others = Object.entries(workflow.permissions ?? { none: "said" }).filter(([, right]) => right !== "read");
    expect(others.filter(([name]) => name !== "issues")).toEqual([]);
    expect(Object.values(workflow.jobs).filter((job) => job["timeout-minutes"] === undefined)).toEqual([]);
    expect(text).not.toContain("pull_request_target");
  });

  test("pins what it uses by commit, with the version beside it", () => {
    const used = text.match(/uses: .*/g) ?? [];
    expect(used.filter((line) => !/@(?:[0-9a-f]{40}|COMMIT) # v\d+\.\d+\.\d+$/.test(line))).toEqual([]);
    for (const { step } of steps) {
      if (step.uses?.startsWith("actions/checkout@")) expect(step.with).toMatchObject({ "persist-credentials": false });
    }
  });

  test("puts nothing of an event or a secret into a command line, and secrets only behind an environment", () => {
    for (const { job, step } of steps) {
      if (!step.uses?.startsWith("actions/")) expect(`${step.run ?? ""}${step.with?.args ?? ""}`).not.toContain("${{");
      if (JSON.stringify(step).includes("secrets.")) expect(job.environment).toMatch(/^rbac-/);
    }
    if (JSON.stringify(workflow.on).includes("pull_request")) expect(text).not.toContain("secrets.");
  });
});

test("every flag of the examples is one of its command", () => {
  const texts = ["examples/gitlab-ci.yml", ".pre-commit-hooks.yaml", ...files].map((file) =>
    readFileSync(file, "utf8"),
  );
  const inputs = files.flatMap((file) =>
    Object.values((parse(readFileSync(file, "utf8")) as Workflow).jobs).flatMap(({ steps }) =>
      steps.flatMap(({ with: given }) => (given?.command ? [[given.command, ...(given.args ?? "").split("\n")]] : [])),
    ),
  );
  const lines = [...texts.flatMap(commandLines), ...inputs];
  expect(lines.length).toBeGreaterThan(10);
  for (const [name = "", ...words] of lines) {
    const command = wholeProgram().commands.find((one) => one.name() === name);
    const flags = command?.options.flatMap(({ short, long }) => [short, long]) ?? [];
    const unknown = words.filter((word) => /^--?[a-z]/.test(word) && !flags.includes(word.replace(/=.*/, "")));
    expect([name, unknown]).toEqual([command?.name(), []]);
  }
});

test("action.yml reads inputs from the environment, builds without the job's, and pins its own version in the examples", () => {
  for (const { run = "" } of action.runs.steps as readonly Step[]) expect(run).not.toContain("${{");
  expect(action.runs.steps[0].run).toMatch(/env -i .*npm ci --ignore-scripts/s);
  const version = JSON.parse(readFileSync("package.json", "utf8")).version;
  for (const file of yamlIn("examples/github")) {
    for (const line of readFileSync(file, "utf8").match(/OWNER\/anth-rbac@.*/g) ?? [])
      expect(line).toContain(`# v${version}`);
  }
  expect(readFileSync("examples/gitlab-ci.yml", "utf8")).toContain(`anth-rbac@${version}`);
});

const hasPreCommit = spawnSync("pre-commit", ["--version"]).status === 0;

/** The package as a hook's repository, without what builds it: a build takes a minute and is tested elsewhere. */
test.skipIf(!hasPreCommit)("pre-commit runs the hooks (skipped where there is no pre-commit)", () => {
  const root = mkdtempSync(join(tmpdir(), "anth-rbac-hooks-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const [hooks, project] = [join(root, "hooks"), join(root, "project")];
  for (const folder of [join(hooks, "bin"), project]) mkdirSync(folder, { recursive: true });
  for (const file of [".pre-commit-hooks.yaml", ".npmrc"]) cpSync(file, join(hooks, file));
  const { name, version, bin } = JSON.parse(readFileSync("package.json", "utf8"));
  // The program of this stand-in says what it was started with, and fails where the file says so.
  const said = `process.stdout.write(process.argv.slice(2).join(" ") + "\\n");
    process.exitCode = require("node:fs").readFileSync("rbac.yaml", "utf8").includes("wrong") ? 2 : 0;`;
  writeFileSync(join(hooks, "bin", "anth-rbac.js"), `#!/usr/bin/env node\n${said}`);
  const scripts = { prepack: "echo what a build says" };
  writeFileSync(join(hooks, "package.json"), JSON.stringify({ name, version, bin, scripts }));
  const env = { ...process.env, HOME: root, PRE_COMMIT_HOME: join(root, "cache"), GIT_CONFIG_GLOBAL: "/dev/null" };
  const run = (command: string, words: readonly string[], cwd: string) => {
    const { status, stdout, stderr } = spawnSync(command, words, { cwd, env, encoding: "utf8" });
    return { status, said: `${stdout}${stderr}` };
  };
  const identity = ["-c", "user.name=Nobody", "-c", "user.email=nobody@acme.example"];
  for (const folder of [hooks, project]) {
    run("git", ["init", "--quiet"], folder);
    if (folder === project) writeFileSync(join(project, "rbac.yaml"), "version: 1\n");
    run("git", ["add", "--all"], folder);
    run("git", [...identity, "commit", "--quiet", "--message", "All"], folder);
  }
  const good = run("pre-commit", ["try-repo", hooks, "--all-files", "--verbose"], project);
  expect(good).toMatchObject({
    status: 0,
    said: expect.stringMatching(/^test --quiet\n[\s\S]*^validate --strict\n/m),
  });
  writeFileSync(join(project, "rbac.yaml"), "version: wrong\n");
  run("git", ["add", "--all"], project);
  const bad = run("pre-commit", ["try-repo", hooks, "anth-rbac-validate"], project);
  expect(bad).toMatchObject({ status: 1, said: expect.stringMatching(/Failed[\s\S]*exit code: 2/) });
});
