import Anthropic from "@anthropic-ai/sdk";
import { describe, expect, test } from "vitest";
import type { ApiReader } from "../../../../src/adapters/api/kinds/kind.ts";
import { ORGANIZATION_LISTS, WORKSPACE_LISTS } from "../../../../src/adapters/api/kinds/kinds.ts";
import { listModels } from "../../../../src/adapters/api/kinds/model.ts";
import { readRow } from "../../../../src/adapters/api/rows.ts";

/** What a list makes of one row; throws Failure `incomplete-answer` where it cannot be read. Nothing is asked of the API. */
const reading =
  <Item>(read: (api: ApiReader) => Promise<readonly Item[]>) =>
  async (row: object): Promise<Item | undefined> =>
    (await read(listing([row])))[0];

/** The API where every list has these rows. */
function listing(rows: readonly object[]): ApiReader {
  return {
    client: new Anthropic({ apiKey: "none" }),
    options: { signal: new AbortController().signal },
    list: async (list) => rows.flatMap((row) => readRow(list.row, row, list.what) ?? []),
    oneMore: () => {},
  };
}

const { users, invites, workspaces, keys, rateLimits, spendLimits, federationRules } = ORGANIZATION_LISTS;
const mapApiKey = reading(keys.read);
const mapInvite = reading(invites.read);
const mapModel = reading(listModels);
const mapRule = reading((api) => federationRules.read(api));
const mapRateLimit = reading(rateLimits.read);
const mapSpendLimit = reading(spendLimits.read);
const mapUser = reading(users.read);
const mapWorkspace = reading(workspaces.read);
const mapWorkspaceMember = reading((api) => WORKSPACE_LISTS.workspaceMembers.read(api, "wrkspc_1"));
const mapWorkspaceRateLimit = reading((api) => WORKSPACE_LISTS.workspaceRateLimits.read(api, "wrkspc_1"));

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
  test("as they come", async () => {
    expect(await mapApiKey(key)).toEqual({
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

  test("of the organization, ownerless, of a service account, of somebody new", async () => {
    const legacy = await mapApiKey({
      ...key,
      created_by: null,
      principal: null,
      partial_key_hint: null,
      scope: { type: "organization" },
    });
    expect(Object.keys(legacy ?? {}).sort()).toEqual(["createdAt", "id", "name", "scope", "status"]);
    const service = { type: "service_account_actor", service_account_id: "svac_1" };
    expect((await mapApiKey({ ...key, principal: service }))?.principal).toEqual({
      type: "service_account",
      id: "svac_1",
    });
  });

  test("in one list keep each its own maker and place, though ids and words be the same", async () => {
    const rows = [
      { created_by: { id: "one", type: "user" }, scope: { type: "workspace", workspace_id: "one" } },
      { created_by: { id: "one", type: "service_account" }, scope: { type: "one" } },
      { created_by: { id: "one", type: "user" }, scope: { type: "workspace", workspace_id: "one" } },
      { created_by: { id: "two", type: "user" }, scope: { type: "organization" } },
    ];
    const api = listing(rows.map((row, index) => ({ ...key, principal: null, id: `apikey_${index}`, ...row })));
    const read = await keys.read(api);
    expect(read.map(({ createdBy, scope }) => ({ createdBy, scope }))).toEqual([
      { createdBy: { id: "one", type: "user" }, scope: { type: "workspace", workspaceId: "one" } },
      { createdBy: { id: "one", type: "service_account" }, scope: { type: "unknown", word: "one" } },
      { createdBy: { id: "one", type: "user" }, scope: { type: "workspace", workspaceId: "one" } },
      { createdBy: { id: "two", type: "user" }, scope: { type: "organization" } },
    ]);
  });

  test("of a kind that is new: the word is kept, and never read as nobody's or the organization's", async () => {
    const robot = await mapApiKey({
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
  ])("%j is an incomplete answer", async (fault) => {
    await expect(mapApiKey({ ...key, ...fault })).rejects.toThrow(
      expect.objectContaining({ code: "incomplete-answer" }),
    );
  });
});

test("people: e-mails in lower case, words that are new kept", async () => {
  const user = { id: "user_1", email: "Ada@Acme.Example", name: null, role: "wizard" };
  expect(await mapUser(user)).toEqual({ id: "user_1", email: "ada@acme.example", name: "", role: "wizard" });
  await expect(mapUser({ ...user, email: null })).rejects.toThrow("email");
  await expect(mapUser({ ...user, role: undefined })).rejects.toThrow("role");
  const invite = { id: "invite_1", email: "Bob@Acme.Example", role: "user", status: "pending", expires_at: TIME };
  expect(await mapInvite(invite)).toMatchObject({ email: "bob@acme.example", expiresAt: INSTANT });
  const member = { user_id: "user_1", workspace_id: "wrkspc_1", workspace_role: "workspace_restricted_developer" };
  expect((await mapWorkspaceMember(member))?.role).toBe("restricted_developer");
});

test("workspaces", async () => {
  const row = { id: "wrkspc_1", name: "Prod", archived_at: null, tags: { env: "prod" }, external_key_id: null };
  const residency = { workspace_geo: "us", allowed_inference_geos: ["us"], default_inference_geo: "us" };
  expect(await mapWorkspace({ ...row, data_residency: residency })).toEqual({
    id: "wrkspc_1",
    name: "Prod",
    isDefault: false,
    tags: { env: "prod" },
    workspaceGeo: "us",
    allowedInferenceGeos: ["us"],
    defaultInferenceGeo: "us",
  });
  const open = { ...residency, allowed_inference_geos: "unrestricted" };
  expect((await mapWorkspace({ ...row, data_residency: open }))?.allowedInferenceGeos).toBe("unrestricted");
});

const RESIDENCY = { workspace_geo: "us", allowed_inference_geos: ["us"], default_inference_geo: "us" };

// A limit that cannot be read must not pass for no limit, nor an archived workspace for a live one.
test.each([
  { tags: undefined },
  { tags: { env: 1 } },
  { archived_at: undefined },
  { archived_at: "once" },
  { external_key_id: undefined },
  { external_key_id: 7 },
  { tags: null },
  { data_residency: undefined },
  { data_residency: null },
  { data_residency: "us" },
  { data_residency: {} },
  ...["eu_boundary", { mode: "eu" }, null, undefined, [7], [["us"]]].map((allowed_inference_geos) => ({
    data_residency: { workspace_geo: "us", allowed_inference_geos, default_inference_geo: "us" },
  })),
])("a workspace with %j is an incomplete answer", async (fault) => {
  const row = { id: "w", name: "W", archived_at: null, tags: {}, external_key_id: null, data_residency: RESIDENCY };
  expect(await mapWorkspace(row)).toMatchObject({ id: "w" });
  await expect(mapWorkspace({ ...row, ...fault })).rejects.toThrow(
    expect.objectContaining({ code: "incomplete-answer" }),
  );
});

test("spend limits: only monthly ones of workspaces, in minor units", async () => {
  const row = {
    id: "spl_1",
    amount: "50000",
    currency: "USD",
    period: "monthly",
    scope: { type: "workspace", workspace_id: "wrkspc_1" },
  };
  expect(await mapSpendLimit(row)).toEqual({
    id: "spl_1",
    workspaceId: "wrkspc_1",
    amountMinor: 50_000,
    currency: "USD",
    period: "monthly",
  });
  expect(await mapSpendLimit({ ...row, amount: null })).not.toHaveProperty("amountMinor");
  expect(await mapSpendLimit({ ...row, period: "daily" })).toBeUndefined();
  expect(await mapSpendLimit({ ...row, scope: { type: "organization" } })).toBeUndefined();
  for (const amount of ["500.00", "-1", "1e3", 500, "99999999999999999999", undefined]) {
    await expect(mapSpendLimit({ ...row, amount })).rejects.toThrow("amount");
  }
});

test("rate limits: limiters that nothing can declare are left out, inherited values are nobody's own", async () => {
  const group = { type: "model_group", id: "rlg_1", display_name: "Sonnet 5" };
  const limits = [
    { type: "requests_per_minute", value: 0 },
    { type: "dreams_per_night", value: 3 },
  ];
  expect(await mapRateLimit({ id: "rl_1", group, limits, models: null })).toEqual({
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
  expect(await mapWorkspaceRateLimit(override)).toMatchObject({
    group: { type: "batch", id: "rlg_2" },
    overrides: { requests_per_minute: 5 },
  });
  expect((await mapWorkspaceRateLimit(override))?.overrides).not.toHaveProperty("tokens_per_day");
  const broken = [{ type: "requests_per_minute", value: "5" }];
  await expect(mapRateLimit({ id: "rl_1", group, limits: broken, models: null })).rejects.toThrow("limits.0.value");
});

test("models: aliases from our own table, a life cycle that is new counts as active", async () => {
  const row = { id: "claude-sonnet-4-5-20250929", lifecycle: "deprecated", retires_at: TIME, max_tokens: 64_000 };
  expect(await mapModel(row)).toEqual({
    id: "claude-sonnet-4-5-20250929",
    aliases: ["claude-sonnet-4-5"],
    lifecycle: "deprecated",
    retiresAt: INSTANT,
    maxTokens: 64_000,
  });
  expect(await mapModel({ id: "m", lifecycle: "embryonic", retires_at: null, max_tokens: null })).toEqual({
    id: "m",
    lifecycle: "active",
  });
});

describe("a federation rule", () => {
  const row = {
    ...{ id: "fdrl_1", name: "deploy", description: null, issuer_id: "fdis_1", archived_at: null },
    ...{ match: { subject_prefix: "repo:acme/app", audience: "a" }, oauth_scope: "workspace:developer" },
    target: { type: "service_account", service_account_id: "svac_1" },
    ...{ applies_to_all_workspaces: false, workspace_ids: ["wrkspc_1"], token_lifetime_seconds: 900 },
  };

  test("asks what is there; what is empty or null asks nothing", async () => {
    const match = { ...row.match, claims: {}, condition: "", later: null };
    expect((await mapRule({ ...row, match }))?.match).toEqual({ subject: "repo:acme/app", audience: "a" });
  });

  test("that asks in a way that is new keeps its name", async () => {
    const match = { audience: "a", subject_suffix: "main", claims_any: { a: ["b"] } };
    expect((await mapRule({ ...row, match }))?.match).toEqual({
      audience: "a",
      others: ["claims_any", "subject_suffix"],
    });
  });

  test.each([{}, { audience: "a" }, { subject_prefix: "", claims: {} }, { claims: { a: 1 } }, null])(
    "that asks only %j is an incomplete answer: the API has no such rule",
    async (match) => {
      await expect(mapRule({ ...row, match })).rejects.toThrow(expect.objectContaining({ code: "incomplete-answer" }));
    },
  );
});
