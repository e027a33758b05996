import { kindOf } from "../kinds/kinds.ts";
import type { Change } from "../model/change.ts";
import { isLacking } from "../model/failure.ts";
import { type ChangeResult, isUndone, type Plan } from "../model/plan.ts";

/** What a second look at the organization says of a run. */
export interface Verification {
  /** Whether everything is as it should be, but for what only a person can do and what a preview would be needed for. */
  readonly verified: boolean;
  /** The changes that are still needed, those of a person among them. */
  readonly remaining: readonly Change[];
  /** Whether another look may say something else: lists may lag behind writes. Waiting cannot help what failed. */
  readonly mayLag: boolean;
}

/** A plan that was made after a run, as far as it is judged by it. */
export interface After extends Pick<Plan, "changes" | "unknown"> {
  /** What a person has to do next follows from what was done, as in a rotation, and is no sign that it was not. */
  readonly manualFollows?: boolean;
}

/**
 * Judges a run by a plan that was made after it: verified is that everything that was planned is so. What failed, or is for a person
 * now and was not before, is not.
 */
export function verify(results: readonly ChangeResult[], after: After): Verification {
  const undone = new Map(results.map((result) => [keyOf(result.change), result]));
  const excused = (change: Change) => {
    const result = undone.get(keyOf(change));
    return result?.error?.code === "preview-not-enabled" || (result?.status === "done" && isTraceless(change));
  };
  // Of what cannot be read no second look says that it is still to be done.
  const lost = results.filter((result) => isUndone(result) && isTraceless(result.change)).map(({ change }) => change);
  const wasManual = new Set(results.flatMap(({ change, status }) => (status === "manual" ? keyOf(change) : [])));
  const isOpen = (change: Change) => change.action !== "manual" && !wasManual.has(keyOf(change)) && !excused(change);
  const open = after.changes.filter(isOpen);
  const newlyManual = after.changes.filter((change) => change.action === "manual" && !wasManual.has(keyOf(change)));
  const failedStill = newlyManual.some((change) => undone.get(keyOf(change))?.status === "failed");
  const turned = failedStill || (newlyManual.length > 0 && !after.manualFollows);
  const waitedFor = open.some((change) => !["failed", "skipped"].includes(undone.get(keyOf(change))?.status ?? ""));
  // Of what sort the organization is is no part of what was planned.
  const unknown = after.unknown.filter(({ reason }) => reason !== "organization-type-unknown");
  // What could not be read again is not known to be done.
  const seen = new Set(after.changes.map(keyOf));
  const unseen = unknown.length === 0 ? [] : incompleteChanges(results).filter((change) => !seen.has(keyOf(change)));
  return {
    verified: open.length === 0 && unknown.length === 0 && !turned && lost.length === 0,
    remaining: [
      ...after.changes.filter((change) => !(isTraceless(change) && excused(change))),
      ...unseen,
      ...lost.filter((change) => !seen.has(keyOf(change)) && !unseen.includes(change)),
    ],
    // Waiting brings no other credential, and teaches no word.
    mayLag: waitedFor || unknown.some(({ reason }) => !isLacking(reason) && reason !== "unknown-word"),
  };
}

/** Whether nothing of a change can be read afterwards. */
function isTraceless({ kind }: Change): boolean {
  return kindOf(kind).leavesNoTrace === true;
}

/** The changes that were not carried out. */
export function incompleteChanges(results: readonly ChangeResult[]): readonly Change[] {
  return results.filter(({ status }) => status !== "done").map(({ change }) => change);
}

function keyOf({ kind, target }: Change): string {
  return `${kind} ${target}`;
}
