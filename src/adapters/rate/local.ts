import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { Failure } from "../../core/model/failure.ts";
import { isCount } from "../../core/policy/compiled-policy.ts";
import { RATE_WINDOW, type RateAnswer, type RateScope, type RateWindow } from "../../core/policy/rate-window.ts";
import { replaceFile } from "../files/replace-file.ts";
import { sha256 } from "../files/sha256.ts";
import { systemCode, systemReason } from "../files/system-error.ts";
import { acquireLock, holderWords } from "../state/file-lock.ts";
import { stateFolder } from "../state/state-directory.ts";

export interface RateWindowOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Epoch ms. */
  readonly now: () => number;
}

/** Longer than a killed process's lock lasts, and than a crowd of others takes. */
const TIMEOUT_MS = 20_000;
/** Files that nobody touched for so long hold nothing that counts. */
const FORGET_AFTER = 3_600_000;

/** The window of this machine: a small file for each scope in the state directory, each under a lock of its own. */
export function openLocalRateWindow({ env, now }: RateWindowOptions): RateWindow {
  /** Made and looked at once: it costs as much as to count a call. */
  let made: Promise<string> | undefined;
  const folder = () => {
    made ??= stateFolder(env, "rate");
    return made;
  };
  return {
    take: async (scope, limit, count = 1) => {
      if (!isCount(count)) return { allowed: false, retryAt: now() + RATE_WINDOW };
      const take = async () => takeIn(await folder(), scope, { limit, count }, now);
      try {
        return await take().catch((error: unknown) => {
          // Somebody took the folder away meanwhile, or it could not be made.
          made = undefined;
          if (systemCode(error) !== "ENOENT") throw error;
          return take();
        });
      } catch (error) {
        if (error instanceof Failure && error.code === "rate-store-unreachable") throw error;
        throw unreachable(systemReason(error), error);
      }
    },
    // The machine drops nothing of a file.
    evictsBy: async () => undefined,
    close: async () => {},
  };
}

interface Wanted {
  readonly limit: number;
  readonly count: number;
}

async function takeIn(folder: string, scope: RateScope, wanted: Wanted, now: () => number): Promise<RateAnswer> {
  const { limit, count } = wanted;
  // Names come from a file and from the environment: a digest cannot name another place.
  const base = join(folder, sha256(JSON.stringify([scope.organization, scope.role, scope.user])));
  const lock = await acquireLock(`${base}.lock`, TIMEOUT_MS);
  if (!lock) {
    throw unreachable(`"${base}.lock" is held by another process for too long${holderWords(`${base}.lock`)}`);
  }
  try {
    const at = now();
    const stored = readCalls(`${base}.json`);
    const calls = liveCalls(stored, at);
    const allowed = calls.length + count <= limit;
    const kept = allowed ? [...calls, ...Array.from({ length: count }, () => at)] : calls;
    // A denial is written too where times were clamped: they would move on with each attempt otherwise, and never run out.
    if (allowed || kept.some((call, index) => call !== stored[stored.length - kept.length + index])) {
      if (!lock.isHeld()) throw unreachable("this process was stopped for so long that its lock was lost");
      await writeCalls(`${base}.json`, kept);
    }
    if (allowed && calls.length === 0) await forgetOld(folder);
    return allowed ? { allowed } : { allowed, retryAt: lastInTheWay(calls, wanted, at) + RATE_WINDOW };
  } finally {
    await lock.release();
  }
}

/** The time of the call with whose end there is room; that of none where there never is, however long one waits. */
function lastInTheWay(calls: readonly number[], { limit, count }: Wanted, at: number): number {
  return calls[calls.length + count - limit - 1] ?? at;
}

/** The calls that still count, oldest first. One from the future was made before the clock was put back: it counts as made now. */
function liveCalls(stored: readonly number[], at: number): readonly number[] {
  return stored
    .map((call) => Math.min(call, at))
    .filter((call) => call > at - RATE_WINDOW)
    .sort((one, other) => one - other);
}

function readCalls(file: string): readonly number[] {
  let text: string;
  try {
    // A number for each call of a minute: to have another thread read them would take ten times as long.
    text = readFileSync(file, "utf8");
  } catch (error) {
    if (systemCode(error) === "ENOENT") return [];
    throw error;
  }
  const value = parse(text);
  if (Array.isArray(value) && value.every(Number.isSafeInteger)) return value;
  throw unreachable(
    `"${file}" holds something else than times`,
    undefined,
    "remove the file; its calls are forgotten then",
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Replaces the file whole or not at all. */
async function writeCalls(file: string, calls: readonly number[]): Promise<void> {
  // A name of its own: a process that was stopped, and lost its lock without knowing, must not write into another's.
  await replaceFile(file, `${file}.${randomUUID()}.new`, JSON.stringify(calls));
}

/** Removes what scopes left that are no longer used. It is tidying: what fails is left to the next time. */
async function forgetOld(folder: string): Promise<void> {
  // By the clock that the files' own times come from.
  const before = Date.now() - FORGET_AFTER;
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    try {
      if ((await stat(path)).mtimeMs >= before) continue;
      if (/\.json(?:\.[\w-]+\.new)?$/.test(name)) await rm(path, { force: true });
      // Taken as anybody would take it, and so never from somebody who has it.
      else if (name.endsWith(".lock")) await (await acquireLock(path, 50))?.release();
    } catch {}
  }
}

function unreachable(message: string, cause?: unknown, fix?: string): Failure {
  return new Failure(
    "rate-store-unreachable",
    {
      message: `the calls of the last minute cannot be counted: ${message}`,
      fix: fix ?? "make the state directory writable, or set ANTH_RBAC_STATE_DIR to another directory of your own",
    },
    cause === undefined ? undefined : { cause },
  );
}
