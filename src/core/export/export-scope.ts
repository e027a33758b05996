import { MANAGED_KINDS, type ManagedKind } from "../config/config.ts";
import { CLAUDE_CODE_WORKSPACE } from "../match/workspaces.ts";
import type { LiveWorkspace, ReadScope } from "../model/org.ts";

/** What an export is about: every kind, without the people and keys of the organization where only workspaces are asked for. */
export function exportKinds(asked: readonly ManagedKind[], ofWorkspaces: boolean): readonly ManagedKind[] {
  if (asked.length > 0) return MANAGED_KINDS.filter((kind) => asked.includes(kind));
  return MANAGED_KINDS.filter((kind) => !ofWorkspaces || kind !== "members");
}

/** What has to be read for an export: as much as its own drift will read, and no more. */
export function exportScope(
  kinds: readonly ManagedKind[],
  chosen?: (workspaces: readonly LiveWorkspace[]) => readonly string[],
): ReadScope {
  const has = (kind: ManagedKind) => kinds.includes(kind);
  const ordinary = (workspaces: readonly LiveWorkspace[]) => {
    const ids = chosen && new Set(chosen(workspaces));
    return workspaces.flatMap(({ id, name, isDefault }) => {
      const wanted = ids ? ids.has(id) : name !== CLAUDE_CODE_WORKSPACE;
      return wanted && !isDefault ? id : [];
    });
  };
  const people = has("members") || has("workspace_members");
  return {
    organization: true,
    users: people,
    invites: people,
    workspaces: kinds.some((kind) => kind !== "members") || chosen !== undefined,
    keys: has("keys"),
    rateLimits: has("rate_limits"),
    spendLimits: has("spend_limits"),
    membersOf: has("workspace_members") ? ordinary : () => [],
    rateLimitsOf: has("rate_limits") ? ordinary : () => [],
  };
}
