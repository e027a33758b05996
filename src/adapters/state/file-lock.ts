import { mkdir, rmdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { lock as takeLock } from "proper-lockfile";
import { Failure } from "../../core/model/failure.ts";
import type { RunLock } from "../../core/model/plan.ts";
import { stateDirectory } from "./state-directory.ts";

/** How long a lock outlives the process that took it, in milliseconds. */
interface Lifetime {
  /** A lock that nobody has refreshed for so long belongs to a process that was killed. */
  readonly stale: number;
  /** How often it is refreshed: the library takes nothing below a second. */
  readonly refresh: number;
}

const ORDINARY: Lifetime = { stale: 5000, refresh: 1500 };
/**
 * For what is held for milliseconds, and that somebody waits for. Below three seconds one late refresh would lose the lock of a
 * process that lives.
 */
export const BRIEF: Lifetime = { stale: 3000, refresh: 1000 };

/** Waiting times are drawn from a range, so that processes that wait together do not ask together. */
const POLL_MS = { least: 3, most: 20 } as const;

/** A lock between processes of this machine. It is refreshed while the process lives, and goes with it. */
export interface FileLock {
  /** False once somebody else took the lock, because this process was stopped or asleep for too long. */
  readonly isHeld: () => boolean;
  readonly release: () => Promise<void>;
}

/**
 * Takes the lock `path` (a directory of that name), waiting up to `patience` milliseconds; undefined where another process still
 * holds it then, or `signal` was aborted. Locks of killed processes are broken after five seconds, or after the `lifetime` on
 * which all who take this one agree. Throws the system's error where the folder cannot be written to.
 */
export async function acquireLock(
  path: string,
  patience: number,
  { signal, lifetime = ORDINARY }: { readonly signal?: AbortSignal; readonly lifetime?: Lifetime } = {},
): Promise<FileLock | undefined> {
  const deadline = Date.now() + patience;
  for (;;) {
    const lock = await tryLock(path, lifetime, Number.POSITIVE_INFINITY);
    if (lock) return lock;
    if (await isStale(path, lifetime)) await breakLock(path, lifetime);
    if (signal?.aborted || Date.now() >= deadline) return undefined;
    await sleep(POLL_MS.least + Math.random() * (POLL_MS.most - POLL_MS.least));
  }
}

/**
 * Two processes that find the same stale lock must not both remove it: the slower one would remove the lock that the faster
 * one has just taken. The library lets that happen, so it never sees a lock as stale, and who breaks one holds a lock for that.
 */
async function breakLock(path: string, lifetime: Lifetime): Promise<void> {
  const breaker = await tryLock(`${path}.breaker`, lifetime, lifetime.stale);
  if (!breaker) return;
  try {
    if (await isStale(path, lifetime)) await rmdir(path);
  } catch (error) {
    if (!hasCode(error, "ENOENT")) throw error;
  } finally {
    await breaker.release();
  }
}

async function tryLock(path: string, lifetime: Lifetime, stale: number): Promise<FileLock | undefined> {
  const { refresh } = lifetime;
  const beat = startHeartbeat(lifetime);
  let lost = false;
  const lose = () => {
    lost = true;
    beat.stop();
  };
  try {
    const release = await takeLock(path, {
      lockfilePath: path,
      realpath: false,
      stale,
      update: refresh,
      onCompromised: lose,
    });
    return {
      isHeld: () => !lost && !beat.missed(),
      release: async () => {
        // The library would remove the lock of whoever took it over, unless it has had the time to look.
        if (beat.missed()) await sleep(2 * refresh);
        if (lost) return;
        lose();
        await release();
      },
    };
  } catch (error) {
    beat.stop();
    if (hasCode(error, "ELOCKED")) return undefined;
    throw error;
  }
}

/** Tells, as soon as the process runs again, that it was stopped, asleep or busy for so long that the lock may be lost. */
function startHeartbeat({ stale, refresh }: Lifetime) {
  let last = Date.now();
  let missed = false;
  const look = () => {
    missed ||= Date.now() - last > stale - refresh;
    last = Date.now();
    return missed;
  };
  const timer = setInterval(look, refresh / 3).unref();
  return { missed: look, stop: () => clearInterval(timer) };
}

async function isStale(path: string, { stale }: Lifetime): Promise<boolean> {
  try {
    return (await stat(path)).mtimeMs < Date.now() - stale;
  } catch (error) {
    if (hasCode(error, "ENOENT")) return false;
    throw error;
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

export interface RunLockOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The organization's id. */
  readonly organization: string;
  /** Milliseconds to wait for another run. */
  readonly patience: number;
  /** Ends the waiting, with its reason. */
  readonly signal: AbortSignal;
  /** Called once where another run is at work. */
  readonly onWait: () => void;
}

/**
 * Keeps the runs of this machine that write to one organization apart, whatever they are called. Waits for the one before; a run
 * that was killed holds nobody up. Throws Failure `busy` where the other is still at work when patience ends.
 */
export async function lockRun({ env, organization, patience, signal, onWait }: RunLockOptions): Promise<RunLock> {
  const folder = join(await stateDirectory(env), "locks");
  // The id comes from the API: it must not name another place.
  const path = join(folder, `${encodeURIComponent(organization).replaceAll(".", "%2E")}.lock`);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const at = await acquireLock(path, 0, { signal });
    if (at) return at;
    onWait();
    const later = await acquireLock(path, patience, { signal });
    if (later) return later;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Failure(
      "state-unusable",
      { message: `the lock "${path}" cannot be taken: ${message}` },
      { cause: error },
    );
  }
  if (signal.reason instanceof Failure && signal.reason.code === "interrupted") throw signal.reason;
  throw new Failure("busy", {
    message: "another run of anth-rbac on this machine is still at work on the organization",
    fix: "wait for it to end, or give this one more time with --timeout",
  });
}
