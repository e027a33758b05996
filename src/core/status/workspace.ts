import type { Grant } from "../kinds/kind.ts";
import type { RateLimitGroup } from "../model/limit.ts";
import { LIMITERS, type Limiter, type Limits } from "../model/limit.ts";
import { NOT_READ, type ReadResult } from "../model/org.ts";
import type { SpendLimit } from "../model/spend-limit.ts";
import { compareText, groupBy, onceFor } from "../text/text.ts";
import type { StatusIndex, WorkspaceRef } from "./index-live.ts";
import { type KeyStatus, keyStatuses } from "./key.ts";

/** One workspace with all that is in it. */
export interface WorkspaceStatus extends WorkspaceRef {
  /** Empty for the default workspace, which has no members of its own. */
  readonly members: ReadResult<WorkspaceMemberStatus>;
  readonly serviceAccounts: ReadResult<AccountAccess>;
  readonly keys: ReadResult<KeyStatus>;
  /** Every rate-limit group of the organization, with what the workspace sets itself. */
  readonly limits: ReadResult<LimitStatus>;
  readonly spendLimits: ReadResult<SpendLimit>;
}

/** How somebody comes to a workspace role; `unknown` for a row of somebody whom the organization does not list. */
export type How = "direct" | "inherited" | "unknown";

/** What somebody may do in a workspace, and why. */
export interface WorkspaceAccess {
  readonly role: string;
  readonly how: How;
}

/** One person in a workspace. */
export interface WorkspaceMemberStatus extends WorkspaceAccess {
  readonly userId: string;
  /** Absent where the organization lists nobody with the id. */
  readonly email?: string;
  /** The organization role that an inherited one comes from. */
  readonly from?: string;
}

/** One service account in a workspace, with the role that it was given. */
export interface AccountAccess {
  readonly id: string;
  /** Absent where the organization lists no account with the id. */
  readonly name?: string;
  readonly role: string;
}

/** The limits of one group in one workspace. */
export interface LimitStatus {
  readonly group: RateLimitGroup;
  readonly models: readonly string[];
  readonly limits: readonly LimiterStatus[];
}

/** One limiter: what holds is the lower of the two, because the organization's limit holds whatever a workspace sets. */
export interface LimiterStatus {
  readonly limiter: Limiter;
  readonly value: number;
  /** What the workspace sets itself. */
  readonly override?: number;
  /** The organization's own limit; absent where it has none, or it was not read. */
  readonly organization?: number;
}

/** A workspace and everything in it that was read. */
export function workspaceStatus(index: StatusIndex, workspace: WorkspaceRef): WorkspaceStatus {
  const { live } = index;
  return {
    ...workspace,
    members: members(index, workspace),
    serviceAccounts: serviceAccounts(index, workspace),
    keys: live.keys.known
      ? { known: true, items: keyStatuses(index, index.matches.keys.byWorkspace.get(workspace.id) ?? []) }
      : live.keys,
    limits: limitsOf(index, workspace),
    spendLimits: live.spendLimits.known
      ? { known: true, items: spendLimitsByWorkspace(live.spendLimits.items).get(workspace.id) ?? [] }
      : live.spendLimits,
  };
}

const spendLimitsByWorkspace = onceFor((limits: readonly SpendLimit[]) => {
  return groupBy(limits, ({ workspaceId }) => workspaceId);
});

/** A role in a workspace as it is shown. Somebody whom the organization does not list may have joined a moment ago. */
export function accessOf({ role = "", how }: Grant): WorkspaceAccess {
  return { role, how: how === "direct" || how === "inherited" ? how : "unknown" };
}

function members(index: StatusIndex, workspace: WorkspaceRef): ReadResult<WorkspaceMemberStatus> {
  if (workspace.special === "default") return { known: true, items: [] };
  const read = index.live.workspaceMembers.get(workspace.id) ?? { known: false, reason: "not-read" };
  if (!read.known) return read;
  // Whoever inherits a role is in no row, so without the organization's members these are not known either.
  if (!index.live.users.known) return index.live.users;
  const items = (index.roles.get(workspace.id) ?? []).map((grant): WorkspaceMemberStatus => {
    const user = index.users.get(grant.id);
    const access = accessOf(grant);
    const from = user && access.how === "inherited" ? { from: user.role } : {};
    return { userId: grant.id, ...(user && { email: user.email }), ...access, ...from };
  });
  const rank = ({ how }: WorkspaceMemberStatus) => (how === "inherited" ? 1 : 0);
  return {
    known: true,
    items: items.toSorted((a, b) => rank(a) - rank(b) || compareText(a.email ?? a.userId, b.email ?? b.userId)),
  };
}

/** What every account has in the default workspace is given to none of them. */
function serviceAccounts({ live, actor }: StatusIndex, { id, special }: WorkspaceRef): ReadResult<AccountAccess> {
  if (special === "default") return { known: true, items: [] };
  const read = live.workspaceServiceAccounts.get(id) ?? NOT_READ;
  if (!read.known) return read;
  const items = read.items.map(({ serviceAccountId, role }): AccountAccess => {
    const { name } = actor("service_account", serviceAccountId);
    return { id: serviceAccountId, ...(name !== undefined && { name }), role };
  });
  return { known: true, items: items.toSorted((a, b) => compareText(a.name ?? a.id, b.name ?? b.id)) };
}

/** The limits that hold in a workspace, group by group. */
export function limitsOf({ live }: StatusIndex, workspace: WorkspaceRef): ReadResult<LimitStatus> {
  if (!live.rateLimits.known) return live.rateLimits;
  const read =
    workspace.special === "default"
      ? ({ known: true, items: [] } as const)
      : (live.workspaceRateLimits.get(workspace.id) ?? ({ known: false, reason: "not-read" } as const));
  if (!read.known) return read;
  const overrides = new Map(read.items.map((item) => [item.rateLimitId, item]));
  const items = live.rateLimits.items.map(({ id, group, models, limits }): LimitStatus => {
    const own = overrides.get(id)?.overrides ?? {};
    overrides.delete(id);
    return { group, models, limits: effective(limits, own) };
  });
  // An override on a group that the organization no longer lists is still shown.
  for (const { group, models, overrides: own } of overrides.values()) {
    items.push({ group, models, limits: effective({}, own) });
  }
  return { known: true, items };
}

function effective(organization: Limits, own: Limits): readonly LimiterStatus[] {
  return LIMITERS.flatMap((limiter) => {
    const override = own[limiter];
    const limit = organization[limiter];
    const value = Math.min(override ?? Number.POSITIVE_INFINITY, limit ?? Number.POSITIVE_INFINITY);
    if (!Number.isFinite(value)) return [];
    return {
      limiter,
      value,
      ...(override !== undefined && { override }),
      ...(limit !== undefined && { organization: limit }),
    };
  });
}
