import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { NOW } from "../../support/org.ts";
import { promptStage, SEED_POLICY } from "../../support/prompt.ts";

/** What a stage sends: the sandbox answers with the text of the prompt. */
const echo = (stdout: string) => stdout.replace(/^Sandbox answer to: /, "").replace(/\n$/, "");

describe("the text", () => {
  test.each([
    [["one", "two"], undefined, "one two"],
    [["one"], "two\n", "one\n\ntwo\n"],
    [[], "two", "two"],
    [["-"], "two", "two"],
    [["--file", "-", "one"], "two", "two\none"],
    [["one"], " \n", "one"],
    [["  "], "two", "two"],
    [["a", "-"], "two", "a -\n\ntwo"],
  ])("%j with %j piped in is %j", async (words, stdin, expected) => {
    const { prompt } = await promptStage();
    const { exitCode, stdout } = await prompt("pat", words, { ...(stdin !== undefined && { stdin }) });
    // A line break at the end is not doubled.
    expect([exitCode, echo(stdout)]).toEqual([0, expected.replace(/\n$/, "")]);
  });

  test.each([
    [[], "input-needed", 3],
    [["", "  "], "input-needed", 3],
    [["-"], "input-needed", 3],
    [["--file", "-"], "input-needed", 3],
    [["--file", "-", "-"], "usage", 64],
    [["--file", "missing.txt", "hi"], "file-unreadable", 1],
    [["--max-tokens", "0", "hi"], "usage", 64],
  ])("%j with nothing piped in: %s", async (words, code, exit) => {
    const { prompt, sent, audited } = await promptStage();
    const { exitCode, json } = await prompt("pat", ["--json", ...words]);
    expect([exitCode, json().code, sent(), audited()]).toEqual([exit, code, 0, []]);
  });

  test.each(["<pat@acme.example>", "pat@acme.example;", "pat\u200b@acme.example"])(
    "of somebody whose address cannot be read, %j, goes nowhere: it is not taken for a stranger's",
    async (user) => {
      const { prompt, sent } = await promptStage();
      const named = await prompt("pat", ["--json", "--user", user, "hi"]);
      const set = await prompt("pat", ["--json", "hi"], { env: { ANTH_RBAC_USER: user } });
      for (const { exitCode, json } of [named, set]) expect([exitCode, json().code]).toEqual([64, "usage"]);
      expect(sent()).toBe(0);
    },
  );

  test("on a terminal, --json without a text, and - as a text, are refused", async () => {
    const { prompt } = await promptStage();
    expect((await prompt("pat", ["--json"], { typed: [] })).json()).toMatchObject({ code: "usage" });
    expect((await prompt("pat", ["--json", "-"], { typed: [] })).json()).toMatchObject({ code: "input-needed" });
    expect((await prompt("pat", ["--json", "--no-input"], { typed: [] })).json()).toMatchObject({
      code: "input-needed",
    });
  });

  test("arrives whole, five megabytes of it", async () => {
    const { prompt } = await promptStage();
    const stdin = "äöü 0123456789\n".repeat(300_000);
    const { exitCode, stdout } = await prompt("ann", ["--json", "--model", "claude-haiku-5-5"], { stdin });
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout).usage.input_tokens).toBeGreaterThan(600_000);
  });

  test("that is larger than the API takes is refused before anything is spent", async () => {
    const { prompt, sent, audited } = await promptStage();
    // Quotes are two bytes each in JSON.
    const { json } = await prompt("uma", ["--json"], { stdin: '"'.repeat(17_000_000) });
    expect([json().code, sent(), audited()]).toEqual(["usage", 0, []]);
    expect(json().message).toContain("34.0 MB");
  });
});

test("files come before the text, in the order given", async () => {
  const { prompt, folder, audited } = await promptStage({ audit: { prompts: true } });
  writeFileSync(join(folder, "a.txt"), "first");
  writeFileSync(join(folder, "b.txt"), "second");
  const { exitCode } = await prompt("pat", ["--file", "b.txt", "--file", "a.txt", "what is this?"]);
  expect(exitCode).toBe(0);
  expect(audited()[0]?.prompt).toBe("[document b.txt]\n\n[document a.txt]\n\nwhat is this?");
  expect((await prompt("pat", ["--file", "a.txt"])).exitCode).toBe(0);
});

test.skipIf(process.platform === "win32")("what takes long to come is decided by the file as it is then", async () => {
  const { prompt, declare, folder, sent, audited } = await promptStage();
  const pipe = join(folder, "slow.txt");
  execFileSync("mkfifo", [pipe]);
  let clock = NOW;
  const running = prompt("uma", ["--file", pipe, "hi"], { now: () => clock });
  // A pipe opens once somebody reads it, and the policy was read before that.
  const writing = await open(pipe, "w");
  declare({ ...SEED_POLICY, roles: { ...SEED_POLICY.roles, user: { allowed: false } } });
  clock += 5000;
  await writing.writeFile("text");
  await writing.close();
  const { exitCode, stderr } = await running;
  expect([exitCode, sent()]).toEqual([6, 0]);
  expect(stderr).toContain("[role-not-allowed]");
  expect(audited()).toMatchObject([{ event: "denial", reason: "role-not-allowed" }]);
});
