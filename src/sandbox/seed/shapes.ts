import * as z from "zod/mini";
import { datetime, integer, text } from "../http/schema.ts";
import { ORGANIZATION_ROLES } from "../state/roles.ts";
import type { SandboxSeed } from "../state/seed.ts";
import { settingsPatch } from "../state/settings.ts";
import { externalKey } from "./external-key-shapes.ts";
import { federationIssuer, federationRule } from "./federation-shapes.ts";

const id = text(1, 200);
const role = z.enum(ORGANIZATION_ROLES);
const geo = z.enum(["global", "us"]);
const limit = z.strictObject({ type: text(1), value: integer() });

const user = z.strictObject({
  id,
  added_at: datetime,
  email: z.string().check(z.regex(/@/)),
  name: text(),
  role,
  type: z.literal("user"),
});

const invite = z.strictObject({
  id,
  accepted_at: z.nullable(datetime),
  email: z.string().check(z.regex(/@/)),
  expires_at: datetime,
  invited_at: datetime,
  rbac_group_ids: z.array(id),
  role,
  status: z.enum(["accepted", "deleted", "expired", "pending"]),
  type: z.literal("invite"),
});

const workspace = z.strictObject({
  id,
  archived_at: z.nullable(datetime),
  compartment_id: id,
  created_at: datetime,
  data_residency: z.strictObject({
    allowed_inference_geos: z.union([z.array(geo).check(z.minLength(1)), z.literal("unrestricted")]),
    default_inference_geo: geo,
    workspace_geo: z.literal("us"),
  }),
  display_color: z.string().check(z.regex(/^#[0-9A-Fa-f]{6}$/)),
  external_key_id: z.nullable(id),
  name: text(1, 255),
  tags: z.record(z.string(), text()),
  type: z.literal("workspace"),
  user_profile_id: z.nullable(id),
});

const workspaceMember = z.strictObject({
  type: z.literal("workspace_member"),
  user_id: id,
  workspace_id: id,
  workspace_role: z.enum([
    "workspace_admin",
    "workspace_billing",
    "workspace_developer",
    "workspace_restricted_developer",
    "workspace_user",
  ]),
});

const serviceAccount = z.strictObject({
  id,
  archived_at: z.nullable(datetime),
  archived_by_actor_id: z.nullable(id),
  created_at: datetime,
  created_by_actor_id: z.nullable(id),
  description: z.nullable(text()),
  name: text(1),
  organization_role: z.enum(["admin", "developer"]),
  type: z.literal("service_account"),
  updated_at: datetime,
  updated_by_actor_id: z.nullable(id),
});

const accountMember = z.strictObject({
  type: z.literal("service_account_workspace_member"),
  service_account_id: id,
  workspace_id: id,
  workspace_role: z.enum([
    "workspace_admin",
    "workspace_developer",
    "workspace_restricted_developer",
    "workspace_user",
  ]),
  created_by_actor_id: z.nullable(id),
});

const rbacGroup = z.strictObject({
  id,
  created_at: datetime,
  name: text(1, 255),
  role_ids: z.nullable(z.array(id)),
  source_type: z.enum(["direct", "scim"]),
  type: z.literal("rbac_group"),
  updated_at: datetime,
});

const rbacGroupMember = z.strictObject({
  created_at: datetime,
  email: z.string().check(z.regex(/@/)),
  rbac_group_id: id,
  type: z.literal("rbac_group_member"),
  user_id: id,
});

const rbacRole = z.strictObject({
  id,
  created_at: datetime,
  display_name: text(1),
  source: z.strictObject({ type: z.enum(["built_in", "custom"]) }),
  type: z.literal("rbac_role"),
  updated_at: datetime,
  owner: z.exactOptional(z.boolean()),
});

const apiKey = z.strictObject({
  id,
  created_at: datetime,
  created_by: z.nullable(z.strictObject({ id, type: z.enum(["service_account", "user"]) })),
  expires_at: z.nullable(datetime),
  name: text(1, 500),
  partial_key_hint: z.nullable(text()),
  principal: z.nullable(
    z.discriminatedUnion("type", [
      z.strictObject({ type: z.literal("user_actor"), user_id: id }),
      z.strictObject({ type: z.literal("service_account_actor"), service_account_id: id }),
    ]),
  ),
  scope: z.discriminatedUnion("type", [
    z.strictObject({ type: z.literal("organization") }),
    z.strictObject({ type: z.literal("workspace"), workspace_id: id }),
  ]),
  status: z.enum(["active", "archived", "expired", "inactive"]),
  type: z.literal("api_key"),
  // A seed file must not be a place where a real key ends up.
  secret: z.string().check(z.regex(/^sk-ant-api03-sandbox-\S+$/)),
});

const group = z.discriminatedUnion("type", [
  z.strictObject({ id, display_name: text(), type: z.literal("model_group") }),
  z.strictObject({ id, type: z.enum(["batch", "files", "skills", "token_count", "web_search"]) }),
]);

const rateLimit = z.strictObject({
  id,
  group,
  limits: z.array(limit),
  models: z.nullable(z.array(text(1))),
  type: z.literal("rate_limit"),
});

const workspaceRateLimit = z.strictObject({ workspace_id: id, rate_limit_id: id, limits: z.array(limit) });

const spendScope = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("organization") }),
  z.strictObject({ type: z.literal("workspace"), workspace_id: id }),
  z.strictObject({ type: z.literal("usage_tier") }),
  z.strictObject({ type: z.literal("user"), user_id: id }),
  z.strictObject({ type: z.literal("seat_tier"), seat_tier: text(1) }),
  z.strictObject({ type: z.literal("rbac_group"), rbac_group_id: id }),
]);

