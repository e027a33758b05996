/** Many runs of `prompt` at once, each a process of its own: one window of calls and one log for all. Four in `npm test`, else twenty. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { HAIKU, promptStage, SEED_POLICY } from "../support/prompt.ts";
import { script, start } from "../support/script.ts";

const ALL = process.env.ANTH_RBAC_RELIABILITY_KILLS !== undefined;
const RUNS = ALL ? 20 : 4;

/** The clock stands still: however long it takes to start them, they are in one minute. */
const PROGRAM = `
  import { main, processHost } from "./src/main.ts";
  process.chdir(process.env.FOLDER);
  const now = () => Date.parse("2026-11-23T12:00:00Z");
  process.exitCode = await main(process.argv.slice(2), { ...processHost(), cwd: process.cwd(), plainStdout: undefined, now });
`;

test(`${RUNS} prompts at once under a limit of half as many: so many are sent, the others denied, and the log has all of it`, async () => {
  const roles = { ...SEED_POLICY.roles, user: { allowed: true, models: [HAIKU], rpm_limit: RUNS / 2 } };
  const { sandbox, folder, run, sent, audited } = await promptStage({ roles });
  const file = await script(PROGRAM);
  const env = {
    FOLDER: folder,
    HOME: folder,
    ANTHROPIC_BASE_URL: sandbox.url,
    ANTHROPIC_API_KEY: sandbox.secretOf("dev-shared"),
    ANTH_RBAC_USER: "uma@acme.example",
    ANTH_RBAC_STATE_DIR: join(folder, "state"),
  };
  const codes = await Promise.all(
    Array.from({ length: RUNS }, () => {
      const child = start(file, env, "prompt", "hi");
      child.stdin.end();
      child.stdout.resume();
      child.stderr.resume();
      return new Promise<number | null>((resolve) => child.on("close", resolve));
    }),
  );
  const half = Array.from({ length: RUNS / 2 });
  expect(codes.toSorted()).toEqual([...half.map(() => 0), ...half.map(() => 6)]);
  expect(sent()).toBe(RUNS / 2);
  const events = audited().map(({ event }) => event);
  expect(events.toSorted()).toEqual([...half.map(() => "denial"), ...half.map(() => "prompt")]);
  const lines = readFileSync(join(folder, "state", "audit.jsonl"), "utf8")
    .trimEnd()
    .split("\n");
  expect(lines.map((line) => JSON.parse(line).seq)).toEqual(lines.map((_, index) => index + 1));
  expect((await run(["audit", "verify"])).exitCode).toBe(0);
});
