import type Anthropic from "@anthropic-ai/sdk";
import type { UsageReport, UsageRow } from "../../core/model/org.ts";
import { DAY, isoTime } from "../../core/model/time.ts";
import { NAMES, present } from "./kinds/rows.ts";
import { readList } from "./pages.ts";
import { fieldReader } from "./row-fields.ts";
import type { UsageRequest } from "./usage-report.ts";
import { countOf, inputTokensOf, sumRows } from "./usage-rows.ts";

const HOUR = 3_600_000;

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
export async function readLegacyUsage({ client, signal, now, from, to }: UsageRequest): Promise<UsageReport> {
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

const fields = fieldReader(NAMES.usage);

function mapResult(result: Readonly<Record<string, unknown>>): UsageRow {
  return {
    ...present("workspaceId", fields.optionalText(result.workspace_id)),
    ...present("keyId", fields.optionalText(result.api_key_id)),
    ...present("model", fields.optionalText(result.model)),
    inputTokens: inputTokensOf(result),
    outputTokens: countOf(result.output_tokens),
  };
}
