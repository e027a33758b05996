import type { ActivityQuery, ActivityRead } from "./activity.ts";
import type { ComplianceSettings } from "./compliance.ts";
import type { KeyTrial } from "./external-key.ts";
import type { FailureCode } from "./failure.ts";
import type { FederationIssuer, FederationRule } from "./federation.ts";
import type { RateLimit, WorkspaceRateLimit } from "./limit.ts";
import type { LiveModel } from "./live-model.ts";
import type { SoughtPerson } from "./sought.ts";
import type { EffectiveSpendLimit, MemberSpendLimit, SpendIncreaseRequest, SpendLimit } from "./spend-limit.ts";
import type { UnknownWord } from "./unknown-word.ts";
import type { DailyUsage, PeakMinute, UsageReport } from "./usage.ts";

/**
 * What the API said, joined by nobody yet. Each kind is `known` with its items or `unknown` with the reason; an unknown
 * kind is never taken for an empty one. Times are epoch milliseconds, e-mails lower case, absent means the API said null.
 */
export interface OrgSnapshot {
  readonly takenAt: number;
  /** Absent where `organizations/me` was not asked. */
  readonly organization?: Organization;
  /** Absent where nothing that was asked tells it. */
  readonly type?: OrganizationType;
  readonly users: ReadResult<User>;
  readonly invites: ReadResult<Invite>;
  readonly workspaces: ReadResult<LiveWorkspace>;
  readonly keys: ReadResult<ApiKey>;
  /** The customer's own, that encrypt workspaces. */
  readonly externalKeys: ReadResult<ExternalKey>;
  readonly rateLimits: ReadResult<RateLimit>;
  readonly spendLimits: ReadResult<SpendLimit>;
  /** Of Claude Enterprise: its own limits, what holds for each member and is spent, and who asked for more. */
  readonly memberSpendLimits: ReadResult<MemberSpendLimit>;
  readonly effectiveSpendLimits: ReadResult<EffectiveSpendLimit>;
  readonly spendIncreaseRequests: ReadResult<SpendIncreaseRequest>;
  /** Those that are not archived. */
  readonly serviceAccounts: ReadResult<ServiceAccount>;
  /** One item: whether the activity feed is on. */
  readonly compliance: ReadResult<ComplianceSettings>;
  readonly groups: ReadResult<Group>;
  readonly groupRoles: ReadResult<GroupRole>;
  readonly federationIssuers: ReadResult<FederationIssuer>;
  readonly federationRules: ReadResult<FederationRule>;
  /** By workspace id; a workspace that was not asked for is not in the map. */
  readonly workspaceMembers: ReadonlyMap<string, ReadResult<WorkspaceMember>>;
  readonly workspaceRateLimits: ReadonlyMap<string, ReadResult<WorkspaceRateLimit>>;
  readonly workspaceServiceAccounts: ReadonlyMap<string, ReadResult<WorkspaceServiceAccount>>;
}

export type ReadResult<Item> =
  /** `foreign`: this sort of organization does not have such objects, so there are none. */
  | { readonly known: true; readonly items: readonly Item[]; readonly foreign?: true }
  /** `not-read`: nobody asked, because the kind is not managed. */
  | {
      readonly known: false;
      readonly reason: "not-read" | FailureCode;
      readonly message?: string;
    };

/** What a list holds; nothing where it was not asked for or is not known. */
export function itemsOf<Item>(reading: ReadResult<Item> | undefined): readonly Item[] {
  return reading?.known ? reading.items : [];
}

/** The two sorts of organization: what each has, and which roles it knows (admin-api-1.14.md 2). */
export type OrganizationType = "console" | "enterprise";

export interface Organization {
  readonly id: string;
  readonly name: string;
}

export interface User {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  /** A word of OrganizationRole, or one the API added since: those are never touched. */
  readonly role: string;
}

export interface Invite {
  readonly id: string;
  readonly email: string;
  readonly role: string;
  readonly status: string;
  readonly invitedAt?: number;
  readonly expiresAt?: number;
  /** The ids of the groups that it brings along. */
  readonly groupIds?: readonly string[];
}

