import type { Workspace } from "../config/config.ts";
import type { Limiter, Limits } from "../model/limit.ts";
import type { PeakMinute } from "../model/usage.ts";
import type { FileEdit } from "./finish.ts";

/** A limit that is far above whatever was used: how much of what in a minute, and the most that there was. */
export interface FarLimit {
  readonly limiter: Limiter;
  readonly limit: number;
  readonly peak: number;
}

/** How many times its highest minute a limit has to be. */
const FAR = 100;
/** How many times its highest minute a limit that is suggested is: a day is no peak of a year. */
const ROOM = 10;

/** The limit of a workspace that is a hundred times what it used in its highest minute, or more; what no report counts by the minute is not judged. */
export function farLimitOf(limits: Iterable<Limits>, peak: PeakMinute): FarLimit | undefined {
  const far = [...limits].flatMap((own) => farLimits(own, peak));
  return far.toSorted((one, other) => (one.limiter < other.limiter ? 1 : -1) || other.limit - one.limit)[0];
}

/** The limits that a workspace declares and never comes near, as what would do. Of one that was not used at all nothing says how much would. */
export function suggestedLimits({ handle, rateLimits }: Workspace, peak: PeakMinute): readonly FileEdit[] {
  return [...(rateLimits ?? [])].flatMap(([entry, limits]) =>
    farLimits(limits, peak).flatMap(({ limiter, peak: most }): readonly FileEdit[] =>
      most === 0
        ? []
        : [{ action: "set", path: ["workspaces", handle, "rate_limits", entry, limiter], value: ROOM * most }],
    ),
  );
}

function farLimits(own: Limits, { requests, inputTokens, outputTokens }: PeakMinute): readonly FarLimit[] {
  // Of all its models together: what one of them used is less.
  const peaks: Limits = {
    requests_per_minute: requests,
    input_tokens_per_minute: inputTokens,
    output_tokens_per_minute: outputTokens,
  };
  return (Object.entries(peaks) as [Limiter, number][]).flatMap(([limiter, peak]) => {
    const limit = own[limiter];
    return limit !== undefined && limit > 0 && limit >= FAR * peak ? [{ limiter, limit, peak }] : [];
  });
}
