import * as z from "zod/mini";
import { DAY, dayOf, isoTime, parseTime } from "../../core/model/time.ts";
import type { DailyUsage, DailyUse, PeakMinute } from "../../core/model/usage.ts";
import { readList } from "./pages.ts";
import { byType, count, incomplete, present, type RowSchema, row, text, textOrNone } from "./rows.ts";
import { LEGACY_LAG, refreshedAt, WHAT } from "./usage-freshness.ts";
import {
  BY_DAY,
  floor,
  HOUR,
  inputOf,
  LONGEST_SPAN,
  oldestOf,
  orFailure,
  readBuckets,
  TOKENS,
  type Tokens,
  type UsageRequest,
  unlessClosed,
} from "./usage-report.ts";

/**
 * Use by UTC day, workspace, key and whoever is behind it: the beta analytics report, and where it is not open to this credential the
 * legacy one, which names nobody and counts no requests. What is later than the analytics report is asked of the legacy one as well.
 * Throws Failure.
 */
export async function readDailyUsage(request: UsageRequest): Promise<DailyUsage> {
  if (request.isEnterprise) return orFailure(request, readAnalytics);
  const report = await unlessClosed(request, readAnalytics);
  if (report === undefined) return orFailure(request, readLegacy);
  if (report.asOf >= request.to - LEGACY_LAG) return report;
  const since = await unlessClosed({ ...request, from: Math.max(report.asOf, request.from) }, readLegacy);
  return since ? { ...report, rows: [...report.rows, ...since.rows], asOf: since.asOf } : report;
}

/** How much of the last day may be missing from a report of its highest minute. */
const TOLERATED_LAG = 15 * 60_000;

/**
 * The most that a workspace used in one minute of the 24 hours before `to`. Only the analytics report knows minutes; where it does not
 * go so far, the highest may be among those that it lacks. Throws Failure.
 */
export async function readPeakMinute(
  request: Omit<UsageRequest, "from"> & { readonly workspaceId: string },
): Promise<PeakMinute> {
  const { client, signal, clock, workspaceId, to } = request;
  const minutes = await orFailure({ ...request, from: to - DAY }, async () =>
    readList({
      what: WHAT,
      style: "cursor",
      ask: (page) =>
        client.beta.organization.analytics.usage.list(
          {
            starting_at: isoTime(to - DAY),
            ending_at: isoTime(to),
            group_by: ["workspace_id"],
            workspace_ids: [workspaceId],
            time_bucket_width: "1m",
            ...page,
          },
          { signal },
        ),
      row: minuteRow,
      idOf: ({ at }) => at,
      onPage: (_, body) => {
        const refreshed = refreshedAt(body.data_refreshed_at, to - DAY, clock());
        if (refreshed < to - TOLERATED_LAG) throw incomplete(WHAT, `it goes to ${isoTime(refreshed)} only`);
      },
    }),
  );
  const most = (of: (minute: PeakMinute) => number) => minutes.reduce((peak, minute) => Math.max(peak, of(minute)), 0);
  return {
    requests: most(({ requests }) => requests),
    inputTokens: most(({ inputTokens }) => inputTokens),
    outputTokens: most(({ outputTokens }) => outputTokens),
  };
}

/** A span to ask for, in buckets that never reach over a day. */
interface Span {
  readonly from: number;
  readonly to: number;
  readonly width: "1d" | "1h" | "1m";
}

async function readAnalytics({ client, signal, now, clock, from, to }: UsageRequest): Promise<DailyUsage> {
  const start = Math.max(floor(from, DAY), oldestOf(now));
  let asOf = to;
  const parts = await Promise.all(
    spansOf(start, to).map((span) =>
      readList({
        what: WHAT,
        style: "cursor",
        ask: (page) =>
          client.beta.organization.analytics.usage.list(
            {
              starting_at: isoTime(span.from),
              ending_at: isoTime(span.to),
              group_by: ["workspace_id", "api_key_id", "actor"],
              time_bucket_width: span.width,
              ...page,
            },
            { signal },
          ),
        row: analyticsRow,
        idOf: ({ id }) => id,
        onPage: (_, body) => {
          asOf = Math.min(asOf, refreshedAt(body.data_refreshed_at, span.from, clock()));
        },
      }),
    ),
  );
  const rows = sumRows(parts.flatMap((part) => part.map(({ use }) => use)));
  return { rows, from: start, to, asOf, namesActors: true };
}

