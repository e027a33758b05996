import type { BetaSpendLimit } from "@anthropic-ai/sdk/resources/beta/organization/spend-limits/spend-limits";
import type { ModelInfo } from "@anthropic-ai/sdk/resources/models";
import type { APIKey } from "@anthropic-ai/sdk/resources/organization/api-keys";
import type { ExternalKey } from "@anthropic-ai/sdk/resources/organization/external-keys";
import type { FederationIssuer, FederationRule } from "@anthropic-ai/sdk/resources/organization/federation";
import type { OrganizationInvite } from "@anthropic-ai/sdk/resources/organization/invites";
import type { OrganizationInfo } from "@anthropic-ai/sdk/resources/organization/organization";
import type { OrganizationRateLimit } from "@anthropic-ai/sdk/resources/organization/rate-limits";
import type { RBACGroupMember } from "@anthropic-ai/sdk/resources/organization/rbac-groups/members";
import type { RBACGroup } from "@anthropic-ai/sdk/resources/organization/rbac-groups/rbac-groups";
import type { RBACRole } from "@anthropic-ai/sdk/resources/organization/rbac-roles/rbac-roles";
import type {
  ServiceAccount,
  ServiceAccountWorkspaceMember,
} from "@anthropic-ai/sdk/resources/organization/service-accounts";
import type { OrganizationUser } from "@anthropic-ai/sdk/resources/organization/users";
import type { Workspace, WorkspaceMember } from "@anthropic-ai/sdk/resources/organization/workspaces";
import type { FeedActivity } from "./feed.ts";
import type { SandboxSettings } from "./settings.ts";

/** A key as the sandbox keeps it: the API's row, with the secret that only the Console ever shows. `expired` is worked out from the clock. */
export interface SeedKey extends APIKey {
  readonly secret: string;
}

/** A customer's own key; whether it is attached is worked out. `broken`: why nothing can be encrypted with it. */
export interface SeedExternalKey extends Omit<ExternalKey, "attachment"> {
  readonly broken: string | null;
}

/** A role that groups give; `owner`: it gives the rights of an owner, which the API does not say. */
export interface SeedGroupRole extends RBACRole {
  readonly owner?: boolean;
}

/** Somebody of Claude Enterprise asks for a higher limit. */
export interface SeedIncreaseRequest {
  readonly id: string;
  readonly user_id: string;
  readonly period: "daily" | "weekly" | "monthly";
  readonly created_at: string;
  readonly status: "approved" | "denied" | "pending";
  readonly resolved_at: string | null;
  readonly resolved_by_user_id: string | null;
}

/** A role of a service account in a workspace, as it was given. */
export type SeedAccountMember = Omit<ServiceAccountWorkspaceMember, "implicit">;

/** A workspace's override of one rate-limit group of the organization. */
export interface SeedWorkspaceRateLimit {
  readonly workspace_id: string;
  readonly rate_limit_id: string;
  readonly limits: readonly { readonly type: string; readonly value: number }[];
}

/**
 * Use of the Messages API: `requests` and tokens at `starting_at`, and again every `every_seconds` until before `ending_at`.
 * A null key is use without one (the Console's workbench).
 */
export interface SeedUsage {
  readonly api_key_id: string | null;
  readonly workspace_id: string;
  readonly model: string;
  readonly user_id: string | null;
  readonly service_account_id: string | null;
  readonly starting_at: string;
  readonly ending_at: string;
  readonly every_seconds: number;
  readonly requests: number;
  readonly uncached_input_tokens: number;
  readonly cache_read_input_tokens: number;
  readonly output_tokens: number;
}

/** A model, with its alternative names; the lifecycle is worked out from the clock, so the dates are always given. */
export interface SeedModel {
  readonly id: string;
  readonly aliases: string[];
  readonly display_name: string;
  readonly line: ModelInfo["line"];
  readonly created_at: string;
  readonly deprecated_at: string | null;
  readonly retires_at: string | null;
  readonly max_input_tokens: number;
  readonly max_tokens: number;
  /** Still callable, and no more than deprecated, after its planned end. */
  readonly overdue?: boolean;
  /** Answers begin with a thinking block whether asked for or not. */
  readonly always_thinks: boolean;
}

/** The credentials that are no API keys of the organization's list, and the key handed out for prompting. */
export interface SeedCredentials {
  readonly admin_key: string;
  readonly oauth_token: string;
  /** A scoped key of Claude Enterprise, and what it may do (`read:members`). Left out: there is none. */
  readonly enterprise_key?: { readonly secret: string; readonly scopes: readonly string[] };
  /** For the activity feed alone: an Admin key that was made after the feed was switched on, or a key of Claude Enterprise with the scope. */
  readonly activity_key?: string;
  readonly prompt_key_id: string | null;
}

/** A whole organization as JSON: what a seed is, what `GET /_sandbox/state` dumps, and what a seed file holds. */
export interface SandboxSeed {
  readonly format: "anth-rbac-sandbox/1";
  /** Where the clock stood; a sandbox started from this seed starts its clock here. */
  readonly clock?: string;
  readonly organization: OrganizationInfo;
  readonly default_workspace_id: string;
  readonly credentials: SeedCredentials;
  readonly settings: Partial<SandboxSettings>;
  readonly users: readonly OrganizationUser[];
  readonly invites: readonly OrganizationInvite[];
  readonly workspaces: readonly Workspace[];
  readonly workspace_members: readonly WorkspaceMember[];
  readonly service_accounts: readonly ServiceAccount[];
  /** Roles that were given; what every account has in the default workspace is worked out. Left out: none. */
  readonly workspace_service_accounts?: readonly SeedAccountMember[];
  /** Groups of Claude Enterprise, who is in them, and the roles that they give. Left out: none. */
  readonly rbac_groups?: readonly RBACGroup[];
  readonly rbac_group_members?: readonly RBACGroupMember[];
  readonly rbac_roles?: readonly SeedGroupRole[];
  /** Left out: none. */
  readonly federation_issuers?: readonly FederationIssuer[];
  readonly federation_rules?: readonly FederationRule[];
  readonly external_keys?: readonly SeedExternalKey[];
  readonly api_keys: readonly SeedKey[];
  readonly rate_limits: readonly OrganizationRateLimit[];
  readonly workspace_rate_limits: readonly SeedWorkspaceRateLimit[];
  readonly spend_limits: readonly BetaSpendLimit[];
  /** Requests for higher limits, and what each person has spent in a month, in minor units. Left out: none. */
  readonly spend_limit_increase_requests?: readonly SeedIncreaseRequest[];
  readonly member_spend?: Readonly<Record<string, string>>;
  readonly models: readonly SeedModel[];
  readonly usage: readonly SeedUsage[];
  /** How many ids of each kind were given out, so that ids stay unique after a dump and a reload. */
  readonly counters: Readonly<Record<string, number>>;
  /** The activity feed, oldest first. Left out: nothing has happened yet. */
  readonly activities?: readonly FeedActivity[];
}