export interface LiveWorkspace {
  readonly id: string;
  readonly name: string;
  /** The default workspace: not renamable, no members, no limits. */
  readonly isDefault: boolean;
  readonly tags: Readonly<Record<string, string>>;
  readonly workspaceGeo?: string;
  readonly allowedInferenceGeos?: readonly string[] | "unrestricted";
  readonly defaultInferenceGeo?: string;
  readonly externalKeyId?: string;
}

export interface WorkspaceMember {
  readonly userId: string;
  readonly workspaceId: string;
  /** Without the API's `workspace_` prefix: `user`, `developer`, `restricted_developer`, `admin`, `billing`, or a newer word. */
  readonly role: string;
}

export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly createdAt: number;
  readonly expiresAt?: number;
  /** Who made it in the Console; not who it acts as. */
  readonly createdBy?: { readonly type: string; readonly id: string };
  /** Who it acts as; absent on a legacy workspace key, which keeps working after its creator leaves. */
  readonly principal?: { readonly type: "user" | "service_account"; readonly id: string } | UnknownWord;
  readonly hint?: string;
  readonly scope:
    | { readonly type: "organization" }
    | { readonly type: "workspace"; readonly workspaceId: string }
    | UnknownWord;
}

/** A machine that acts without a person. Only a credential of OAuth can read it. */
export interface ServiceAccount {
  readonly id: string;
  /** A slug that is fixed for good; no two accounts bear one. */
  readonly name: string;
  /** `developer` or `admin`, or a newer word. */
  readonly role: string;
  readonly description?: string;
}

/** A role that a service account was given in a workspace: what it has in the default one without being given is none of these. */
export interface WorkspaceServiceAccount {
  readonly serviceAccountId: string;
  readonly workspaceId: string;
  /** Without the API's `workspace_` prefix. */
  readonly role: string;
}

/** A group of Claude Enterprise: whoever is in it has its roles. Names are not unique. */
export interface Group {
  readonly id: string;
  readonly name: string;
  /** `direct`, or `scim` where the identity provider owns it, or a newer word. */
  readonly source: string;
  /** The ids of the roles that it gives; absent where the API does not know them now, or was not asked for the roles. */
  readonly roleIds?: readonly string[];
  /** What its roles allow in the admin settings of the organization, in the API's words; absent where nobody asked. */
  readonly adminRights?: ReadResult<string>;
  /** Not read of groups that nobody asked about. */
  readonly members: ReadResult<GroupMember>;
}

/** Somebody in a group, perhaps of another organization of the enterprise. */
export interface GroupMember {
  readonly userId: string;
  readonly email: string;
}

/** A key of the customer's own that encrypts workspaces, as the organization lists it. */
export interface ExternalKey {
  /** `ekey_…`, or on Claude Platform on AWS an ARN. */
  readonly id: string;
  /** `attached` where a workspace is encrypted with it, an archived one too; else `unattached`, or a newer word. */
  readonly attachment: string;
  /** What came of trying it, as the one item; not read of keys that nobody asked about. */
  readonly trial: ReadResult<KeyTrial>;
}

/** A role that groups give. */
export interface GroupRole {
  readonly id: string;
  readonly name: string;
}

/** A usage report, or why there is none. */
export type UsageResult =
  | { readonly known: true; readonly report: UsageReport }
  | Extract<ReadResult<never>, { readonly known: false }>;

/** What to read: the caller's decision, so that only managed kinds cost requests. */
export interface ReadScope {
  readonly organization: boolean;
  readonly users: boolean;
  /** People of whom the list of members alone is not believed that they are gone; absent: nobody. */
  readonly sought?: readonly SoughtPerson[];
  readonly invites: boolean;
  readonly workspaces: boolean;
  readonly keys: boolean;
  readonly externalKeys: boolean;
  /** The ids of the external keys that are to be tried. */
  readonly externalKeyIds?: readonly string[];
  readonly rateLimits: boolean;
  readonly spendLimits: boolean;
  readonly memberSpendLimits: boolean;
  readonly effectiveSpendLimits: boolean;
  readonly spendIncreaseRequests: boolean;
  readonly serviceAccounts: boolean;
  readonly compliance: boolean;
  readonly groups: boolean;
  /** The roles that groups give, and which each of them gives. */
  readonly groupRoles: boolean;
  readonly adminRights?: boolean;
  /** The ids of the groups whose members are to be read, out of those that were listed. */
  readonly groupMembersOf: (groups: readonly Group[]) => readonly string[];
  readonly federationIssuers: boolean;
  readonly federationRules: boolean;
  /** The ids of the workspaces whose members, and whose limits, are to be read, out of those that were listed. */
  readonly membersOf: (workspaces: readonly LiveWorkspace[]) => readonly string[];
  readonly rateLimitsOf: (workspaces: readonly LiveWorkspace[]) => readonly string[];
  readonly serviceAccountsOf: (workspaces: readonly LiveWorkspace[]) => readonly string[];
}

