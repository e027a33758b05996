import type { Context } from "../../context.ts";
import type { ManagedKind } from "../../core/config/config.ts";
import type { RunLock } from "../../core/model/plan.ts";
import type { GuardrailRule } from "../../core/plan/guardrails.ts";
import type { Consent } from "./confirm.ts";

/** Runs `work` while no other run of this machine writes to the organization. Throws Failure where the lock cannot be had. */
export async function underLock<Result>(
  context: Context,
  organization: string,
  work: (lock: RunLock) => Promise<Result>,
): Promise<Result> {
  const lock = await context.state.lock(organization);
  try {
    return await work(lock);
  } finally {
    // Whatever becomes of the lock, what was carried out is to be said; a lock that stays is broken after some seconds.
    await lock.release().catch(() => {});
  }
}

/** The flags of every command that writes, as parsed. */
export interface WriteFlags extends Consent {
  readonly dryRun: boolean;
  /** None: every kind that the command is about. */
  readonly only: readonly ManagedKind[];
  /** None: the organization and every workspace. */
  readonly workspaces: readonly string[];
  /** The guardrails that are overridden, with the reasons given. */
  readonly allow: ReadonlyMap<GuardrailRule, string>;
}
