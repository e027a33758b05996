import { describe, expect, test } from "vitest";
import { keyUse, recentUse } from "../../../src/core/keys/recent-use.ts";
import type { UsageReport } from "../../../src/core/model/usage.ts";
import { NOW, usage } from "../../support/org.ts";

const MINUTE = 60_000;
const row = (keyId: string, tokens = 1) => ({ keyId, inputTokens: tokens, outputTokens: 0 });
const report = (...args: Parameters<typeof usage>): UsageReport => {
  const result = usage(...args);
  if (!result.known) throw new Error("unknown");
  return result.report;
};

describe("a key is in use", () => {
  test("where any report knows of it, however far it goes", () => {
    expect(keyUse(report([row("k")]), "k")).toBe("used");
    expect(keyUse(report([row("k")], { asOf: NOW - 24 * 60 * MINUTE }), "k")).toBe("used");
    expect(keyUse(report([], { since: [row("k")] }), "k")).toBe("used");
  });

  test("or may be, where the report ends more than 15 minutes before now", () => {
    expect(keyUse(report([], { asOf: NOW - 15 * MINUTE }), "k")).toBe("unused");
    expect(keyUse(report([], { asOf: NOW - 15 * MINUTE - 1 }), "k")).toBe("unknown");
    expect(keyUse(report([row("other"), row("k", 0)]), "k")).toBe("unused");
  });
});

test("what is shown is counted once: the later report only where the other has nothing", () => {
  expect(recentUse(report([row("k", 5)], { since: [row("k", 3)] }), "k").inputTokens).toBe(5);
  expect(recentUse(report([], { since: [row("k", 3)] }), "k").inputTokens).toBe(3);
  expect(recentUse(report([]), "k")).toMatchObject({ requests: 0, models: [] });
});
