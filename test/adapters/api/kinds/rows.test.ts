import { describe, expect, test } from "vitest";
import { inviteRow } from "../../../../src/adapters/api/kinds/invite.ts";
import { keyRow } from "../../../../src/adapters/api/kinds/key.ts";
import { userRow } from "../../../../src/adapters/api/kinds/member.ts";
import { modelRow } from "../../../../src/adapters/api/kinds/model.ts";
import { rateLimitRow, workspaceRateLimitRow } from "../../../../src/adapters/api/kinds/rate-limit.ts";
import { spendLimitRow } from "../../../../src/adapters/api/kinds/spend-limit.ts";
import { workspaceRow } from "../../../../src/adapters/api/kinds/workspace.ts";
import { workspaceMemberRow } from "../../../../src/adapters/api/kinds/workspace-member.ts";
import { type RowSchema, readRow } from "../../../../src/adapters/api/rows.ts";

/** The item of a row; Failure `incomplete-answer` where it cannot be read. */
const reading =
  <Item>(schema: RowSchema<Item>) =>
  (row: object) =>
    readRow(schema, row, "rows");

const mapApiKey = reading(keyRow);
const mapInvite = reading(inviteRow);
const mapModel = reading(modelRow);
const mapRateLimit = reading(rateLimitRow);
const mapSpendLimit = reading(spendLimitRow);
const mapUser = reading(userRow);
const mapWorkspace = reading(workspaceRow);
const mapWorkspaceMember = reading(workspaceMemberRow);
const mapWorkspaceRateLimit = reading(workspaceRateLimitRow);

const TIME = "2026-11-23T12:00:00Z";
const INSTANT = Date.parse(TIME);

const key = {
  id: "apikey_1",
  name: "prod",
  status: "active",
  created_at: TIME,
  expires_at: null,
  created_by: { id: "user_1", type: "user" },
  partial_key_hint: "sk-ant-api03-R2D...igAA",
  principal: { type: "user_actor", user_id: "user_2" },
  scope: { type: "workspace", workspace_id: "wrkspc_1" },
};

describe("keys", () => {
  test("as they come", () => {
    expect(mapApiKey(key)).toEqual({
      id: "apikey_1",
      name: "prod",
      status: "active",
      createdAt: INSTANT,
      createdBy: { id: "user_1", type: "user" },
      principal: { type: "user", id: "user_2" },
      hint: "sk-ant-api03-R2D...igAA",
      scope: { type: "workspace", workspaceId: "wrkspc_1" },
    });
  });

  test("of the organization, ownerless, of a service account, of somebody new", () => {
    const legacy = mapApiKey({
      ...key,
      created_by: null,
      principal: null,
      partial_key_hint: null,
      scope: { type: "organization" },
    });
    expect(Object.keys(legacy).sort()).toEqual(["createdAt", "id", "name", "scope", "status"]);
    const service = { type: "service_account_actor", service_account_id: "svac_1" };
    expect(mapApiKey({ ...key, principal: service }).principal).toEqual({ type: "service_account", id: "svac_1" });
  });

  test("of a kind that is new: the word is kept, and never read as nobody's or the organization's", () => {
    const robot = mapApiKey({
      ...key,
      principal: { type: "robot_actor" },
      scope: { type: "galaxy" },
      status: "paused",
    });
    expect(robot).toMatchObject({
      principal: { type: "unknown", word: "robot_actor" },
      scope: { type: "unknown", word: "galaxy" },
      status: "paused",
    });
  });

  // Each of these fields decides something; a row without it must not pass for a row with another value.
  test.each([
    { id: undefined },
    { id: 7 },
    { name: null },
    { status: "" },
    { created_at: "yesterday" },
    { created_at: null },
    { expires_at: "soon" },
    { created_by: "user_1" },
    { expires_at: undefined },
    { created_by: undefined },
    { created_by: { type: "user" } },
    { principal: undefined },
    { principal: "user_2" },
    { principal: {} },
    { principal: { type: "user_actor" } },
    { principal: { type: "user_actor", user_id: 7 } },
    { partial_key_hint: undefined },
    { partial_key_hint: 7 },
    { scope: undefined },
    { scope: null },
    { scope: { type: "workspace" } },
  ])("%j is an incomplete answer", (fault) => {
    expect(() => mapApiKey({ ...key, ...fault })).toThrow(expect.objectContaining({ code: "incomplete-answer" }));
  });
});

test("people: e-mails in lower case, words that are new kept", () => {
  const user = { id: "user_1", email: "Ada@Acme.Example", name: null, role: "wizard" };
  expect(mapUser(user)).toEqual({ id: "user_1", email: "ada@acme.example", name: "", role: "wizard" });
  expect(() => mapUser({ ...user, email: null })).toThrow("email");
  expect(() => mapUser({ ...user, role: undefined })).toThrow("role");
  const invite = { id: "invite_1", email: "Bob@Acme.Example", role: "user", status: "pending", expires_at: TIME };
  expect(mapInvite(invite)).toMatchObject({ email: "bob@acme.example", expiresAt: INSTANT });
  const member = { user_id: "user_1", workspace_id: "wrkspc_1", workspace_role: "workspace_restricted_developer" };
  expect(mapWorkspaceMember(member).role).toBe("restricted_developer");
});

