import { expect, test } from "vitest";
import { farLimitOf, suggestedLimits } from "../../../src/core/review/limits.ts";
import { declared } from "../../support/config.ts";

const PEAK = { requests: 6, inputTokens: 1000, outputTokens: 0 };

function suggested(rate_limits: Record<string, unknown>, peak = PEAK) {
  const workspace = declared({ workspaces: { prod: { name: "Production", rate_limits } } }).workspaces.get("prod");
  if (!workspace) throw new Error("no workspace");
  return suggestedLimits(workspace, peak).map((edit) => [edit.path.slice(2).join(" "), "value" in edit && edit.value]);
}

test("a limit is far from a hundred times its highest minute on, and what no report counts by the minute never is", () => {
  const limit = (limits: Record<string, number>) => farLimitOf([limits], PEAK)?.limiter;
  expect(limit({ requests_per_minute: 600 })).toBe("requests_per_minute");
  expect(limit({ requests_per_minute: 599 })).toBeUndefined();
  expect(limit({ output_tokens_per_minute: 1 })).toBe("output_tokens_per_minute");
  expect(limit({ tokens_per_day: 1e9, tool_uses_per_second: 1e9, requests_per_minute: 0 })).toBeUndefined();
});

test("what would do is ten times the highest minute, and nothing is suggested of what was not used at all", () => {
  expect(
    suggested({
      "claude-sonnet-5-5": { requests_per_minute: 600, output_tokens_per_minute: 80_000 },
      "claude-haiku-5-5": { requests_per_minute: 599, input_tokens_per_minute: 100_000 },
      batch: { requests_per_minute: 10_000 },
    }),
  ).toEqual([
    ["rate_limits claude-sonnet-5-5 requests_per_minute", 60],
    ["rate_limits claude-haiku-5-5 input_tokens_per_minute", 10_000],
    ["rate_limits batch requests_per_minute", 60],
  ]);
  expect(suggested({ batch: { requests_per_minute: 9 } }, { requests: 0, inputTokens: 0, outputTokens: 0 })).toEqual(
    [],
  );
});
