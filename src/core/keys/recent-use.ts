import type { UsageRow } from "../model/org.ts";
import { compareText } from "../text/text.ts";

/** What a key was used for in a span of time. */
export interface RecentUse {
  /** Absent where the report does not count requests. */
  readonly requests?: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** The models that it was used with, most used first. */
  readonly models: readonly string[];
}

/** Whether the rows of a report know of any use of a key. */
export function isUsed(rows: readonly UsageRow[], keyId: string): boolean {
  return rows.some((row) => row.keyId === keyId && weightOf(row) > 0);
}

/** What the rows of a report say of one key. */
export function recentUse(rows: readonly UsageRow[], keyId: string): RecentUse {
  const own = rows.filter((row) => row.keyId === keyId);
  const total = (count: (row: UsageRow) => number) => own.reduce((sum, row) => sum + count(row), 0);
  const models = new Map<string, number>();
  for (const row of own) {
    const { model } = row;
    if (model !== undefined && weightOf(row) > 0) models.set(model, (models.get(model) ?? 0) + weightOf(row));
  }
  return {
    ...(own.every(({ requests }) => requests !== undefined) && { requests: total(({ requests = 0 }) => requests) }),
    inputTokens: total(({ inputTokens }) => inputTokens),
    outputTokens: total(({ outputTokens }) => outputTokens),
    models: [...models]
      .sort(([one, much], [other, more]) => more - much || compareText(one, other))
      .map(([model]) => model),
  };
}

function weightOf({ requests = 0, inputTokens, outputTokens }: UsageRow): number {
  return requests + inputTokens + outputTokens;
}
