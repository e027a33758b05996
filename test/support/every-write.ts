import { DAY } from "../../src/core/model/time.ts";
import type { SandboxSeed } from "../../src/sandbox/state/seed.ts";
import { account, invite, issuer, key, NOW, org, rule, user, workspace } from "./org.ts";
import { seedOf } from "./seed.ts";

const RATE_LIMITS = ["opus", "sonnet", "haiku"].map((family) => ({
  id: `rl_${family}`,
  group: { type: "model_group", id: `rlg_${family}`, displayName: family },
  limits: { requests_per_minute: 4000 },
  models: [`claude-${family}-5-5`],
}));

/** An organization in which `EVERY_WRITE` needs every write of the API that there is. */
export function everyWriteSeed(): SandboxSeed {
  const inside = (userId: string, role: string) => ({ userId, workspaceId: "wrkspc_prod", role });
  const override = (family: number) => {
    const {
      id: rateLimitId,
      group,
      models,
    } = RATE_LIMITS[family] ?? RATE_LIMITS[0] ?? { id: "", group: { type: "", id: "" }, models: [] };
    return { rateLimitId, group, models, workspaceId: "wrkspc_prod", overrides: { requests_per_minute: 10 } };
  };
  return seedOf(
    org({
      users: [
        user("root@acme.example", "admin"),
        user("amy@acme.example", "admin"),
        user("ada@acme.example", "user"),
        user("bob@acme.example"),
        user("cas@acme.example"),
        user("dan@acme.example"),
      ],
      invites: [invite("eve@acme.example", "user"), invite("fay@acme.example"), invite("gus@acme.example")],
      workspaces: [workspace("Prod", { tags: { old: "1", env: "x" } }), workspace("Old")],
      keys: [key("prod-web-2025", "wrkspc_prod"), key("prod-stray", "wrkspc_prod"), key("old-web", "wrkspc_old")],
      rateLimits: RATE_LIMITS,
      members: [inside("user_ada", "developer"), inside("user_bob", "user"), inside("user_cas", "user")],
      overrides: [override(0), override(1)],
      serviceAccounts: [account("ci"), account("batch", { description: "old" }), account("gone")],
      accountMembers: [
        { serviceAccountId: "svac_ci", workspaceId: "wrkspc_prod", role: "user" },
        { serviceAccountId: "svac_batch", workspaceId: "wrkspc_prod", role: "developer" },
      ],
      issuers: [issuer("github"), issuer("old-ci", { url: "https://ci.acme.example" })],
      rules: [
        rule("deploy", { workspaces: ["wrkspc_prod", "wrkspc_old"] }),
        rule("nightly", {
          issuerId: "fdis_old-ci",
          target: { type: "service_account", id: "svac_gone" },
          workspaces: ["wrkspc_prod"],
        }),
      ],
      spendLimits: [
        { id: "spl_old", workspaceId: "wrkspc_prod", amountMinor: 900, currency: "USD", period: "monthly" },
      ],
    }),
  );
}

/** What is declared of it: additions, changes and removals of each kind. */
export const EVERY_WRITE = {
  manage: {
    members: "full",
    workspaces: "full",
    workspace_members: "full",
    rate_limits: "full",
    spend_limits: "full",
    keys: "full",
    service_accounts: "full",
    federation: "full",
  },
  guardrails: { min_admins: 1, max_removals: { percent: 100, always_allow: 9, never_exceed: 9 } },
  members: {
    "root@acme.example": { role: "admin" },
    "amy@acme.example": { role: "admin" },
    "ada@acme.example": { role: "developer" },
    "bob@acme.example": { role: "developer" },
    "cas@acme.example": { role: "developer" },
    "eve@acme.example": { role: "developer" },
    "fay@acme.example": { role: "developer" },
    "new@acme.example": { role: "user" },
    "leaver@acme.example": { role: "user", until: new Date(NOW - 9 * DAY).toISOString().slice(0, 10) },
  },
  workspaces: {
    prod: {
      name: "Prod",
      tags: { env: "prod" },
      members: { "ada@acme.example": "admin", "cas@acme.example": "developer", "fay@acme.example": "user" },
      rate_limits: { "claude-opus-5-5": { requests_per_minute: 20 }, "claude-haiku-5-5": { requests_per_minute: 30 } },
      keys: { "prod-web": { previously: "prod-web-2025" } },
      service_accounts: { ci: "developer", fresh: "user" },
    },
    lab: {
      name: "Lab",
      tags: { env: "lab" },
      members: { "bob@acme.example": "developer" },
      rate_limits: { "claude-opus-5-5": { requests_per_minute: 5 } },
      spend_limit: { monthly: 12.5 },
    },
  },
  federation: {
    issuers: {
      github: { url: "https://token.actions.githubusercontent.com", max_jwt_lifetime: "30m" },
      gitlab: { url: "https://gitlab.com" },
    },
    rules: {
      deploy: {
        issuer: "github",
        service_account: "ci",
        oauth_scope: "workspace:developer",
        workspaces: ["prod", "lab"],
        subject: "repo:acme/app:ref:refs/heads/main",
        claims: { repository_owner: "acme", repository_owner_id: "1234" },
        token_lifetime: "10m",
      },
      fresh: {
        issuer: "gitlab",
        service_account: "fresh",
        oauth_scope: "workspace:inference",
        workspaces: ["prod", "lab"],
        claims: { namespace_id: "7", project_path: "acme/app", ref: "main", ref_type: "branch" },
        audience: "https://api.anthropic.com",
      },
    },
  },
  service_accounts: { ci: {}, batch: { description: "new" }, fresh: { description: "made by this file" } },
} as const;

