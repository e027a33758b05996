import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { promptStage, SEED_POLICY } from "../../support/prompt.ts";

const READY = "/help says more";
/** The end of a turn that went well. */
const DONE = "req_";
const TAKEN_OUT = "this turn is taken out";

/** Types lines, each when the last has been answered; the last ends the conversation. */
function typing(...lines: readonly (readonly [after: string, line: string])[]) {
  return lines.map(([after, line]) => ({
    after,
    send: line === "^D" ? "\u0004" : line === "^C" ? "\u0003" : `${line}\r`,
  }));
}

describe("a conversation", () => {
  test("sends what was said before with each turn, and ends with Ctrl-D", async () => {
    const { prompt, audited } = await promptStage();
    const { exitCode, stdout, stderr } = await prompt("pat", [], {
      typed: typing([READY, "one"], [DONE, "two"], [DONE, "^D"]),
    });
    expect([exitCode, stdout]).toEqual([0, "Sandbox answer to: one\nSandbox answer to: two\n"]);
    expect(stderr).toContain("power · claude-haiku-5-5 · at most 1024 tokens an answer · 60 calls a minute · ");
    // "one" is a word and three more in the sandbox's count, the answer four words and three.
    expect(audited().map(({ input_tokens }) => input_tokens)).toEqual([7, 18]);
  });

  test("however long, leaves nothing behind with each turn", async () => {
    const warned: Error[] = [];
    const onWarning = (warning: Error) => warned.push(warning);
    process.on("warning", onWarning);
    try {
      const { prompt, sent } = await promptStage();
      const turns = Array.from({ length: 12 }, (_, turn) => [turn === 0 ? READY : DONE, `turn ${turn}`] as const);
      await prompt("pat", [], { typed: typing(...turns, [DONE, "/exit"]) });
      expect(sent()).toBe(12);
    } finally {
      process.off("warning", onWarning);
    }
    expect(warned).toEqual([]);
  });

  test("leaves out a turn that failed or was refused, and goes on", async () => {
    const { prompt, sandbox, audited } = await promptStage();
    sandbox.control.fault({ kind: "refusal" });
    sandbox.control.fault({ kind: "stream_cut" });
    const { exitCode, stderr } = await prompt("pat", [], {
      typed: typing([READY, "one"], [TAKEN_OUT, "two"], [TAKEN_OUT, "one"], [DONE, "/exit"]),
    });
    expect(exitCode).toBe(0);
    expect(stderr).toContain("warning: the model refused to answer");
    expect(stderr).toContain("error: ");
    expect(audited().map(({ outcome, input_tokens }) => [outcome, input_tokens])).toEqual([
      ["failed", 7],
      ["failed", 7],
      ["done", 7],
    ]);
  });

  test("goes on after a denial that a minute brings", async () => {
    const { prompt, sent } = await promptStage({
      members: {},
      roles: { user: { allowed: true, models: ["claude-haiku-5-5"], rpm_limit: 1 } },
    });
    const { exitCode, stderr } = await prompt("new", ["--role", "user"], {
      typed: typing([READY, "one"], [DONE, "two"], [TAKEN_OUT, "/exit"]),
    });
    expect([exitCode, sent()]).toEqual([0, 1]);
    expect(stderr).toContain("[rate-limited]");
  });

  test("decides each turn by the file as it is then, and by the day", async () => {
    const { prompt, sent, declare, folder, audited } = await promptStage();
    const edited = (change: () => void, line: string) => () => {
      change();
      return `${line}\r`;
    };
    const { exitCode, stderr } = await prompt("uma", [], {
      typed: [
        ...typing([READY, "one"]),
        {
          after: DONE,
          send: edited(
            () =>
              declare({
                ...SEED_POLICY,
                roles: { user: { allowed: false } },
                members: {},
                unmapped: { app_role: "user" },
              }),
            "two",
          ),
        },
        {
          after: "[role-not-allowed]",
          send: edited(() => writeFileSync(join(folder, "rbac.yaml"), "version: 2\n"), "three"),
        },
        { after: "[policy-invalid]", send: edited(() => declare(SEED_POLICY), "four") },
        {
          after: DONE,
          send: edited(
            () =>
              declare({
                ...SEED_POLICY,
                members: { "uma@acme.example": { role: "user", app_role: "user", until: "2026-01-01" } },
              }),
            "five",
          ),
        },
        { after: "[identity-unmapped]", send: "/exit\r" },
      ],
    });
    expect([exitCode, sent()]).toEqual([0, 2]);
    expect(stderr).toContain("rbac.yaml has errors now");
    expect(audited().map(({ event }) => event)).toEqual(["prompt", "denial", "denial", "prompt", "denial"]);
  });

  test("Ctrl-C ends an answer and not the conversation; at an empty line it ends that", async () => {
    const { prompt, sandbox, audited, sent } = await promptStage();
    sandbox.control.configure({ reply: "word ".repeat(500), streamDelayMs: 20 });
    const ctrlC = async () => {
      while (sent() === 0) await new Promise((resolve) => setTimeout(resolve, 10));
      return "\u0003";
    };
    const two = () => {
      sandbox.control.configure({ reply: null, streamDelayMs: 0 });
      return "two\r";
    };
    const { exitCode, stderr } = await prompt("pat", [], {
      typed: [
        ...typing([READY, "one"]),
        { after: "one", send: ctrlC },
        { after: TAKEN_OUT, send: two },
        ...typing([DONE, "^C"]),
      ],
    });
    expect(exitCode).toBe(130);
    expect(stderr).toContain("error: interrupted");
    expect(audited().map(({ outcome, reason }) => [outcome, reason])).toEqual([
      ["failed", "interrupted"],
      ["done", undefined],
    ]);
  });

  test("ends where the key is rejected: the next turn would be too", async () => {
    const { prompt, sent } = await promptStage();
    const { exitCode } = await prompt("pat", [], {
      typed: typing([READY, "one"]),
      env: { ANTHROPIC_API_KEY: "sk-ant-api03-sandbox-no-such-key-0123456789" },
    });
    expect([exitCode, sent()]).toEqual([4, 1]);
  });

  test("has a time for each turn, and ends when one takes longer", async () => {
    const { prompt, sandbox } = await promptStage();
    sandbox.control.fault({ kind: "slow", ms: 60_000 });
    const { exitCode, stderr } = await prompt("pat", ["--timeout", "1"], { typed: typing([READY, "one"]) });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/took longer than 1 s|deadline of 1 s/);
  });
});

