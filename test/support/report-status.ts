import type { OrgSnapshot } from "../../src/core/model/org.ts";
import { DAY } from "../../src/core/model/time.ts";
import { assembleStatus, type StatusInput } from "../../src/core/status/status.ts";
import { declared } from "./config.ts";
import { invite, key, NOW, org, user, workspace } from "./org.ts";

/** Declared as prod; Development is not declared. */
export const production = workspace("Production");
export const development = workspace("Development");

export const config = declared({
  members: {
    "grace@acme.example": { role: "admin" },
    "ada@acme.example": { role: "developer", app_role: "power" },
    "erin@acme.example": { role: "developer" },
  },
  workspaces: {
    prod: {
      name: "Production",
      members: { "ada@acme.example": "developer", "grace@acme.example": "admin" },
      keys: { "prod-auth": { owner: "ada@acme.example" }, "prod-search": {} },
    },
  },
  roles: { power: { allowed: true, models: ["claude-haiku-5-5"], max_tokens: 1000 } },
});

const sonnet = { type: "model_group", id: "rlg_sonnet", displayName: "Claude Sonnet 5.x" };
const rateLimits = [
  {
    id: "rl_sonnet",
    group: sonnet,
    limits: { requests_per_minute: 4000, output_tokens_per_minute: 400_000 },
    models: ["claude-sonnet-5-5"],
  },
  { id: "rl_batch", group: { type: "batch", id: "rlg_batch" }, limits: { requests_per_minute: 4000 }, models: [] },
];

/** An organization that is a little out of order everywhere. */
export const live: OrgSnapshot = {
  ...org({
    users: [user("grace@acme.example", "admin"), user("ada@acme.example"), user("bill@acme.example", "billing")],
    invites: [invite("erin@acme.example")],
    workspaces: [production, development],
    members: [{ userId: "user_ada", workspaceId: development.id, role: "developer" }],
    keys: [
      key("prod-auth", production.id, { createdAt: NOW - 120 * DAY, hint: "sk-ant-api03-abc...wxyz" }),
      key("prod-auth@next", production.id, { createdAt: NOW - DAY, principal: { type: "user", id: "user_ada" } }),
      key("prod-old", production.id, { status: "archived" }),
      key("prod-search", development.id, { createdBy: { type: "user", id: "user_ada" } }),
      key("dev-trial", development.id, { status: "expired", expiresAt: NOW - DAY }),
      key("robot", "", { scope: { type: "organization" }, principal: { type: "service_account", id: "svac_1" } }),
      key("ghost", "wrkspc_gone", { principal: { type: "user", id: "user_gone" } }),
    ],
    rateLimits,
    overrides: [
      {
        rateLimitId: "rl_sonnet",
        workspaceId: production.id,
        group: sonnet,
        overrides: { requests_per_minute: 1000 },
        models: [],
      },
    ],
    spendLimits: [
      { id: "spl_1", workspaceId: production.id, amountMinor: 500_005, currency: "USD", period: "monthly" },
      { id: "spl_2", workspaceId: development.id, amountMinor: 5000, currency: "JPY", period: "monthly" },
    ],
  }),
  organization: { id: "0b4e7f52", name: "Acme" },
};

/** A status of it, of the whole organization unless the input says otherwise. */
export function assemble(input: Partial<StatusInput> = {}) {
  return assembleStatus({ live, now: NOW, selection: { view: "organization" }, config, ...input });
}
