import { compareText } from "../compare-text.ts";
import type { UsageRow } from "../org.ts";
import type { RecentUse } from "./rotation-key.ts";

/** What the rows say of one key, or undefined where nothing used it. */
export function recentUse(rows: readonly UsageRow[], keyId: string): RecentUse | undefined {
  const own = rows.filter((row) => row.keyId === keyId);
  const counted = own.flatMap(({ requests }) => requests ?? []);
  const requests = sum(counted);
  const inputTokens = sum(own.map((row) => row.inputTokens));
  const outputTokens = sum(own.map((row) => row.outputTokens));
  if (requests + inputTokens + outputTokens === 0) return undefined;
  const models = new Map<string, number>();
  for (const row of own) {
    const weight = (row.requests ?? 0) + row.inputTokens + row.outputTokens;
    if (row.model !== undefined && weight > 0) models.set(row.model, (models.get(row.model) ?? 0) + weight);
  }
  return {
    ...(counted.length > 0 && { requests }),
    inputTokens,
    outputTokens,
    models: [...models]
      .sort(([one, much], [other, more]) => more - much || compareText(one, other))
      .map(([model]) => model),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
