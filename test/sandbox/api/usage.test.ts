import type { UsageListParams } from "@anthropic-ai/sdk/resources/beta/organization/analytics/usage";
import { expect, test } from "vitest";
import type { UsageReport } from "../../../src/sandbox/api/usage-report.ts";
import { all, open, refusal } from "../../support/open-sandbox.ts";

const day = { starting_at: "2026-11-22T12:00:00Z", ending_at: "2026-11-23T12:00:00Z" };

test("the new report groups by key and workspace, keyless use and the default workspace included", async () => {
  const { admin } = await open();
  const rows = await all(
    admin.beta.organization.analytics.usage.list({ ...day, group_by: ["api_key_id", "workspace_id"], limit: 3 }),
  );
  const shown = rows.map(({ group, usage }) => `${group.api_key_id} ${group.workspace_id} ${usage.requests}`);
  expect(shown).toMatchInlineSnapshot(`
    [
      "apikey_01sandboxProdSearchService wrkspc_01sandboxProduction 7200",
      "apikey_01sandboxProdAuthService wrkspc_01sandboxProduction 2920",
      "apikey_01sandboxProdIngest wrkspc_01sandboxProduction 240",
      "apikey_01sandboxClaudeCodeCleo wrkspc_01sandboxClaudeCode 160",
      "apikey_01sandboxStgAuthService wrkspc_01sandboxStaging 72",
      "apikey_01sandboxDevShared wrkspc_01sandboxDevelopment 72",
      "apikey_01sandboxDevAda wrkspc_01sandboxDevelopment 16",
      "null wrkspc_01sandboxDefault 6",
      "apikey_01sandboxDefaultPlayground wrkspc_01sandboxDefault 4",
      "null wrkspc_01sandboxDevelopment 1",
    ]
  `);
  expect(rows[0]?.group.model).toBeNull();
  expect(rows[0]?.usage.total_tokens).toBe((rows[0]?.usage.requests ?? 0) * 650);
});

test("the new report filters, buckets and names the actor", async () => {
  const { admin } = await open();
  const list = (query: Omit<UsageListParams, "starting_at">) =>
    all(admin.beta.organization.analytics.usage.list({ ...day, ...query }));
  expect((await list({})).length).toBe(1);
  const one = await list({ api_key_ids: ["apikey_01sandboxProdAuthService"], group_by: ["model"] });
  expect(one.map(({ group, usage }) => [group.model, usage.requests])).toEqual([
    ["claude-sonnet-5-5", 2880],
    ["claude-opus-5-5", 40],
  ]);
  const keyless = await list({ api_key_ids: [""], group_by: ["actor", "product"] });
  expect(keyless.map(({ group }) => [group.actor, group.product])).toContainEqual([
    expect.objectContaining({ type: "user_actor", email_address: "bob@acme.example", deleted: false }),
    "claude_console",
  ]);
  const hours = await list({ api_key_ids: ["apikey_01sandboxProdIngest"], time_bucket_width: "1h", order_by: "time" });
  expect(hours.length).toBe(24);
  expect(hours[0]).toMatchObject({ starting_at: "2026-11-23T11:00:00.000Z", ending_at: "2026-11-23T12:00:00.000Z" });
  expect((await list({ actor_ids: ["svac_01sandboxIngest"] }))[0]?.usage.requests).toBe(240);
  expect(await list({ workspace_ids: ["wrkspc_no"] })).toEqual([]);
});

test("the new report refuses ranges it cannot serve", async () => {
  const { admin } = await open();
  const list = (query: object) => refusal(all(admin.beta.organization.analytics.usage.list(query as typeof day)));
  expect((await list({})).apiMessage).toContain("starting_at");
  expect((await list({ starting_at: "2025-12-31T00:00:00Z" })).status).toBe(400);
  expect((await list({ starting_at: day.starting_at, ending_at: day.starting_at })).status).toBe(400);
  expect((await list({ starting_at: "2026-10-01T00:00:00Z", ending_at: day.ending_at })).status).toBe(400);
  expect((await list({ starting_at: day.starting_at, time_bucket_width: "1h" })).apiMessage).toContain("ending_at");
  expect(
    (await list({ ...day, group_by: ["actor", "actor_type", "model", "speed", "product", "workspace_id"] })).status,
  ).toBe(400);
  const bare = admin.get("/v1/organizations/analytics/usage", { query: day });
  expect((await refusal(bare)).apiMessage).toContain("anthropic-beta");
});

