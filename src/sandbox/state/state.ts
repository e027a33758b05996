import type { BetaSpendLimit } from "@anthropic-ai/sdk/resources/beta/organization/spend-limits/spend-limits";
import type { FederationIssuer, FederationRule } from "@anthropic-ai/sdk/resources/organization/federation";
import type { OrganizationInvite } from "@anthropic-ai/sdk/resources/organization/invites";
import type { OrganizationInfo } from "@anthropic-ai/sdk/resources/organization/organization";
import type { OrganizationRateLimit } from "@anthropic-ai/sdk/resources/organization/rate-limits";
import type { RBACGroupMember } from "@anthropic-ai/sdk/resources/organization/rbac-groups/members";
import type { RBACGroup } from "@anthropic-ai/sdk/resources/organization/rbac-groups/rbac-groups";
import type { ServiceAccount } from "@anthropic-ai/sdk/resources/organization/service-accounts";
import type { OrganizationUser } from "@anthropic-ai/sdk/resources/organization/users";
import type { Workspace, WorkspaceMember } from "@anthropic-ai/sdk/resources/organization/workspaces";
import { iso } from "./clock.ts";
import type { Feed } from "./feed.ts";
import type { SigningKeys } from "./identity-token.ts";
import type {
  SandboxSeed,
  SeedAccountMember,
  SeedCredentials,
  SeedExternalKey,
  SeedGroupRole,
  SeedIncreaseRequest,
  SeedKey,
  SeedModel,
  SeedUsage,
  SeedWorkspaceRateLimit,
} from "./seed.ts";
import { DEFAULT_SETTINGS, type SandboxSettings } from "./settings.ts";
import { createTable, type Journal, putRow, rowsOf, type Table } from "./table.ts";

/** The organization while the sandbox runs. Handlers read and write it, each in one synchronous step. */
export interface SandboxState {
  organization: OrganizationInfo;
  defaultWorkspaceId: string;
  credentials: SeedCredentials;
  settings: SandboxSettings;
  readonly journal: Journal;
  readonly users: Table<OrganizationUser>;
  readonly invites: Table<OrganizationInvite>;
  readonly workspaces: Table<Workspace>;
  /** Memberships given by hand; inherited ones are worked out from the organization role. */
  readonly members: Table<WorkspaceMember>;
  readonly serviceAccounts: Table<ServiceAccount>;
  /** Roles of accounts that were given. */
  readonly accountMembers: Table<SeedAccountMember>;
  readonly groups: Table<RBACGroup>;
  readonly groupMembers: Table<RBACGroupMember>;
  readonly groupRoles: readonly SeedGroupRole[];
  readonly federationIssuers: Table<FederationIssuer>;
  readonly federationRules: Table<FederationRule>;
  /** What was given for a workload's own token. */
  readonly accessTokens: Table<AccessToken>;
  /** Which tokens were exchanged, by issuer and id. */
  readonly usedTokens: Set<string>;
  /** The keys of the issuers that the sandbox plays. */
  readonly signingKeys: SigningKeys;
  readonly externalKeys: Table<SeedExternalKey>;
  readonly keys: Table<SeedKey>;
  readonly rateLimits: Table<OrganizationRateLimit>;
  readonly workspaceRateLimits: Table<SeedWorkspaceRateLimit>;
  readonly spendLimits: Table<BetaSpendLimit>;
  readonly increaseRequests: Table<SeedIncreaseRequest>;
  /** By user id, in minor units. */
  readonly memberSpend: ReadonlyMap<string, string>;
  readonly models: readonly SeedModel[];
  readonly usage: SeedUsage[];
  readonly counters: Map<string, number>;
  /** Timestamps of recent calls by rate-limit bucket, for the two switches that enforce limits. */
  readonly recentCalls: Map<string, number[]>;
  readonly feed: Feed;
}

/** Access that was given for a workload's own token. */
export interface AccessToken {
  readonly secret: string;
  readonly accountId: string;
  readonly workspaceId: string;
  readonly scope: string;
  /** Milliseconds since 1970. */
  readonly expires: number;
}

