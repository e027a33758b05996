import type { BetaSpendLimit } from "@anthropic-ai/sdk/resources/beta/organization/spend-limits/spend-limits";
import type { OrganizationRateLimit } from "@anthropic-ai/sdk/resources/organization/rate-limits";
import {
  boolean,
  type Check,
  datetime,
  either,
  integer,
  listOf,
  mapOf,
  matching,
  nullable,
  object,
  oneOf,
  optional,
  ShapeError,
  text,
} from "../http/shape.ts";
import { ORGANIZATION_ROLES } from "../state/roles.ts";
import type { SandboxSeed } from "../state/seed.ts";
import { settingsPatch } from "../state/settings.ts";

const id = text(1, 200);
const role = oneOf(...ORGANIZATION_ROLES);
const geo = oneOf("global", "us");
const limit = object({ type: text(1), value: integer() });

const user = object({ id, added_at: datetime, email: matching(/@/), name: text(), role, type: oneOf("user") });

const invite = object({
  id,
  accepted_at: nullable(datetime),
  email: matching(/@/),
  expires_at: datetime,
  invited_at: datetime,
  rbac_group_ids: listOf(id),
  role,
  status: oneOf("accepted", "deleted", "expired", "pending"),
  type: oneOf("invite"),
});

const workspace = object({
  id,
  archived_at: nullable(datetime),
  compartment_id: id,
  created_at: datetime,
  data_residency: object({
    allowed_inference_geos: either(listOf(geo, 1), oneOf("unrestricted")),
    default_inference_geo: geo,
    workspace_geo: oneOf("us"),
  }),
  display_color: matching(/^#[0-9A-Fa-f]{6}$/),
  external_key_id: nullable(id),
  name: text(1, 255),
  tags: mapOf(text()),
  type: oneOf("workspace"),
  user_profile_id: nullable(id),
});

const workspaceMember = object({
  type: oneOf("workspace_member"),
  user_id: id,
  workspace_id: id,
  workspace_role: oneOf(
    "workspace_admin",
    "workspace_billing",
    "workspace_developer",
    "workspace_restricted_developer",
    "workspace_user",
  ),
});

const serviceAccount = object({
  id,
  archived_at: nullable(datetime),
  archived_by_actor_id: nullable(id),
  created_at: datetime,
  created_by_actor_id: nullable(id),
  description: nullable(text()),
  name: text(1),
  organization_role: oneOf("admin", "developer"),
  type: oneOf("service_account"),
  updated_at: datetime,
  updated_by_actor_id: nullable(id),
});

const apiKey = object({
  id,
  created_at: datetime,
  created_by: nullable(object({ id, type: oneOf("service_account", "user") })),
  expires_at: nullable(datetime),
  name: text(1, 500),
  partial_key_hint: nullable(text()),
  principal: nullable(
    tagged({
      user_actor: object({ type: oneOf("user_actor"), user_id: id }),
      service_account_actor: object({ type: oneOf("service_account_actor"), service_account_id: id }),
    }),
  ),
  scope: tagged({
    organization: object({ type: oneOf("organization") }),
    workspace: object({ type: oneOf("workspace"), workspace_id: id }),
  }),
  status: oneOf("active", "archived", "expired", "inactive"),
  type: oneOf("api_key"),
  // A seed file must not be a place where a real key ends up.
  secret: matching(/^sk-ant-api03-sandbox-\S+$/),
});

const otherGroup = object({ id, type: oneOf("batch", "files", "skills", "token_count", "web_search") });
const group: Check<OrganizationRateLimit["group"]> = (value, path) => {
  const type = typeof value === "object" && value !== null && "type" in value ? value.type : undefined;
  if (type === "model_group") return object({ id, display_name: text(), type: oneOf("model_group") })(value, path);
  return otherGroup(value, path);
};

const rateLimit = object({
  id,
  group,
  limits: listOf(limit),
  models: nullable(listOf(text(1))),
  type: oneOf("rate_limit"),
});

const workspaceRateLimit = object({ workspace_id: id, rate_limit_id: id, limits: listOf(limit) });

const spendScope: Check<BetaSpendLimit["scope"]> = tagged({
  organization: object({ type: oneOf("organization") }),
  workspace: object({ type: oneOf("workspace"), workspace_id: id }),
  usage_tier: object({ type: oneOf("usage_tier") }),
});

const spendLimit = object({
  id,
  amount: nullable(matching(/^\d+$/)),
  created_at: datetime,
  currency: text(3, 3),
  is_enabled: boolean,
  period: oneOf("daily", "monthly", "weekly"),
  scope: spendScope,
  type: oneOf("spend_limit"),
  updated_at: datetime,
});

const model = object({
  id,
  aliases: listOf(text(1)),
  display_name: text(),
  line: nullable(oneOf("haiku", "sonnet", "opus", "fable", "mythos")),
  created_at: datetime,
  deprecated_at: nullable(datetime),
  retires_at: nullable(datetime),
  max_input_tokens: integer(1),
  max_tokens: integer(1),
  always_thinks: boolean,
});

const usage = object({
  api_key_id: nullable(id),
  workspace_id: id,
  model: text(1),
  user_id: nullable(id),
  service_account_id: nullable(id),
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
  api_keys: apiKey,
  rate_limits: rateLimit,
  workspace_rate_limits: workspaceRateLimit,
  spend_limits: spendLimit,
} as const;

/** The shape of a whole seed; references between rows are not looked at here. */
export const seedShape: Check<SandboxSeed> = object({
  format: oneOf("anth-rbac-sandbox/1"),
  clock: optional(datetime),
  organization: object({ id, name: text(1), type: oneOf("organization") }),
  default_workspace_id: id,
  credentials: object({
    admin_key: matching(/^sk-ant-admin01-sandbox-\S+$/),
    oauth_token: matching(/^sk-ant-oat01-sandbox-\S+$/),
    prompt_key_id: nullable(id),
  }),
  settings: settingsPatch,
  users: listOf(user),
  invites: listOf(invite),
  workspaces: listOf(workspace),
  workspace_members: listOf(workspaceMember),
  service_accounts: listOf(serviceAccount),
  api_keys: listOf(apiKey),
  rate_limits: listOf(rateLimit),
  workspace_rate_limits: listOf(workspaceRateLimit),
  spend_limits: listOf(spendLimit),
  models: listOf(model),
  usage: listOf(usage),
  counters: mapOf(integer()),
});

/** An object whose `type` says which of the shapes it has. */
function tagged<S extends Readonly<Record<string, Check<unknown>>>>(shapes: S): Check<ReturnType<S[keyof S]>> {
  return (value, path) => {
    const type = typeof value === "object" && value !== null && "type" in value ? String(value.type) : "";
    const shape = Object.hasOwn(shapes, type) ? shapes[type] : undefined;
    if (shape === undefined) {
      throw new ShapeError(
        `${path}.type`,
        `Input should be ${Object.keys(shapes)
          .map((name) => `'${name}'`)
          .join(", ")}`,
      );
    }
    return shape(value, path) as ReturnType<S[keyof S]>;
  };
}
