import { describe, expect, onTestFinished, test } from "vitest";
import { DAY } from "../../../src/core/model/time.ts";
import type { UsageReport } from "../../../src/core/model/usage.ts";
import { startSandbox } from "../../../src/sandbox/sandbox.ts";
import type { SeedUsage } from "../../../src/sandbox/state/seed.ts";
import { apiError, connect, json, serve } from "../../support/http-server.ts";

/** 40 minutes into an hour, so that the last hour is not over. */
const NOW = Date.parse("2026-11-23T12:40:00Z");
const HOUR = 3_600_000;
const ANALYTICS = "/v1/organizations/analytics/usage";
const LEGACY = "/v1/organizations/usage_report/messages";

/** A sandbox in which one key of one workspace is used once a minute, from `from` until now. */
async function open(from: number) {
  const sandbox = await startSandbox({ clock: NOW });
  onTestFinished(() => sandbox.close());
  const seed = structuredClone(sandbox.state);
  const [key] = seed.api_keys;
  if (!key) throw new Error("no key");
  const use = (workspace: string, keyId: string | null): SeedUsage => ({
    api_key_id: keyId,
    workspace_id: workspace,
    model: "claude-haiku-5-5",
    user_id: null,
    service_account_id: null,
    starting_at: new Date(from).toISOString(),
    ending_at: new Date(NOW).toISOString(),
    every_seconds: 60,
    requests: 1,
    uncached_input_tokens: 10,
    cache_read_input_tokens: 5,
    output_tokens: 2,
  });
  const usage = [use("wrkspc_used", key.id), use(seed.default_workspace_id, null)];
  sandbox.control.reset({ ...seed, usage });
  const credential = { kind: "api-key", secret: sandbox.adminKey, source: "the sandbox" } as const;
  const { reader, requestCount } = connect(sandbox.url, { credential, now: () => NOW });
  return { sandbox, reader, requestCount, keyId: key.id, defaultId: seed.default_workspace_id };
}

const rowOf = (report: UsageReport, keyId: string | undefined) => report.rows.find((row) => row.keyId === keyId);

describe("the analytics report", () => {
  test("counts the hour that is not over yet", async () => {
    const { reader, requestCount, keyId, defaultId } = await open(NOW - 30 * 60_000);
    const report = await reader.usage({ from: NOW - DAY, to: NOW });
    expect(report).toMatchObject({ source: "analytics", from: NOW - DAY - 40 * 60_000, to: NOW });
    expect(rowOf(report, keyId)).toEqual({
      workspaceId: "wrkspc_used",
      keyId,
      model: "claude-haiku-5-5",
      requests: 30,
      inputTokens: 450,
      outputTokens: 60,
    });
    // Without a key there is no keyId, and the default workspace has its id here.
    expect(rowOf(report, undefined)).toMatchObject({ workspaceId: defaultId, requests: 30 });
    expect(requestCount()).toBe(2);
  });

  test("adds up longer times out of spans that the report takes", async () => {
    const { reader, requestCount, keyId } = await open(NOW - 70 * DAY);
    const report = await reader.usage({ from: NOW - 70 * DAY, to: NOW });
    expect(rowOf(report, keyId)?.requests).toBe(70 * 24 * 60);
    expect(requestCount()).toBe(4);
  });

  test("goes back no further than the report does, and says so", async () => {
    const { reader } = await open(NOW - DAY);
    const report = await reader.usage({ from: NOW - 700 * DAY, to: NOW });
    expect(report.from).toBe(Date.parse("2026-01-01T00:00:00Z"));
  });
});

