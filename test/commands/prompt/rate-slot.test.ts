import { expect, test } from "vitest";
import { NOW } from "../../support/org.ts";
import { HAIKU, OPUS, promptStage, SEED_POLICY } from "../../support/prompt.ts";

const asUser = (user: object) => ({ roles: { ...SEED_POLICY.roles, user } });
const ONE_A_MINUTE = asUser({ allowed: true, models: [HAIKU], rpm_limit: 1 });

test("the call after the last of a minute is denied, says when there is room, and is not sent", async () => {
  const { prompt, sent, audited } = await promptStage(ONE_A_MINUTE);
  await prompt("uma", ["hi"]);
  const { exitCode, stdout } = await prompt("uma", ["--json", "hi"], { now: NOW + 20_000 });
  expect([exitCode, sent()]).toEqual([6, 1]);
  expect(JSON.parse(stdout)).toMatchObject({
    code: "rate-limited",
    retry_at: new Date(NOW + 60_000).toISOString(),
    message: "The role user allows 1 call a minute; there is room again in 40 s",
  });
  expect(audited().map(({ event, reason }) => [event, reason])).toEqual([
    ["prompt", undefined],
    ["denial", "rate-limited"],
  ]);
  expect((await prompt("uma", ["hi"], { now: NOW + 61_000 })).exitCode).toBe(0);
  // Another person has a window of their own.
  expect((await prompt("new", ["--role", "user", "hi"])).exitCode).toBe(0);
});

test("--wait waits for room, and says so", async () => {
  const { prompt, sent, audited } = await promptStage(ONE_A_MINUTE);
  let clock = NOW;
  const moving = {
    now: () => clock,
    sleep: async (milliseconds: number) => {
      clock += milliseconds;
    },
  };
  await prompt("uma", ["-"], { ...moving, stdin: "hi" });
  const { exitCode, stderr } = await prompt("uma", ["--wait", "-"], { ...moving, stdin: "hi" });
  expect([exitCode, sent(), clock]).toEqual([0, 2, NOW + 60_000]);
  expect(stderr).toContain("waiting 60 s, until 12:01:00 UTC: the role user allows 1 call a minute");
  expect(audited().map(({ event }) => event)).toEqual(["prompt", "prompt"]);
});

test.each([
  ["a role that may call nothing any more", asUser({ allowed: false }), "role-not-allowed"],
  ["a model that is its no more", asUser({ allowed: true, models: [OPUS] }), "model-not-allowed"],
  [
    "an entry that has ended",
    { members: { "uma@acme.example": { role: "user", app_role: "user", until: "2026-01-01" } } },
    "identity-unmapped",
  ],
  ["a file that is wrong now", { version: 2 }, "policy-invalid"],
])("who has waited is decided about anew: %s", async (_, edit, code) => {
  const { prompt, declare, sent, audited } = await promptStage(ONE_A_MINUTE);
  let clock = NOW;
  const sleep = async (milliseconds: number) => {
    clock += milliseconds;
    declare({ ...SEED_POLICY, ...edit });
  };
  await prompt("uma", ["-"], { stdin: "hi" });
  const words = ["--wait", "--model", HAIKU, "-"];
  const { exitCode, stderr } = await prompt("uma", words, { now: () => clock, sleep, stdin: "hi" });
  expect([exitCode, sent()]).toEqual([6, 1]);
  expect(stderr).toContain(`[${code}]`);
  expect(audited().map(({ event, reason }) => [event, reason])).toEqual([
    ["prompt", undefined],
    ["denial", code],
  ]);
});

test("who has waited gets an answer of the size that the file allows then", async () => {
  const { prompt, declare, sent } = await promptStage(ONE_A_MINUTE);
  let clock = NOW;
  const sleep = async (milliseconds: number) => {
    clock += milliseconds;
    declare({ ...SEED_POLICY, ...asUser({ allowed: true, models: [HAIKU], max_tokens: 1, rpm_limit: 1 }) });
  };
  await prompt("uma", ["-"], { stdin: "hi" });
  const { exitCode, stderr } = await prompt("uma", ["--wait", "-"], { now: () => clock, sleep, stdin: "hi" });
  expect([exitCode, sent()]).toEqual([0, 2]);
  expect(stderr).toContain("cut off at 1 tokens: the role user allows no more");
});

test("--wait does not begin to wait for longer than the run may take", async () => {
  const { prompt, sent } = await promptStage(ONE_A_MINUTE);
  await prompt("uma", ["hi"]);
  const { exitCode, stderr } = await prompt("uma", ["--wait", "--timeout", "30s", "hi"], { now: NOW + 20_000 });
  expect([exitCode, sent()]).toEqual([6, 1]);
  expect(stderr).toContain("there is room again in 40 s");
  expect(stderr).toContain("--timeout");
  expect(stderr).not.toContain("waiting");
});

test("Ctrl-C ends the waiting: denied in the log, interrupted for the person", async () => {
  const { prompt, sent, audited } = await promptStage(ONE_A_MINUTE);
  await prompt("uma", ["hi"]);
  const ctrlC = new AbortController();
  const sleep = async () => ctrlC.abort();
  const { exitCode } = await prompt("uma", ["--wait", "-"], { stdin: "hi", signal: ctrlC.signal, sleep });
  expect([exitCode, sent()]).toEqual([130, 1]);
  expect(audited().map(({ event }) => event)).toEqual(["prompt", "denial"]);
});

test("a store that cannot be reached denies", async () => {
  const { prompt, sent, audited } = await promptStage({ rate_store: "redis://127.0.0.1:1" });
  const { exitCode, stdout } = await prompt("uma", ["--json", "hi"]);
  expect([exitCode, sent()]).toEqual([6, 0]);
  expect(JSON.parse(stdout)).toMatchObject({ kind: "decision", code: "rate-store-unreachable", exit_code: 6 });
  expect(audited()).toMatchObject([{ event: "denial", reason: "rate-store-unreachable" }]);
});
