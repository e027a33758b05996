import type { Change } from "../model/change.ts";
import type { ChangeResult, Plan } from "../model/plan.ts";

/** What a second look at the organization says of a run. */
export interface Verification {
  /** Whether everything is as it should be, but for what only a person can do and what a preview would be needed for. */
  readonly verified: boolean;
  /** The changes that are still needed, those of a person among them. */
  readonly remaining: readonly Change[];
  /** Whether another look may say something else: lists may lag behind writes. Waiting cannot help what failed. */
  readonly mayLag: boolean;
}

/** Judges a run by a plan that was made after it. */
export function verify(results: readonly ChangeResult[], after: Pick<Plan, "changes" | "unknown">): Verification {
  const undone = new Map(results.map((result) => [keyOf(result.change), result]));
  const excused = (change: Change) => undone.get(keyOf(change))?.error?.code === "preview-not-enabled";
  const open = after.changes.filter((change) => change.action !== "manual" && !excused(change));
  const waitedFor = open.some((change) => !["failed", "skipped"].includes(undone.get(keyOf(change))?.status ?? ""));
  // What could not be read again is not known to be done.
  const seen = new Set(after.changes.map(keyOf));
  const unseen =
    after.unknown.length === 0 ? [] : incompleteChanges(results).filter((change) => !seen.has(keyOf(change)));
  return {
    verified: open.length === 0 && after.unknown.length === 0,
    remaining: [...after.changes, ...unseen],
    mayLag: waitedFor || after.unknown.some(({ reason }) => reason !== "permission-denied"),
  };
}

/** The changes that were not carried out. */
export function incompleteChanges(results: readonly ChangeResult[]): readonly Change[] {
  return results.filter(({ status }) => status !== "done").map(({ change }) => change);
}

function keyOf({ kind, target }: Change): string {
  return `${kind} ${target}`;
}