describe("the legacy report", () => {
  test.each([
    ["forbidden", { kind: "forbidden" }],
    ["hidden", { kind: "status", status: 404 }],
    ["not enrolled", { kind: "status", status: 400, error_code: "organization_not_enrolled_in_beta" }],
  ] as const)("is read where the other is %s", async (_, fault) => {
    const { sandbox, reader, keyId } = await open(NOW - 30 * 60_000);
    sandbox.control.fault({ ...fault, match: { path: ANALYTICS }, times: null });
    const report = await reader.usage({ from: NOW - DAY, to: NOW });
    expect(report).toMatchObject({ source: "legacy", to: NOW });
    expect(rowOf(report, keyId)).toEqual({
      workspaceId: "wrkspc_used",
      keyId,
      model: "claude-haiku-5-5",
      inputTokens: 450,
      outputTokens: 60,
    });
    expect(report.rows.find((row) => row.keyId === undefined)).not.toHaveProperty("workspaceId");
  });

  test("pages through longer times in days", async () => {
    const { sandbox, reader, keyId } = await open(NOW - 70 * DAY);
    sandbox.control.fault({ kind: "forbidden", match: { path: ANALYTICS }, times: null });
    const report = await reader.usage({ from: NOW - 70 * DAY, to: NOW });
    expect(rowOf(report, keyId)?.outputTokens).toBe(2 * 70 * 24 * 60);
  });

  test("of a time that is over ends with it", async () => {
    const { sandbox, reader, keyId } = await open(NOW - 10 * HOUR);
    sandbox.control.fault({ kind: "forbidden", match: { path: ANALYTICS }, times: null });
    const to = NOW - 2 * HOUR - 40 * 60_000;
    const report = await reader.usage({ from: to - HOUR, to });
    expect(report.to).toBe(to);
    expect(rowOf(report, keyId)?.outputTokens).toBe(120);
  });
});

describe("a report that lags", () => {
  const lagging = async (lag: number, from: number) => {
    const opened = await open(from);
    opened.sandbox.control.configure({ usageLagMs: Math.min(lag, 300_000), analyticsLagMs: lag });
    return opened;
  };

  test.each([4, 24])("by %i h says so, and the legacy one is asked for the time since", async (hours) => {
    const { reader, keyId } = await lagging(hours * HOUR, NOW - 2 * HOUR);
    const report = await reader.usage({ from: NOW - DAY, to: NOW });
    // As fresh as the legacy report is: about five minutes.
    expect(report).toMatchObject({ source: "analytics", asOf: NOW - 5 * 60_000, to: NOW });
    expect(rowOf(report, keyId)).toBeUndefined();
    expect(report.since.find((row) => row.keyId === keyId)).toMatchObject({ outputTokens: 2 * 115 });
  });

  test("has no highest minute of the last day, for it may be among those that it lacks", async () => {
    const refused = { code: "incomplete-answer", message: expect.stringContaining("only") };
    const { reader } = await lagging(4 * HOUR, NOW - 2 * HOUR);
    await expect(reader.peakMinute("wrkspc_a", NOW)).rejects.toMatchObject(refused);
    const fresh = await lagging(60_000, NOW - 2 * HOUR);
    expect(await fresh.reader.peakMinute("wrkspc_a", NOW)).toMatchObject({ requests: 0 });
  });

  test("is as old as it says where the legacy one is closed", async () => {
    const { sandbox, reader } = await lagging(4 * HOUR, NOW - 2 * HOUR);
    sandbox.control.fault({ kind: "forbidden", match: { path: LEGACY }, times: null });
    const report = await reader.usage({ from: NOW - DAY, to: NOW });
    expect(report).toMatchObject({ asOf: NOW - 4 * HOUR, rows: [], since: [] });
  });

  test("by a minute needs no second report", async () => {
    const { reader, requestCount } = await lagging(60_000, NOW - 2 * HOUR);
    expect(await reader.usage({ from: NOW - DAY, to: NOW })).toMatchObject({ asOf: NOW - 60_000, since: [] });
    expect(requestCount()).toBe(2);
  });

  test("and cannot say how far it goes covers nothing", async () => {
    const answering = async (data_refreshed_at: unknown) => {
      const server = await serve((url, response) => {
        if (url.pathname !== ANALYTICS) return apiError(response, 403, "no");
        json(response, { data: [], has_more: false, next_page: null, data_refreshed_at });
      });
      onTestFinished(() => server.close());
      return connect(server.url, { now: () => NOW }).reader.usage({ from: NOW - DAY, to: NOW });
    };
    expect((await answering(null)).asOf).toBe(NOW - DAY - 40 * 60_000);
    for (const unreadable of [undefined, "yesterday", 5]) {
      await expect(answering(unreadable)).rejects.toMatchObject({ code: "incomplete-answer" });
    }
  });
});

