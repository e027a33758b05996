import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DAY } from "../../../src/core/model/time.ts";
import type { UsageReport } from "../../../src/core/model/usage.ts";
import type { StatusInput } from "../../../src/core/status/status.ts";
import { assemble, live, production, staging } from "../../support/core-status.ts";
import { key, NOW } from "../../support/org.ts";

describe("usage", () => {
  const report: UsageReport = {
    from: NOW - 7 * DAY,
    to: NOW,
    asOf: NOW,
    since: [],
    source: "legacy",
    rows: [
      { workspaceId: staging.id, keyId: "apikey_a", model: "m1", inputTokens: 10, outputTokens: 1 },
      { workspaceId: staging.id, keyId: "apikey_a", model: "m2", inputTokens: 20, outputTokens: 2 },
      { keyId: "apikey_gone", inputTokens: 500, outputTokens: 50 },
      { workspaceId: "wrkspc_gone", inputTokens: 1, outputTokens: 1 },
    ],
  };
  const usage = (input: Partial<StatusInput> = {}) =>
    assemble({ live: live({ keys: [key("a", staging.id)] }), selection: { view: "usage" }, usage: report, ...input })
      .usage;

  test("adds up by workspace and key, the default workspace and keyless use included, most tokens first", () => {
    const shown = usage()?.workspaces.map(({ workspace, keys, inputTokens }) => [
      workspace?.name ?? workspace?.id,
      inputTokens,
      keys.map(({ keyId, name }) => name ?? keyId ?? "no key"),
    ]);
    expect(shown).toEqual([
      ["Default", 500, ["apikey_gone"]],
      ["Staging", 30, ["a"]],
      ["wrkspc_gone", 1, ["no key"]],
    ]);
    expect(usage()).toMatchObject({ inputTokens: 531, outputTokens: 54 });
    expect(usage()?.silent.map(({ name }) => name)).toEqual(["Production", "Claude Code"]);
  });

  test("requests are known only where every row counts them", () => {
    expect(usage()).not.toHaveProperty("requests");
    const counted = { ...report, rows: report.rows.map((row) => ({ ...row, requests: 2 })) };
    expect(usage({ usage: counted })?.requests).toBe(8);
  });

  test("keeps to one workspace, or to the keys that were asked for", () => {
    expect(usage({ selection: { view: "usage", workspace: "staging" } })).toMatchObject({
      inputTokens: 30,
      silent: [],
    });
    expect(usage({ selection: { view: "key", key: { by: "name", text: "a" } } })).toMatchObject({ inputTokens: 30 });
    expect(usage({ selection: { view: "usage", workspace: "prod" } })).toMatchObject({ workspaces: [] });
  });

  test("no row is lost or counted twice", () => {
    const row = fc.record({ at: fc.constantFrom(staging.id, production.id, undefined), n: fc.nat(1000) });
    fc.assert(
      fc.property(fc.array(row), (rows) => {
        const all = {
          ...report,
          rows: rows.map(({ at, n }) => ({ ...(at && { workspaceId: at }), inputTokens: n, outputTokens: 0 })),
        };
        const total = rows.reduce((sum, { n }) => sum + n, 0);
        const shown = usage({ usage: all });
        expect(shown?.inputTokens).toBe(total);
        expect(
          (shown?.workspaces ?? []).flatMap(({ keys }) => keys).reduce((sum, { inputTokens }) => sum + inputTokens, 0),
        ).toBe(total);
      }),
    );
  });
});
