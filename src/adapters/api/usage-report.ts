import * as z from "zod/mini";
import { Failure } from "../../core/model/failure.ts";
import { DAY, isoTime, startOfDay } from "../../core/model/time.ts";
import type { UsageReport, UsageRow } from "../../core/model/usage.ts";
import type { AdminClient } from "./admin-client.ts";
import { failureOf } from "./failure.ts";
import { readList } from "./pages.ts";
import { count, present, type RowSchema, row, text, textOrNone } from "./rows.ts";
import { LEGACY_LAG, refreshedAt, WHAT } from "./usage-freshness.ts";

export interface UsageRequest {
  readonly client: AdminClient;
  readonly signal: AbortSignal;
  /** Epoch milliseconds, these three. */
  readonly now: number;
  readonly from: number;
  readonly to: number;
  /** The time by the API's own clock as each answer comes (epoch ms). */
  readonly clock: () => number;
  /** The credential is a key of Claude Enterprise: of the two reports only the analytics one is open to it (admin-api-1.14.md 2). */
  readonly isEnterprise?: boolean | undefined;
}

export const HOUR = 3_600_000;
const MINUTE = 60_000;

/** The analytics report takes at most this long a span at once, and goes back this far (the SDK's UsageListParams). */
export const LONGEST_SPAN = 31 * DAY;
const KEPT = 365 * DAY;
const FIRST_DAY = startOfDay("2026-01-01");

/**
 * Usage per workspace, key and model: the beta analytics report, and where it is not open to this credential the legacy
 * one, which counts no requests and has no id for the default workspace. The analytics report may be a day old: the time since
 * is asked of the legacy one as well. Throws Failure.
 */
export async function readUsage(request: UsageRequest): Promise<UsageReport> {
  if (request.isEnterprise) return await orFailure(request, readAnalytics);
  const report = await unlessClosed(request, readAnalytics);
  if (report === undefined) return await orFailure(request, readLegacyUsage);
  if (report.asOf >= request.to - LEGACY_LAG) return report;
  const since = await unlessClosed({ ...request, from: Math.max(report.asOf, request.from) }, readLegacyUsage);
  return since ? { ...report, since: since.rows, asOf: since.asOf } : report;
}

/** Does it, and says in our words what the SDK says. Throws Failure. */
export async function orFailure<Report>(
  request: UsageRequest,
  read: (request: UsageRequest) => Promise<Report>,
): Promise<Report> {
  try {
    return await read(request);
  } catch (error) {
    throw failureOf(error, { what: WHAT, signal: request.signal });
  }
}

/** The report, or undefined where this credential, or this organization, has none: a beta answers 400, 403 or 404. */
export async function unlessClosed<Report>(
  request: UsageRequest,
  read: (request: UsageRequest) => Promise<Report>,
): Promise<Report | undefined> {
  try {
    return await orFailure(request, read);
  } catch (error) {
    if (error instanceof Failure && isClosed(error)) return undefined;
    throw error;
  }
}

function isClosed({ code, details }: Failure): boolean {
  return code === "permission-denied" || code === "not-found" || details.status === 400;
}

/** A span to ask for; with `width` the report covers it to the minute, else in whole hours. */
interface Span {
  readonly from: number;
  readonly to: number;
  readonly width?: "1m";
}

async function readAnalytics(request: UsageRequest): Promise<UsageReport> {
  const { now, from, to } = request;
  const start = Math.max(floor(from, HOUR), oldestOf(now));
  const parts = await Promise.all(spansOf(start, to).map((span) => readSpan(request, span)));
  const asOf = Math.min(to, ...parts.map(({ refreshed }) => refreshed));
  const rows = sumRows(parts.flatMap((part) => part.rows));
  return { rows, since: [], from: start, to, asOf, source: "analytics" };
}

/** The first hour that the analytics report can be asked for (epoch ms). */
export function oldestOf(now: number): number {
  return Math.max(FIRST_DAY, Math.ceil((now - KEPT) / HOUR) * HOUR + HOUR);
}

/**
 * Whole hours in spans that the report takes, and then the hour that is not over by the minute: asked without a width,
 * the report leaves that one out, and a key that is in use right now would look unused.
 */
function spansOf(start: number, end: number): readonly Span[] {
  const wholeHours = floor(end, HOUR);
  const spans: Span[] = [];
  for (let from = start; from < wholeHours; from += LONGEST_SPAN) {
    spans.push({ from, to: Math.min(from + LONGEST_SPAN, wholeHours) });
  }
  const rest = Math.max(wholeHours, start);
  if (rest < floor(end, MINUTE)) spans.push({ from: rest, to: end, width: "1m" });
  return spans;
}

export function floor(instant: number, unit: number): number {
  return Math.floor(instant / unit) * unit;
}

/** The rows of one span, and until when they are complete (epoch ms). */
interface SpanUsage {
  readonly rows: readonly UsageRow[];
  readonly refreshed: number;
}

async function readSpan({ client, signal, clock }: UsageRequest, { from, to, width }: Span): Promise<SpanUsage> {
  let refreshed = Number.POSITIVE_INFINITY;
  const items = await readList({
    what: WHAT,
    style: "cursor",
    ask: (page) =>
      client.beta.organization.analytics.usage.list(
        {
          starting_at: isoTime(from),
          ending_at: isoTime(to),
          group_by: ["workspace_id", "api_key_id", "model"],
          ...(width && { time_bucket_width: width }),
          ...page,
        },
        { signal },
      ),
    row: analyticsRow,
    // The report is ranked by use, which goes on: a row may move to the next page and come again.
    idOf: ({ id }) => id,
    onPage: (_, body) => {
      refreshed = Math.min(refreshed, refreshedAt(body.data_refreshed_at, from, clock()));
    },
  });
  return { rows: items.map(({ usage }) => usage), refreshed };
}

