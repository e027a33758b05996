import { isObject } from "../../core/json.ts";
import type { UsageRow } from "../../core/model/org.ts";

/** A count of a report; whatever is no number counts nothing. */
export function countOf(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}

/** All input tokens of a row, of either report: uncached, read from the cache, and written to it. */
export function inputTokensOf(usage: Readonly<Record<string, unknown>>): number {
  const creation = isObject(usage.cache_creation) ? Object.values(usage.cache_creation) : [];
  return [usage.uncached_input_tokens, usage.cache_read_input_tokens, ...creation].reduce<number>(
    (sum, value) => sum + countOf(value),
    0,
  );
}

/** One row for each workspace, key and model. Requests stay absent where no row counts them. */
export function sumRows(rows: readonly UsageRow[]): readonly UsageRow[] {
  const sums = new Map<string, UsageRow>();
  for (const row of rows) {
    const id = JSON.stringify([row.workspaceId, row.keyId, row.model]);
    const sum = sums.get(id);
    sums.set(id, sum ? added(sum, row) : row);
  }
  return [...sums.values()];
}

function added(sum: UsageRow, row: UsageRow): UsageRow {
  const counted = sum.requests !== undefined || row.requests !== undefined;
  return {
    ...sum,
    ...(counted && { requests: (sum.requests ?? 0) + (row.requests ?? 0) }),
    inputTokens: sum.inputTokens + row.inputTokens,
    outputTokens: sum.outputTokens + row.outputTokens,
  };
}
