import type { OrganizationRole } from "@anthropic-ai/sdk/resources/organization/organization";
import type { OrganizationUser } from "@anthropic-ai/sdk/resources/organization/users";
import type { Workspace, WorkspaceMember } from "@anthropic-ai/sdk/resources/organization/workspaces";
import { DAY, HOUR, iso } from "../state/clock.ts";
import type { SandboxSeed, SeedKey, SeedUsage, SeedWorkspaceRateLimit } from "../state/seed.ts";
import { seedModels } from "./models.ts";
import { rateLimitId, seedRateLimits } from "./rate-limits.ts";
import { seedCredentials, seedKey, seedMember, seedSpendLimit, seedUse, seedUser, seedWorkspace } from "./rows.ts";

const WORKSPACES = 500;
const PEOPLE = 5000;
const MEMBERS_EACH = 10;
const KEYS_EACH = 40;

const ROLES = ["workspace_developer", "workspace_user", "workspace_restricted_developer", "workspace_admin"] as const;

/** 500 workspaces with 10 members and 40 keys each, 5,000 people; the same for the same `now` (milliseconds). */
export function largeSeed(now: number): SandboxSeed {
  const workspaces: Workspace[] = [seedWorkspace("wrkspc_01sandboxDefault", "Default", now - 900 * DAY)];
  const members: WorkspaceMember[] = [];
  const keys: SeedKey[] = [];
  const limits: SeedWorkspaceRateLimit[] = [];
  const usage: SeedUsage[] = [];
  for (let n = 1; n <= WORKSPACES; n++) {
    const workspaceId = id("wrkspc", n);
    workspaces.push(
      seedWorkspace(workspaceId, `Workspace ${digits(n, 3)}`, now - (800 - n) * DAY, {
        tags: { team: `team-${n % 50}` },
      }),
    );
    limits.push({
      workspace_id: workspaceId,
      rate_limit_id: rateLimitId("Sonnet5"),
      limits: [{ type: "requests_per_minute", value: 100 + (n % 10) * 50 }],
    });
    // The first 20 people are admins and billing members, who need no membership.
    for (let at = 0; at < MEMBERS_EACH; at++) {
      const person = 21 + ((n * MEMBERS_EACH + at) % (PEOPLE - 20));
      members.push(seedMember(workspaceId, id("user", person), ROLES[at % ROLES.length] ?? "workspace_user"));
    }
    addKeys(keys, usage, n, now);
  }
  return {
    format: "anth-rbac-sandbox/1",
    organization: { id: "3d9c2a18-7b5e-4f60-8a1d-2e4c6b8f0a93", name: "Acme Worldwide", type: "organization" },
    default_workspace_id: "wrkspc_01sandboxDefault",
    credentials: seedCredentials(id("apikey", 1)),
    settings: { workspaceCap: null },
    users: people(now),
    invites: [],
    workspaces,
    workspace_members: members,
    service_accounts: [],
    api_keys: keys,
    rate_limits: seedRateLimits(),
    workspace_rate_limits: limits,
    spend_limits: [seedSpendLimit("spl_01sandboxTier", { type: "usage_tier" }, "20000000", iso(now - 900 * DAY))],
    models: seedModels(),
    usage,
    counters: { user: PEOPLE, wrkspc: WORKSPACES, apikey: WORKSPACES * KEYS_EACH },
  };
}

function people(now: number): OrganizationUser[] {
  const users: OrganizationUser[] = [];
  for (let n = 1; n <= PEOPLE; n++) {
    const role: OrganizationRole = n <= 5 ? "admin" : n <= 20 ? "billing" : n % 3 === 0 ? "user" : "developer";
    users.push(seedUser(id("user", n), `person-${digits(n, 4)}@acme.example`, `Person ${n}`, role, now - 850 * DAY));
  }
  return users;
}

function addKeys(keys: SeedKey[], usage: SeedUsage[], n: number, now: number): void {
  const hour = Math.floor(now / HOUR) * HOUR;
  const workspaceId = id("wrkspc", n);
  for (let at = 1; at <= KEYS_EACH; at++) {
    const keyId = id("apikey", (n - 1) * KEYS_EACH + at);
    const maker = id("user", 21 + ((n * MEMBERS_EACH + (at % MEMBERS_EACH)) % (PEOPLE - 20)));
    const created = now - (5 + ((n * 7 + at * 13) % 200)) * DAY;
    keys.push(
      seedKey(keyId, `ws-${digits(n, 3)}-service-${digits(at, 2)}`, workspaceId, created, {
        created_by: { id: maker, type: "user" },
      }),
    );
    if (at > 2) continue;
    const every = { from: hour - 30 * DAY, until: hour + HOUR, everyHours: 24, requests: 100 };
    usage.push(seedUse({ api_key_id: keyId, workspace_id: workspaceId, model: "claude-sonnet-5-5" }, every));
  }
}

function id(prefix: string, n: number): string {
  return `${prefix}_01sandbox${digits(n, 5)}`;
}

function digits(n: number, width: number): string {
  return String(n).padStart(width, "0");
}
