import type { Config, ManagedKind } from "../config/config.ts";
import { matchWorkspaces } from "../match/workspaces.ts";
import type { Change } from "../model/change.ts";
import { Failure } from "../model/failure.ts";
import type { LiveWorkspace, OrgSnapshot } from "../model/org.ts";
import { suggest } from "../text/suggest.ts";

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

const KINDS_INSIDE: Readonly<Record<string, ManagedKind>> = {
  members: "workspace_members",
  rate_limits: "rate_limits",
  spend_limit: "spend_limits",
  keys: "keys",
};

/** The kind, in the words of `manage`, of whatever a target names. */
export function managedKindOf(target: string): ManagedKind {
  const [root, , inside] = target.split(".", 3);
  if (root === "organization") return "keys";
  if (root !== "workspaces") return "members";
  return inside === undefined ? "workspaces" : (KINDS_INSIDE[inside] ?? "workspaces");
}

/** Tells of a target whether it is selected. Throws Failure `not-found` where a workspace that was named does not exist. */
export function selectTargets(
  { kinds, workspaces }: Selection,
  config: Config,
  live: OrgSnapshot,
): (target: string) => boolean {
  const places = workspaces && placesOf(workspaces, config, live);
  return (target) => {
    if (kinds && !kinds.has(managedKindOf(target))) return false;
    if (!places) return true;
    const [root, place = ""] = target.split(".", 2);
    return root === "workspaces" && places.has(place);
  };
}

/** Whether a change is left out by `--no-remove`. */
export function isRemoval({ action, after }: Change): boolean {
  return action === "remove" || after === null;
}

/** Handles, and ids of workspaces that nothing declares, as targets use them. */
function placesOf(words: readonly string[], config: Config, live: OrgSnapshot): ReadonlySet<string> {
  const items = live.workspaces.known ? live.workspaces.items : [];
  const { matched, handles } = matchWorkspaces(config, items);
  const known = [
    ...matched.map(({ declared, live: found }) => ({
      place: declared.handle,
      words: [declared.handle, declared.name, declared.id, found?.name, found?.id],
    })),
    ...items.filter(({ id }) => !handles.has(id)).map(({ id, name }) => ({ place: id, words: [id, name] })),
  ];
  return new Set(
    words.flatMap((word) => {
      const found = known.filter((one) => one.words.includes(word));
      if (found.length > 0) return found.map(({ place }) => place);
      const near = suggest(
        word,
        known.flatMap((one) => one.words.filter((name) => name !== undefined)),
      );
      throw new Failure("not-found", {
        message: `--workspace: there is no workspace "${word}", neither declared nor live`,
        fix: near === undefined ? "anth-rbac status lists them" : `did you mean "${near}"?`,
      });
    }),
  );
}

/** Whether a live workspace may be one that `--workspace` names; what it costs to be wrong is a request. */
export function mayBeSelected({ workspaces }: Selection, config: Config): (workspace: LiveWorkspace) => boolean {
  if (!workspaces) return () => true;
  const names = new Set(
    workspaces.flatMap((word) => {
      const declared = config.workspaces.get(word);
      return declared ? [word, declared.name, ...declared.previously, declared.id] : word;
    }),
  );
  return ({ id, name }) => names.has(id) || names.has(name);
}
