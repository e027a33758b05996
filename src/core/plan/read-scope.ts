import type { Config, ManagedKind } from "../config/config.ts";
import { matchWorkspaces, type WorkspaceMatches } from "../match/workspaces.ts";
import type { LiveWorkspace, OrgSnapshot, ReadResult, ReadScope } from "../model/org.ts";
import type { UnknownKind } from "../model/plan.ts";
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
    matchWorkspaces(config, workspaces).matched.flatMap(({ live }) =>
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

/**
 * The kinds, and the single workspaces' parts of them, that should have been read and could not be. Spend limits without the
 * preview are a finding of their own instead, since nobody can do anything about that here.
 */
export function unknownKinds(
  live: OrgSnapshot,
  { handles }: Pick<WorkspaceMatches, "handles">,
): readonly UnknownKind[] {
  const unknown: UnknownKind[] = [];
  const note = (kind: string, reading: ReadResult<unknown>) => {
    if (reading.known || reading.reason === "not-read" || reading.reason === "preview-not-enabled") return;
    unknown.push({ kind, reason: reading.reason, ...(reading.message !== undefined && { message: reading.message }) });
  };
  note("members", live.users);
  note("invites", live.invites);
  note("workspaces", live.workspaces);
  for (const [id, reading] of live.workspaceMembers) note(`workspaces.${handles.get(id) ?? id}.members`, reading);
  note("rate_limits", live.rateLimits);
  for (const [id, reading] of live.workspaceRateLimits)
    note(`workspaces.${handles.get(id) ?? id}.rate_limits`, reading);
  note("spend_limits", live.spendLimits);
  note("keys", live.keys);
  return unknown;
}
