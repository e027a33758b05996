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

/** What a rate limit is for: a family of models, or something else that is counted. */
export interface RateLimitGroup {
  readonly type: string;
  readonly id: string;
  readonly displayName?: string;
}

/** A limit of the organization itself: read-only, set by its usage tier. */
export interface RateLimit {
  /** The organization's own id for it, which a workspace override is written to. */
  readonly id: string;
  readonly group: RateLimitGroup;
  readonly limits: Limits;
  readonly models: readonly string[];
}

/** The overrides of one workspace on one group. */
export interface WorkspaceRateLimit {
  readonly rateLimitId: string;
  readonly workspaceId: string;
  readonly group: RateLimitGroup;
  /** Only what the workspace sets itself. */
  readonly overrides: Limits;
  readonly models: readonly string[];
}
