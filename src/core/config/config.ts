import type { IssuerKeys } from "../model/federation.ts";
import type { Limits, SpendPeriod } from "../model/limit.ts";
import type { OrganizationRole, ServiceAccountRole, WorkspaceRole } from "../model/role.ts";

/**
 * The kinds that `manage`, `--only` and the guardrails speak of. By hand, and not from the table of kinds: whoever only reads a file or
 * a command line must not load all that plans them. A test holds the table to it.
 */
export const MANAGED_KINDS = [
  "members",
  "workspaces",
  "workspace_members",
  "rate_limits",
  "spend_limits",
  "keys",
  "service_accounts",
  "groups",
  "federation",
  "compliance",
] as const;
export type ManagedKind = (typeof MANAGED_KINDS)[number];
/** Those that have a word in `manage`: `compliance` follows the file alone. */
export type ManageWord = Exclude<ManagedKind, "compliance">;

/** `off`: neither read nor written. `additive`: only added to. `full`: what is not declared is taken away too. */
export type Mode = "off" | "additive" | "full";

/** What rbac.yaml says, normalised and frozen: e-mails in lower case, durations in ms, days as `YYYY-MM-DD`, defaults filled in. */
export interface Config {
  readonly organization: {
    readonly id?: string;
    readonly name?: string;
    /** Absent: not managed. */
    readonly compliance?: "enabled" | "disabled";
    /** Keys that no workspace holds (scope `organization`). */
    readonly keys?: ReadonlyMap<string, Key>;
  };
  /** Each kind's mode: what `manage` says, else `additive` where something of the kind is declared, else `off`. */
  readonly manage: Readonly<Record<ManagedKind, Mode>>;
  /** The kinds that `manage` names: their collections are managed even in a workspace that leaves them out. */
  readonly named: ReadonlySet<ManagedKind>;
  readonly guardrails: Guardrails;
  /** The naming pattern for keys, where the file gives one. */
  readonly naming?: string;
  readonly members: ReadonlyMap<string, Member>;
  readonly workspaces: ReadonlyMap<string, Workspace>;
  /** By the name that is fixed for good. */
  readonly serviceAccounts: ReadonlyMap<string, ServiceAccount>;
  /** RBAC groups of Claude Enterprise, by their names. */
  readonly groups: ReadonlyMap<string, DeclaredGroup>;
  readonly federation: {
    readonly issuers: ReadonlyMap<string, Issuer>;
    readonly rules: ReadonlyMap<string, FederationRule>;
  };
  readonly roles: ReadonlyMap<string, Role>;
  /** The application-level policy for whoever `members` gives no role; absent: they are denied. */
  readonly unmapped?: Unmapped;
  readonly rateStore: string;
  readonly audit: { readonly prompts: boolean };
  /** Who reviews access that nobody owns. */
  readonly defaultReviewer?: string;
  readonly accept: readonly Acceptance[];
}

export interface Unmapped {
  readonly appRole?: string;
  readonly mayAssume: readonly string[];
}

export interface Guardrails {
  readonly minAdmins: number;
  readonly minWorkspaceAdmins: number;
  /** Whom invitations may go to: domains in lower case and ASCII; absent: anybody. */
  readonly domains?: readonly string[];
  /** E-mails in lower case. */
  readonly protected: readonly string[];
  readonly maxRemovals: { readonly percent: number; readonly alwaysAllow: number; readonly neverExceed: number };
}

export interface Member {
  readonly email: string;
  /** Absent: not managed. */
  readonly role?: OrganizationRole;
  readonly appRole?: string;
  /** The last day on which the entry holds. */
  readonly until?: string;
  readonly reason?: string;
  /** On Claude Enterprise, in the major unit. */
  readonly spendLimit?: Readonly<Partial<Record<SpendPeriod, number>>>;
}

export interface Workspace {
  readonly handle: string;
  readonly name: string;
  readonly id?: string;
  /** Earlier live names, which make a difference of name a rename. */
  readonly previously: readonly string[];
  /** Who reviews access to it. */
  readonly owner?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly dataResidency?: DataResidency;
  /** Absent: not managed; null: there must be none. */
  readonly externalKeyId?: string | null;
  readonly rateLimits?: ReadonlyMap<string, Limits>;
  readonly spendLimit?: { readonly monthly: number };
  readonly members?: ReadonlyMap<string, WorkspaceRole>;
  readonly keys?: ReadonlyMap<string, Key>;
  readonly serviceAccounts?: ReadonlyMap<string, WorkspaceRole>;
  readonly promptKeyEnv?: string;
}

/** A machine that acts without a person. What is absent is not managed. */
export interface ServiceAccount {
  readonly name: string;
  readonly role?: ServiceAccountRole;
  readonly description?: string;
}

/** A group of Claude Enterprise. */
export interface DeclaredGroup {
  readonly name: string;
  /** E-mails in lower case, each once; absent: who is in it is not managed. */
  readonly members?: readonly string[];
}

/** Whose tokens are taken. Lifetimes are seconds; what is absent is not managed. */
export interface Issuer {
  readonly name: string;
  /** What the tokens call their issuer. */
  readonly url: string;
  readonly jwks?: IssuerKeys;
  readonly checkJti?: boolean;
  readonly maxJwtLifetime?: number;
}

/** Which workload gets in, and as what. Null: nothing must be asked there; absent: not managed. */
export interface FederationRule {
  readonly name: string;
  readonly issuer: string;
  readonly serviceAccount: string;
  /** Words with one space between them. */
  readonly oauthScope: string;
  /** Handles. */
  readonly workspaces: "all" | readonly string[];
  readonly subject?: string | null;
  readonly claims?: Readonly<Record<string, string>> | null;
  readonly condition?: string | null;
  readonly audience?: string | null;
  /** Seconds. */
  readonly tokenLifetime?: number;
  readonly description?: string;
}

export interface DataResidency {
  readonly workspaceGeo?: string;
  readonly allowedInferenceGeos?: readonly string[] | "unrestricted";
  readonly defaultInferenceGeo?: string;
}

export interface Key {
  readonly name: string;
  readonly id?: string;
  readonly previously: readonly string[];
  readonly owner?: string;
  readonly deliver: readonly (readonly string[])[];
  /** Milliseconds; the key's own value or key_policy's. */
  readonly rotateEvery: number;
  readonly overlap: number;
  readonly soak: number;
}

/** One role of the application-level policy. */
export interface Role {
  readonly name: string;
  readonly allowed: boolean;
  readonly models: readonly string[];
  readonly maxTokens?: number;
  readonly rpmLimit?: number;
  readonly mayAssume: readonly string[];
}

/** A known difference that is fine until its last day. */
export interface Acceptance {
  readonly target: string;
  readonly until: string;
  readonly owner: string;
  readonly reason: string;
}