/**
 * What is counted in both reports. All of it has to be there: a count that cannot be read is not "no use", and a key that seems
 * unused may be disabled.
 */
export const TOKENS = {
  uncached_input_tokens: count,
  cache_read_input_tokens: count,
  cache_creation: z.record(z.string(), count),
  output_tokens: count,
} as const;
const GROUP = { workspace_id: textOrNone, api_key_id: textOrNone, model: textOrNone } as const;

export type Tokens = z.output<z.ZodMiniObject<typeof TOKENS>>;
type Group = z.output<z.ZodMiniObject<typeof GROUP>>;

const analyticsRow: RowSchema<{ readonly id: string; readonly usage: UsageRow }> = row(
  {
    starting_at: text,
    group: z.object(GROUP),
    usage: z.object({ ...TOKENS, total_tokens: count, requests: z.nullable(count) }),
  },
  ({ starting_at, group, usage }) => {
    const { requests, total_tokens } = usage;
    const known = usageRow(group, usage);
    // Tokens of a kind that is new are in the total alone.
    const inputTokens = Math.max(known.inputTokens, total_tokens - known.outputTokens);
    return {
      id: JSON.stringify([starting_at, group.workspace_id, group.api_key_id, group.model]),
      usage: { ...known, inputTokens, ...present("requests", requests) },
    };
  },
);

/** Every token that went in, from the cache or into it as well. */
export function inputOf({ uncached_input_tokens, cache_read_input_tokens, cache_creation }: Tokens): number {
  return Object.values(cache_creation).reduce(
    (sum, value) => sum + value,
    uncached_input_tokens + cache_read_input_tokens,
  );
}

function usageRow({ workspace_id, api_key_id, model }: Group, tokens: Tokens): UsageRow {
  return {
    ...present("workspaceId", workspace_id),
    ...present("keyId", api_key_id),
    ...present("model", model),
    inputTokens: inputOf(tokens),
    outputTokens: tokens.output_tokens,
  };
}

/** Buckets that are asked for at once are the most that the report gives (admin-api.md 2.14). */
const BY_HOUR = { bucket_width: "1h", limit: 168, width: HOUR } as const;
export const BY_DAY = { bucket_width: "1d", limit: 31, width: DAY } as const;

/** A bucket of the legacy report; the SDK has no type for it. */
const bucketRow: RowSchema<{ readonly at: string; readonly rows: readonly UsageRow[] }> = row(
  { starting_at: text, results: z.array(z.object({ ...GROUP, ...TOKENS })) },
  ({ starting_at, results }) => ({ at: starting_at, rows: results.map((result) => usageRow(result, result)) }),
);

/**
 * The legacy usage report: whole hours up to a week, whole days beyond. The default workspace has no id in it, and
 * requests are not counted. Throws what the SDK throws, and Failure `incomplete-answer`.
 */
async function readLegacyUsage(request: UsageRequest): Promise<UsageReport> {
  const { items, ...span } = await readBuckets(request, {
    buckets: request.to - request.from <= 7 * DAY ? BY_HOUR : BY_DAY,
    groupBy: ["workspace_id", "api_key_id", "model"],
    row: bucketRow,
  });
  return { rows: sumRows(items.flatMap(({ rows }) => rows)), since: [], ...span, source: "legacy" };
}

/** How the legacy report is asked. */
interface BucketQuery<Bucket> {
  readonly buckets: typeof BY_HOUR | typeof BY_DAY;
  readonly groupBy: readonly string[];
  readonly row: RowSchema<Bucket>;
}

/**
 * The whole buckets of the legacy report that a span touches, and what they cover (epoch ms). Throws what the SDK throws, and
 * Failure `incomplete-answer`.
 */
export async function readBuckets<Bucket extends { readonly at: string }>(
  { client, signal, now, from, to }: UsageRequest,
  { buckets: { width, ...buckets }, groupBy, row }: BucketQuery<Bucket>,
): Promise<{
  readonly items: readonly Bucket[];
  readonly from: number;
  readonly to: number;
  readonly asOf: number;
}> {
  const start = floor(from, width);
  const end = Math.ceil(to / width) * width;
  const query = {
    starting_at: isoTime(start),
    // Left out, the report goes on until now, with the bucket that is not over yet.
    ...(end <= now && { ending_at: isoTime(end) }),
    group_by: groupBy,
  };
  const items = await readList({
    what: WHAT,
    style: "cursor",
    ask: (page) =>
      client.get<unknown>("/v1/organizations/usage_report/messages", {
        query: { ...query, ...page, ...buckets },
        signal,
      }),
    row,
    idOf: ({ at }) => at,
  });
  const covered = Math.min(end, now);
  return { items, from: start, to: covered, asOf: Math.min(covered, now - LEGACY_LAG) };
}

/** One row for each workspace, key and model. Requests stay absent where no row counts them. */
function sumRows(rows: readonly UsageRow[]): readonly UsageRow[] {
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
