/**
 * `kill -9` at random moments of apply, rotate (with deliver) and revoke, the sandbox being in another process than what is killed.
 * Afterwards the same run finishes it: nothing is done twice, every write has its end in the log, no lock is stuck. `npm run reliability
 * -- --kills 100 --seed 7` tries as many as one likes.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { expect, test } from "vitest";
import type { AuditRecord } from "../../src/core/audit/audit.ts";
import { APPLY_EVERY_WRITE, EVERY_WRITE, everyWriteSeed, stateOf } from "../support/every-write.ts";
import { script, start } from "../support/script.ts";
import { openStage, type Stage } from "../support/stage.ts";

const KILLS = Number(process.env.ANTH_RBAC_RELIABILITY_KILLS ?? 3);
const SEED = Number(process.env.ANTH_RBAC_RELIABILITY_SEED ?? 20_261_123);

/** Each answer takes so many milliseconds, so that there is something to be killed in. */
const LATENCY_MS = 8;
/** A finished run may not wait for a lock of the dead. */
const STUCK_MS = 60_000;

const KEY = "prod-auth-service";

/** One kind of run: how it begins, and how it is called. */
interface Trial {
  readonly name: string;
  readonly open: () => Promise<Stage>;
  readonly words: readonly string[];
  readonly env: (one: Stage) => Readonly<Record<string, string>>;
}

let secret = "";

const TRIALS: readonly Trial[] = [
  {
    name: "apply",
    open: async () => {
      const one = await openStage({ seed: everyWriteSeed(), latencyMs: LATENCY_MS });
      one.declare(EVERY_WRITE);
      return one;
    },
    words: APPLY_EVERY_WRITE,
    env: () => ({}),
  },
  {
    name: "rotate",
    open: async () => {
      const one = await openStage({ latencyMs: LATENCY_MS });
      const deliver = [["sh", "-c", "cat >> delivered"]];
      one.declare({ workspaces: { prod: { name: "Production", keys: { [KEY]: { rotate_every: "90d", deliver } } } } });
      secret = one.sandbox.control.console.createKey({ name: `${KEY}@next`, workspace: "Production" }).secret;
      return one;
    },
    words: ["rotate", "--key", KEY, "--secret-env", "NEW_SECRET", "--yes", "--json", "--api-rpm", "0"],
    env: () => ({ NEW_SECRET: secret }),
  },
  {
    name: "revoke",
    open: () => openStage({ latencyMs: LATENCY_MS }),
    words: ["revoke", "--user", "bob@acme.example", "--keys", "disable", "--yes", "--json", "--api-rpm", "0"],
    env: () => ({}),
  },
];

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function surroundings(one: Stage, trial: Trial): Record<string, string> {
  return {
    ANTHROPIC_BASE_URL: one.sandbox.url,
    ANTHROPIC_ADMIN_KEY: one.sandbox.adminKey,
    ANTHROPIC_AUTH_TOKEN: one.sandbox.oauthToken,
    ANTH_RBAC_STATE_DIR: join(one.folder, "state"),
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

function recordsIn({ folder }: Stage): readonly AuditRecord[] {
  const lines = readFileSync(join(folder, "state", "audit.jsonl"), "utf8")
    .trimEnd()
    .split("\n");
  return lines.map((line) => JSON.parse(line));
}

/** The targets of all that was written, as the log has it. */
function doneIn(one: Stage): readonly string[] {
  const writes = recordsIn(one).filter(({ event, outcome }) => event === "write" && outcome === "done");
  return [...new Set(writes.map(({ target = "" }) => target.replace(/01sandbox\w+/, "*")))].sort();
}

/** The organization and the log after a run that nothing disturbs, and how many requests it took. */
async function undisturbed(trial: Trial) {
  const one = await trial.open();
  try {
    expect((await one.run(trial.words, { env: trial.env(one) })).exitCode).toBe(0);
    return { state: stateOf(one.sandbox.state), done: doneIn(one), requests: one.sandbox.requests.length };
  } finally {
    await one.close();
  }
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
  timeout: 60_000 + KILLS * 20_000,
}, async () => {
  const file = await script(PROGRAM);
  const random = randomNumbers(SEED);
  const wanted = new Map<Trial, Awaited<ReturnType<typeof undisturbed>>>();
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
    const one = await trial.open();
    try {
      await killedAt(one, trial, file, requests, moment);
      if (one.writes().length > 0) amidWrites += 1;
      const began = performance.now();
      const next = await one.run(trial.words, { env: trial.env(one) });
      expect(next.exitCode, `${at}: ${next.stdout}${next.stderr}`).toBe(0);
      expect(performance.now() - began, at).toBeLessThan(STUCK_MS);
      expect(stateOf(one.sandbox.state), at).toEqual(clean.state);
      expect(doneIn(one), at).toEqual(clean.done);
      const records = recordsIn(one);
      const ended = new Set(records.map(({ begun }) => begun));
      expect(
        records.filter(({ phase, seq }) => phase === "started" && !ended.has(seq)),
        at,
      ).toEqual([]);
      expect((await one.run(["audit", "verify"])).exitCode, at).toBe(0);
      if (trial.name === "rotate") expect(JSON.stringify(records)).not.toContain(secret);
    } finally {
      await one.close();
    }
  }
  console.log(`${KILLS} kills, ${amidWrites} of them amid or after writes`);
});
