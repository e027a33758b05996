import type Anthropic from "@anthropic-ai/sdk";
import type { BetaAnalyticsUsageItem } from "@anthropic-ai/sdk/resources/beta/organization/analytics/usage";
import type { Failure } from "../../core/model/failure.ts";
import type { UsageReport, UsageRow } from "../../core/model/org.ts";
import { DAY, isoTime, startOfDay } from "../../core/model/time.ts";
import { isObject } from "../../core/text/text.ts";
import { failureOf } from "./failure.ts";
import { NAMES, present } from "./kinds/rows.ts";
import { fieldReader, PAGE_SIZE, type Row, readList } from "./pages.ts";

export interface UsageRequest {
  readonly client: Anthropic;
  readonly signal: AbortSignal;
  /** Epoch milliseconds, these three. */
  readonly now: number;
  readonly from: number;
  readonly to: number;
}

const HOUR = 3_600_000;
const MINUTE = 60_000;

/** The analytics report takes at most this long a span at once, and goes back this far (the SDK's UsageListParams). */
const LONGEST_SPAN = 31 * DAY;
const KEPT = 365 * DAY;
const FIRST_DAY = startOfDay("2026-01-01");

/**
 * Usage per workspace, key and model: the beta analytics report, and where it is not open to this credential the legacy
 * one, which counts no requests and has no id for the default workspace. Throws Failure.
 */
export async function readUsage(request: UsageRequest): Promise<UsageReport> {
  const asked = { what: NAMES.usage, signal: request.signal };
  try {
    return await readAnalytics(request);
  } catch (error) {
    const failure = failureOf(error, asked);
    if (!isClosed(failure)) throw failure;
  }
  try {
    return await readLegacyUsage(request);
  } catch (error) {
    throw failureOf(error, asked);
  }
}

/** A beta that an organization is not part of answers 400, 403 or 404. */
function isClosed({ code, details }: Failure): boolean {
  return code === "permission-denied" || code === "not-found" || details.status === 400;
}

/** A span to ask for; with `width` the report covers it to the minute, else in whole hours. */
interface Span {
  readonly from: number;
  readonly to: number;
  readonly width?: "1m";
}

async function readAnalytics({ client, signal, now, from, to }: UsageRequest): Promise<UsageReport> {
  const oldest = Math.max(FIRST_DAY, Math.ceil((now - KEPT) / HOUR) * HOUR + HOUR);
  const start = Math.max(floor(from, HOUR), oldest);
  const spans = spansOf(start, to);
  const lists = await Promise.all(spans.map((span) => readSpan(client, signal, span)));
  return { rows: sumRows(lists.flat()), from: start, to, source: "analytics" };
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

function floor(instant: number, unit: number): number {
  return Math.floor(instant / unit) * unit;
}

async function readSpan(
  client: Anthropic,
  signal: AbortSignal,
  { from, to, width }: Span,
): Promise<readonly UsageRow[]> {
  const rows = await readList({
    what: NAMES.usage,
    style: "cursor",
    ask: (cursor) =>
      client.beta.organization.analytics.usage.list(
        {
          starting_at: isoTime(from),
          ending_at: isoTime(to),
          group_by: ["workspace_id", "api_key_id", "model"],
          limit: PAGE_SIZE,
          ...(width && { time_bucket_width: width }),
          ...(cursor && { page: cursor }),
        },
        { signal },
      ),
    map: mapItem,
    // The report is ranked by use, which goes on: a row may move to the next page and come again.
    idOf: ({ id }) => id,
  });
  return rows.map(({ usage }) => usage);
}

const fields = fieldReader(NAMES.usage);

function mapItem(row: Row<BetaAnalyticsUsageItem>): { readonly id: string; readonly usage: UsageRow } {
  const group = fields.object(row.group, "group");
  const usage = fields.object(row.usage, "usage");
  const { workspace_id, api_key_id, model } = group;
  return {
    id: JSON.stringify([row.starting_at, workspace_id, api_key_id, model]),
    usage: {
      ...present("workspaceId", fields.optionalText(workspace_id)),
      ...present("keyId", fields.optionalText(api_key_id)),
      ...present("model", fields.optionalText(model)),
      ...present("requests", typeof usage.requests === "number" ? usage.requests : undefined),
      inputTokens: inputTokensOf(usage),
      outputTokens: countOf(usage.output_tokens),
    },
  };
}

/** Buckets that are asked for at once are the most that the report gives (admin-api.md 2.14). */
const BY_HOUR = { bucket_width: "1h", limit: 168, width: HOUR } as const;
const BY_DAY = { bucket_width: "1d", limit: 31, width: DAY } as const;

/** The bucket as it comes; the SDK has no type for it. */
interface Bucket {
  readonly starting_at: string;
  readonly results: unknown;
}

/**
 * The legacy usage report: whole hours up to a week, whole days beyond. The default workspace has no id in it, and
 * requests are not counted. Throws what the SDK throws, and Failure `incomplete-answer`.
 */
async function readLegacyUsage({ client, signal, now, from, to }: UsageRequest): Promise<UsageReport> {
  const { width, ...buckets } = to - from <= 7 * DAY ? BY_HOUR : BY_DAY;
  const start = Math.floor(from / width) * width;
  const end = Math.ceil(to / width) * width;
  const query = {
    starting_at: isoTime(start),
    // Left out, the report goes on until now, with the bucket that is not over yet.
    ...(end <= now && { ending_at: isoTime(end) }),
    ...buckets,
    group_by: ["workspace_id", "api_key_id", "model"],
  };
  const lists = await readList<Bucket, { readonly at: string; readonly rows: readonly UsageRow[] }>({
    what: NAMES.usage,
    style: "cursor",
    ask: (cursor) => askFor(client, { ...query, ...(cursor && { page: cursor }) }, signal),
    map: (bucket) => ({
      at: fields.text(bucket.starting_at, "starting_at"),
      rows: fields.objects(bucket.results, "results").map(mapResult),
    }),
    idOf: ({ at }) => at,
  });
  return { rows: sumRows(lists.flatMap(({ rows }) => rows)), from: start, to: Math.min(end, now), source: "legacy" };
}

function askFor(client: Anthropic, query: Readonly<Record<string, unknown>>, signal: AbortSignal) {
  return client.get<unknown>("/v1/organizations/usage_report/messages", { query: { ...query }, signal });
}

function mapResult(result: Readonly<Record<string, unknown>>): UsageRow {
  return {
    ...present("workspaceId", fields.optionalText(result.workspace_id)),
    ...present("keyId", fields.optionalText(result.api_key_id)),
    ...present("model", fields.optionalText(result.model)),
    inputTokens: inputTokensOf(result),
    outputTokens: countOf(result.output_tokens),
  };
}

/** A count of a report; whatever is no number counts nothing. */
function countOf(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}

/** All input tokens of a row, of either report: uncached, read from the cache, and written to it. */
function inputTokensOf(usage: Readonly<Record<string, unknown>>): number {
  const creation = isObject(usage.cache_creation) ? Object.values(usage.cache_creation) : [];
  return [usage.uncached_input_tokens, usage.cache_read_input_tokens, ...creation].reduce<number>(
    (sum, value) => sum + countOf(value),
    0,
  );
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
