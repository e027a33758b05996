import type { Usage } from "@anthropic-ai/sdk/resources/messages/messages";
import type { Call } from "../state/call.ts";
import { iso } from "../state/clock.ts";
import type { SeedUsage } from "../state/seed.ts";
import type { SandboxState } from "../state/state.ts";

/** What usage reports add up. */
export interface UsageSum {
  requests: number;
  uncached_input_tokens: number;
  cache_read_input_tokens: number;
  output_tokens: number;
}

/** Which use a report looks at: times in milliseconds, `to` exclusive; a missing filter lets everything pass. */
export interface UsageFilter {
  readonly from: number;
  readonly to: number;
  readonly matches: (usage: SeedUsage) => boolean;
}

/** Books one Messages call. Calls of the same key, model and minute share a record. */
export function recordUsage(call: Call, model: string, used: Usage): void {
  const { state, now, caller } = call;
  const minute = Math.floor(now / 60_000) * 60_000;
  const principal = caller.key?.principal ?? null;
  const fresh: SeedUsage = {
    api_key_id: caller.key?.id ?? null,
    workspace_id: caller.workspaceId ?? state.defaultWorkspaceId,
    model,
    user_id: principal?.type === "user_actor" ? principal.user_id : null,
    service_account_id: principal?.type === "service_account_actor" ? principal.service_account_id : null,
    starting_at: iso(minute),
    ending_at: iso(minute + 60_000),
    every_seconds: 60,
    requests: 1,
    uncached_input_tokens: used.input_tokens,
    cache_read_input_tokens: used.cache_read_input_tokens ?? 0,
    output_tokens: used.output_tokens,
  };
  const at = state.usage.findLastIndex((other) => sameRecord(other, fresh));
  const before = state.usage[at];
  if (before === undefined) state.usage.push(fresh);
  else state.usage[at] = { ...fresh, ...addUp(before, fresh, 1) };
}

function sameRecord(a: SeedUsage, b: SeedUsage): boolean {
  return (
    a.starting_at === b.starting_at &&
    a.ending_at === b.ending_at &&
    a.api_key_id === b.api_key_id &&
    a.workspace_id === b.workspace_id &&
    a.model === b.model
  );
}

/**
 * Adds up use by group: one sum for each bucket and each value of `groupOf`. `bucketMs` null = one bucket for the whole range.
 * Keys of the outer map are the starts of buckets in milliseconds; buckets without use are missing.
 */
export function sumUsage<Group>(
  state: SandboxState,
  filter: UsageFilter,
  bucketMs: number | null,
  groupOf: (usage: SeedUsage) => Group,
): Map<number, Map<string, { readonly group: Group; readonly sum: UsageSum }>> {
  const buckets = new Map<number, Map<string, { group: Group; sum: UsageSum }>>();
  for (const usage of state.usage) {
    if (!filter.matches(usage)) continue;
    const group = groupOf(usage);
    const name = JSON.stringify(group);
    for (const [bucket, times] of samplesOf(usage, filter, bucketMs)) {
      const groups = buckets.get(bucket) ?? new Map<string, { group: Group; sum: UsageSum }>();
      if (groups.size === 0) buckets.set(bucket, groups);
      const before = groups.get(name)?.sum ?? {
        requests: 0,
        uncached_input_tokens: 0,
        cache_read_input_tokens: 0,
        output_tokens: 0,
      };
      groups.set(name, { group, sum: addUp(before, usage, times) });
    }
  }
  return buckets;
}

/** How often a record occurs within the range, by bucket. */
function samplesOf(usage: SeedUsage, filter: UsageFilter, bucketMs: number | null): Map<number, number> {
  const every = usage.every_seconds * 1000;
  const start = Date.parse(usage.starting_at);
  const end = Math.min(Date.parse(usage.ending_at), filter.to);
  const skipped = Math.max(0, Math.ceil((filter.from - start) / every));
  const samples = new Map<number, number>();
  for (let at = start + skipped * every; at < end; at += every) {
    const bucket = bucketMs === null ? filter.from : Math.floor(at / bucketMs) * bucketMs;
    samples.set(bucket, (samples.get(bucket) ?? 0) + 1);
  }
  return samples;
}

function addUp(sum: UsageSum, more: UsageSum, times: number): UsageSum {
  return {
    requests: sum.requests + more.requests * times,
    uncached_input_tokens: sum.uncached_input_tokens + more.uncached_input_tokens * times,
    cache_read_input_tokens: sum.cache_read_input_tokens + more.cache_read_input_tokens * times,
    output_tokens: sum.output_tokens + more.output_tokens * times,
  };
}