export const APPLY_EVERY_WRITE = [
  "apply",
  "--yes",
  "--confirm",
  "Old",
  "--confirm",
  "gone",
  "--confirm",
  "nightly",
  "--confirm",
  "old-ci",
  "--api-rpm",
  "0",
  "--json",
] as const;

/** What a sandbox holds, by names instead of ids and without the rows that are gone: the same for the same organization. */
export function stateOf(state: SandboxSeed): unknown {
  const users = new Map(state.users.map(({ id, email }) => [id, email]));
  const workspaces = new Map(
    state.workspaces.map(({ id, name, archived_at: at }) => [id, at === null ? name : `${name} (archived)`]),
  );
  const groups = new Map((state.rbac_groups ?? []).map(({ id, name }) => [id, name]));
  const accounts = new Map(state.service_accounts.map(({ id, name }) => [id, name]));
  const list = (rows: readonly (readonly unknown[])[]) => rows.map((row) => JSON.stringify(row)).sort();
  return {
    users: list(state.users.map(({ email, role }) => [email, role])),
    invites: list(
      state.invites
        .filter(({ status }) => status === "pending")
        .map(({ email, role, rbac_group_ids: ids }) => [email, role, ids.map((id) => groups.get(id)).sort()]),
    ),
    groups: list((state.rbac_groups ?? []).map(({ name }) => [name])),
    groupMembers: list((state.rbac_group_members ?? []).map((row) => [groups.get(row.rbac_group_id), row.email])),
    compliance: state.settings.compliance,
    workspaces: list(state.workspaces.map(({ id, tags }) => [workspaces.get(id), Object.entries(tags).sort()])),
    members: list(
      state.workspace_members.map((row) => [
        workspaces.get(row.workspace_id),
        users.get(row.user_id),
        row.workspace_role,
      ]),
    ),
    limits: list(
      state.workspace_rate_limits.map((row) => [workspaces.get(row.workspace_id), row.rate_limit_id, row.limits]),
    ),
    spend: list(
      state.spend_limits.map(({ scope, amount, period }) => [
        "workspace_id" in scope
          ? workspaces.get(scope.workspace_id)
          : "user_id" in scope
            ? users.get(scope.user_id)
            : scope.type,
        amount,
        period,
      ]),
    ),
    accounts: list(
      state.service_accounts.map(({ name, description, archived_at: at }) => [name, description, at !== null]),
    ),
    machines: list(
      (state.workspace_service_accounts ?? []).map((row) => [
        workspaces.get(row.workspace_id),
        accounts.get(row.service_account_id),
        row.workspace_role,
      ]),
    ),
    issuers: list(
      (state.federation_issuers ?? []).map((row) => [
        row.name,
        row.issuer_url,
        row.max_jwt_lifetime_seconds,
        row.archived_at !== null,
      ]),
    ),
    rules: list(
      (state.federation_rules ?? []).map((row) => [
        row.name,
        accounts.get(row.target.service_account_id),
        row.match,
        row.oauth_scope,
        row.token_lifetime_seconds,
        row.workspace_ids.map((id) => workspaces.get(id)).sort(),
        row.archived_at !== null,
      ]),
    ),
    keys: list(state.api_keys.map(({ name, status }) => [name, status])),
  };
}
