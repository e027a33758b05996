/**
 * This machine's clock jumps, by hours and by a year, ahead and back: in the middle of a run, between two runs, and while a prompt waits
 * for room. What has passed is for the API's clock to say, so that each run ends as on a clock that runs well.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { NOW } from "../support/org.ts";
import { HAIKU, promptStage, SEED_POLICY } from "../support/prompt.ts";
import { expectFinished, randomNumbers, TRIALS, undisturbed } from "../support/trials.ts";

const ALL = process.env.ANTH_RBAC_RELIABILITY_KILLS !== undefined;
const SEED = Number(process.env.ANTH_RBAC_RELIABILITY_SEED ?? 20_261_123);
const HOUR = 3_600_000;
const JUMPS = {
  "an hour ahead": HOUR,
  "an hour back": -HOUR,
  "a year ahead": 8_760 * HOUR,
  "a year back": -8_760 * HOUR,
};

/** A clock that is looked at so many times before it jumps. */
function jumping(looks: number, by: number): { readonly now: () => number; readonly looked: () => number } {
  let looked = 0;
  const now = () => {
    looked += 1;
    return NOW + (looked > looks ? by : 0);
  };
  return { now, looked: () => looked };
}

describe.each(Object.entries(JUMPS))("%s", (jump, by) => {
  // In `npm test` each run with one jump.
  const tried = TRIALS.filter((_, index) => ALL || Object.keys(JUMPS)[index] === jump);
  test.skipIf(tried.length === 0).each(tried.map((trial) => [trial.name, trial] as const))(
    "in the middle of %s: it ends as on a good clock, and the next run too",
    { timeout: 3_600_000 },
    async (name, trial) => {
      const clean = await undisturbed(trial);
      const random = randomNumbers(SEED + by + name.length);
      const still = await trial.open();
      const counter = jumping(Number.POSITIVE_INFINITY, by);
      await still.run(trial.words, { env: trial.env(still), now: counter.now, uptime: () => 0 });
      await still.close();
      expect(counter.looked()).toBeGreaterThan(10);
      for (let nth = 0; nth < (ALL ? 20 : 1); nth += 1) {
        const looks = Math.floor(random() * counter.looked());
        const at = `${name}, ${jump}, after ${looks} looks at the clock`;
        const one = await trial.open();
        try {
          const { exitCode, stderr } = await one.run(trial.words, {
            env: trial.env(one),
            now: jumping(looks, by).now,
            uptime: () => 0,
          });
          expect(exitCode, `${at}: ${stderr}`).toBe(0);
          const writes = one.writes();
          // With the clock that was put right again.
          await expectFinished(one, trial, clean, at);
          expect(one.writes(), at).toEqual(writes);
        } finally {
          await one.close();
        }
      }
    },
  );

  test("while a prompt waits for room: it is sent once there is, and in no minute too many", async () => {
    const oneAMinute = { ...SEED_POLICY.roles, user: { allowed: true, models: [HAIKU], rpm_limit: 1 } };
    const { prompt, sent, folder } = await promptStage({ roles: oneAMinute });
    let clock = NOW;
    let waited = 0;
    const moving = {
      now: () => clock,
      sleep: async (milliseconds: number) => {
        waited += milliseconds;
        clock += milliseconds + (waited === milliseconds ? by : 0);
      },
    };
    await prompt("uma", ["hi"], moving);
    const { exitCode, stderr } = await prompt("uma", ["--wait", "hi"], moving);
    expect([exitCode, sent()], stderr).toEqual([0, 2]);
    expect(waited).toBeGreaterThanOrEqual(60_000);
    expect(waited).toBeLessThanOrEqual(120_000);
    expect(readFileSync(join(folder, "state", "audit.jsonl"), "utf8")).not.toContain("denial");
  });
});
