import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { bundle } from "../scripts/bundle.ts";

/** A node process to measure: the words after `node`. */
export interface Run {
  readonly words: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The exit codes of a run that did its work; 0 when absent. */
  readonly expected?: readonly number[];
}

/** The built program, and a node that does nothing. */
export const PROGRAM = resolve("bin/anth-rbac.js");
export const BARE: Run = { words: ["-e", "0"] };

/** What one run took, in milliseconds; `cpu` is user and system time together, start and end of the process included. */
export interface Taken {
  readonly wall: number;
  readonly cpu: number;
}

/**
 * What a measured process sees: a variable of the machine may cost more than what is measured (NODE_EXTRA_CA_CERTS alone slows bare
 * node down), so there is nothing but these two.
 */
export function cleanEnvironment(env: Run["env"] = {}): Readonly<Record<string, string>> {
  const { PATH = "", HOME = "" } = process.env;
  return { PATH, HOME, ...env };
}

/** Runs what stands behind it, and then says on the third stream what its children took: bash counts in milliseconds. */
const TIMED = '"$@" 3>&-; status=$?; times >&3; exit $status';

/** Runs once. Throws when it failed. */
export function time({ words, cwd, env, expected = [0] }: Run): Taken {
  const begun = performance.now();
  const { status, stderr, output, error } = spawnSync("bash", ["-c", TIMED, "bash", process.execPath, ...words], {
    stdio: ["ignore", "ignore", "pipe", "pipe"],
    encoding: "utf8",
    env: cleanEnvironment(env),
    ...(cwd !== undefined && { cwd }),
  });
  const wall = performance.now() - begun;
  if (error) throw error;
  if (!expected.includes(status ?? -1)) throw new Error(`node ${words.join(" ")} ended with ${status}\n${stderr}`);
  return { wall, cpu: cpuOf(output[3] ?? "") };
}

/** Milliseconds of CPU time. The second line of `times` is the children's: `0m0.041s 0m0.012s`, user and system. */
export function cpuOf(times: string): number {
  const [, children = ""] = times.trim().split("\n");
  const [user, system, ...rest] = [...children.matchAll(/(\d+)m([\d.]+)s/g)].map(
    ([, minutes, seconds]) => (Number(minutes) * 60 + Number(seconds)) * 1000,
  );
  if (user === undefined || system === undefined || rest.length > 0) throw new Error(`bash's times said: ${times}`);
  return user + system;
}

/** The peak of resident memory of one run, in MB. Measured apart from the time, which the preload would lengthen. */
export function peakMemory(run: Run, scratch: string): number {
  const note = join(scratch, "peak-memory");
  const preload = ["--import", resolve("bench/peak-memory.js")];
  time({ ...run, words: [...preload, ...run.words], env: { ...run.env, BENCH_MEMORY: note } });
  return Number(readFileSync(note, "utf8")) / 1024;
}

/** What many runs took: the least CPU time, which other work on the machine does not lengthen, and the median of the wall time. */
export interface Measured {
  readonly cpu: number;
  readonly wall: number;
}

/** Two runs that take turns, so that a slow moment of the machine meets both. One round each is for warming up. */
export function compare(subject: Run, reference: Run, rounds: number): readonly [Measured, Measured] {
  const taken: [Taken[], Taken[]] = [[], []];
  for (let round = 0; round <= rounds; round++) {
    const pair = [time(reference), time(subject)] as const;
    if (round === 0) continue;
    taken[1].push(pair[0]);
    taken[0].push(pair[1]);
  }
  return [summary(taken[0]), summary(taken[1])];
}

/** The least CPU time and the median wall time. */
export function summary(taken: readonly Taken[]): Measured {
  return { cpu: Math.min(...taken.map(({ cpu }) => cpu)), wall: median(taken.map(({ wall }) => wall)) };
}

/** The middle one, or the mean of the two. */
function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2;
}

/** A program of the bench's own, bundled as ours is: its file. */
export async function bundled(path: string, scratch: string): Promise<string> {
  const name = basename(path, ".ts");
  const folder = join(scratch, name);
  const { files } = await bundle({ [name]: path });
  for (const [file, text] of files) write(join(folder, file), text);
  write(join(folder, "package.json"), '{ "type": "module" }');
  return join(folder, `${name}.js`);
}

export function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** Milliseconds of CPU time, of all threads of this process, that a piece of work takes. */
export async function cpu(work: () => unknown): Promise<number> {
  const begun = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(begun);
  return (user + system) / 1000;
}