const increaseRequest = z.strictObject({
  id,
  user_id: id,
  period: z.enum(["daily", "weekly", "monthly"]),
  created_at: datetime,
  status: z.enum(["approved", "denied", "pending"]),
  resolved_at: z.nullable(datetime),
  resolved_by_user_id: z.nullable(id),
});

const spendLimit = z.strictObject({
  id,
  amount: z.nullable(z.string().check(z.regex(/^\d+$/))),
  created_at: datetime,
  currency: text(3, 3),
  is_enabled: z.boolean(),
  period: z.enum(["daily", "monthly", "weekly"]),
  scope: spendScope,
  type: z.literal("spend_limit"),
  updated_at: datetime,
});

const model = z.strictObject({
  id,
  aliases: z.array(text(1)),
  display_name: text(),
  line: z.nullable(z.enum(["haiku", "sonnet", "opus", "fable", "mythos"])),
  created_at: datetime,
  deprecated_at: z.nullable(datetime),
  retires_at: z.nullable(datetime),
  max_input_tokens: integer(1),
  max_tokens: integer(1),
  overdue: z.exactOptional(z.boolean()),
  always_thinks: z.boolean(),
});

const usage = z.strictObject({
  api_key_id: z.nullable(id),
  workspace_id: id,
  model: text(1),
  user_id: z.nullable(id),
  service_account_id: z.nullable(id),
  starting_at: datetime,
  ending_at: datetime,
  every_seconds: integer(1),
  requests: integer(),
  uncached_input_tokens: integer(),
  cache_read_input_tokens: integer(),
  output_tokens: integer(),
});

/** The shape of one row of each kind that can be edited. */
export const rowShapes = {
  users: user,
  invites: invite,
  workspaces: workspace,
  workspace_members: workspaceMember,
  service_accounts: serviceAccount,
  workspace_service_accounts: accountMember,
  rbac_groups: rbacGroup,
  rbac_group_members: rbacGroupMember,
  federation_issuers: federationIssuer,
  federation_rules: federationRule,
  external_keys: externalKey,
  api_keys: apiKey,
  rate_limits: rateLimit,
  workspace_rate_limits: workspaceRateLimit,
  spend_limits: spendLimit,
  spend_limit_increase_requests: increaseRequest,
} as const;

/** The shape of a whole seed; references between rows are not looked at here. */
export const seedShape: z.ZodMiniType<SandboxSeed> = z.strictObject({
  format: z.literal("anth-rbac-sandbox/1"),
  clock: z.exactOptional(datetime),
  organization: z.strictObject({ id, name: text(1), type: z.literal("organization") }),
  default_workspace_id: id,
  credentials: z.strictObject({
    admin_key: z.string().check(z.regex(/^sk-ant-admin01-sandbox-\S+$/)),
    oauth_token: z.string().check(z.regex(/^sk-ant-oat01-sandbox-\S+$/)),
    enterprise_key: z.exactOptional(
      z.strictObject({
        secret: z.string().check(z.regex(/^sk-ant-api01-sandbox-\S+$/)),
        scopes: z.array(z.string().check(z.regex(/^(?:read|write):[a-z_]+$/))),
      }),
    ),
    activity_key: z.exactOptional(z.string().check(z.regex(/^sk-ant-(?:admin01|api01)-sandbox-\S+$/))),
    prompt_key_id: z.nullable(id),
  }),
  settings: settingsPatch,
  users: z.array(user),
  invites: z.array(invite),
  workspaces: z.array(workspace),
  workspace_members: z.array(workspaceMember),
  service_accounts: z.array(serviceAccount),
  workspace_service_accounts: z.exactOptional(z.array(accountMember)),
  rbac_groups: z.exactOptional(z.array(rbacGroup)),
  rbac_group_members: z.exactOptional(z.array(rbacGroupMember)),
  rbac_roles: z.exactOptional(z.array(rbacRole)),
  federation_issuers: z.exactOptional(z.array(federationIssuer)),
  federation_rules: z.exactOptional(z.array(federationRule)),
  external_keys: z.exactOptional(z.array(externalKey)),
  api_keys: z.array(apiKey),
  rate_limits: z.array(rateLimit),
  workspace_rate_limits: z.array(workspaceRateLimit),
  spend_limits: z.array(spendLimit),
  spend_limit_increase_requests: z.exactOptional(z.array(increaseRequest)),
  member_spend: z.exactOptional(z.record(z.string(), z.string().check(z.regex(/^\d+(?:\.\d+)?$/)))),
  models: z.array(model),
  usage: z.array(usage),
  counters: z.record(z.string(), integer()),
  activities: z.exactOptional(
    z.array(
      z.looseObject({
        id: text(1),
        created_at: datetime,
        organization_id: z.nullable(text(1)),
        organization_uuid: z.nullable(text(1)),
        actor: z.looseObject({ type: text(1) }),
        type: text(1),
      }),
    ),
  ),
});
