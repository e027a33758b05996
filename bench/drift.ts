import { join } from "node:path";
import { largeSeed } from "../src/sandbox/seed/large.ts";
import type { SandboxSeed } from "../src/sandbox/state/seed.ts";
import { configOf, tenfold } from "./large-organization.ts";
import { bundled, PROGRAM, peakMemory, type Run, type Taken, time, write } from "./measure.ts";
import { atMost, count, megabytes, milliseconds, type Row, times } from "./rows.ts";
import { type SandboxProcess, startSandbox } from "./sandbox-process.ts";

const CONCURRENCY = 8;
/** 500 workspaces with members and overrides, a request each; 5,000 people and 20,000 keys in pages of 1,000; and five more lists. */
const REQUESTS = 1029;

/** `drift` of 500 workspaces, 5,000 people and 20,000 keys against a sandbox in another process. */
export async function driftRows(scratch: string, rounds: number): Promise<readonly Row[]> {
  const seed = largeSeed(Date.now());
  const near = await withSandbox(seed, 20, scratch, async (sandbox, drift) => {
    await sandbox.forget();
    time(drift);
    const asked = await sandbox.requests();
    const list = join(scratch, "requests.json");
    write(list, JSON.stringify(asked.map(({ path, query }) => (query ? `${path}?${query}` : path))));
    const alone: Run = { words: [await bundled("bench/sdk-alone.ts", scratch), list], env: sandbox.environment };
    const taken: [Taken[], Taken[]] = [[], []];
    for (let round = 0; round < rounds; round++) {
      taken[1].push(time(alone));
      taken[0].push(time(drift));
    }
    return { requests: asked.length, drift: least(taken[0]), alone: least(taken[1]) };
  });
  const far = await withSandbox(seed, 100, scratch, async (_, drift) =>
    least(Array.from({ length: Math.min(rounds, 3) }, () => time(drift))),
  );
  const ideal = (near.requests * 100) / CONCURRENCY;
  const what = "`drift`, 500 workspaces";
  const waited = (value: number, most: number) => ({ value: times(value), ...atMost(value, most, times) });
  const shown = ({ wall, cpu }: Taken) => `${milliseconds(wall)} (CPU ${milliseconds(cpu)})`;
  return [
    {
      what: `${what}, 20 ms an answer`,
      measured: shown(near.drift),
      against: `the same requests by the SDK alone, 8 at a time: ${shown(near.alone)}`,
      ...waited(near.drift.wall / near.alone.wall, 1.25),
    },
    {
      what: `${what}, 100 ms an answer`,
      measured: shown(far),
      against: `${count(near.requests)} requests × 100 ms ÷ ${CONCURRENCY}: ${milliseconds(ideal)}`,
      ...waited(far.wall / ideal, 1.15),
    },
    {
      what: `${what}, requests`,
      measured: count(near.requests),
      against: "a list for each workspace's members and limits, and pages of 1,000",
      value: count(near.requests),
      ...atMost(near.requests, REQUESTS, count),
    },
  ];
}

/**
 * Memory of `drift` where ten times as much is live: 200,000 keys and 50,000 people. No file may declare that much (it would be over the
 * limit of 4 MB), so it declares a tenth.
 */
export async function memoryRows(scratch: string): Promise<readonly Row[]> {
  const large = largeSeed(Date.now());
  return withSandbox(tenfold(large), 0, scratch, async (_, drift) => {
    const row = (what: string, flags: readonly string[], most: number): Row => {
      const value = memoryOf({ ...drift, words: [...flags, ...drift.words] }, scratch);
      const shown = value === Number.POSITIVE_INFINITY ? "it does not end" : megabytes(value);
      return {
        what,
        measured: shown,
        against: "the snapshot alone: 106 MB",
        value: shown,
        ...atMost(value, most, megabytes),
      };
    };
    return [
      row("`drift`, 200,000 keys, memory", [], 700),
      row("that with `--max-old-space-size=256`", ["--max-old-space-size=256"], 350),
    ];
  });
}

function memoryOf(run: Run, scratch: string): number {
  try {
    return peakMemory(run, scratch);
  } catch {
    // Out of memory: node is ended, and writes nothing down.
    return Number.POSITIVE_INFINITY;
  }
}

/** The least of each: waiting for a machine that does something else only ever makes it more. */
function least(taken: readonly Taken[]): Taken {
  return { wall: Math.min(...taken.map(({ wall }) => wall)), cpu: Math.min(...taken.map(({ cpu }) => cpu)) };
}

async function withSandbox<Result>(
  seed: SandboxSeed,
  latency: number,
  scratch: string,
  work: (sandbox: SandboxProcess, drift: Run) => Promise<Result>,
): Promise<Result> {
  const seedFile = join(scratch, "seed.json");
  const file = join(scratch, "rbac.yaml");
  write(seedFile, JSON.stringify(seed));
  write(file, configOf(largeSeed(Date.now())));
  const sandbox = await startSandbox(PROGRAM, seedFile, latency);
  try {
    const words = [PROGRAM, "drift", "--config", file, "--api-rpm", "0", "--ignore-unmanaged", "--quiet", "--json"];
    return await work(sandbox, { words, cwd: scratch, env: sandbox.environment });
  } finally {
    await sandbox.stop();
  }
}