/** Builds the tables from a seed; `overrides` win over the seed's own settings. The seed is not kept or changed. */
export function createState(seed: SandboxSeed, overrides: Partial<SandboxSettings> = {}): SandboxState {
  const settings = { ...DEFAULT_SETTINGS, ...seed.settings, ...overrides };
  const journal: Journal = { hide: null, writes: [] };
  const state: SandboxState = {
    organization: seed.organization,
    defaultWorkspaceId: seed.default_workspace_id,
    credentials: seed.credentials,
    settings,
    journal,
    users: createTable((user) => user.id, journal, {
      email: (user) => foldEmail(user.email),
      role: (user) => user.role,
    }),
    invites: createTable((invite) => invite.id, journal, { email: (invite) => foldEmail(invite.email) }),
    workspaces: createTable((workspace) => workspace.id, journal),
    members: createTable((member) => memberId(member.workspace_id, member.user_id), journal, {
      workspace: (member) => member.workspace_id,
      user: (member) => member.user_id,
    }),
    serviceAccounts: createTable((account) => account.id, journal),
    accountMembers: createTable((member) => memberId(member.workspace_id, member.service_account_id), journal, {
      workspace: (member) => member.workspace_id,
      account: (member) => member.service_account_id,
    }),
    groups: createTable((group) => group.id, journal),
    groupMembers: createTable((member) => memberId(member.rbac_group_id, member.user_id), journal, {
      group: (member) => member.rbac_group_id,
    }),
    groupRoles: seed.rbac_roles ?? [],
    federationIssuers: createTable((issuer) => issuer.id, journal),
    federationRules: createTable((rule) => rule.id, journal, {
      issuer: (rule) => rule.issuer_id,
      account: (rule) => rule.target.service_account_id,
    }),
    accessTokens: createTable((token) => token.secret, journal),
    usedTokens: new Set(),
    signingKeys: new Map(),
    externalKeys: createTable((key) => key.id, journal),
    keys: createTable((key) => key.id, journal, {
      workspace: (key) => (key.scope.type === "workspace" ? key.scope.workspace_id : null),
      creator: (key) => (key.created_by?.type === "user" ? key.created_by.id : null),
      user: (key) => (key.principal?.type === "user_actor" ? key.principal.user_id : null),
      secret: (key) => key.secret,
      name: (key) => key.name,
    }),
    rateLimits: createTable((limit) => limit.id, journal),
    workspaceRateLimits: createTable((limit) => memberId(limit.workspace_id, limit.rate_limit_id), journal, {
      workspace: (limit) => limit.workspace_id,
    }),
    spendLimits: createTable((limit) => limit.id, journal),
    increaseRequests: createTable((request) => request.id, journal),
    memberSpend: new Map(Object.entries(seed.member_spend ?? {})),
    models: seed.models,
    usage: [...seed.usage],
    counters: new Map(Object.entries(seed.counters)),
    recentCalls: new Map(),
    feed: { activities: [...(seed.activities ?? [])], next: seed.activities?.length ?? 0, acting: null },
  };
  fill(
    state.users,
    byTime(seed.users, ({ added_at }) => added_at),
  );
  fill(
    state.invites,
    byTime(seed.invites, ({ invited_at }) => invited_at),
  );
  fill(state.workspaces, seed.workspaces);
  fill(state.members, seed.workspace_members);
  fill(state.serviceAccounts, seed.service_accounts);
  fill(state.accountMembers, seed.workspace_service_accounts ?? []);
  fill(state.groups, seed.rbac_groups ?? []);
  fill(state.groupMembers, seed.rbac_group_members ?? []);
  fill(state.federationIssuers, seed.federation_issuers ?? []);
  fill(state.federationRules, seed.federation_rules ?? []);
  fill(state.externalKeys, seed.external_keys ?? []);
  fill(state.keys, seed.api_keys);
  fill(state.rateLimits, seed.rate_limits);
  fill(state.workspaceRateLimits, seed.workspace_rate_limits);
  fill(state.spendLimits, seed.spend_limits);
  fill(state.increaseRequests, seed.spend_limit_increase_requests ?? []);
  journal.hide = settings.staleReads;
  return state;
}

/** The organization as JSON, with the clock's time; rows are shared, not copied: writes replace rows and never change them. */
export function dumpState(state: SandboxState, now: number): SandboxSeed {
  return {
    format: "anth-rbac-sandbox/1",
    clock: iso(now),
    organization: state.organization,
    default_workspace_id: state.defaultWorkspaceId,
    credentials: state.credentials,
    settings: state.settings,
    users: rowsOf(state.users),
    invites: rowsOf(state.invites),
    workspaces: rowsOf(state.workspaces),
    workspace_members: rowsOf(state.members),
    service_accounts: rowsOf(state.serviceAccounts),
    workspace_service_accounts: rowsOf(state.accountMembers),
    rbac_groups: rowsOf(state.groups),
    rbac_group_members: rowsOf(state.groupMembers),
    rbac_roles: state.groupRoles,
    federation_issuers: rowsOf(state.federationIssuers),
    federation_rules: rowsOf(state.federationRules),
    external_keys: rowsOf(state.externalKeys),
    api_keys: rowsOf(state.keys),
    rate_limits: rowsOf(state.rateLimits),
    workspace_rate_limits: rowsOf(state.workspaceRateLimits),
    spend_limits: rowsOf(state.spendLimits),
    spend_limit_increase_requests: rowsOf(state.increaseRequests),
    member_spend: Object.fromEntries(state.memberSpend),
    models: state.models,
    usage: [...state.usage],
    counters: Object.fromEntries(state.counters),
    activities: [...state.feed.activities],
  };
}

/** A new id such as `user_01sandbox00001`: counted, so that the same calls always give the same ids. */
export function nextId(state: SandboxState, prefix: string): string {
  const count = (state.counters.get(prefix) ?? 0) + 1;
  state.counters.set(prefix, count);
  return `${prefix}_01sandbox${String(count).padStart(5, "0")}`;
}

/** Changes settings while the sandbox runs. */
export function changeSettings(state: SandboxState, patch: Partial<SandboxSettings>): SandboxSettings {
  state.settings = { ...state.settings, ...patch };
  state.journal.hide = state.settings.staleReads;
  if (state.journal.hide === null) state.journal.writes = [];
  return state.settings;
}

/** The id under which a row that belongs to two objects is kept. */
export function memberId(workspaceId: string, otherId: string): string {
  return `${workspaceId}/${otherId}`;
}

/** The form in which the `email` filters compare: lower case, without a plus-tag. Source: admin-api.md 2.2. */
export function foldEmail(email: string): string {
  return email.toLowerCase().replace(/\+[^@]*@/, "@");
}

/** Oldest first, so that lists that begin with the newest can. */
function byTime<Row>(rows: readonly Row[], timeOf: (row: Row) => string): readonly Row[] {
  return rows.toSorted((one, other) => Date.parse(timeOf(one)) - Date.parse(timeOf(other)));
}

function fill<Row>(table: Table<Row>, rows: readonly Row[]): void {
  for (const row of rows) putRow(table, row);
}
