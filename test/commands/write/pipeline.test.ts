/** The order of a run that writes: no question under the lock, what was agreed to is what is done, every refusal in the log. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type RunOptions, type Stage, stage } from "../../support/stage.ts";

const INVITE = { members: { "new@acme.example": { role: "user" } } };
const RAISE = { workspaces: { prod: { name: "Production", members: { "ada@acme.example": "admin" } } } };

async function small(config: Record<string, unknown>): Promise<Stage> {
  const one = await stage();
  one.declare(config);
  return one;
}

/** Answers the first question once `meanwhile` has happened. */
const answering = (send: string, meanwhile: () => Promise<unknown> | unknown = () => {}): RunOptions => ({
  typed: [
    {
      after: "(y/N)",
      send: async () => {
        await meanwhile();
        return send;
      },
    },
  ],
});

interface AuditLine {
  readonly command: string;
  readonly event: string;
  readonly outcome: string;
  readonly reason: string;
  readonly organization?: { readonly id: string };
}

/** The refusals in the log, oldest first. */
async function refusals({ run }: Stage): Promise<readonly AuditLine[]> {
  const { entries } = JSON.parse((await run(["audit", "show", "--json"])).stdout) as {
    readonly entries: readonly AuditLine[];
  };
  return entries.filter(({ event }) => event === "refusal");
}

describe("a question", () => {
  test("keeps nobody waiting: another run writes while it is open", async () => {
    const one = await small(INVITE);
    writeFileSync(join(one.folder, "other.yaml"), JSON.stringify({ version: 1, ...RAISE }));
    let other: number | undefined;
    const { exitCode, stdout } = await one.run(
      ["apply"],
      answering("y\r", async () => {
        other = (await one.run(["apply", "--config", "other.yaml", "--yes"])).exitCode;
      }),
    );
    expect([other, exitCode]).toEqual([0, 0]);
    expect(stdout).toContain("1 done; verified");
    expect(one.writes()).toHaveLength(2);
  });

  test("that is answered when the organization has moved is answered for nothing: refused, saying what moved", async () => {
    const one = await small(RAISE);
    const moves = () => one.sandbox.control.console.setRole("ada@acme.example", "admin");
    const { exitCode, stdout } = await one.run(["apply"], answering("y\r", moves));
    expect(exitCode).toBe(3);
    expect(stdout).toContain("the organization has changed since this plan was shown");
    expect(stdout).toContain("workspaces.prod.members.ada@acme.example is not needed any more");
    expect(one.writes()).toEqual([]);
    expect(await refusals(one)).toMatchObject([{ command: "apply", outcome: "refused" }]);
  });

  test("of revoke is answered in vain too, where somebody else was quicker", async () => {
    const one = await small({});
    const { exitCode, stdout } = await one.run(
      ["revoke", "--user", "dora@acme.example", "--keys", "disable"],
      answering("y\r", () => one.sandbox.control.console.removeUser("dora@acme.example")),
    );
    expect([exitCode, stdout]).toEqual([
      3,
      expect.stringContaining("members.dora@acme.example is not needed any more"),
    ]);
    expect(one.writes()).toEqual([]);
    expect(await refusals(one)).toMatchObject([{ command: "revoke" }]);
  });

  test("that is answered with no is a refusal: in the log, one object with --json, and the plan is not shown again", async () => {
    const one = await small(INVITE);
    const { exitCode, stdout, stderr } = await one.run(["apply"], answering("n\r"));
    expect([exitCode, stdout]).toEqual([
      3,
      expect.stringMatching(/^refused: nothing was changed: the answer was no\n/),
    ]);
    expect(stderr.match(/invites\.new@acme\.example/g)).toHaveLength(1);
    const json = (await one.run(["apply", "--json"], answering("n\r"))).json();
    expect(json).toMatchObject({ kind: "plan", exit_code: 3, refusal: { code: "input-needed" } });
    expect(json.changes).toHaveLength(1);
    expect(await refusals(one)).toMatchObject([{ command: "apply" }, { command: "apply" }]);
  });
});

describe("an input that ends at a question is the answer no", () => {
  const END = "\u0004";
  test.each([
    [["apply"], "(y/N)"],
    [["revoke", "--user", "dora@acme.example", "--keys", "disable"], "(y/N)"],
  ])("%j: refused, said, and one object with --json", async (words, after) => {
    const one = await small(INVITE);
    const { exitCode, stdout } = await one.run(words, { typed: [{ after, send: END }] });
    expect([exitCode, stdout]).toEqual([3, expect.stringContaining("refused: nothing was changed")]);
    const ran = await one.run([...words, "--json"], { typed: [{ after, send: END }] });
    expect([ran.exitCode, ran.json().refusal?.code]).toEqual([3, "input-needed"]);
    expect(one.writes()).toEqual([]);
  });

  test("so is a name that is not typed to its end", async () => {
    const one = await small({
      manage: { workspaces: "full" },
      workspaces: { prod: { name: "Production" }, stg: { name: "Staging" } },
    });
    const { exitCode } = await one.run(["apply", "--yes"], { typed: [{ after: "type Development", send: END }] });
    expect([exitCode, one.writes()]).toEqual([3, []]);
  });

  test("and where a secret was asked for, what is left is the manual step", async () => {
    const one = await stage();
    one.declare({ workspaces: { prod: { name: "Production", keys: { "prod-auth-service": {} } } } });
    one.sandbox.control.console.createKey({ name: "prod-auth-service@next", workspace: "Production" });
    const words = ["rotate", "--key", "prod-auth-service", "--force"];
    const { exitCode } = await one.run(words, { typed: [{ after: "empty: skip", send: END }] });
    expect([exitCode, one.writes()]).toEqual([7, []]);
  });
});

