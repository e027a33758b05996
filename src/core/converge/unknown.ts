import type { WorkspaceMatches } from "../match/workspaces.ts";
import type { OrgSnapshot, Reading } from "../model/org.ts";
import type { UnknownKind } from "../model/plan.ts";

/**
 * The kinds, and the single workspaces' parts of them, that should have been read and could not be. Spend limits without the
 * preview are a finding of their own instead, since nobody can do anything about that here.
 */
export function unknownKinds(
  live: OrgSnapshot,
  { handles }: Pick<WorkspaceMatches, "handles">,
): readonly UnknownKind[] {
  const unknown: UnknownKind[] = [];
  const note = (kind: string, reading: Reading<unknown>) => {
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
