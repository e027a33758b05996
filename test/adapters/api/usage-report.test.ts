import { describe, expect, onTestFinished, test } from "vitest";
import type { UsageReport } from "../../../src/core/model/org.ts";
import { DAY } from "../../../src/core/model/time.ts";
import { startSandbox } from "../../../src/sandbox/sandbox.ts";
import type { SeedUsage } from "../../../src/sandbox/state/seed.ts";
import { apiError, connect, json, serve } from "../../support/http-server.ts";

/** 40 minutes into an hour, so that the last hour is not over. */
const NOW = Date.parse("2026-11-23T12:40:00Z");
const HOUR = 3_600_000;
const ANALYTICS = "/v1/organizations/analytics/usage";

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

  test("is read leniently: what is missing or new counts nothing", async () => {
    const bucket = {
      starting_at: "2026-11-23T00:00:00Z",
      results: [
        { output_tokens: 3, new_field: {} },
        { uncached_input_tokens: "7", cache_creation: null },
      ],
    };
    const server = await serve((url, response) => {
      if (url.pathname === ANALYTICS) return apiError(response, 403, "no");
      json(response, { data: [bucket], has_more: false });
    });
    onTestFinished(() => server.close());
    const report = await connect(server.url, { now: () => NOW }).reader.usage({ from: NOW - DAY, to: NOW });
    expect(report.rows).toEqual([{ inputTokens: 0, outputTokens: 3 }]);
  });
});

test("a failure that is not about the beta is thrown", async () => {
  const server = await serve((_, response) => apiError(response, 401, "no"));
  onTestFinished(() => server.close());
  const { reader } = connect(server.url, { now: () => NOW });
  await expect(reader.usage({ from: NOW - DAY, to: NOW })).rejects.toMatchObject({ code: "credential-rejected" });
});
