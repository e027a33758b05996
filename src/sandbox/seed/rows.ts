import type { BetaSpendLimit } from "@anthropic-ai/sdk/resources/beta/organization/spend-limits/spend-limits";
import type { FederationIssuer, FederationRule } from "@anthropic-ai/sdk/resources/organization/federation";
import type { OrganizationInvite } from "@anthropic-ai/sdk/resources/organization/invites";
import type { OrganizationRole } from "@anthropic-ai/sdk/resources/organization/organization";
import type { ServiceAccount } from "@anthropic-ai/sdk/resources/organization/service-accounts";
import type { OrganizationUser } from "@anthropic-ai/sdk/resources/organization/users";
import type { Workspace, WorkspaceMember, WorkspaceRole } from "@anthropic-ai/sdk/resources/organization/workspaces";
import { INVITE_LIFETIME, iso } from "../state/clock.ts";
import { hintOf, secretFor } from "../state/keys.ts";
import type { SeedAccountMember, SeedCredentials, SeedKey, SeedUsage } from "../state/seed.ts";

/** The credentials of the generated seeds; visibly fake. */
export function seedCredentials(promptKeyId: string | null): SeedCredentials {
  return {
    admin_key: "sk-ant-admin01-sandbox-administrator-AbCdEfGh",
    oauth_token: "sk-ant-oat01-sandbox-administrator-AbCdEfGh",
    activity_key: "sk-ant-admin01-sandbox-activity-AbCdEfGh",
    prompt_key_id: promptKeyId,
  };
}

/** A member of the organization. Times are milliseconds since 1970 here and below. */
export function seedUser(
  id: string,
  email: string,
  name: string,
  role: OrganizationRole,
  added: number,
): OrganizationUser {
  return { id, added_at: iso(added), email, name, role, type: "user" };
}

/** An invite sent at `invited`; `accepted` null = still open. */
export function seedInvite(
  id: string,
  email: string,
  role: OrganizationRole,
  invited: number,
  accepted: number | null,
): OrganizationInvite {
  return {
    id,
    accepted_at: accepted === null ? null : iso(accepted),
    email,
    expires_at: iso(invited + INVITE_LIFETIME),
    invited_at: iso(invited),
    rbac_group_ids: [],
    role,
    status: accepted === null ? "pending" : "accepted",
    type: "invite",
  };
}

/** A workspace with the API's defaults; `fields` overrides them. */
export function seedWorkspace(id: string, name: string, created: number, fields: Partial<Workspace> = {}): Workspace {
  return {
    id,
    archived_at: null,
    compartment_id: id.replace("wrkspc", "cmpt"),
    created_at: iso(created),
    data_residency: { allowed_inference_geos: "unrestricted", default_inference_geo: "global", workspace_geo: "us" },
    display_color: "#6C5BB9",
    external_key_id: null,
    name,
    tags: {},
    type: "workspace",
    user_profile_id: null,
    ...fields,
  };
}

/** A membership given by hand. */
export function seedMember(workspaceId: string, userId: string, role: WorkspaceRole): WorkspaceMember {
  return { type: "workspace_member", user_id: userId, workspace_id: workspaceId, workspace_role: role };
}

/** What is the same of everything that was made at one time, and is not archived. */
function madeAt(created: number) {
  const at = iso(created);
  const nobody = { created_by_actor_id: null, updated_by_actor_id: null, archived_by_actor_id: null };
  return { created_at: at, updated_at: at, archived_at: null, ...nobody } as const;
}

/** A service account, a developer. */
export function seedAccount(
  id: string,
  name: string,
  created: number,
  fields: Partial<Pick<ServiceAccount, "description" | "organization_role">> = {},
): ServiceAccount {
  const same = {
    ...madeAt(created),
    description: null,
    organization_role: "developer",
    type: "service_account",
  } as const;
  return { id, name, ...same, ...fields };
}

/** An issuer whose keys are found by discovery, with the API's defaults; `fields` overrides them. */
export function seedIssuer(
  id: string,
  name: string,
  created: number,
  fields: Partial<FederationIssuer> & Pick<FederationIssuer, "issuer_url">,
): FederationIssuer {
  return {
    id,
    name,
    ...madeAt(created),
    check_jti: true,
    jwks: { type: "discovery" },
    jwks_polling_disabled_at: null,
    max_jwt_lifetime_seconds: 3600,
    poll_status: null,
    type: "federation_issuer",
    ...fields,
  };
}

/** A rule with the API's defaults; `fields` overrides them. */
export function seedRule(
  id: string,
  name: string,
  created: number,
  fields: Partial<FederationRule> & Pick<FederationRule, "issuer_id" | "match" | "target">,
): FederationRule {
  return {
    id,
    name,
    ...madeAt(created),
    applies_to_all_workspaces: false,
    description: null,
    issuer_name: null,
    oauth_scope: "workspace:developer",
    token_lifetime_seconds: 3600,
    type: "federation_rule",
    workspace_ids: [],
    ...fields,
  };
}

/** A role of a service account in a workspace, given by hand. */
export function seedAccountMember(
  workspaceId: string,
  accountId: string,
  role: SeedAccountMember["workspace_role"],
): SeedAccountMember {
  return {
    type: "service_account_workspace_member",
    service_account_id: accountId,
    workspace_id: workspaceId,
    workspace_role: role,
    created_by_actor_id: null,
  };
}

/** A key with its secret and hint; `workspaceId` null = organization scope. `fields` overrides the rest. */
export function seedKey(
  id: string,
  name: string,
  workspaceId: string | null,
  created: number,
  fields: Partial<Pick<SeedKey, "created_by" | "principal" | "expires_at" | "status">> = {},
): SeedKey {
  const secret = secretFor(id, name);
  return {
    id,
    created_at: iso(created),
    created_by: null,
    expires_at: null,
    name,
    partial_key_hint: hintOf(secret),
    principal: null,
    scope: workspaceId === null ? { type: "organization" } : { type: "workspace", workspace_id: workspaceId },
    status: "active",
    type: "api_key",
    ...fields,
    secret,
  };
}

/** A monthly limit in US dollars; the one of the usage tier is in every Console organization. */
export function seedSpendLimit(id: string, scope: BetaSpendLimit["scope"], amount: string, at: string): BetaSpendLimit {
  return {
    id,
    amount,
    created_at: at,
    currency: "USD",
    is_enabled: true,
    period: "monthly",
    scope,
    type: "spend_limit",
    updated_at: at,
  };
}

/** Steady use: `requests` every `everyHours` from `from` until before `until`, 400 tokens in and 150 out for each. */
export function seedUse(
  use: Pick<SeedUsage, "api_key_id" | "workspace_id" | "model"> &
    Partial<Pick<SeedUsage, "user_id" | "service_account_id">>,
  every: { readonly from: number; readonly until: number; readonly everyHours: number; readonly requests: number },
): SeedUsage {
  return {
    user_id: null,
    service_account_id: null,
    ...use,
    starting_at: iso(every.from),
    ending_at: iso(every.until),
    every_seconds: every.everyHours * 3600,
    requests: every.requests,
    uncached_input_tokens: every.requests * 400,
    cache_read_input_tokens: every.requests * 100,
    output_tokens: every.requests * 150,
  };
}
