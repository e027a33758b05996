import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { RunLock } from "../../core/apply/run-lock.ts";
import { Failure } from "../../core/model/failure.ts";
import { acquireLock } from "./file-lock.ts";
import { stateDirectory } from "./state-directory.ts";

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
