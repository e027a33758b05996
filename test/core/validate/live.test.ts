import { describe, expect, test } from "vitest";
import type { RateLimit } from "../../../src/core/model/limit.ts";
import type { LiveModel } from "../../../src/core/model/live-model.ts";
import { DAY } from "../../../src/core/model/time.ts";
import { checkLive } from "../../../src/core/validate/live.ts";
import { wordsOf } from "../../../src/report/findings/sentences.ts";
import { declared } from "../../support/config.ts";
import { TODAY } from "../../support/findings.ts";

const model = (id: string, more: Partial<LiveModel> = {}): LiveModel => ({ id, lifecycle: "active", ...more });
const group = (name: string, models: readonly string[], requests = 100): RateLimit => ({
  id: `rl_${name}`,
  group:
    models.length > 0
      ? { type: "model_group", id: `rlg_${name}`, displayName: name }
      : { type: name, id: `rlg_${name}` },
  limits: { requests_per_minute: requests },
  models,
});
const found = (findings: ReturnType<typeof checkLive>) =>
  findings.map(({ code, severity, path }) => `${severity} ${code} ${path?.join(".")}`);

describe("models", () => {
  const roles = (models: string[], max = 100) =>
    declared({ roles: { user: { allowed: true, models, max_tokens: max } } });

  test("what the API does not know, has retired, or soon will", () => {
    const models = [
      model("claude-opus-7", { aliases: ["claude-opus-latest"], maxTokens: 50 }),
      model("claude-old-1", { lifecycle: "retired", retiresAt: TODAY - DAY }),
      model("claude-old-2", { lifecycle: "deprecated", retiresAt: TODAY + 30 * DAY }),
      model("claude-overdue", { lifecycle: "deprecated", retiresAt: TODAY - 30 * DAY }),
    ];
    const config = roles([
      "claude-opus-latest",
      "claude-opus-8",
      "claude-old-1",
      "claude-old-2",
      "claude-overdue",
      "claude-opus-*",
      "claude-old-1*",
    ]);
    const findings = checkLive(config, { models, now: TODAY });
    expect(found(findings)).toEqual([
      "warning max-tokens-above-model roles.user.max_tokens",
      "error model-unknown roles.user.models.1",
      "error model-retired roles.user.models.2",
      "warning model-retires-soon roles.user.models.3",
      "warning model-retires-soon roles.user.models.4",
      "warning model-unknown roles.user.models.6",
    ]);
    expect(findings.map(wordsOf)).toMatchInlineSnapshot(`
      [
        "max_tokens 100 of the role "user" is more than "claude-opus-latest" can answer (50); lower it to 50 or less",
        "the API knows no model "claude-opus-8"; did you mean "claude-opus-7"?",
        "the model "claude-old-1" was retired on 2026-11-22, and calls to it fail; use a current model",
        "the model "claude-old-2" retires in 30 days (2026-12-23); use a current model",
        "the model "claude-overdue" may be retired any day (it was promised until 2026-10-24); use a current model",
        "the pattern "claude-old-1*" matches no model that the API knows; check its spelling",
      ]
    `);
  });
});

describe("rate limits", () => {
  test("what falls on one group of the API, on none, or above the organization's own", () => {
    const config = declared({
      workspaces: {
        prod: {
          name: "P",
          rate_limits: {
            "claude-sonnet-5-5": { requests_per_minute: 200 },
            "claude-opus-5-5": { requests_per_minute: 10 },
            batch: {},
            files: {},
          },
        },
      },
    });
    const rateLimits = [group("Claude 5", ["claude-sonnet-5-5", "claude-opus-5-5"]), group("batch", [])];
    const findings = checkLive(config, { rateLimits, now: TODAY });
    expect(found(findings)).toEqual([
      "error rate-limit-collision workspaces.prod.rate_limits.claude-sonnet-5-5",
      "warning limit-above-organization workspaces.prod.rate_limits.claude-sonnet-5-5.requests_per_minute",
      "error unknown-rate-limit workspaces.prod.rate_limits.files",
    ]);
    expect(findings.map(wordsOf)).toMatchInlineSnapshot(`
      [
        ""claude-sonnet-5-5" and "claude-opus-5-5" share the rate limit of "Claude 5"; keep one of the two entries",
        "requests_per_minute 200 is above the organization's own limit of 100, which still holds; lower it to 100 or less",
        "the organization has no rate limit for "files"; use a model, or batch, files, token_count, skills or web_search",
      ]
    `);
  });

  test("nothing is said of what was not asked", () => {
    expect(checkLive(declared({ roles: { user: { allowed: true, models: ["claude-x-1"] } } }), { now: TODAY })).toEqual(
      [],
    );
  });
});
