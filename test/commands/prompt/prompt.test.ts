import { copyFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { HAIKU, OPUS, promptStage, SEED_POLICY, SONNET } from "../../support/prompt.ts";

describe("the seed's four roles at the command line", () => {
  const NOT_ALLOWED = "role-not-allowed";
  test.each([
    ["val", [], NOT_ALLOWED],
    ["val", ["--model", HAIKU], NOT_ALLOWED],
    ["uma", [], [HAIKU, 512]],
    ["uma", ["--max-tokens", "100"], [HAIKU, 100]],
    ["uma", ["--max-tokens", "4000"], [HAIKU, 512]],
    ["uma", ["--model", SONNET], "model-not-allowed"],
    ["pat", [], [HAIKU, 1024]],
    ["pat", ["--model", OPUS, "--max-tokens", "9000"], [OPUS, 4096]],
    ["ann", [], [HAIKU, 1024]],
    ["ann", ["--model", "claude-opus-4-8", "--max-tokens", "8000"], ["claude-opus-4-8", 8000]],
    ["ann", ["--role", "user"], [HAIKU, 512]],
    ["ann", ["--role", "viewer"], NOT_ALLOWED],
    ["uma", ["--role", "admin"], "role-not-assumable"],
    ["new", ["--role", "user"], [HAIKU, 512]],
    ["new", ["--role", "nobody"], "role-not-assumable"],
    ["new", [], "identity-unmapped"],
  ])("%s, %j: %j", async (who, words, expected) => {
    const { prompt, audited, sent } = await promptStage();
    const { exitCode, stdout, stderr } = await prompt(who, ["--json", ...words, "hi"]);
    const told = JSON.parse(stdout);
    const [line, ...others] = audited();
    expect(others).toEqual([]);
    if (typeof expected === "string") {
      expect([exitCode, told.kind, told.code, told.exit_code]).toEqual([6, "decision", expected, 6]);
      expect(told.fix ?? "").not.toBe("");
      expect(line).toMatchObject({ command: "prompt", event: "denial", outcome: "denied", reason: expected });
      expect([sent(), stderr]).toEqual([0, ""]);
    } else {
      const [model, tokens] = expected;
      expect([exitCode, told.kind, told.model]).toEqual([0, "message", model]);
      expect(told.decision.request).toEqual({ model, max_tokens: tokens });
      expect(line).toMatchObject({ event: "prompt", outcome: "done", user: `${who}@acme.example`, model });
      expect(sent()).toBe(1);
    }
  });

  test("without a file, and without roles, everything is denied", async () => {
    const { prompt, declare, folder, sent } = await promptStage();
    declare({ members: SEED_POLICY.members && {} });
    expect((await prompt("pat", ["--json", "hi"])).json()).toMatchObject({ code: "policy-missing", exit_code: 6 });
    rmSync(join(folder, "rbac.yaml"));
    const { exitCode, stdout, stderr } = await prompt("pat", ["hi"]);
    expect([exitCode, stdout, sent()]).toEqual([6, "", 0]);
    expect(stderr).toContain("[policy-missing]");
    expect((await prompt("pat", ["--dry-run"])).stdout).toContain("[policy-missing]");
  });

  test("a file with errors is shown as everywhere, and nothing is sent", async () => {
    const { prompt, declare, sent } = await promptStage();
    declare({ roles: { user: { allowed: "perhaps" } } });
    const text = await prompt("pat", ["hi"]);
    expect([text.exitCode, text.stdout]).toEqual([2, ""]);
    expect(text.stderr).toContain("rbac.yaml is not valid");
    expect((await prompt("pat", ["--json", "hi"])).json()).toMatchObject({ kind: "validation", exit_code: 2 });
    expect(sent()).toBe(0);
  });

  test("a role of patterns uses the cheapest model they match, and one that matches nothing asks for --model", async () => {
    const { prompt, declare } = await promptStage();
    const roles = { power: { allowed: true, models: ["claude-opus-*", "claude-sonnet-*"] } };
    declare({
      ...SEED_POLICY,
      members: { "pat@acme.example": { role: "user", app_role: "power" } },
      roles,
      unmapped: {},
    });
    expect(JSON.parse((await prompt("pat", ["--json", "--dry-run"])).stdout).model).toBe(SONNET);
    declare({ ...SEED_POLICY, roles: { ...SEED_POLICY.roles, power: { allowed: true, models: ["other-*"] } } });
    expect(JSON.parse((await prompt("pat", ["--json", "--dry-run"])).stdout)).toMatchObject({
      code: "invalid-request",
      model: null,
      fix: "name one with --model",
    });
  });
});

describe("what is shown", () => {
  test("the answer on stdout, what it cost on stderr", async () => {
    const { prompt } = await promptStage();
    const { exitCode, stdout, stderr } = await prompt("uma", ["how", "are you"]);
    expect([exitCode, stdout]).toEqual([0, "Sandbox answer to: how are you\n"]);
    expect(stderr).toMatch(/\nclaude-haiku-5-5 · \d+ tokens in, 6 out · 0\.0 s · req_\w+\n$/);
    expect((await prompt("uma", ["--quiet", "hi"])).stderr).toBe("");
  });

  test("an answer as JSON", async () => {
    const { prompt } = await promptStage();
    const { stdout } = await prompt("uma", ["--json", "--max-tokens", "900", "hi"]);
    expect(JSON.parse(stdout)).toMatchSnapshot({ key_hint: expect.stringMatching(/^sk-ant-api03-.{3}\.\.\..{4}$/) });
  });

  test("a decision as JSON, denied and allowed", async () => {
    const { prompt } = await promptStage();
    expect((await prompt("uma", ["--json", "--model", OPUS, "hi"])).stdout).toMatchSnapshot();
    expect((await prompt("uma", ["--json", "--max-tokens", "900", "--dry-run"])).stdout).toMatchSnapshot();
  });

  test("why, for a person", async () => {
    const { prompt, folder } = await promptStage();
    expect(folder).not.toBe("");
    const { stdout } = await prompt("ann", ["--role", "user", "--max-tokens", "900", "--dry-run"]);
    expect(stdout).toBe(
      [
        `allowed: the role user may use ${HAIKU}`,
        "",
        "  who         ann@acme.example",
        "  role        user (from --role; the person's own may assume it)",
        `  model       ${HAIKU}`,
        "  rule        roles.user.models[0] (rbac.yaml:1)",
        "  max_tokens  900 asked, 512 sent (roles.user.max_tokens)",
        "  rate limit  10 calls a minute",
        "",
      ].join("\n"),
    );
  });

  test.each([
    [["--max-tokens", "2"], "cut off at 2 tokens: ask for more with --max-tokens"],
    [[], "cut off at 3 tokens: the role short allows no more (roles.short.max_tokens)"],
  ])("an answer that is cut off is said, even under --quiet: %j", async (words, said) => {
    const short = { allowed: true, models: [HAIKU], max_tokens: 3 };
    const { prompt } = await promptStage({ roles: { ...SEED_POLICY.roles, short }, unmapped: { app_role: "short" } });
    const { exitCode, stderr } = await prompt("new", ["--role", "short", "--quiet", ...words, "one two three"]);
    expect([exitCode, stderr]).toEqual([0, `warning: the answer is ${said}\n`]);
  });

  test("a refusal is no answer", async () => {
    const { prompt, sandbox, audited } = await promptStage();
    sandbox.control.fault({ kind: "refusal", times: 2 });
    const text = await prompt("uma", ["--quiet", "hi"]);
    expect(text.exitCode).toBe(1);
    expect(text.stdout).toMatch(/\n$/);
    expect(text.stderr).toBe(
      "warning: the model refused to answer (general_harms), and the text above is no answer: The sandbox was told to refuse.\n",
    );
    const json = await prompt("uma", ["--json", "hi"]);
    expect(JSON.parse(json.stdout)).toMatchObject({
      exit_code: 1,
      answer: null,
      stop_reason: "refusal",
      refusal: { category: "general_harms" },
    });
    expect(audited().map(({ outcome, reason }) => [outcome, reason])).toEqual([
      ["failed", "refusal"],
      ["failed", "refusal"],
    ]);
  });

  test("thinking is not shown", async () => {
    const { prompt, sandbox } = await promptStage();
    sandbox.control.configure({ thinking: "always" });
    expect((await prompt("uma", ["hi"])).stdout).toBe("Sandbox answer to: hi\n");
  });
});

describe("--dry-run", () => {
  test.each([
    ["pat", 0],
    ["val", 6],
    ["new", 6],
  ])("of %s touches nothing and reads no stdin: exit %i", async (who, exit) => {
    const { prompt, audited, sandbox } = await promptStage();
    // A stdin that never ends would keep the run waiting.
    const { exitCode } = await prompt(who, ["--dry-run", "-"], { typed: [], env: { ANTHROPIC_API_KEY: undefined } });
    expect([exitCode, audited(), sandbox.requests.length]).toEqual([exit, [], 0]);
  });
});

describe("the audit log", () => {
  test("has one line for a call: who, role, model, tokens, key and request, and no text", async () => {
    const { prompt, audited, sandbox } = await promptStage();
    await prompt("uma", ["my text"]);
    const [line] = audited();
    expect(line).toMatchObject({
      command: "prompt",
      event: "prompt",
      outcome: "done",
      user: "uma@acme.example",
      role: "user",
      model: HAIKU,
      input_tokens: expect.any(Number),
      output_tokens: 5,
      key_hint: expect.stringContaining("..."),
      request_id: sandbox.requests.at(-1)?.requestId,
    });
    expect(JSON.stringify(line)).not.toContain("my text");
  });

  test("keeps the text where the file says so", async () => {
    const { prompt, audited } = await promptStage({ audit: { prompts: true } });
    await prompt("uma", ["my text"], { stdin: "and more" });
    expect(audited()[0]?.prompt).toBe("my text\n\nand more");
  });

  test("that cannot be written stops the call before it is made", async () => {
    const { prompt, sent, folder } = await promptStage();
    const { exitCode, json } = await prompt("uma", ["--json", "hi"], {
      env: { ANTH_RBAC_STATE_DIR: join(folder, "rbac.yaml") },
    });
    expect([exitCode, sent()]).toEqual([1, 0]);
    expect(json().kind).toBe("error");
  });
});

describe("the key", () => {
  const workspaces = {
    dev: { name: "Development", prompt_key_env: "DEV_KEY" },
    stg: { name: "Staging" },
  };
  test.each([["dev"], ["Development"]])("of the workspace %s is where prompt_key_env says", async (word) => {
    const { prompt, sandbox } = await promptStage({ workspaces });
    const env = { ANTHROPIC_API_KEY: undefined, DEV_KEY: sandbox.secretOf("dev-shared") };
    const { exitCode } = await prompt("uma", ["--workspace", word, "hi"], { env });
    expect(exitCode).toBe(0);
  });

  test.each([
    [["--workspace", "dew"], "not-found", 1],
    [["--workspace", "stg"], "usage", 64],
    [["--workspace", "dev"], "credential-missing", 4],
    [["--workspace", ""], "usage", 64],
    [["--user", " "], "usage", 64],
  ])("%j: %s", async (words, code, exit) => {
    const { prompt, sent, audited } = await promptStage({ workspaces });
    const { exitCode, json } = await prompt("uma", ["--json", ...words, "hi"]);
    expect([exitCode, json().code, sent(), audited()]).toEqual([exit, code, 0, []]);
  });

  test("of another workspace than the pinned one: the API refuses it, and the advice says why that may be", async () => {
    const pinned = { dev: { name: "Development", id: "wrkspc_01other", prompt_key_env: "ANTHROPIC_API_KEY" } };
    const { prompt } = await promptStage({ workspaces: pinned });
    const { exitCode, stdout, stderr } = await prompt("uma", ["--workspace", "dev", "hi"]);
    expect([exitCode, stdout]).toEqual([1, ""]);
    expect(stderr).toContain("does the key in ANTHROPIC_API_KEY belong to another workspace than wrkspc_01other");
  });

  test("of another organization, which does not know the pinned workspace: the file is for another one", async () => {
    const { prompt, audited } = await promptStage({
      organization: { id: "11111111-2222-4333-8444-555555555555" },
      workspaces: { dev: { name: "Development", id: "wrkspc_01other", prompt_key_env: "ANTHROPIC_API_KEY" } },
    });
    const { exitCode, stdout, stderr } = await prompt("uma", ["--workspace", "dev", "hi"]);
    expect([exitCode, stdout]).toEqual([4, ""]);
    expect(stderr).toContain("but rbac.yaml is for 11111111");
    expect(audited()).toMatchObject([
      {
        outcome: "failed",
        reason: "wrong-organization",
        organization: { id: expect.stringMatching(/^0b4e/) },
        request_id: expect.stringMatching(/^req_/),
      },
    ]);
  });

  test("of another organization: nothing of its answer is shown", async () => {
    const { prompt, audited, folder } = await promptStage({
      organization: { id: "11111111-2222-4333-8444-555555555555" },
    });
    const { exitCode, stdout, stderr } = await prompt("uma", ["hi"]);
    expect([exitCode, stdout]).toEqual([4, ""]);
    expect(stderr).toContain("but rbac.yaml is for 11111111");
    expect(audited()).toMatchObject([{ outcome: "failed", reason: "wrong-organization", model: HAIKU }]);
    copyFileSync(join(folder, "rbac.yaml"), join(folder, "x.yaml"));
    const named = await prompt("uma", ["hi", "--config", "x.yaml"]);
    expect([named.exitCode, named.stderr]).toEqual([4, expect.stringContaining("but x.yaml is for 11111111")]);
  });
});