describe("its commands", () => {
  test("change model and role only as far as the policy goes", async () => {
    const { prompt, audited } = await promptStage();
    const { exitCode, stderr } = await prompt("ann", [], {
      typed: typing(
        [READY, "/role user"],
        ["user · claude-haiku-5-5", "/model claude-opus-5-5"],
        ["[model-not-allowed]", "/role viewer"],
        ["[role-not-allowed]", "/role nobody"],
        ["[role-not-assumable]", "/role"],
        ["the role is user; you may also act as admin, power, viewer", "one"],
        [DONE, "/role admin"],
        ["admin · ", "/model claude-opus-5-5"],
        ["admin · claude-opus-5-5", "/model"],
        ["the model is claude-opus-5-5; the role admin may use *", "two"],
        [DONE, "/exit"],
      ),
    });
    expect([exitCode, stderr.includes("error")]).toEqual([0, false]);
    expect(stderr).toMatch(/role +nobody\n/);
    expect(audited().map(({ role, model }) => [role, model])).toEqual([
      ["user", "claude-haiku-5-5"],
      ["admin", "claude-opus-5-5"],
    ]);
  });

  test("are not sent, also where there is no such command; // sends a slash", async () => {
    const { prompt, sent, audited } = await promptStage({ audit: { prompts: true } });
    const { stderr } = await prompt("pat", [], {
      typed: typing(
        [READY, "/help"],
        ["//text", "/modell x"],
        ["did you mean /model?", "/zzzz"],
        ["/zzzz: /help lists what there is", "//etc is a folder"],
        [DONE, "/clear"],
        ["forgotten", "three"],
        [DONE, "/exit"],
      ),
    });
    expect(sent()).toBe(2);
    expect(stderr).toContain("there is no command /modell");
    expect(audited().map(({ prompt: text, input_tokens }) => [text, input_tokens])).toEqual([
      ["/etc is a folder", 10],
      ["three", 7],
    ]);
  });
});
