import { expect, test } from "vitest";
import { all, open, refusal } from "../../support/open-sandbox.ts";

const workspace_id = "wrkspc_01sandboxProduction";
const sonnet = "rl_01sandboxSonnet5";

test("the organization's limits by group and by model, aliases too", async () => {
  const { admin } = await open();
  const list = (query: object) => all(admin.organization.rateLimits.list(query));
  expect((await list({})).map((row) => row.group.type)).toEqual([
    ...Array<string>(7).fill("model_group"),
    "batch",
    "token_count",
    "files",
    "skills",
    "web_search",
  ]);
  expect((await list({ group_type: "web_search" }))[0]).toMatchObject({
    group: { type: "web_search" },
    limits: [{ type: "tool_uses_per_second", value: 30 }],
    models: null,
  });
  expect((await list({ model: "claude-haiku-4-5" }))[0]?.models).toEqual([
    "claude-haiku-4-5-20251001",
    "claude-haiku-4-5",
  ]);
  expect((await refusal(list({ model: "claude-haiku-4-20250514" }))).status).toBe(404);
  expect((await refusal(list({ group_type: "x" }))).status).toBe(400);
  expect((await refusal(admin.post("/v1/organizations/rate_limits", { body: {} }))).status).toBe(405);
});

test("a workspace lists its overrides, or everything it inherits", async () => {
  const { admin } = await open();
  const { rateLimits } = admin.organization.workspaces;
  const own = await all(rateLimits.list(workspace_id));
  expect(own).toEqual([
    {
      group: { id: "rlg_01sandboxSonnet5", display_name: "Claude Sonnet 5.x", type: "model_group" },
      limits: [
        { type: "requests_per_minute", value: 1000, org_limit: 4000, source: { type: "workspace" } },
        { type: "output_tokens_per_minute", value: 80_000, org_limit: 400_000, source: { type: "workspace" } },
      ],
      models: ["claude-sonnet-5-5", "claude-sonnet-5"],
      rate_limit_id: sonnet,
      type: "workspace_rate_limit",
      workspace_id,
    },
  ]);
  const inherited = await all(rateLimits.list(workspace_id, { include_inherited: true, group_type: "model_group" }));
  expect(inherited.length).toBe(7);
  expect(inherited[1]?.limits.map((limit) => limit.source.type)).toEqual(["workspace", "workspace", "organization"]);
});

test("update sets, keeps what is not named, and clears on null", async () => {
  const { admin } = await open();
  const { rateLimits } = admin.organization.workspaces;
  type Limits = Parameters<typeof rateLimits.update>[1]["limits"];
  const update = (limits: Limits) => rateLimits.update(sonnet, { workspace_id, limits });
  const changed = await update([
    { type: "requests_per_minute", value: 0 },
    { type: "input_tokens_per_minute", value: 9_000_000 },
  ]);
  expect(changed.limits.map(({ type, value, org_limit }) => [type, value, org_limit])).toEqual([
    ["requests_per_minute", 0, 4000],
    ["output_tokens_per_minute", 80_000, 400_000],
    ["input_tokens_per_minute", 9_000_000, null],
  ]);
  const cleared = await update([
    { type: "requests_per_minute", value: null },
    { type: "input_tokens_per_minute", value: null },
    { type: "output_tokens_per_minute", value: null },
  ]);
  expect(cleared.limits).toEqual([]);
  expect(await all(rateLimits.list(workspace_id))).toEqual([]);
  expect((await refusal(update([]))).status).toBe(400);
  const many = Array.from({ length: 17 }, () => ({ type: "requests_per_minute", value: 1 }) as const);
  expect((await refusal(update(many))).status).toBe(400);
  expect((await refusal(update(many.slice(0, 2)))).status).toBe(400);
  expect((await refusal(update([{ type: "requests_per_minute", value: -1 }]))).apiMessage).toContain("limits[0].value");
  const unknown = rateLimits.update("rl_no", { workspace_id, limits: [{ type: "requests_per_minute", value: 1 }] });
  expect((await refusal(unknown)).status).toBe(404);
});

test("limits can be enforced: the lower of workspace and organization, with retry-after", async () => {
  const { sandbox, admin, control, as } = await open({ settings: { enforceRateLimits: true } });
  await admin.organization.workspaces.rateLimits.update(sonnet, {
    workspace_id,
    limits: [{ type: "requests_per_minute", value: 2 }],
  });
  const client = as(sandbox.secretOf("prod-auth-service"));
  const ask = (model: string) =>
    client.messages.create({ model, max_tokens: 5, messages: [{ role: "user", content: "hi" }] });
  await ask("claude-sonnet-5-5");
  await ask("claude-sonnet-5");
  const error = await refusal(ask("claude-sonnet-5-5"));
  expect([error.status, error.headers?.get("retry-after")]).toEqual([429, "60"]);
  await ask("claude-haiku-5-5");
  control.clock.advance("61s");
  await ask("claude-sonnet-5-5");
});