test("the legacy report has empty buckets, null for the default workspace, and pages by bucket", async () => {
  const { admin } = await open();
  const get = (query: object) =>
    admin.get("/v1/organizations/usage_report/messages", { query }) as Promise<UsageReport>;
  const first = await get({ starting_at: "2026-11-20T00:00:00Z", bucket_width: "1d", limit: 3 });
  expect(first.data.map((bucket) => bucket.starting_at)).toEqual([
    "2026-11-20T00:00:00.000Z",
    "2026-11-21T00:00:00.000Z",
    "2026-11-22T00:00:00.000Z",
  ]);
  expect(first.has_more).toBe(true);
  const next = { starting_at: "2026-11-20T00:00:00Z", bucket_width: "1d", limit: 3, page: first.next_page };
  const second = await get(next);
  expect([second.data.length, second.has_more, second.next_page]).toEqual([1, false, null]);
  expect((await refusal(get({ ...next, bucket_width: "1h" }))).status).toBe(400);
  const grouped = await get({
    ...day,
    bucket_width: "1d",
    group_by: ["workspace_id", "api_key_id"],
    models: ["claude-sonnet-5-5"],
  });
  const keys = grouped.data[0]?.results.map((row) => `${row.workspace_id} ${row.api_key_id} ${row.model}`);
  expect(keys).toContain("null apikey_01sandboxDefaultPlayground null");
  expect(keys).toContain("null null null");
  expect(keys).toContain("wrkspc_01sandboxProduction apikey_01sandboxProdAuthService null");
  const old = admin.get("/v1/organizations/usage_report/messages", {
    query: { ...day, api_key_ids: ["apikey_01sandboxProdBatch"] },
    headers: { "anthropic-version": "2023-06-01" },
  }) as Promise<UsageReport>;
  expect((await old).data.map((bucket) => bucket.results)).toEqual([[], []]);
  expect((await refusal(get({}))).apiMessage).toContain("starting_at");
  expect((await refusal(get({ ...day, bucket_width: "1h", limit: 169 }))).status).toBe(400);
});

test("calls show in the reports at once, or after the lag", async () => {
  const { sandbox, admin, control, as } = await open();
  const client = as(sandbox.secretOf("stg-auth-service"));
  const used = async (): Promise<number> => {
    const [row] = await all(
      admin.beta.organization.analytics.usage.list({
        starting_at: "2026-11-23T00:00:00Z",
        ending_at: "2026-11-24T00:00:00Z",
        api_key_ids: ["apikey_01sandboxStgAuthService"],
        models: ["claude-haiku-5-5"],
      }),
    );
    return row?.usage.requests ?? 0;
  };
  control.clock.advance("1ms");
  for (let n = 0; n < 3; n++) {
    await client.messages.create({
      model: "claude-haiku-5-5",
      max_tokens: 9,
      messages: [{ role: "user", content: "hi" }],
    });
  }
  expect(await used()).toBe(3);
  control.configure({ usageLagMs: 300_000 });
  expect(await used()).toBe(0);
  control.clock.advance("6m");
  expect(await used()).toBe(3);
});

test("the analytics report lags by hours and says since when, the legacy report by minutes", async () => {
  const { admin, control } = await open({ settings: { usageLagMs: 300_000, analyticsLagMs: 4 * 3_600_000 } });
  const key = "apikey_01sandboxProdBatch";
  control.console.addUsage({ key, requests: 5, from: "2026-11-23T11:00:00Z" });
  const report = await admin.beta.organization.analytics.usage.list({ ...day, api_key_ids: [key] });
  expect([report.data, report.data_refreshed_at]).toEqual([[], "2026-11-23T08:00:00.000Z"]);
  const query = { ...day, api_key_ids: [key] };
  const legacy = (await admin.get("/v1/organizations/usage_report/messages", { query })) as UsageReport;
  expect(legacy.data.flatMap(({ results }) => results).map((row) => row.output_tokens)).toEqual([750]);
});

test("use can be booked by hand", async () => {
  const { admin, control } = await open();
  const booked = { key: "prod-batch", requests: 7, from: "2026-11-23T08:00:00Z", until: "2026-11-23T11:00:00Z" };
  control.console.addUsage(booked);
  control.console.addUsage({ key: null, workspace: "Staging" });
  const rows = await all(
    admin.beta.organization.analytics.usage.list({ ...day, api_key_ids: ["apikey_01sandboxProdBatch"] }),
  );
  expect(rows[0]?.usage.requests).toBe(21);
});
