import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { stateDirectoryPath } from "./state-path.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Holds one line, the time of the latest answer as RFC 3339. */
const FILE = "last-date";

/**
 * The time that the official API said last on this machine, epoch ms; 0 where none is kept. So a clock that is put back does not make
 * what has passed valid again for commands that ask nobody. Never throws: a file that is not there, or not ours, says nothing.
 */
export function readLastDate(env: Environment): number {
  try {
    const path = join(stateDirectoryPath(env), FILE);
    if ((statSync(path).mode & 0o022) !== 0 && process.platform !== "win32") return 0;
    return Date.parse(readFileSync(path, "utf8").slice(0, 40).trim()) || 0;
  } catch {
    return 0;
  }
}

/** Keeps that time, where this machine has a state directory already: to ask the API is no reason to make one. Never throws. */
export async function keepLastDate(env: Environment, time: number): Promise<void> {
  try {
    const directory = stateDirectoryPath(env);
    if (!statSync(directory).isDirectory() || time <= readLastDate(env)) return;
    const { writeAtomically } = await import("../files/atomic-write.ts");
    await writeAtomically(join(directory, FILE), `${new Date(time).toISOString()}\n`, 0o600);
  } catch {
    // A directory that cannot be written to is said by whoever has to write to it.
  }
}
