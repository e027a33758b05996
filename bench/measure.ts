import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

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

/** Runs once; answers with the wall time in milliseconds, start of the process included. Throws when it failed. */
export function time({ words, cwd, env, expected = [0] }: Run): number {
  const begun = performance.now();
  const { status, stderr, error } = spawnSync(process.execPath, words, {
    stdio: ["ignore", "ignore", "pipe"],
    encoding: "utf8",
    env: { ...process.env, NODE_OPTIONS: "", ...env },
    ...(cwd !== undefined && { cwd }),
  });
  const taken = performance.now() - begun;
  if (error) throw error;
  if (!expected.includes(status ?? -1)) throw new Error(`node ${words.join(" ")} ended with ${status}\n${stderr}`);
  return taken;
}

/** The peak of resident memory of one run, in MB. Measured apart from the time, which the preload would lengthen. */
export function peakMemory(run: Run, scratch: string): number {
  const note = join(scratch, "peak-memory");
  const preload = ["--import", resolve("bench/peak-memory.js")];
  time({ ...run, words: [...preload, ...run.words], env: { ...run.env, BENCH_MEMORY: note } });
  return Number(readFileSync(note, "utf8")) / 1024;
}

/** The medians of two runs that take turns, so that a slow moment of the machine meets both. One round each is for warming up. */
export function medians(subject: Run, reference: Run, rounds: number): readonly [number, number] {
  const times: [number[], number[]] = [[], []];
  for (let round = 0; round <= rounds; round++) {
    const pair = [time(reference), time(subject)] as const;
    if (round === 0) continue;
    times[1].push(pair[0]);
    times[0].push(pair[1]);
  }
  return [median(times[0]), median(times[1])];
}

/** The middle one, or the mean of the two. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2;
}
