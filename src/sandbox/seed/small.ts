import type { ServiceAccount } from "@anthropic-ai/sdk/resources/organization/service-accounts";
import { DAY, HOUR, iso } from "../state/clock.ts";
import type { SandboxSeed, SeedKey, SeedUsage } from "../state/seed.ts";
import { seedModels } from "./models.ts";
import { rateLimitId, seedRateLimits } from "./rate-limits.ts";
import {
  seedAccountMember,
  seedCredentials,
  seedInvite,
  seedKey,
  seedMember,
  seedSpendLimit,
  seedUse,
  seedUser,
  seedWorkspace,
} from "./rows.ts";

const user = (name: string): string => `user_01sandbox${name}`;
const workspace = (name: string): string => `wrkspc_01sandbox${name}`;
const key = (name: string): string => `apikey_01sandbox${name}`;
const ingest = "svac_01sandboxIngest";
const automation = "svac_01sandboxAutomation";

/** The organization of the seed document made real; every time is relative to `now` (milliseconds). */
export function smallSeed(now: number): SandboxSeed {
  const ago = (days: number): number => now - days * DAY;
  return {
    format: "anth-rbac-sandbox/1",
    organization: { id: "0b4e7f52-6a3c-4d1e-9b8a-5c2d1f0e3a47", name: "Acme", type: "organization" },
    default_workspace_id: workspace("Default"),
    credentials: seedCredentials(key("ProdAuthService")),
    settings: {},
    users: [
      seedUser(user("Grace"), "grace@acme.example", "Grace Example", "admin", ago(700)),
      seedUser(user("Alan"), "alan@acme.example", "Alan Example", "admin", ago(650)),
      seedUser(user("Ada"), "ada@acme.example", "Ada Example", "developer", ago(400)),
      seedUser(user("Dora"), "dora@acme.example", "Dora Example", "developer", ago(180)),
      seedUser(user("Bob"), "bob@acme.example", "Bob Example", "user", ago(220)),
      seedUser(user("Bill"), "bill@acme.example", "Bill Example", "billing", ago(500)),
      seedUser(user("Cleo"), "cleo@acme.example", "Cleo Example", "claude_code_user", ago(90)),
    ],
    invites: [
      seedInvite("invite_01sandboxDora", "dora@acme.example", "developer", ago(182), ago(180)),
      seedInvite("invite_01sandboxFrank", "frank@acme.example", "user", ago(30), null),
      seedInvite("invite_01sandboxErin", "erin@acme.example", "developer", ago(3), null),
    ],
    workspaces: [
      seedWorkspace(workspace("Default"), "Default", ago(700)),
      seedWorkspace(workspace("Production"), "Production", ago(690), {
        display_color: "#D97757",
        tags: { env: "prod" },
        data_residency: { allowed_inference_geos: ["us"], default_inference_geo: "us", workspace_geo: "us" },
      }),
      seedWorkspace(workspace("Staging"), "Staging", ago(690), { display_color: "#B9A45B", tags: { env: "stg" } }),
      seedWorkspace(workspace("Development"), "Development", ago(690), {
        display_color: "#5BB97A",
        tags: { env: "dev" },
      }),
      seedWorkspace(workspace("ClaudeCode"), "Claude Code", ago(90), { display_color: "#5B8DB9" }),
      seedWorkspace(workspace("Prototype"), "Prototype", ago(600), { archived_at: iso(ago(300)) }),
    ],
    workspace_members: [
      seedMember(workspace("Production"), user("Ada"), "workspace_developer"),
      seedMember(workspace("Production"), user("Dora"), "workspace_restricted_developer"),
      seedMember(workspace("Staging"), user("Ada"), "workspace_developer"),
      seedMember(workspace("Staging"), user("Dora"), "workspace_developer"),
      seedMember(workspace("Staging"), user("Bob"), "workspace_user"),
      seedMember(workspace("Development"), user("Ada"), "workspace_admin"),
      seedMember(workspace("Development"), user("Dora"), "workspace_developer"),
      seedMember(workspace("Development"), user("Bob"), "workspace_developer"),
      seedMember(workspace("ClaudeCode"), user("Cleo"), "workspace_user"),
    ],
    service_accounts: [
      serviceAccount(ingest, "ingest", "developer", iso(ago(60)), "feeds documents into Production"),
      serviceAccount(automation, "automation", "developer", iso(ago(150))),
    ],
    workspace_service_accounts: [seedAccountMember(workspace("Production"), ingest, "workspace_developer")],
    api_keys: keys(now),
    rate_limits: seedRateLimits(),
    workspace_rate_limits: [
      override("Production", "Sonnet5", [
        { type: "requests_per_minute", value: 1000 },
        { type: "output_tokens_per_minute", value: 80_000 },
      ]),
      override("Staging", "Sonnet5", [{ type: "requests_per_minute", value: 200 }]),
      override("Development", "Haiku5", [{ type: "requests_per_minute", value: 50 }]),
      override("Development", "batch", [{ type: "requests_per_minute", value: 10 }]),
    ],
    spend_limits: [
      seedSpendLimit("spl_01sandboxTier", { type: "usage_tier" }, "20000000", iso(ago(700))),
      seedSpendLimit("spl_01sandboxOrganization", { type: "organization" }, "2000000", iso(ago(300))),
      seedSpendLimit(
        "spl_01sandboxProduction",
        { type: "workspace", workspace_id: workspace("Production") },
        "500000",
        iso(ago(200)),
      ),
    ],
    models: seedModels(),
    usage: usage(now),
    counters: {},
  };
}

