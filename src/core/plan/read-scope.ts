import type { Config, ManagedKind } from "../config/config.ts";
import { scopeOf, unreadLists } from "../kinds/kinds.ts";
import { matchWorkspaces, type WorkspaceMatches } from "../match/workspaces.ts";
import type { LiveWorkspace, OrgSnapshot, ReadScope } from "../model/org.ts";
import type { UnknownKind } from "../model/plan.ts";
import { nameIdentity } from "../text/identity.ts";
import { EVERYTHING, mayBeSelected, type Selection } from "./selection.ts";

/**
 * What has to be read to plan for `config`, or for a part of it: only managed kinds, because every list costs requests of a
 * shared limit. Lists of single workspaces, which cost a request each, are read only where the workspace is declared.
 */
export function readScopeOf(config: Config, selection: Selection = EVERYTHING): ReadScope {
  const manages = (kind: ManagedKind) => config.manage[kind] !== "off";
  const isSelected = mayBeSelected(selection, config);
  const chosen = (live: LiveWorkspace) => (!live.isDefault && isSelected(live) ? live.id : []);
  const scope = scopeOf((kind) => manages(kind) && (selection.kinds?.has(kind) ?? true), {
    whole: selection.workspaces === undefined,
    manages,
    groups: (all) => {
      const declared = new Map([...config.groups.values()].map((group) => [nameIdentity(group.name), group]));
      const takesAway = config.manage.groups === "full" && selection.removals;
      return all.flatMap(({ id, name }) => {
        const group = declared.get(nameIdentity(name));
        return (group ? group.members !== undefined : takesAway) ? id : [];
      });
    },
    // Only Claude Enterprise has limits of people, and only the Console those of workspaces: a file that has the latter alone needs
    // nobody to be read.
    ofPeople:
      [...config.members.values()].some(({ spendLimit }) => spendLimit) ||
      ![...config.workspaces.values()].some(({ spendLimit }) => spendLimit),
    declaredExternalKeys: [
      ...new Set(
        [...config.workspaces.values()].flatMap(({ id = "", name, externalKeyId }) =>
          externalKeyId && isSelected({ id, name }) ? externalKeyId : [],
        ),
      ),
    ],
    removes: (kind) => config.manage[kind] === "full" && selection.removals,
    // By the workspaces alone: what else tells them apart is not read yet.
    undeclared: (workspaces) => matchWorkspaces(config, workspaces).undeclared.flatMap(chosen),
    places: (workspaces) =>
      matchWorkspaces(config, workspaces).matched.flatMap(({ live }) => (live ? chosen(live) : [])),
  });
  return { ...scope, organization: config.organization.id !== undefined };
}

/**
 * The kinds, and the single workspaces' parts of them, that should have been read and could not be. Spend limits without the
 * preview are a finding of their own instead, since nobody can do anything about that here.
 */
export function unknownKinds(
  live: OrgSnapshot,
  { handles }: Pick<WorkspaceMatches, "handles">,
): readonly UnknownKind[] {
  return unreadLists(live, (id) => handles.get(id) ?? id).filter(
    ({ reason }) => reason !== "not-read" && reason !== "preview-not-enabled",
  );
}
