/** The limiters of a rate limit, the API's words. Source: RateLimitType in the SDK's types. */
export const LIMITERS = [
  "requests_per_minute",
  "input_tokens_per_minute",
  "input_tokens_per_minute_cache_aware",
  "output_tokens_per_minute",
  "tokens_per_minute",
  "tokens_per_day",
  "tool_uses_per_second",
  "fast_itpmca",
  "fast_otpm",
] as const;
export type Limiter = (typeof LIMITERS)[number];
export type Limits = Readonly<Partial<Record<Limiter, number>>>;

/** The rate-limit groups that are not model families. */
export const GROUP_TYPES = ["batch", "files", "token_count", "skills", "web_search"] as const;

/** What a spend limit of a person may be counted by; each holds by itself. Source: SpendLimitPeriod in the SDK. */
export const SPEND_PERIODS = ["daily", "weekly", "monthly"] as const;
export type SpendPeriod = (typeof SPEND_PERIODS)[number];