test("a result after a question does not say the findings once more", async () => {
  const one = await small({ ...INVITE, roles: { user: { allowed: true, models: ["claude-sonnet-9"] } } });
  const { stdout, stderr } = await one.run(["apply"], answering("y\r"));
  expect(stderr).toContain("[model-unknown]");
  expect(stdout).not.toContain("[model-unknown]");
  expect(stdout).toContain("1 done; verified");
});

test("with --yes the plan is shown once: what became of it", async () => {
  const one = await small(INVITE);
  const { stdout, stderr } = await one.run(["apply", "--yes"]);
  expect(`${stdout}${stderr}`.match(/invites\.new@acme\.example/g)).toHaveLength(1);
});

describe("the audit log has", () => {
  test("a plan that was edited, and one that is stale", async () => {
    const one = await small(INVITE);
    await one.run(["drift", "--out", "plan.json"]);
    const plan = readFileSync(join(one.folder, "plan.json"), "utf8");
    writeFileSync(join(one.folder, "edited.json"), plan.replace("new@acme.example", "spy@acme.example"));
    expect((await one.run(["apply", "--plan", "edited.json", "--yes"])).exitCode).toBe(3);
    one.declare({ members: { "other@acme.example": { role: "user" } } });
    expect((await one.run(["apply", "--plan", "plan.json", "--yes"])).exitCode).toBe(3);
    expect(await refusals(one)).toMatchObject([
      { reason: expect.stringContaining("plan-edited") },
      { reason: expect.stringContaining("plan-stale"), organization: { id: expect.any(String) } },
    ]);
  });

  test.each(["apply", "rotate", "revoke"])("a %s for another organization", async (command) => {
    const one = await small({ organization: { id: "11111111-2222-4333-8444-555555555555" }, ...INVITE });
    const words = command === "revoke" ? [command, "--user", "bob@acme.example", "--yes"] : [command, "--yes"];
    expect((await one.run(words)).exitCode).toBe(4);
    expect(await refusals(one)).toMatchObject([{ command, reason: expect.stringContaining("wrong-organization") }]);
  });

  test("nothing of a run that only shows", async () => {
    const one = await small({ organization: { id: "11111111-2222-4333-8444-555555555555" }, ...INVITE });
    expect((await one.run(["apply", "--dry-run"])).exitCode).toBe(4);
    expect(await refusals(one)).toEqual([]);
  });
});

test("the commands that will get a secret are shown before the question, and with --dry-run", async () => {
  const one = await stage();
  const deliver = [["gh", "secret", "set", "ANTHROPIC API KEY"]];
  one.declare({ workspaces: { prod: { name: "Production", keys: { "prod-auth-service": { deliver } } } } });
  const { secret } = one.sandbox.control.console.createKey({
    name: "prod-auth-service@next",
    workspace: "Production",
  });
  const words = ["rotate", "--key", "prod-auth-service", "--secret-env", "NEW_KEY", "--force"];
  const env = { NEW_KEY: secret };
  const shown =
    /Commands that will run, with the new secret on stdin\n +workspaces\.prod\.keys\.prod-auth-service +gh secret set 'ANTHROPIC API KEY'/;
  expect((await one.run([...words, "--dry-run"], { env })).stdout).toMatch(shown);
  const { exitCode, stderr } = await one.run(words, { env, ...answering("n\r") });
  expect([exitCode, stderr]).toEqual([3, expect.stringMatching(shown)]);
});

test("a saved plan is replaced only with --force, and carried out from stdin too", async () => {
  const one = await small(INVITE);
  expect((await one.run(["drift", "--out", "plan.json"])).exitCode).toBe(2);
  const plan = readFileSync(join(one.folder, "plan.json"), "utf8");
  const before = one.sandbox.requests.length;
  expect(await one.run(["drift", "--out", "plan.json"])).toMatchObject({
    exitCode: 3,
    stderr: expect.stringContaining("overwrite it with --force"),
  });
  expect(one.sandbox.requests).toHaveLength(before);
  expect((await one.run(["drift", "--out", "plan.json", "--force"])).exitCode).toBe(2);
  expect((await one.run(["apply", "--plan", "-", "--yes"], { stdin: plan })).exitCode).toBe(0);
  expect((await one.run(["apply", "--plan", "-", "--yes"], { stdin: "" })).exitCode).toBe(3);
  expect((await one.run(["apply", "--plan", "-", "--config", "-", "--yes"], { stdin: plan })).exitCode).toBe(64);
});
