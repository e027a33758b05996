import type { BetaSpendLimit } from "@anthropic-ai/sdk/resources/beta/organization/spend-limits/spend-limits";
import type { RBACGroup } from "@anthropic-ai/sdk/resources/organization/rbac-groups/rbac-groups";
import { DAY, iso } from "../state/clock.ts";
import type { SandboxSeed, SeedGroupRole } from "../state/seed.ts";
import { seedCredentials, seedInvite, seedSpendLimit, seedUser, seedWorkspace } from "./rows.ts";

const user = (name: string): string => `user_01sandbox${name}`;
const group = (name: string): string => `rbac_group_01sandbox${name}`;
const role = (name: string): string => `rbac_role_01sandbox${name}`;

/** A Claude Enterprise organization: no workspaces and keys, but groups of both kinds, and invitations that bring groups along. */
export function enterpriseSeed(now: number): SandboxSeed {
  const ago = (days: number): number => now - days * DAY;
  const members = (name: string, people: readonly string[]) =>
    people.map((person, at) => ({
      created_at: iso(ago(200 - at)),
      email: `${person.toLowerCase()}@acme.example`,
      rbac_group_id: group(name),
      type: "rbac_group_member" as const,
      user_id: user(person),
    }));
  return {
    format: "anth-rbac-sandbox/1",
    organization: { id: "7c1d94e2-5b0f-4a8c-9e36-d4f2a8b17c05", name: "Acme Enterprise", type: "organization" },
    default_workspace_id: "wrkspc_01sandboxDefault",
    credentials: {
      ...seedCredentials(null),
      activity_key: "sk-ant-api01-sandbox-activity-AbCdEfGh",
      enterprise_key: {
        secret: "sk-ant-api01-sandbox-administrator-AbCdEfGh",
        scopes: ["members", "rbac_groups", "spend_limits"].flatMap((scope) => [`read:${scope}`, `write:${scope}`]),
      },
    },
    settings: { organizationType: "enterprise", signOut: "enrolled" },
    users: [
      seedUser(user("Grace"), "grace@acme.example", "Grace Example", "primary_owner", ago(700)),
      seedUser(user("Alan"), "alan@acme.example", "Alan Example", "owner", ago(650)),
      seedUser(user("Mia"), "mia@acme.example", "Mia Example", "membership_admin", ago(500)),
      seedUser(user("Ada"), "ada@acme.example", "Ada Example", "user", ago(400)),
      seedUser(user("Dora"), "dora@acme.example", "Dora Example", "user", ago(180)),
      seedUser(user("Bob"), "bob@acme.example", "Bob Example", "user", ago(220)),
      seedUser(user("Cleo"), "cleo@acme.example", "Cleo Example", "managed", ago(90)),
    ],
    invites: [
      seedInvite("invite_01sandboxFrank", "frank@acme.example", "user", ago(30), null),
      {
        ...seedInvite("invite_01sandboxErin", "erin@acme.example", "user", ago(3), null),
        rbac_group_ids: [group("Engineering"), group("Finance")],
      },
    ],
    workspaces: [seedWorkspace("wrkspc_01sandboxDefault", "Default", ago(700))],
    workspace_members: [],
    service_accounts: [],
    rbac_roles: [
      groupRole("Owner", "Owner", "built_in", ago(700), true),
      groupRole("ClaudeCode", "Claude Code", "built_in", ago(700)),
      groupRole("Connectors", "Company connectors", "custom", ago(120)),
    ],
    rbac_groups: [
      seedGroup("Engineering", "direct", ["ClaudeCode", "Connectors"], ago(300)),
      seedGroup("Finance", "direct", ["Connectors"], ago(280)),
      seedGroup("AllStaff", "scim", [], ago(260), "All staff"),
      seedGroup("Owners", "direct", ["Owner"], ago(240)),
    ],
    rbac_group_members: [
      ...members("Engineering", ["Ada", "Dora"]),
      ...members("Finance", ["Bob", "Ada"]),
      ...members("AllStaff", ["Ada", "Dora", "Bob", "Cleo"]),
      ...members("Owners", ["Alan"]),
    ],
    api_keys: [],
    rate_limits: [],
    workspace_rate_limits: [],
    spend_limits: [
      spendLimit("Organization", { type: "organization" }, "500000", ago(100)),
      spendLimit("Engineering", { type: "rbac_group", rbac_group_id: group("Engineering") }, "80000", ago(100)),
      spendLimit("Bob", { type: "user", user_id: user("Bob") }, "25000", ago(100)),
      spendLimit("BobDaily", { type: "user", user_id: user("Bob") }, "5000", ago(100), "daily"),
      spendLimit("Cleo", { type: "user", user_id: user("Cleo") }, "10000", ago(100)),
    ],
    spend_limit_increase_requests: [
      {
        id: "slir_01sandboxBob",
        user_id: user("Bob"),
        period: "monthly",
        created_at: iso(ago(2)),
        status: "pending",
        resolved_at: null,
        resolved_by_user_id: null,
      },
      {
        id: "slir_01sandboxAda",
        user_id: user("Ada"),
        period: "monthly",
        created_at: iso(ago(40)),
        status: "denied",
        resolved_at: iso(ago(39)),
        resolved_by_user_id: user("Alan"),
      },
    ],
    member_spend: { [user("Bob")]: "24310.5", [user("Ada")]: "61200", [user("Dora")]: "1999" },
    models: [],
    usage: [],
    counters: {},
  };
}

function spendLimit(
  id: string,
  scope: BetaSpendLimit["scope"],
  amount: string,
  at: number,
  period: BetaSpendLimit["period"] = "monthly",
): BetaSpendLimit {
  return { ...seedSpendLimit(`spl_01sandbox${id}`, scope, amount, iso(at)), period };
}

function seedGroup(
  id: string,
  source: RBACGroup["source_type"],
  roles: readonly string[],
  at: number,
  name = id,
): RBACGroup {
  return {
    id: group(id),
    created_at: iso(at),
    name,
    role_ids: roles.map(role),
    source_type: source,
    type: "rbac_group",
    updated_at: iso(at),
  };
}

function groupRole(id: string, name: string, source: string, at: number, owner = false): SeedGroupRole {
  return {
    id: role(id),
    created_at: iso(at),
    display_name: name,
    source: { type: source } as SeedGroupRole["source"],
    type: "rbac_role",
    updated_at: iso(at),
    ...(owner && { owner }),
  };
}