/** Called as requests are answered: how many are done, and how many are known to be needed so far. */
export type Progress = (done: number, planned: number) => void;

/** The reading half of the outside world. Nothing that holds only this can change the organization. */
export interface OrgReader {
  /** The organization that the credential belongs to. Throws Failure. */
  readonly organization: () => Promise<Organization>;
  /**
   * A snapshot of what `scope` asks for. A kind that cannot be read is `unknown`; a credential that is rejected, or a host
   * that cannot be reached at all, throws Failure. `prepare` works on each list as it comes, a little at a time; true: there is more of it.
   */
  readonly read: (scope: ReadScope, prepare?: (items: readonly object[]) => boolean) => Promise<OrgSnapshot>;
  /** Usage per workspace and key from `from` to `to` (epoch ms): the analytics report, else the legacy one. Throws Failure. */
  readonly usage: (span: { readonly from: number; readonly to: number }) => Promise<UsageReport>;
  /** The same by day, and by who is behind it where the report says. Throws Failure. */
  readonly dailyUsage: (span: { readonly from: number; readonly to: number }) => Promise<DailyUsage>;
  /** The most that a workspace used in one minute of the 24 hours before `to` (epoch ms). Throws Failure. */
  readonly peakMinute: (workspaceId: string, to: number) => Promise<PeakMinute>;
  /** Whether the activity feed has a credential of its own. */
  readonly hasFeedKey: boolean;
  /** What happened, newest first, by the activity feed. Throws Failure: `feed-off`, `feed-key-too-old`, `permission-denied` among others. */
  readonly activities: (query: ActivityQuery) => Promise<ActivityRead>;
  /**
   * Every model that the API knows, retired ones too; `workspaceId` is where a key without a workspace acts. Throws Failure; not every
   * admin credential may ask.
   */
  readonly models: (workspaceId?: string) => Promise<readonly LiveModel[]>;
}

/** A scope that asks for nothing: whoever reads adds what is wanted. */
export const EMPTY_SCOPE: ReadScope = {
  organization: false,
  users: false,
  invites: false,
  workspaces: false,
  keys: false,
  externalKeys: false,
  rateLimits: false,
  spendLimits: false,
  memberSpendLimits: false,
  effectiveSpendLimits: false,
  spendIncreaseRequests: false,
  serviceAccounts: false,
  compliance: false,
  groups: false,
  groupRoles: false,
  groupMembersOf: () => [],
  federationIssuers: false,
  federationRules: false,
  membersOf: () => [],
  rateLimitsOf: () => [],
  serviceAccountsOf: () => [],
};

/** A list that nobody asked for. */
export const NOT_READ = { known: false, reason: "not-read" } as const;

/** A snapshot of which nothing was read. `takenAt` is epoch ms. */
export function emptySnapshot(takenAt: number): OrgSnapshot {
  return {
    takenAt,
    users: NOT_READ,
    invites: NOT_READ,
    workspaces: NOT_READ,
    keys: NOT_READ,
    externalKeys: NOT_READ,
    rateLimits: NOT_READ,
    spendLimits: NOT_READ,
    memberSpendLimits: NOT_READ,
    effectiveSpendLimits: NOT_READ,
    spendIncreaseRequests: NOT_READ,
    serviceAccounts: NOT_READ,
    compliance: NOT_READ,
    groups: NOT_READ,
    groupRoles: NOT_READ,
    federationIssuers: NOT_READ,
    federationRules: NOT_READ,
    workspaceMembers: new Map(),
    workspaceRateLimits: new Map(),
    workspaceServiceAccounts: new Map(),
  };
}