/** Whole days in spans that the report takes; of today the whole hours, and the rest by the minute, which leaves nothing out. */
function spansOf(start: number, end: number): readonly Span[] {
  const spans: Span[] = [];
  const today = floor(end, DAY);
  const firstDay = Math.min(Math.ceil(start / DAY) * DAY, today);
  if (start < firstDay) spans.push({ from: start, to: firstDay, width: "1h" });
  for (let from = firstDay; from < today; from += LONGEST_SPAN) {
    spans.push({ from, to: Math.min(from + LONGEST_SPAN, today), width: "1d" });
  }
  const hour = floor(end, HOUR);
  const begun = Math.max(today, start);
  if (begun < hour) spans.push({ from: begun, to: hour, width: "1h" });
  const rest = Math.max(hour, start);
  if (rest < floor(end, 60_000)) spans.push({ from: rest, to: end, width: "1m" });
  return spans;
}

const ACTORS = {
  user_actor: z.object({ user_id: text }),
  service_account_actor: z.object({ service_account_id: text }),
} as const;

const analyticsRow: RowSchema<{ readonly id: string; readonly use: DailyUse }> = row(
  {
    starting_at: text,
    group: z.object({ workspace_id: textOrNone, api_key_id: textOrNone, actor: z.nullable(byType(ACTORS)) }),
    usage: z.object({ ...TOKENS, total_tokens: count, requests: z.nullable(count) }),
  },
  ({ starting_at, group: { workspace_id, api_key_id, actor }, usage }) => {
    const actorId = actorOf(actor);
    return {
      id: JSON.stringify([starting_at, workspace_id, api_key_id, actor]),
      use: {
        day: dayOf(parseTime(starting_at) ?? 0),
        ...present("workspaceId", workspace_id),
        ...present("keyId", api_key_id),
        ...present("actorId", actorId),
        ...present("requests", usage.requests),
        tokens: Math.max(usage.total_tokens, tokensOf(usage)),
      },
    };
  },
);

function actorOf(actor: z.output<ReturnType<typeof byType<typeof ACTORS>>> | null): string | undefined {
  if (actor === null) return undefined;
  if ("user_id" in actor) return actor.user_id;
  return "service_account_id" in actor ? actor.service_account_id : undefined;
}

const minuteRow: RowSchema<PeakMinute & { readonly at: string }> = row(
  { starting_at: text, usage: z.object({ ...TOKENS, requests: count }) },
  ({ starting_at, usage }) => ({
    at: starting_at,
    requests: usage.requests,
    inputTokens: inputOf(usage),
    outputTokens: usage.output_tokens,
  }),
);

function tokensOf(tokens: Tokens): number {
  return inputOf(tokens) + tokens.output_tokens;
}

/** A day of the legacy report; the SDK has no type for it. */
const bucketRow: RowSchema<{ readonly at: string; readonly rows: readonly DailyUse[] }> = row(
  {
    starting_at: text,
    results: z.array(z.object({ workspace_id: textOrNone, api_key_id: textOrNone, ...TOKENS })),
  },
  ({ starting_at, results }) => ({
    at: starting_at,
    rows: results.map((result) => ({
      day: dayOf(parseTime(starting_at) ?? 0),
      ...present("workspaceId", result.workspace_id),
      ...present("keyId", result.api_key_id),
      tokens: tokensOf(result),
    })),
  }),
);

async function readLegacy(request: UsageRequest): Promise<DailyUsage> {
  const { items, ...span } = await readBuckets(request, {
    buckets: BY_DAY,
    groupBy: ["workspace_id", "api_key_id"],
    row: bucketRow,
  });
  return { rows: sumRows(items.flatMap(({ rows }) => rows)), ...span, namesActors: false };
}

/** One row for each day, workspace, key and actor: today comes in pieces. */
function sumRows(rows: readonly DailyUse[]): readonly DailyUse[] {
  const sums = new Map<string, DailyUse>();
  for (const row of rows) {
    const id = JSON.stringify([row.day, row.workspaceId, row.keyId, row.actorId]);
    const sum = sums.get(id);
    if (!sum) sums.set(id, row);
    else {
      const counted = sum.requests !== undefined || row.requests !== undefined;
      const requests = counted && { requests: (sum.requests ?? 0) + (row.requests ?? 0) };
      sums.set(id, { ...sum, ...requests, tokens: sum.tokens + row.tokens });
    }
  }
  return [...sums.values()];
}
