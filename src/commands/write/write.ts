import type { Context } from "../../context.ts";
import type { RunLock } from "../../core/apply/run-lock.ts";

/** Runs `work` while no other run of this machine writes to the organization. Throws Failure where the lock cannot be had. */
export async function underLock<Result>(
  context: Context,
  organization: string,
  work: (lock: RunLock) => Promise<Result>,
): Promise<Result> {
  const lock = await context.lock(organization);
  try {
    return await work(lock);
  } finally {
    // Whatever becomes of the lock, what was carried out is to be said; a lock that stays is broken after some seconds.
    await lock.release().catch(() => {});
  }
}
