import { readFileSync, unlinkSync, writeFileSync } from "node:fs";
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
export const recordOf = (lock: string) => `${lock}.owner`;

/**
 * Writes down that this process holds a lock it has just taken. False where another one's record stands there already. A record is a
 * hundred bytes: to have another thread write them would take ten times as long, and every call under `rpm_limit` has one.
 */
export function recordOwner(lock: string): boolean {
  if (writeOwner(lock)) return true;
  const left = readOwner(lock);
  if (!left || !isGone(left)) return false;
  // Whoever removed a lock by hand may have left its record.
  forgetOwner(lock);
  return writeOwner(lock);
}

function writeOwner(lock: string): boolean {
  own ??= { pid: process.pid, start: startOf(process.pid) ?? "" };
  const owner: LockOwner = { ...own, host: hostname(), since: new Date().toISOString() };
  try {
    writeFileSync(recordOf(lock), JSON.stringify(owner), { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    if (systemCode(error) === "EEXIST") return false;
    // A full disk takes the name and not the words: a record of nobody would keep everybody waiting.
    forgetOwner(lock);
    throw error;
  }
}

/** This process. */
let own: Pick<LockOwner, "pid" | "start"> | undefined;

/** Forgets who held a lock; always before the lock itself goes, so that a record is never that of an earlier holder. */
export function forgetOwner(lock: string): void {
  try {
    unlinkSync(recordOf(lock));
  } catch (error) {
    if (systemCode(error) !== "ENOENT") throw error;
  }
}

/** Who holds a lock, or undefined where it has no record that can be read: it is just being written, or its writer was killed. */
export function readOwner(lock: string): LockOwner | undefined {
  try {
    const { pid, start, host, since } = JSON.parse(readFileSync(recordOf(lock), "utf8"));
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
  const fields = statOf(pid);
  // It has ended, and only whoever started it has not looked yet: in a container often nobody ever does.
  if (fields && /^[ZX]$/.test(fields[0] ?? "")) return true;
  const now = startOf(pid);
  return start !== "" && now !== undefined && now !== start;
}

/** What the system says of a process, from its state on (proc(5)). Undefined where it does not say. */
function statOf(pid: number): readonly string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name of the program stands in parentheses, and may hold some itself.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return undefined;
  }
}

/** When a process began: the boot it belongs to and the ticks since then (proc(5)). Undefined where the system does not say. */
function startOf(pid: number): string | undefined {
  try {
    const ticks = statOf(pid)?.[19];
    return ticks && `${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()}/${ticks}`;
  } catch {
    return undefined;
  }
}
