import type { Change } from "../model/plan.ts";
import { parseTarget } from "../parse-target.ts";

/** Why a change is not carried out because of another one. */
export type Blocker =
  /** The workspace that it is in could not be created. */
  | { readonly rule: "inside"; readonly target: string }
  /** Something that was to be added first, so that nobody is left without, could not be added. */
  | { readonly rule: "added-first"; readonly target: string }
  /** The name that it is to get is still borne by something that was to give it up. */
  | { readonly rule: "name-taken"; readonly target: string };

/**
 * What keeps a change from being carried out, given the changes that failed or were skipped so far. A workspace that could not be
 * created takes everything inside with it. After a failed addition nothing is taken away in the same scope: the workspace, or for
 * people of the organization the organization. An archive ends a workspace for good, so it waits for every addition. And two live
 * keys never get one name, because then nobody could tell which is the current one.
 */
export function blockerOf(change: Change, undone: readonly Change[]): Blocker | undefined {
  const workspace = parseTarget(change.target)?.workspace;
  for (const { kind, action, target } of undone) {
    const isCreation = kind === "workspace" && action === "create";
    if (isCreation && target !== change.target && parseTarget(target)?.workspace === workspace) {
      return { rule: "inside", target };
    }
  }
  const bearer = undone.find((other) => bears(other, change.after?.name) && isSameScope(change, other));
  if (change.kind === "key" && bearer) return { rule: "name-taken", target: bearer.target };
  if (!takesAway(change)) return undefined;
  const missing = undone.find((other) => adds(other) && (change.risk === "irreversible" || isSameScope(change, other)));
  return missing && { rule: "added-first", target: missing.target };
}

function bears({ kind, before, after }: Change, name: unknown): boolean {
  return kind === "key" && name !== undefined && before?.name === name && after?.name !== name;
}

function takesAway({ action, risk }: Change): boolean {
  return action === "remove" || risk === "removal" || risk === "irreversible";
}

function adds({ action, risk }: Change): boolean {
  return action === "create" || (action === "update" && risk === "widening");
}

function isSameScope(one: Change, other: Change): boolean {
  return parseTarget(one.target)?.workspace === parseTarget(other.target)?.workspace;
}
