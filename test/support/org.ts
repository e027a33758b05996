import type { FederationIssuer, FederationRule } from "../../src/core/model/federation.ts";
import type { RateLimit, WorkspaceRateLimit } from "../../src/core/model/limit.ts";
import {
  type ApiKey,
  type ExternalKey,
  type Group,
  type GroupRole,
  type Invite,
  type LiveWorkspace,
  NOT_READ,
  type OrgSnapshot,
  type ServiceAccount,
  type UsageResult,
  type User,
  type WorkspaceMember,
  type WorkspaceServiceAccount,
} from "../../src/core/model/org.ts";
import type { MemberSpendLimit, SpendLimit } from "../../src/core/model/spend-limit.ts";
import { DAY } from "../../src/core/model/time.ts";
import type { UsageReport, UsageRow } from "../../src/core/model/usage.ts";

/** The instant at which every test lives: 2026-11-23, noon UTC. */
export const NOW = Date.parse("2026-11-23T12:00:00Z");

/** What a live organization holds, written as lists; what is left out is empty. */
export interface OrgParts {
  readonly users?: readonly User[];
  readonly invites?: readonly Invite[];
  readonly workspaces?: readonly LiveWorkspace[];
  readonly keys?: readonly ApiKey[];
  readonly externalKeys?: readonly ExternalKey[];
  readonly rateLimits?: readonly RateLimit[];
  readonly spendLimits?: readonly SpendLimit[];
  readonly memberLimits?: readonly MemberSpendLimit[];
  readonly members?: readonly WorkspaceMember[];
  readonly overrides?: readonly WorkspaceRateLimit[];
  readonly serviceAccounts?: readonly ServiceAccount[];
  readonly accountMembers?: readonly WorkspaceServiceAccount[];
  readonly groups?: readonly Group[];
  readonly groupRoles?: readonly GroupRole[];
  readonly issuers?: readonly FederationIssuer[];
  readonly rules?: readonly FederationRule[];
}

/** A snapshot in which every kind is known. The default workspace is always there, as in the API. */
export function org(parts: OrgParts = {}): OrgSnapshot {
  const workspaces = [DEFAULT_WORKSPACE, ...(parts.workspaces ?? [])];
  return {
    takenAt: NOW,
    users: known(parts.users),
    invites: known(parts.invites),
    workspaces: known(workspaces),
    keys: known(parts.keys),
    // Read only where the file names one.
    externalKeys: parts.externalKeys ? known(parts.externalKeys) : NOT_READ,
    rateLimits: known(parts.rateLimits),
    spendLimits: known(parts.spendLimits),
    memberSpendLimits: known(parts.memberLimits),
    effectiveSpendLimits: known([]),
    spendIncreaseRequests: known([]),
    serviceAccounts: known(parts.serviceAccounts),
    compliance: known([{ state: "enabled" }]),
    groups: known(parts.groups),
    groupRoles: known(parts.groupRoles),
    federationIssuers: known(parts.issuers),
    federationRules: known(parts.rules),
    workspaceMembers: byWorkspace(workspaces, parts.members),
    workspaceServiceAccounts: byWorkspace(workspaces, parts.accountMembers),
    workspaceRateLimits: byWorkspace(workspaces, parts.overrides),
  };
}

/** A reading that holds these items. */
function known<Item>(items: readonly Item[] = []): { readonly known: true; readonly items: readonly Item[] } {
  return { known: true, items };
}

function byWorkspace<Item extends { readonly workspaceId: string }>(
  workspaces: readonly LiveWorkspace[],
  items: readonly Item[] = [],
) {
  const lists = new Map(workspaces.map(({ id }): [string, Item[]] => [id, []]));
  for (const item of items) lists.get(item.workspaceId)?.push(item);
  return new Map([...lists].map(([id, list]) => [id, known(list)]));
}

const DEFAULT_WORKSPACE: LiveWorkspace = { id: "wrkspc_default", name: "Default", isDefault: true, tags: {} };

/** A live workspace whose id tells its name. */
export function workspace(name: string, rest: Partial<LiveWorkspace> = {}): LiveWorkspace {
  return { id: `wrkspc_${name.toLowerCase()}`, name, isDefault: false, tags: {}, ...rest };
}

/** A live member of the organization; the id is made of what stands before the @. */
export function user(email: string, role = "developer"): User {
  const name = email.split("@")[0] ?? "";
  return { id: `user_${name}`, email, name, role };
}

/** A pending invitation that runs out in twenty days. */
export function invite(email: string, role = "developer", rest: Partial<Invite> = {}): Invite {
  return { id: `invite_${email}`, email, role, status: "pending", expiresAt: NOW + 20 * DAY, ...rest };
}

/** An active legacy key of a workspace, ten days old. */
export function key(name: string, workspaceId: string, rest: Partial<ApiKey> = {}): ApiKey {
  return {
    id: `apikey_${name}`,
    name,
    status: "active",
    createdAt: NOW - 10 * DAY,
    scope: { type: "workspace", workspaceId },
    ...rest,
  };
}

/** A service account whose id tells its name. */
export function account(name: string, rest: Partial<ServiceAccount> = {}): ServiceAccount {
  return { id: `svac_${name}`, name, role: "developer", ...rest };
}

/** A group whose id tells its name, with these people in it. */
export function group(name: string, people: readonly User[] = [], rest: Partial<Group> = {}): Group {
  const members = known(people.map(({ id: userId, email }) => ({ userId, email })));
  return { id: `rbac_group_${name.toLowerCase()}`, name, source: "direct", roleIds: [], members, ...rest };
}

/** GitHub's issuer, as the API makes it where nothing else is said. */
export function issuer(name: string, rest: Partial<FederationIssuer> = {}): FederationIssuer {
  const url = "https://token.actions.githubusercontent.com";
  return { id: `fdis_${name}`, name, url, jwks: { type: "discovery" }, checkJti: true, maxJwtLifetime: 3600, ...rest };
}

/** A rule of that issuer, tight: one branch of one repository, by ids too, for a quarter of an hour in one workspace. */
export function rule(name: string, rest: Partial<FederationRule> = {}): FederationRule {
  return {
    id: `fdrl_${name}`,
    name,
    issuerId: "fdis_github",
    match: TIGHT,
    oauthScope: "workspace:developer",
    target: { type: "service_account", id: "svac_ci" },
    workspaces: ["wrkspc_production"],
    tokenLifetime: 900,
    ...rest,
  };
}

/** A match with nothing loose in it. */
const TIGHT = {
  subject: "repo:acme/app:ref:refs/heads/main",
  claims: { repository_owner_id: "1234" },
  audience: "https://api.anthropic.com",
} as const;

/** A report on the day before `NOW`, complete unless `rest` says otherwise. */
export function usage(rows: readonly UsageRow[], rest: Partial<UsageReport> = {}): UsageResult {
  const report = { rows, since: [], from: NOW - DAY, to: NOW, asOf: NOW, source: "analytics", ...rest } as const;
  return { known: true, report };
}
