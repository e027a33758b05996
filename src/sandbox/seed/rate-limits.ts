import type { OrganizationRateLimit } from "@anthropic-ai/sdk/resources/organization/rate-limits";

type Limits = OrganizationRateLimit["limits"];

/** The organization's limits: seven model groups and the five other kinds, all of a high usage tier. */
export function seedRateLimits(): OrganizationRateLimit[] {
  return [
    models("Haiku5", "Claude Haiku 5.x", ["claude-haiku-5-5"], perMinute(4000, 4_000_000, 800_000)),
    models(
      "Sonnet5",
      "Claude Sonnet 5.x",
      ["claude-sonnet-5-5", "claude-sonnet-5"],
      perMinute(4000, 2_000_000, 400_000),
    ),
    models(
      "Opus5",
      "Claude Opus 5.x",
      ["claude-opus-5-5", "claude-opus-5"],
      [
        ...perMinute(2000, 2_000_000, 400_000),
        { type: "fast_itpmca", value: 200_000 },
        { type: "fast_otpm", value: 40_000 },
      ],
    ),
    models(
      "Fable5",
      "Claude Fable 5.x",
      ["claude-fable-5-2", "claude-fable-5-1", "claude-fable-5"],
      perMinute(1000, 1_000_000, 200_000),
    ),
    models(
      "Haiku4",
      "Claude Haiku 4.x",
      ["claude-haiku-4-5-20251001", "claude-haiku-4-5"],
      perMinute(4000, 4_000_000, 800_000),
    ),
    models(
      "Sonnet4",
      "Claude Sonnet 4.x",
      ["claude-sonnet-4-6", "claude-sonnet-4-5-20250929", "claude-sonnet-4-5"],
      perMinute(4000, 2_000_000, 400_000),
    ),
    models(
      "Opus4",
      "Claude Opus 4.x",
      ["claude-opus-4-8", "claude-opus-4-7", "claude-opus-4-6", "claude-opus-4-5-20251101", "claude-opus-4-5"],
      perMinute(2000, 2_000_000, 400_000),
    ),
    other("batch", [{ type: "requests_per_minute", value: 4000 }]),
    other("token_count", [{ type: "requests_per_minute", value: 8000 }]),
    other("files", [{ type: "requests_per_minute", value: 1000 }]),
    other("skills", [{ type: "requests_per_minute", value: 500 }]),
    other("web_search", [{ type: "tool_uses_per_second", value: 30 }]),
  ];
}

/** The id of the organization's limit for a group, by the short name used here, such as `Sonnet5` or `batch`. */
export function rateLimitId(group: string): string {
  return `rl_01sandbox${group}`;
}

function perMinute(requests: number, input: number, output: number): Limits {
  return [
    { type: "requests_per_minute", value: requests },
    { type: "input_tokens_per_minute_cache_aware", value: input },
    { type: "output_tokens_per_minute", value: output },
  ];
}

function models(group: string, displayName: string, names: string[], limits: Limits): OrganizationRateLimit {
  return {
    id: rateLimitId(group),
    group: { id: `rlg_01sandbox${group}`, display_name: displayName, type: "model_group" },
    limits,
    models: names,
    type: "rate_limit",
  };
}

function other(
  type: Exclude<OrganizationRateLimit["group"]["type"], "model_group">,
  limits: Limits,
): OrganizationRateLimit {
  return {
    id: rateLimitId(type),
    group: { id: `rlg_01sandbox${type}`, type },
    limits,
    models: null,
    type: "rate_limit",
  };
}
