/**
 * `kill -9` at random moments of apply, rotate (with deliver) and revoke, the sandbox being in another process than what is killed.
 * Afterwards the same run finishes it: nothing is done twice, every write has its end in the log, no lock is stuck. `npm run reliability
 * -- --kills 100 --seed 7` tries as many as one likes.
 */
import { setTimeout as wait } from "node:timers/promises";
import { expect, test } from "vitest";
import { script, start } from "../support/script.ts";
import { type Stage, variablesOf } from "../support/stage.ts";
import { expectFinished, randomNumbers, TRIALS, type Trial, type Undisturbed, undisturbed } from "../support/trials.ts";

const KILLS = Number(process.env.ANTH_RBAC_RELIABILITY_KILLS ?? 3);
const SEED = Number(process.env.ANTH_RBAC_RELIABILITY_SEED ?? 20_261_123);

/** Each answer takes so many milliseconds, so that there is something to be killed in. */
const LATENCY_MS = 8;
/** A finished run may not wait for a lock of the dead. */
const STUCK_MS = 60_000;

function surroundings(one: Stage, trial: Trial): Record<string, string> {
  return {
    ...variablesOf(one),
    ...trial.env(one),
  };
}

/** Starts the run in a process of its own, and kills it once the sandbox has had so many requests, and a moment more. */
async function killedAt(one: Stage, trial: Trial, file: string, requests: number, moment: number): Promise<void> {
  const child = start(file, { ...surroundings(one, trial), TRIAL_FOLDER: one.folder }, ...trial.words);
  const ended = new Promise<void>((resolve) => child.on("close", () => resolve()));
  while (child.exitCode === null && one.sandbox.requests.length < requests) await wait(1);
  await wait(moment);
  child.kill("SIGKILL");
  await ended;
  // What was on its way when the process died arrives all the same.
  await wait(LATENCY_MS * 5);
}

const PROGRAM = `
  import { main } from "./src/main.ts";
  process.chdir(process.env.TRIAL_FOLDER);
  process.exitCode = await main(process.argv.slice(2), {
    cwd: process.cwd(), env: process.env, stdin: process.stdin, stdout: process.stdout, stderr: process.stderr,
    now: () => Date.parse("2026-11-23T12:00:00Z"), signal: new AbortController().signal,
  });
`;

test(`${KILLS} kills, seed ${SEED}: the next run ends it, once, and the log knows all of it`, {
  timeout: 180_000 + KILLS * 20_000,
}, async () => {
  const file = await script(PROGRAM);
  const random = randomNumbers(SEED);
  const wanted = new Map<Trial, Undisturbed>();
  for (const trial of TRIALS) wanted.set(trial, await undisturbed(trial));
  let amidWrites = 0;
  for (let nth = 0; nth < KILLS; nth += 1) {
    const trial = TRIALS[nth % TRIALS.length];
    const clean = trial && wanted.get(trial);
    if (!trial || !clean) throw new Error("no trial");
    // Most of a run reads; what is of interest is its second half.
    const requests = Math.ceil(clean.requests * (0.3 + 0.65 * random()));
    const moment = random() * LATENCY_MS * 2;
    const at = `kill ${nth}: ${trial.name}, after ${requests} requests and ${moment.toFixed(1)} ms`;
    const one = await trial.open(LATENCY_MS);
    try {
      await killedAt(one, trial, file, requests, moment);
      if (one.writes().length > 0) amidWrites += 1;
      const began = performance.now();
      await expectFinished(one, trial, clean, at);
      expect(performance.now() - began, at).toBeLessThan(STUCK_MS);
    } finally {
      await one.close();
    }
  }
  console.log(`${KILLS} kills, ${amidWrites} of them amid or after writes`);
});