function keys(now: number): SeedKey[] {
  const ago = (days: number): number => now - days * DAY;
  const by = (name: string): { created_by: { id: string; type: "user" } } => ({
    created_by: { id: user(name), type: "user" },
  });
  const asUser = (name: string): Pick<SeedKey, "principal"> => ({
    principal: { type: "user_actor", user_id: user(name) },
  });
  const asAccount = (id: string): Pick<SeedKey, "principal"> => ({
    principal: { type: "service_account_actor", service_account_id: id },
  });
  const production = workspace("Production");
  const staging = workspace("Staging");
  const development = workspace("Development");
  return [
    seedKey(key("ProdMain"), "prod-main", production, ago(690), { ...by("Grace"), status: "archived" }),
    seedKey(key("ProdBatch"), "prod-batch", production, ago(400)),
    seedKey(key("ProdAuthService"), "prod-auth-service", production, ago(120), by("Ada")),
    seedKey(key("ProdSearchService"), "prod-search-service", production, ago(25), by("Ada")),
    seedKey(key("ProdIngest"), "prod-ingest", production, ago(60), { ...by("Alan"), ...asAccount(ingest) }),
    seedKey(key("ProdReport"), "prod-report", production, ago(80), { ...by("Dora"), expires_at: iso(now + 10 * DAY) }),
    seedKey(key("StgAuthService"), "stg-auth-service", staging, ago(45), by("Dora")),
    // Hank left long ago: a key whose maker is no member any more.
    seedKey(key("StgSearchService"), "stg-search-service", staging, ago(300), { ...by("Hank"), status: "inactive" }),
    seedKey(key("DevShared"), "dev-shared", development, ago(200), by("Bob")),
    seedKey(key("DevAda"), "dev-ada", development, ago(30), { ...by("Ada"), ...asUser("Ada") }),
    seedKey(key("DevBob"), "dev-bob", development, ago(15), { ...by("Bob"), ...asUser("Bob") }),
    seedKey(key("DevTrial"), "dev-trial", development, ago(35), { ...by("Dora"), expires_at: iso(ago(5)) }),
    seedKey(key("DefaultPlayground"), "default-playground", workspace("Default"), ago(310), by("Grace")),
    seedKey(key("OrgAutomation"), "org-automation", null, ago(150), { ...by("Alan"), ...asAccount(automation) }),
    seedKey(key("OrgGrace"), "org-grace", null, ago(70), { ...by("Grace"), ...asUser("Grace") }),
    seedKey(key("ClaudeCodeCleo"), "claude_code_key_cleo", workspace("ClaudeCode"), ago(89), by("Cleo")),
  ];
}

function usage(now: number): SeedUsage[] {
  const hour = Math.floor(now / HOUR) * HOUR;
  const month = { from: hour - 30 * DAY, until: hour + HOUR };
  const production = workspace("Production");
  const development = workspace("Development");
  const use = (
    name: string | null,
    workspaceId: string,
    model: string,
    everyHours: number,
    requests: number,
    fields: Partial<SeedUsage> = {},
  ): SeedUsage => ({
    ...seedUse(
      { api_key_id: name === null ? null : key(name), workspace_id: workspaceId, model },
      { ...month, everyHours, requests },
    ),
    ...fields,
  });
  return [
    use("ProdAuthService", production, "claude-sonnet-5-5", 1, 120),
    use("ProdAuthService", production, "claude-opus-5-5", 6, 10),
    use("ProdSearchService", production, "claude-haiku-5-5", 1, 300, { starting_at: iso(hour - 25 * DAY) }),
    // Stopped three days ago: a key that nobody seems to need.
    use("ProdBatch", production, "claude-sonnet-4-5-20250929", 24, 50, { ending_at: iso(hour - 3 * DAY) }),
    use("ProdIngest", production, "claude-haiku-5-5", 1, 10, { service_account_id: ingest }),
    use("StgAuthService", workspace("Staging"), "claude-sonnet-5-5", 2, 6),
    use("DevShared", development, "claude-haiku-5-5", 1, 3),
    use("DevAda", development, "claude-opus-5-5", 12, 8, { user_id: user("Ada") }),
    use("DevBob", development, "claude-haiku-5-5", 24, 2, { user_id: user("Bob"), ending_at: iso(hour - 2 * DAY) }),
    use("DefaultPlayground", workspace("Default"), "claude-sonnet-5-5", 24, 4),
    use("ClaudeCodeCleo", workspace("ClaudeCode"), "claude-opus-5-5", 3, 20),
    // The Console's workbench: no key at all.
    use(null, workspace("Default"), "claude-sonnet-5-5", 12, 3, { user_id: user("Bob") }),
    use(null, development, "claude-haiku-5-5", 24, 1, { user_id: user("Dora") }),
  ];
}

function override(
  name: string,
  group: string,
  limits: { type: string; value: number }[],
): SandboxSeed["workspace_rate_limits"][number] {
  return { workspace_id: workspace(name), rate_limit_id: rateLimitId(group), limits };
}

function serviceAccount(
  id: string,
  name: string,
  role: "developer" | "admin",
  at: string,
  description: string | null = null,
): ServiceAccount {
  return {
    id,
    archived_at: null,
    archived_by_actor_id: null,
    created_at: at,
    created_by_actor_id: user("Alan"),
    description,
    name,
    organization_role: role,
    type: "service_account",
    updated_at: at,
    updated_by_actor_id: null,
  };
}
