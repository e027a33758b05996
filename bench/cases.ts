import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { bundle } from "../scripts/bundle.ts";
import { largeSeed } from "../src/sandbox/seed/large.ts";
import type { SandboxSeed } from "../src/sandbox/state/seed.ts";
import { bigConfig } from "./big-config.ts";
import { configOf, tenfold, tenth } from "./large-organization.ts";
import { BARE, compare, type Measured, PROGRAM, peakMemory, type Run, time } from "./measure.ts";
import { startSandbox } from "./sandbox-process.ts";

/** One line of the table. */
export interface Row {
  readonly what: string;
  readonly measured: string;
  readonly against: string;
  readonly value: string;
  /** Absent where there is nothing to keep to. */
  readonly limit?: string;
  readonly passed?: boolean;
  /** It is over by more than two runs of the same differ. */
  readonly missed?: boolean;
}

/** By so much two runs of the same differ. */
const NOISE = 0.05;
const LATENCY = 20;
const CONCURRENCY = 8;

const milliseconds = (value: number) => `${value.toFixed(0)} ms`;
const megabytes = (value: number) => `${value.toFixed(0)} MB`;

/** The CPU time of a run as so many times another's of the same bench; the wall times stand beside. */
export function ratio(
  what: string,
  [subject, reference]: readonly [Measured, Measured],
  against: string,
  limit: number,
): Row {
  const shown = ({ cpu, wall }: Measured) => `${milliseconds(cpu)} CPU, ${milliseconds(wall)} wall`;
  return held(what, subject.cpu / reference.cpu, [shown(subject), `${against}: ${shown(reference)}`], limit);
}

/** A wall time as so many times another, for what waits more than it works. */
export function wallRatio(
  what: string,
  [subject, reference]: readonly [number, number],
  against: string,
  limit: number,
): Row {
  return held(what, subject / reference, [milliseconds(subject), `${against}: ${milliseconds(reference)}`], limit);
}

function held(what: string, value: number, [measured, against]: readonly [string, string], limit: number): Row {
  const missed = value > limit * (1 + NOISE);
  return {
    what,
    measured,
    against,
    value: `${value.toFixed(2)} ×`,
    limit: `${limit} ×`,
    passed: value <= limit,
    missed,
  };
}

/** Starting: what a person waits for before anything happens. Each is held against a node that does nothing. */
export function startCases(rounds: number): readonly Row[] {
  const bare = (what: string, words: readonly string[], limit: number) =>
    ratio(what, compare({ words: [PROGRAM, ...words] }, BARE, rounds), "`node -e 0`", limit);
  return [
    bare("`--help`", ["--help"], 1.35),
    bare("`drift --help`", ["drift", "--help"], 1.35),
    bare("`--version`", ["--version"], 1.35),
    bare("`completion bash`", ["completion", "bash"], 1.35),
    bare("completion of a flag", ["__complete", "--", "drift", "--fo"], 1.35),
    bare("`validate rbac.example.yaml`", ["validate", resolve("rbac.example.yaml")], 2.8),
  ];
}

/** A large file. The yaml library alone is a process of its own, bundled as the program is, that only parses the same file. */
export async function bigFileCases(scratch: string, rounds: number): Promise<readonly Row[]> {
  const { files } = await bundle({ "yaml-alone": "bench/yaml-alone.ts" });
  for (const [path, text] of files) write(join(scratch, "alone", path), text);
  write(join(scratch, "alone", "package.json"), '{ "type": "module" }');
  const file = join(scratch, "big.yaml");
  write(file, bigConfig());
  const validate: Run = { words: [PROGRAM, "validate", file] };
  const alone: Run = { words: [join(scratch, "alone", "yaml-alone.js"), file] };
  const memory = peakMemory(validate, scratch);
  return [
    ratio("`validate` of 640 KB", compare(validate, alone, rounds), "`yaml.parse` alone", 0.5),
    {
      what: "`validate` of 640 KB, memory",
      measured: megabytes(memory),
      against: `the yaml library alone: ${megabytes(peakMemory(alone, scratch))}`,
      value: megabytes(memory),
      limit: "150 MB",
      passed: memory <= 150,
    },
  ];
}

/**
 * `drift` against a sandbox in another process: what the network makes it wait for, and memory as the organization grows. No file may
 * declare ten times the large seed (it would be over the limit of 4 MB), so there the live organization alone is ten times as large.
 */
export async function driftCases(scratch: string): Promise<readonly Row[]> {
  const large = largeSeed(Date.now());
  const file = configOf(large);
  const small = await driftOf(tenth(large), configOf(tenth(large)), 0, scratch);
  const full = await driftOf(large, file, LATENCY, scratch);
  const huge = await driftOf(tenfold(large), file, 0, scratch);
  const ideal = (full.requests * LATENCY) / CONCURRENCY;
  return [
    wallRatio(
      "`drift`: 500 workspaces, 5,000 people, 20,000 keys",
      [full.wall, ideal],
      `${full.requests} requests × ${LATENCY} ms ÷ ${CONCURRENCY}`,
      1.4,
    ),
    growth("`drift` of that, memory", full.memory, "a tenth of it", small.memory),
    growth("`drift` of 10 × that live, memory", huge.memory, "1 ×", full.memory),
  ];
}

/** Ten times as much to hold: memory that grows by more than that is not linear. */
function growth(what: string, memory: number, against: string, reference: number): Row {
  const value = memory / reference;
  return {
    what,
    measured: megabytes(memory),
    against: `${against}: ${megabytes(reference)}`,
    value: `${value.toFixed(1)} ×`,
    limit: "10 ×",
    passed: value <= 10,
  };
}

async function driftOf(seed: SandboxSeed, config: string, latency: number, scratch: string) {
  const seedFile = join(scratch, "seed.json");
  const file = join(scratch, "rbac.yaml");
  write(seedFile, JSON.stringify(seed));
  write(file, config);
  const sandbox = await startSandbox(PROGRAM, seedFile, latency);
  try {
    const words = [PROGRAM, "drift", "--config", file, "--api-rpm", "0", "--ignore-unmanaged", "--quiet", "--json"];
    const run: Run = { words, cwd: scratch, env: sandbox.environment };
    const memory = peakMemory(run, scratch);
    await sandbox.forget();
    const { wall } = time(run);
    return { memory, wall, requests: await sandbox.requests() };
  } finally {
    await sandbox.stop();
  }
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
