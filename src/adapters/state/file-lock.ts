import { rmdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { lockSync } from "proper-lockfile";
import { Failure } from "../../core/model/failure.ts";
import type { RunLock } from "../../core/model/plan.ts";
import { quotedPath } from "../../core/text/text.ts";
import { folderReason, systemCode } from "../files/system-error.ts";
import { forgetOwner, isGone, readOwner, recordOf, recordOwner } from "./lock-owner.ts";
import { stateFolder } from "./state-directory.ts";
import { STATE_FIX } from "./state-path.ts";

/** The library refreshes a lock so often; nobody judges by it, but a lock that was removed by hand is noticed then. */
const REFRESH_MS = 1000;
/** A lock without a record is nobody's when it has been seen for so long: its process was killed between two system calls. */
const UNOWNED_MS = 5000;
/** Breaking takes milliseconds. */
const BREAKING_MS = 1000;

/** Waiting times are drawn from a range, so that processes that wait together do not ask together. */
const POLL_MS = { least: 3, most: 20 } as const;

/** A lock between processes. It goes with the process that holds it. */
export interface FileLock {
  /** False once the lock was taken away, which only a person does. */
  readonly isHeld: () => boolean;
  readonly release: () => Promise<void>;
}

/**
 * Takes the lock `path` (a directory of that name), waiting up to `patience` milliseconds; undefined where another process still
 * holds it then, or `signal` was aborted. Whether a holder lives decides, and no clock: a killed process's lock is broken at once,
 * that of a process of another host never. Throws the system's error where the folder cannot be written to.
 */
export async function acquireLock(
  path: string,
  patience: number,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<FileLock | undefined> {
  const deadline = performance.now() + patience;
  const isNobodys = watch(path);
  const breaker = { path: `${path}.breaker`, isNobodys: watch(`${path}.breaker`) };
  for (;;) {
    const lock = await tryLock(path);
    if (lock) return lock;
    const nobodys = await isNobodys();
    if (nobodys) await breakLock(path, nobodys, breaker);
    // Whoever may not wait still takes what is nobody's, unless another process is stuck at breaking it.
    if (signal?.aborted || performance.now() >= deadline + (nobodys ? BREAKING_MS : 0)) return undefined;
    await sleep(POLL_MS.least + Math.random() * (POLL_MS.most - POLL_MS.least));
  }
}

/** Which lock it is, by its record, else by its directory: one that is made anew has another. A record without words may be all that is left. */
async function identityOf(path: string): Promise<string | undefined> {
  return (await inodeOf(recordOf(path))) ?? (await inodeOf(path));
}

async function inodeOf(path: string): Promise<string | undefined> {
  try {
    const { ino, birthtimeNs } = await stat(path, { bigint: true });
    return `${ino}/${birthtimeNs}`;
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** Tells, each time it is asked, which lock is there and held by nobody. Time is this process's own, which no one puts back. */
function watch(path: string): () => Promise<string | undefined> {
  let unowned: { readonly identity: string; readonly since: number } | undefined;
  return async () => {
    const identity = await identityOf(path);
    const owner = readOwner(path);
    if (identity === undefined || owner) {
      unowned = undefined;
      return identity !== undefined && owner && isGone(owner) ? identity : undefined;
    }
    if (unowned?.identity !== identity) unowned = { identity, since: performance.now() };
    return performance.now() - unowned.since > UNOWNED_MS ? identity : undefined;
  };
}

/**
 * Two processes that find the same lock to be nobody's must not both remove it: the slower one would remove the lock that the faster
 * one has just taken. Who breaks one holds a lock for that, and looks once more under it.
 */
async function breakLock(
  path: string,
  judged: string,
  breaker: { readonly path: string; readonly isNobodys: () => Promise<string | undefined> },
): Promise<void> {
  const held = await tryLock(breaker.path);
  if (!held) {
    if (await breaker.isNobodys()) await remove(breaker.path);
    return;
  }
  try {
    const owner = readOwner(path);
    if ((await identityOf(path)) === judged && (!owner || isGone(owner))) await remove(path);
  } finally {
    await held.release();
  }
}

async function remove(path: string): Promise<void> {
  forgetOwner(path);
  try {
    await rmdir(path);
  } catch (error) {
    if (systemCode(error) !== "ENOENT") throw error;
  }
}

/** Writes down who holds a lock that was just taken, and lets it go where that cannot be, or another one's record stands there. */
function recordOr(path: string, release: () => void): boolean {
  let isRecorded = false;
  try {
    isRecorded = recordOwner(path);
  } finally {
    if (!isRecorded) release();
  }
  return isRecorded;
}

async function tryLock(path: string): Promise<FileLock | undefined> {
  let lost = false;
  try {
    // Three calls on an empty folder: to have another thread make them would take ten times as long.
    const release = lockSync(path, {
      lockfilePath: path,
      realpath: false,
      // By its clock the library takes a lock for abandoned when a machine was asleep: it never judges.
      stale: Number.POSITIVE_INFINITY,
      update: REFRESH_MS,
      onCompromised: () => {
        lost = true;
      },
    });
    const isRecorded = recordOr(path, release);
    if (!isRecorded) return undefined;
    return {
      isHeld: () => !lost,
      release: async () => {
        if (lost) return;
        lost = true;
        forgetOwner(path);
        release();
      },
    };
  } catch (error) {
    if (systemCode(error) === "ELOCKED") return undefined;
    throw error;
  }
}

/** Who holds a lock and since when, for a message: empty where that is not known. */
export function holderWords(path: string): string {
  const owner = readOwner(path);
  if (!owner) return "";
  const { pid, host, since } = owner;
  return ` (process ${pid} on ${host}, since ${since})`;
}

export interface RunLockOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The organization's id. */
  readonly organization: string;
  /** Milliseconds to wait for another run. */
  readonly patience: number;
  /** Ends the waiting, with its reason. */
  readonly signal: AbortSignal;
  /** Called once where another run is at work; `holder` says which, in words, or is empty. */
  readonly onWait: (holder: string) => void;
}

/**
 * Keeps the runs of this machine that write to one organization apart, whatever they are called. Waits for the one before; a run
 * that was killed holds nobody up. Throws Failure `busy` where the other is still at work when patience ends.
 */
export async function lockRun({ env, organization, patience, signal, onWait }: RunLockOptions): Promise<RunLock> {
  const folder = await stateFolder(env, "locks");
  // The id comes from the API: it must not name another place.
  const path = join(folder, `${encodeURIComponent(organization).replaceAll(".", "%2E")}.lock`);
  try {
    const at = await acquireLock(path, 0, { signal });
    if (at) return at;
    onWait(holderWords(path));
    const later = await acquireLock(path, patience, { signal });
    if (later) return later;
  } catch (error) {
    throw new Failure(
      "state-unusable",
      { message: `the lock ${quotedPath(path)} cannot be taken: ${folderReason(error)}`, fix: STATE_FIX },
      { cause: error },
    );
  }
  if (signal.reason instanceof Failure && signal.reason.code === "interrupted") throw signal.reason;
  throw new Failure("busy", {
    message: `another run of anth-rbac${holderWords(path)} is still at work on the organization`,
    fix: `wait for it to end, or give this one more time with --timeout; if that process is surely gone, remove "${path}" and "${path}.owner"`,
  });
}
