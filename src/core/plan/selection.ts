import type { Config, ManagedKind } from "../config/config.ts";
import { managedKindOf } from "../kinds/kinds.ts";
import type { Matches } from "../match/matches.ts";
import { findWorkspace, workspaceChoices } from "../match/resolve.ts";
import type { Change } from "../model/change.ts";
import { itemsOf, type LiveWorkspace, type OrgSnapshot } from "../model/org.ts";
import { parseTarget } from "../model/target.ts";
import { nameIdentity } from "../text/identity.ts";

/** What part of the organization a run is about (`--only`, `--workspace`, `--no-remove`). */
export interface Selection {
  /** Absent: every managed kind. */
  readonly kinds?: ReadonlySet<ManagedKind>;
  /** Handles, live names or ids, as given; absent: the organization and every workspace. */
  readonly workspaces?: readonly string[];
  /** Whether anything may be taken away. */
  readonly removals: boolean;
}

/** All that the file manages. */
export const EVERYTHING: Selection = { removals: true };

/** Tells of a target whether it is selected. Throws Failure `not-found` or `ambiguous` for a word that means no workspace, or several. */
export function selectTargets(
  { kinds, workspaces }: Selection,
  config: Config,
  live: OrgSnapshot,
  matches: Matches,
): (target: string) => boolean {
  const places = workspaces && placesOf(workspaces, config, live, matches);
  // What is no target is of no kind and in no workspace.
  const wanted: ReadonlySet<ManagedKind | undefined> | undefined = kinds;
  return (target) => {
    if (wanted && !wanted.has(managedKindOf(target))) return false;
    return !places || places.has(parseTarget(target)?.workspace);
  };
}

/** Whether a change is left out by `--no-remove`. */
export function isRemoval({ after }: Change): boolean {
  return after === null;
}

/** Handles, and ids of workspaces that nothing declares, as targets use them. */
function placesOf(
  words: readonly string[],
  config: Config,
  live: OrgSnapshot,
  matches: Matches,
): ReadonlySet<string | undefined> {
  const choices = workspaceChoices(config, matches, itemsOf(live.workspaces));
  return new Set(
    words.map((word) => {
      const { handle, id } = findWorkspace(choices, word);
      return handle ?? id;
    }),
  );
}

type Named = Pick<LiveWorkspace, "id" | "name">;

/** Whether a live workspace may be one that `--workspace` names; what it costs to be wrong is a request. */
export function mayBeSelected({ workspaces }: Selection, config: Config): (workspace: Named) => boolean {
  if (!workspaces) return () => true;
  const folded = (word: string) => nameIdentity(word).toLowerCase();
  const meant = new Set(workspaces.map(folded));
  const names = new Set(meant);
  for (const { handle, name, previously, id } of config.workspaces.values()) {
    if (!meant.has(folded(handle)) && !meant.has(folded(name))) continue;
    for (const word of [name, ...previously, ...(id === undefined ? [] : [id])]) names.add(folded(word));
  }
  return ({ id, name }) => names.has(folded(id)) || names.has(folded(name));
}