test("workspaces", () => {
  const row = { id: "wrkspc_1", name: "Prod", archived_at: null, tags: { env: "prod" }, external_key_id: null };
  const residency = { workspace_geo: "us", allowed_inference_geos: ["us"], default_inference_geo: "us" };
  expect(mapWorkspace({ ...row, data_residency: residency })).toEqual({
    id: "wrkspc_1",
    name: "Prod",
    archived: false,
    tags: { env: "prod" },
    workspaceGeo: "us",
    allowedInferenceGeos: ["us"],
    defaultInferenceGeo: "us",
  });
  const open = { ...residency, allowed_inference_geos: "unrestricted" };
  expect(mapWorkspace({ ...row, data_residency: open }).allowedInferenceGeos).toBe("unrestricted");
  expect(mapWorkspace({ ...row, data_residency: null })).not.toHaveProperty("allowedInferenceGeos");
});

// A limit that cannot be read must not pass for no limit, nor an archived workspace for a live one.
test.each([
  { tags: undefined },
  { tags: { env: 1 } },
  { archived_at: undefined },
  { archived_at: "once" },
  { external_key_id: undefined },
  { external_key_id: 7 },
  { data_residency: undefined },
  { data_residency: "us" },
  { data_residency: {} },
  ...["eu_boundary", { mode: "eu" }, undefined, [7], [["us"]]].map((allowed_inference_geos) => ({
    data_residency: { workspace_geo: "us", allowed_inference_geos, default_inference_geo: "us" },
  })),
])("a workspace with %j is an incomplete answer", (fault) => {
  const row = { id: "w", name: "W", archived_at: null, tags: {}, external_key_id: null, data_residency: null };
  expect(mapWorkspace(row)).toMatchObject({ id: "w" });
  expect(() => mapWorkspace({ ...row, ...fault })).toThrow(expect.objectContaining({ code: "incomplete-answer" }));
});

test("spend limits: only monthly ones of workspaces, in minor units", () => {
  const row = {
    id: "spl_1",
    amount: "50000",
    currency: "USD",
    period: "monthly",
    scope: { type: "workspace", workspace_id: "wrkspc_1" },
  };
  expect(mapSpendLimit(row)).toEqual({
    id: "spl_1",
    workspaceId: "wrkspc_1",
    amountMinor: 50_000,
    currency: "USD",
    period: "monthly",
  });
  expect(mapSpendLimit({ ...row, amount: null })).not.toHaveProperty("amountMinor");
  expect(mapSpendLimit({ ...row, period: "daily" })).toBeUndefined();
  expect(mapSpendLimit({ ...row, scope: { type: "organization" } })).toBeUndefined();
  for (const amount of ["500.00", "-1", "1e3", 500, "99999999999999999999", undefined]) {
    expect(() => mapSpendLimit({ ...row, amount })).toThrow("amount");
  }
});

test("rate limits: limiters that nothing can declare are left out, inherited values are nobody's own", () => {
  const group = { type: "model_group", id: "rlg_1", display_name: "Sonnet 5" };
  const limits = [
    { type: "requests_per_minute", value: 0 },
    { type: "dreams_per_night", value: 3 },
  ];
  expect(mapRateLimit({ id: "rl_1", group, limits, models: null })).toEqual({
    id: "rl_1",
    group: { type: "model_group", id: "rlg_1", displayName: "Sonnet 5" },
    limits: { requests_per_minute: 0 },
    models: [],
  });
  const source = { type: "organization" };
  const override = {
    rate_limit_id: "rl_1",
    workspace_id: "wrkspc_1",
    group: { type: "batch", id: "rlg_2" },
    limits: [
      { type: "requests_per_minute", value: 5, source: { type: "workspace" } },
      { type: "tokens_per_day", value: 9, source },
    ],
    models: ["m"],
  };
  expect(mapWorkspaceRateLimit(override)).toMatchObject({
    group: { type: "batch", id: "rlg_2" },
    overrides: { requests_per_minute: 5 },
  });
  expect(mapWorkspaceRateLimit(override).overrides).not.toHaveProperty("tokens_per_day");
  const broken = [{ type: "requests_per_minute", value: "5" }];
  expect(() => mapRateLimit({ id: "rl_1", group, limits: broken, models: null })).toThrow("limits.0.value");
});

test("models: aliases from our own table, a life cycle that is new counts as active", () => {
  const row = { id: "claude-sonnet-4-5-20250929", lifecycle: "deprecated", retires_at: TIME, max_tokens: 64_000 };
  expect(mapModel(row)).toEqual({
    id: "claude-sonnet-4-5-20250929",
    aliases: ["claude-sonnet-4-5"],
    lifecycle: "deprecated",
    retiresAt: INSTANT,
    maxTokens: 64_000,
  });
  expect(mapModel({ id: "m", lifecycle: "embryonic", retires_at: null, max_tokens: null })).toEqual({
    id: "m",
    lifecycle: "active",
  });
});
