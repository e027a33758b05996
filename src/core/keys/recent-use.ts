import type { UseDetails } from "../model/change.ts";
import { type Finding, finding } from "../model/finding.ts";
import { isoTime } from "../model/time.ts";
import type { UsageReport, UsageRow } from "../model/usage.ts";
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

/** Recent use as our JSON has it; null where it could not be read. */
export function useJson(use: RecentUse | undefined): UseDetails | null {
  if (!use) return null;
  const { requests = null, inputTokens, outputTokens, models } = use;
  return { requests, input_tokens: inputTokens, output_tokens: outputTokens, models };
}

/** `unknown` counts as used wherever something is taken away: the report does not reach to its end. */
export type KeyUse = "used" | "unused" | "unknown";

/** So much before its end a report may be behind and is still taken for whole (milliseconds): no report is of this very minute. */
const TOLERATED_LAG = 15 * 60_000;

/** Whether a key was used in the time that a report is about. */
export function keyUse(report: UsageReport, keyId: string): KeyUse {
  const rows = [...report.rows, ...report.since];
  if (rows.some((row) => row.keyId === keyId && weightOf(row) > 0)) return "used";
  return report.asOf >= report.to - TOLERATED_LAG ? "unused" : "unknown";
}

/** What is said of a key of which nobody knows whether it was used since an instant (epoch ms). */
export function usageNotKnown(key: string, since: number, target: string): Finding {
  return finding("usage-not-known", { key, since: isoTime(since) }, { target });
}

/** What a report counts for one key; only what it counted later elsewhere, where the report itself has nothing yet. */
export function recentUse(report: UsageReport, keyId: string): RecentUse {
  const ofKey = (rows: readonly UsageRow[]) => rows.filter((row) => row.keyId === keyId && weightOf(row) > 0);
  const counted = ofKey(report.rows);
  return sumOf(counted.length > 0 ? counted : ofKey(report.since));
}

function sumOf(own: readonly UsageRow[]): RecentUse {
  const total = (count: (row: UsageRow) => number) => own.reduce((sum, row) => sum + count(row), 0);
  const models = new Map<string, number>();
  for (const row of own) {
    const { model } = row;
    if (model !== undefined) models.set(model, (models.get(model) ?? 0) + weightOf(row));
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
