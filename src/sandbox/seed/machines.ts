import { DAY } from "../state/clock.ts";
import type { SandboxSeed } from "../state/seed.ts";
import { seedAccount, seedAccountMember, seedIssuer, seedKey, seedRule, seedUser, seedWorkspace } from "./rows.ts";
import { smallSeed } from "./small.ts";

const workspace = (name: string): string => `wrkspc_01sandbox${name}`;
const account = (name: string): string => `svac_01sandbox${name}`;
const acts = (name: string) => ({ type: "service_account", service_account_id: account(name) }) as const;

/** The public half of a key that was made for this seed, and whose private half was thrown away. */
const CLUSTER_KEY = {
  kty: "EC",
  crv: "P-256",
  kid: "cluster-1",
  alg: "ES256",
  use: "sig",
  x: "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
  y: "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
};

/** An organization whose CI works without keys: three service accounts, two issuers, and three rules, one of them loose. */
export function machinesSeed(now: number): SandboxSeed {
  const ago = (days: number): number => now - days * DAY;
  const small = smallSeed(now);
  const { credentials, models, rate_limits } = small;
  return {
    format: small.format,
    organization: { ...small.organization, name: "Acme Machines" },
    default_workspace_id: workspace("Default"),
    credentials,
    settings: {},
    users: [
      seedUser("user_01sandboxGrace", "grace@acme.example", "Grace Example", "admin", ago(700)),
      seedUser("user_01sandboxAlan", "alan@acme.example", "Alan Example", "admin", ago(650)),
      seedUser("user_01sandboxAda", "ada@acme.example", "Ada Example", "developer", ago(400)),
    ],
    invites: [],
    workspaces: [
      seedWorkspace(workspace("Default"), "Default", ago(700)),
      seedWorkspace(workspace("Production"), "Production", ago(690)),
      seedWorkspace(workspace("Staging"), "Staging", ago(690)),
    ],
    workspace_members: [],
    service_accounts: [
      seedAccount(account("CiDeployer"), "ci-deployer", ago(90), { description: "deploys the app" }),
      seedAccount(account("Nightly"), "nightly", ago(60), { description: "evaluates every night" }),
      seedAccount(account("Indexer"), "indexer", ago(30)),
    ],
    workspace_service_accounts: [
      seedAccountMember(workspace("Production"), account("CiDeployer"), "workspace_developer"),
      seedAccountMember(workspace("Staging"), account("CiDeployer"), "workspace_developer"),
      seedAccountMember(workspace("Staging"), account("Nightly"), "workspace_user"),
      seedAccountMember(workspace("Production"), account("Indexer"), "workspace_restricted_developer"),
    ],
    federation_issuers: [
      seedIssuer("fdis_01sandboxGithub", "github", ago(90), {
        issuer_url: "https://token.actions.githubusercontent.com",
      }),
      seedIssuer("fdis_01sandboxCluster", "cluster", ago(30), {
        issuer_url: "https://kubernetes.acme.example",
        jwks: { type: "inline", keys: [CLUSTER_KEY] },
      }),
    ],
    federation_rules: [
      seedRule("fdrl_01sandboxDeployMain", "deploy-main", ago(90), {
        issuer_id: "fdis_01sandboxGithub",
        match: {
          subject_prefix: "repo:acme/app:ref:refs/heads/main",
          claims: { repository_owner: "acme", repository_owner_id: "1234" },
          audience: "https://api.anthropic.com",
        },
        target: acts("CiDeployer"),
        token_lifetime_seconds: 900,
        workspace_ids: [workspace("Production"), workspace("Staging")],
      }),
      seedRule("fdrl_01sandboxIndexer", "indexer", ago(30), {
        issuer_id: "fdis_01sandboxCluster",
        match: { subject_prefix: "system:serviceaccount:search:indexer", audience: "https://api.anthropic.com" },
        oauth_scope: "workspace:inference",
        target: acts("Indexer"),
        workspace_ids: [workspace("Production")],
      }),
      // Made in a hurry: whatever runs in any repository of acme gets in, everywhere, for a day.
      seedRule("fdrl_01sandboxNightly", "nightly", ago(60), {
        issuer_id: "fdis_01sandboxGithub",
        match: { subject_prefix: "repo:acme/*" },
        target: acts("Nightly"),
        token_lifetime_seconds: 86_400,
        applies_to_all_workspaces: true,
      }),
    ],
    api_keys: [
      seedKey("apikey_01sandboxProdAuthService", "prod-auth-service", workspace("Production"), ago(120), {
        created_by: { id: "user_01sandboxAda", type: "user" },
      }),
      seedKey("apikey_01sandboxCiKey", "ci-key", workspace("Production"), ago(200), {
        created_by: { id: "user_01sandboxAlan", type: "user" },
        principal: { type: "service_account_actor", service_account_id: account("CiDeployer") },
      }),
    ],
    rate_limits,
    workspace_rate_limits: [],
    spend_limits: small.spend_limits.filter(({ scope }) => scope.type === "usage_tier"),
    models,
    usage: [],
    counters: {},
  };
}
