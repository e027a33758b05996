import type { Config, ManagedKind } from "../config/config.ts";
import { matchWorkspaces } from "../match/workspaces.ts";
import type { LiveWorkspace, ReadScope } from "../model/org.ts";
import { EVERYTHING, mayBeSelected, type Selection } from "./selection.ts";

/**
 * What has to be read to plan for `config`, or for a part of it: only managed kinds, because every list costs requests of a
 * shared limit. Workspaces are read for whatever lives in them; users and invitations also for workspace roles, which bear user
 * ids; keys also to recognise a workspace that was renamed by hand. Members and limits, which cost a request for each workspace,
 * are read only where the workspace is declared; members also where people may leave, for the guardrail on workspace admins.
 */
export function readScopeOf(config: Config, selection: Selection = EVERYTHING): ReadScope {
  const managed = (kind: ManagedKind) => config.manage[kind] !== "off";
  const wanted = (kind: ManagedKind) => managed(kind) && (selection.kinds?.has(kind) ?? true);
  const members = wanted("members") && selection.workspaces === undefined;
  const people = members || wanted("workspace_members");
  const inWorkspaces = (["workspaces", "workspace_members", "rate_limits", "spend_limits", "keys"] as const).some(
    wanted,
  );
  const memberLists = wanted("workspace_members") || (members && managed("workspace_members"));
  const isSelected = mayBeSelected(selection, config);
  const declared = (workspaces: readonly LiveWorkspace[]) =>
    matchWorkspaces(config, workspaces).settled.flatMap(({ live }) =>
      live && !live.isDefault && isSelected(live) ? live.id : [],
    );
  return {
    organization: config.organization.id !== undefined,
    users: people,
    invites: people,
    workspaces: inWorkspaces || memberLists,
    keys: managed("keys") && (inWorkspaces || memberLists),
    rateLimits: wanted("rate_limits"),
    spendLimits: wanted("spend_limits"),
    membersOf: memberLists ? declared : () => [],
    rateLimitsOf: wanted("rate_limits") ? declared : () => [],
  };
}
