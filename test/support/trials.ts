/** Runs that write, for trials of what may go wrong in them: apply of every write there is, a rotation with its delivery, an offboarding. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import type { AuditRecord } from "../../src/core/audit/audit.ts";
import type { SandboxSeed } from "../../src/sandbox/state/seed.ts";
import {
  APPLY_EVERY_ENTERPRISE_WRITE,
  EVERY_ENTERPRISE_WRITE,
  everyEnterpriseWriteSeed,
} from "./every-enterprise-write.ts";
import { APPLY_EVERY_WRITE, EVERY_WRITE, everyWriteSeed, stateOf } from "./every-write.ts";
import { openStage, type Stage } from "./stage.ts";

const KEY = "prod-auth-service";

/** One kind of run: how it begins, and how it is called. */
export interface Trial {
  readonly name: string;
  /** Each answer takes so many milliseconds, so that there is something to be cut. */
  readonly open: (latencyMs?: number) => Promise<Stage>;
  readonly words: readonly string[];
  readonly env: (one: Stage) => Readonly<Record<string, string>>;
}

let secret = "";

/** Opens an organization beside a file that declares this of it. */
function declaring(seed: () => SandboxSeed, config: Record<string, unknown>): Trial["open"] {
  return async (latencyMs = 0) => {
    const one = await openStage({ seed: seed(), latencyMs });
    one.declare(config);
    return one;
  };
}

export const TRIALS: readonly Trial[] = [
  {
    name: "apply",
    open: declaring(everyWriteSeed, EVERY_WRITE),
    words: APPLY_EVERY_WRITE,
    env: () => ({}),
  },
  {
    name: "rotate",
    open: async (latencyMs = 0) => {
      const one = await openStage({ latencyMs });
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
    open: (latencyMs = 0) => openStage({ latencyMs }),
    words: ["revoke", "--user", "bob@acme.example", "--keys", "disable", "--yes", "--json", "--api-rpm", "0"],
    env: () => ({}),
  },
  {
    name: "apply in Claude Enterprise",
    open: declaring(everyEnterpriseWriteSeed, EVERY_ENTERPRISE_WRITE),
    words: APPLY_EVERY_ENTERPRISE_WRITE,
    env: () => ({}),
  },
  {
    name: "revoke in Claude Enterprise",
    open: (latencyMs = 0) => openStage({ seed: everyEnterpriseWriteSeed(), latencyMs }),
    words: ["revoke", "--user", "cas@acme.example", "--yes", "--json", "--api-rpm", "0"],
    env: () => ({}),
  },
];

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
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

/** What a run leaves that nothing disturbs. */
export interface Undisturbed {
  readonly state: unknown;
  /** The targets that the log has as done. */
  readonly done: readonly string[];
  readonly requests: number;
  /** As `POST /path`. */
  readonly writes: readonly string[];
}

/** Runs a trial that nothing disturbs. */
export async function undisturbed(trial: Trial): Promise<Undisturbed> {
  const one = await trial.open();
  try {
    expect((await one.run(trial.words, { env: trial.env(one) })).exitCode).toBe(0);
    const { state, requests } = one.sandbox;
    return { state: stateOf(state), done: doneIn(one), requests: requests.length, writes: one.writes() };
  } finally {
    await one.close();
  }
}

/**
 * Whether the next run ends what was disturbed: exit 0, the organization as without it, each write done once and with its end in the log,
 * the log whole, no secret in it.
 */
export async function expectFinished(one: Stage, trial: Trial, clean: Undisturbed, at: string): Promise<void> {
  const next = await one.run(trial.words, { env: trial.env(one) });
  expect(next.exitCode, `${at}: ${next.stdout}${next.stderr}`).toBe(0);
  expect(stateOf(one.sandbox.state), at).toEqual(clean.state);
  expect(doneIn(one), at).toEqual(clean.done);
  const records = recordsIn(one);
  const ended = new Set(records.map(({ begun }) => begun));
  const open = records.filter(({ phase, seq }) => phase === "started" && !ended.has(seq));
  expect(open, at).toEqual([]);
  expect((await one.run(["audit", "verify"])).exitCode, at).toBe(0);
  if (trial.name === "rotate") expect(JSON.stringify(records), at).not.toContain(secret);
}
