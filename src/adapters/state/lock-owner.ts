import { readFileSync } from "node:fs";
import { open, readFile, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { systemCode } from "../files/system-error.ts";

/** Who holds a lock. */
export interface LockOwner {
  readonly pid: number;
  /** When that process began, in the system's own words: a number that is used again is not taken for it. Empty where that is not told. */
  readonly start: string;
  readonly host: string;
  /** RFC 3339, by the machine's clock: for a person to read, never to judge by. */
  readonly since: string;
}

/** The record stands beside the lock: the lock itself is a directory that has to stay empty. */
const recordOf = (lock: string) => `${lock}.owner`;

/** Writes down that this process holds a lock it has just taken. False where another one's record stands there already. */
export async function recordOwner(lock: string): Promise<boolean> {
  const { pid } = process;
  const left = await readOwner(lock);
  // Whoever removed a lock by hand may have left its record.
  if (left && isGone(left)) await forgetOwner(lock);
  const owner: LockOwner = { pid, start: startOf(pid) ?? "", host: hostname(), since: new Date().toISOString() };
  try {
    const handle = await open(recordOf(lock), "wx", 0o600);
    try {
      await handle.writeFile(JSON.stringify(owner));
    } finally {
      await handle.close();
    }
    return true;
  } catch (error) {
    if (systemCode(error) === "EEXIST") return false;
    throw error;
  }
}

/** Forgets who held a lock; always before the lock itself goes, so that a record is never that of an earlier holder. */
export async function forgetOwner(lock: string): Promise<void> {
  await rm(recordOf(lock), { force: true });
}

/** Who holds a lock, or undefined where it has no record that can be read: it is just being written, or its writer was killed. */
export async function readOwner(lock: string): Promise<LockOwner | undefined> {
  try {
    const { pid, start, host, since } = JSON.parse(await readFile(recordOf(lock), "utf8"));
    if (!Number.isSafeInteger(pid) || [start, host, since].some((text) => typeof text !== "string")) return undefined;
    return { pid, start, host, since };
  } catch {
    return undefined;
  }
}

/** Whether the holder is known to be gone. Of a process on another host nothing is known, so it lives. */
export function isGone({ pid, start, host }: LockOwner): boolean {
  if (host !== hostname()) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Somebody else's process may not be signalled, and is there all the same.
    return systemCode(error) === "ESRCH";
  }
  const now = startOf(pid);
  return start !== "" && now !== undefined && now !== start;
}

/** When a process began: the boot it belongs to and the ticks since then (proc(5)). Undefined where the system does not say. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name of the program stands in parentheses, and may hold some itself.
    const ticks = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
    return `${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()}/${ticks}`;
  } catch {
    return undefined;
  }
}