describe("a report that was refreshed at a time that has not come", () => {
  const reader = async (refreshed: number) => {
    const server = await serve((url, response) => {
      if (url.pathname !== ANALYTICS) return apiError(response, 403, "no");
      const data_refreshed_at = new Date(refreshed).toISOString();
      json(response, { data: [], has_more: false, next_page: null, data_refreshed_at });
    });
    onTestFinished(() => server.close());
    return connect(server.url, { now: () => NOW }).reader;
  };
  const SPAN = { from: NOW - DAY, to: NOW };

  test("contradicts the API's clock: no key is unused by it", async () => {
    for (const ahead of [2 * 60_000, HOUR, 400 * DAY]) {
      const { usage, dailyUsage } = await reader(NOW + ahead);
      const refused = { code: "incomplete-answer", message: expect.stringContaining("data_refreshed_at") };
      await expect(usage(SPAN)).rejects.toMatchObject(refused);
      await expect(dailyUsage(SPAN)).rejects.toMatchObject(refused);
    }
  });

  test("nor has it a highest minute", async () => {
    const { peakMinute } = await reader(NOW + HOUR);
    await expect(peakMinute("wrkspc_a", NOW)).rejects.toMatchObject({ code: "incomplete-answer" });
  });

  test("but for the moment that its servers may be apart", async () => {
    const { usage, dailyUsage } = await reader(NOW + 30_000);
    expect((await usage(SPAN)).asOf).toBe(NOW);
    expect((await dailyUsage(SPAN)).asOf).toBe(NOW);
  });
});

describe("a report whose counts cannot be read is no report", () => {
  const tokens = {
    uncached_input_tokens: 1,
    cache_read_input_tokens: 0,
    cache_creation: { ephemeral_5m_input_tokens: 2 },
    output_tokens: 3,
  };
  const group = { workspace_id: null, api_key_id: "apikey_a", model: null };
  const WRONG = ["504", -504, 1.5, null, undefined, {}, [], true];

  const answering = async (path: string, data: readonly unknown[]) => {
    const server = await serve((url, response) => {
      if (url.pathname !== path) return apiError(response, 403, "no");
      json(response, { data, has_more: false, next_page: null, data_refreshed_at: new Date(NOW).toISOString() });
    });
    onTestFinished(() => server.close());
    return connect(server.url, { now: () => NOW }).reader.usage({ from: NOW - DAY, to: NOW });
  };
  const AT = "2026-11-23T00:00:00Z";
  const analytics = (usage: object, by: object = {}) =>
    answering(ANALYTICS, [
      {
        starting_at: AT,
        group: { ...group, ...by },
        usage: { ...tokens, total_tokens: 6, requests: 1, ...usage },
      },
    ]);
  const legacy = (result: object) =>
    answering(LEGACY, [{ starting_at: AT, results: [{ ...group, ...tokens, ...result }] }]);

  test("while one that is as promised is read", async () => {
    expect((await analytics({})).rows).toMatchObject([
      { keyId: "apikey_a", inputTokens: 6, outputTokens: 6, requests: 2 },
    ]);
    expect((await legacy({})).rows).toEqual([{ keyId: "apikey_a", inputTokens: 3, outputTokens: 3 }]);
  });

  test("tokens of a kind that is new are in the total", async () => {
    expect((await analytics({ total_tokens: 50 })).rows).toMatchObject([{ inputTokens: 2 * 47 }]);
  });

  test.each(["uncached_input_tokens", "cache_read_input_tokens", "output_tokens", "cache_creation"])(
    "%s",
    async (field) => {
      for (const wrong of WRONG.filter((value) => field !== "cache_creation" || JSON.stringify(value) !== "{}")) {
        const fault = { [field]: wrong };
        await expect(analytics(fault), JSON.stringify(fault)).rejects.toMatchObject({ code: "incomplete-answer" });
        await expect(legacy(fault), JSON.stringify(fault)).rejects.toMatchObject({ code: "incomplete-answer" });
      }
    },
  );

  test("requests, the total, and whose key it was", async () => {
    for (const wrong of WRONG.filter((value) => value !== null && value !== "504")) {
      await expect(analytics({ requests: wrong })).rejects.toMatchObject({ code: "incomplete-answer" });
      await expect(analytics({}, { api_key_id: wrong })).rejects.toMatchObject({ code: "incomplete-answer" });
    }
    await expect(analytics({ requests: "504" })).rejects.toMatchObject({ code: "incomplete-answer" });
    await expect(analytics({ total_tokens: "504" })).rejects.toMatchObject({ code: "incomplete-answer" });
    await expect(legacy({ api_key_id: 7 })).rejects.toMatchObject({ code: "incomplete-answer" });
  });
});

test("a failure that is not about the beta is thrown", async () => {
  const server = await serve((_, response) => apiError(response, 401, "no"));
  onTestFinished(() => server.close());
  const { reader } = connect(server.url, { now: () => NOW });
  await expect(reader.usage({ from: NOW - DAY, to: NOW })).rejects.toMatchObject({ code: "credential-rejected" });
});
