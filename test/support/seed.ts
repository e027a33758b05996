import type { FederationIssuer, FederationRule } from "@anthropic-ai/sdk/resources/organization/federation";
import type { OrgSnapshot, ReadResult } from "../../src/core/model/org.ts";
import { inheritedWorkspaceRole } from "../../src/core/model/role.ts";
import { isoTime } from "../../src/core/model/time.ts";
import { seedIssuer, seedRule } from "../../src/sandbox/seed/rows.ts";
import type { SandboxSeed } from "../../src/sandbox/state/seed.ts";
import { NOW } from "./org.ts";

const AT = isoTime(NOW - 86_400_000);

/** A snapshot as a seed of the sandbox, which then answers with that very organization. Inherited roles are the sandbox's own. */
export function seedOf(live: OrgSnapshot): SandboxSeed {
  const roles = new Map(items(live.users).map(({ id, role }) => [id, role]));
  return {
    format: "anth-rbac-sandbox/1",
    organization: { id: "00000000-0000-4000-8000-000000000001", name: "Random", type: "organization" },
    default_workspace_id: items(live.workspaces).find(({ isDefault }) => isDefault)?.id ?? "",
    credentials: {
      admin_key: "sk-ant-admin01-sandbox-random-organization",
      oauth_token: "sk-ant-oat01-sandbox-random-organization",
      prompt_key_id: null,
      ...(live.type === "enterprise" && {
        enterprise_key: {
          secret: "sk-ant-api01-sandbox-random-organization",
          scopes: ["write:members", "write:rbac_groups", "write:spend_limits"],
        },
      }),
    },
    settings: { workspaceCap: null, organizationType: live.type ?? "console" },
    users: items(live.users).map((user) => ({ ...user, added_at: AT, type: "user" })) as SandboxSeed["users"],
    invites: items(live.invites).map(({ expiresAt, groupIds = [], ...invite }) => ({
      ...invite,
      accepted_at: null,
      expires_at: isoTime(expiresAt ?? NOW),
      invited_at: AT,
      rbac_group_ids: live.type === "enterprise" ? groupIds : [],
      type: "invite",
    })) as unknown as SandboxSeed["invites"],
    workspaces: items(live.workspaces).map(({ id, name, tags }) => ({
      id,
      name,
      tags,
      archived_at: null,
      compartment_id: id.replace("wrkspc", "cmpt"),
      created_at: AT,
      data_residency: {
        workspace_geo: "us",
        allowed_inference_geos: "unrestricted",
        default_inference_geo: "global",
      },
      display_color: "#123456",
      external_key_id: null,
      type: "workspace",
      user_profile_id: null,
    })),
    workspace_members: [...live.workspaceMembers.values()]
      .flatMap(items)
      .filter(({ userId }) => !inheritedWorkspaceRole(roles.get(userId) ?? ""))
      .map(({ userId, workspaceId, role }) => ({
        type: "workspace_member",
        user_id: userId,
        workspace_id: workspaceId,
        workspace_role: `workspace_${role}`,
      })) as unknown as SandboxSeed["workspace_members"],
    service_accounts: items(live.serviceAccounts).map(({ id, name, role, description }) => ({
      id,
      name,
      description: description ?? null,
      organization_role: role,
      archived_at: null,
      archived_by_actor_id: null,
      created_at: AT,
      created_by_actor_id: null,
      type: "service_account",
      updated_at: AT,
      updated_by_actor_id: null,
    })) as SandboxSeed["service_accounts"],
    workspace_service_accounts: [...live.workspaceServiceAccounts.values()].flatMap(items).map((row) => ({
      service_account_id: row.serviceAccountId,
      workspace_id: row.workspaceId,
      workspace_role: `workspace_${row.role}`,
      created_by_actor_id: null,
      type: "service_account_workspace_member",
    })) as unknown as NonNullable<SandboxSeed["workspace_service_accounts"]>,
    rbac_groups: items(live.groups).map(({ id, name, source, roleIds = [] }) => ({
      id,
      name,
      created_at: AT,
      role_ids: [...roleIds],
      source_type: source,
      type: "rbac_group",
      updated_at: AT,
    })) as NonNullable<SandboxSeed["rbac_groups"]>,
    rbac_group_members: items(live.groups).flatMap(({ id, members }) =>
      items(members).map(({ userId, email }) => ({
        created_at: AT,
        email,
        rbac_group_id: id,
        type: "rbac_group_member" as const,
        user_id: userId,
      })),
    ),
    federation_issuers: items(live.federationIssuers).map(({ id, name, url, jwks, checkJti, maxJwtLifetime }) =>
      seedIssuer(id, name, NOW - 86_400_000, {
        issuer_url: url,
        jwks: jwks as FederationIssuer["jwks"],
        check_jti: checkJti,
        max_jwt_lifetime_seconds: maxJwtLifetime,
      }),
    ),
    federation_rules: items(live.federationRules).map(({ id, name, match: { subject, ...asked }, target, ...rest }) =>
      seedRule(id, name, NOW - 86_400_000, {
        description: rest.description ?? null,
        issuer_id: rest.issuerId,
        match: { ...asked, ...(subject !== undefined && { subject_prefix: subject }) } as FederationRule["match"],
        oauth_scope: rest.oauthScope,
        target: { type: "service_account", service_account_id: target.type === "unknown" ? "" : target.id },
        applies_to_all_workspaces: rest.workspaces === "all",
        workspace_ids: rest.workspaces === "all" ? [] : [...rest.workspaces],
        token_lifetime_seconds: rest.tokenLifetime,
      }),
    ),
    api_keys: items(live.keys).map(({ id, name, status, createdAt, createdBy, scope }) => ({
      id,
      name,
      status,
      created_at: isoTime(createdAt),
      created_by: createdBy ?? null,
      expires_at: status === "expired" ? AT : null,
      partial_key_hint: null,
      principal: null,
      scope: scope.type === "workspace" ? { type: "workspace", workspace_id: scope.workspaceId } : scope,
      type: "api_key",
      secret: `sk-ant-api03-sandbox-${id}`,
    })) as SandboxSeed["api_keys"],
    rate_limits: items(live.rateLimits).map(({ id, group, limits, models }) => ({
      id,
      group: { id: group.id, type: group.type, ...(group.displayName && { display_name: group.displayName }) },
      limits: Object.entries(limits).map(([type, value]) => ({ type, value })),
      models,
      type: "rate_limit",
    })) as unknown as SandboxSeed["rate_limits"],
    workspace_rate_limits: [...live.workspaceRateLimits.values()].flatMap(items).map((row) => ({
      workspace_id: row.workspaceId,
      rate_limit_id: row.rateLimitId,
      limits: Object.entries(row.overrides).map(([type, value]) => ({ type, value })),
    })),
    spend_limits: [
      ...items(live.spendLimits).map(({ workspaceId, ...limit }) => ({
        ...limit,
        scope: workspaceId === undefined ? { type: "usage_tier" } : { type: "workspace", workspace_id: workspaceId },
      })),
      ...items(live.memberSpendLimits).map(({ userId, ...limit }) => ({
        ...limit,
        scope: userId === undefined ? { type: "organization" } : { type: "user", user_id: userId },
      })),
    ].map(({ amountMinor, ...limit }) => ({
      ...limit,
      amount: String(amountMinor ?? 0),
      created_at: AT,
      is_enabled: true,
      type: "spend_limit",
      updated_at: AT,
    })) as SandboxSeed["spend_limits"],
    models: [],
    usage: [],
    counters: {},
  };
}

function items<Item>(reading: ReadResult<Item>): readonly Item[] {
  return reading.known ? reading.items : [];
}
