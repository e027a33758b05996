import type Anthropic from "@anthropic-ai/sdk";
import type { BetaAnalyticsUsageItem } from "@anthropic-ai/sdk/resources/beta/organization/analytics/usage";
import type { Failure } from "../../core/model/failure.ts";
import type { UsageReport, UsageRow } from "../../core/model/org.ts";
import { DAY, isoTime, startOfDay } from "../../core/model/time.ts";
import { failureOf } from "./failure.ts";
import { NAMES, present } from "./kinds/rows.ts";
import { readLegacyUsage } from "./legacy-usage.ts";
import { PAGE_SIZE, type Row, readList } from "./pages.ts";
import { fieldReader } from "./row-fields.ts";
import { countOf, inputTokensOf, sumRows } from "./usage-rows.ts";

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
