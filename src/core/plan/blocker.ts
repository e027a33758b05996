import { kindOf } from "../kinds/kinds.ts";
import type { Change } from "../model/change.ts";
import { parseTarget, target } from "../model/target.ts";

/** Why a change was not begun, as its result says it. */
export function blockerWords({ rule, target }: Blocker): string {
  switch (rule) {
    case "inside":
      return `${target} could not be created`;
    case "in-use":
      return `${target} still uses it, and could not be changed`;
    case "added-first":
      return `${target} was to be added first, and could not be: nothing is taken away before that`;
    case "name-taken":
      return `${target} could not be renamed, and two keys with one name could not be told apart`;
  }
}

/** Why a change is not carried out because of another one. */
export type Blocker =
  /** The workspace that it is in could not be created. */
  | { readonly rule: "inside"; readonly target: string }
  /** Something that uses it could not be changed, or taken away. */
  | { readonly rule: "in-use"; readonly target: string }
  /** Something that was to be added first, so that nobody is left without, could not be added. */
  | { readonly rule: "added-first"; readonly target: string }
  /** The name that it is to get is still borne by something that was to give it up. */
  | { readonly rule: "name-taken"; readonly target: string };

/**
 * What keeps a change from being carried out, given the changes that failed or were skipped so far. A workspace that could not be
 * created takes everything inside with it. After a failed addition nothing is taken away in the same scope: the workspace, the
 * group, or for people of the organization the organization. An archive ends a workspace for good, so it waits for every addition. And two live
 * keys never get one name, because then nobody could tell which is the current one. Inside an `incomplete` workspace, which exists,
 * additions go on.
 */
export function blockerOf(
  change: Change,
  undone: readonly Change[],
  incomplete: ReadonlySet<Change> = new Set(),
): Blocker | undefined {
  const workspace = parseTarget(change.target)?.workspace;
  for (const other of undone) {
    const { kind, action, target } = other;
    const isCreation = kindOf(kind).isPlace && action === "create" && !incomplete.has(other);
    if (isCreation && target !== change.target && parseTarget(target)?.workspace === workspace) {
      return { rule: "inside", target };
    }
  }
  const needed = kindOf(change.kind).needed?.(change) ?? [];
  const absent = undone.find(({ action, target }) => action === "create" && needed.includes(target));
  if (absent) return { rule: "inside", target: absent.target };
  const user =
    change.action === "remove"
      ? undone.find((other) => kindOf(other.kind).frees?.(other).includes(change.target))
      : undefined;
  if (user) return { rule: "in-use", target: user.target };
  const name = renaming(change).to;
  const bearer =
    name === undefined
      ? undefined
      : undone.find((it) => it.kind === change.kind && renaming(it).from === name && isSameScope(change, it));
  if (bearer) return { rule: "name-taken", target: bearer.target };
  if (!isRemoval(change)) return undefined;
  const missing = undone.find((other) => adds(other) && (change.risk === "irreversible" || isSameScope(change, other)));
  return missing && { rule: "added-first", target: missing.target };
}

/** The name that a live object gives up, and the one that it takes. */
function renaming(change: Change) {
  return kindOf(change.kind).renamed?.(change) ?? {};
}

function isRemoval({ action, risk }: Change): boolean {
  return action === "remove" || risk === "removal" || risk === "irreversible";
}

/** Whether it takes something away, or cannot be undone: a lower limit and fewer regions too. */
export function isReduction(change: Change): boolean {
  return isRemoval(change) || (kindOf(change.kind).reduces?.(change) ?? false);
}

function adds({ action, risk }: Change): boolean {
  return action === "create" || (action === "update" && risk === "widening");
}

function isSameScope(one: Change, other: Change): boolean {
  return scopeOf(one) === scopeOf(other);
}

/** The workspace or the group that a change is in, as a target; none: the organization. */
function scopeOf({ target: at }: Change): string | undefined {
  const { kind, workspace, name } = parseTarget(at) ?? {};
  if (workspace !== undefined) return target.workspace(workspace);
  return (kind === "group" || kind === "group_member") && name !== undefined ? target.group(name) : undefined;
}
