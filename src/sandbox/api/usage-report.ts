import { badRequest } from "../http/errors.ts";
import { count, param, params, time, word, words } from "../http/query.ts";
import type { Call, Route } from "../state/call.ts";
import { iso } from "../state/clock.ts";
import { decodeCursor, encodeCursor } from "../state/pagination.ts";
import type { SeedUsage } from "../state/seed.ts";
import { sumUsage, type UsageSum } from "./usage.ts";

const GROUPS = [
  "account_id",
  "api_key_id",
  "context_window",
  "inference_geo",
  "model",
  "service_account_id",
  "service_tier",
  "speed",
  "workspace_id",
] as const;

/** Width in milliseconds, default and greatest number of buckets on a page. Source: admin-api.md 2.14. */
const BUCKETS = {
  "1m": { width: 60_000, usual: 60, most: 1440 },
  "1h": { width: 3_600_000, usual: 24, most: 168 },
  "1d": { width: 86_400_000, usual: 7, most: 31 },
} as const;

type GroupKey = (typeof GROUPS)[number];

/** A row of the legacy report. The SDK has no type for it; a dimension that is not grouped by is null. */
type UsageReportResult = Readonly<Record<GroupKey, string | null>> & {
  readonly uncached_input_tokens: number;
  readonly cache_creation: { readonly ephemeral_1h_input_tokens: number; readonly ephemeral_5m_input_tokens: number };
  readonly cache_read_input_tokens: number;
  readonly output_tokens: number;
  readonly server_tool_use: { readonly web_search_requests: number };
};

/** A page of the legacy report: one entry per time bucket, empty ones too. */
export interface UsageReport {
  readonly data: readonly {
    readonly starting_at: string;
    readonly ending_at: string;
    readonly results: readonly UsageReportResult[];
  }[];
  readonly has_more: boolean;
  readonly next_page: string | null;
}

/** The legacy `usage_report/messages`, where the default workspace is null. Source: admin-api.md 2.14. */
export const usageReportRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/v1/organizations/usage_report/messages",
    access: "admin",
    query: [
      "starting_at",
      "ending_at",
      "bucket_width",
      "limit",
      "page",
      "group_by[]",
      "api_key_ids[]",
      "workspace_ids[]",
      "models[]",
      "service_account_ids[]",
      "account_ids[]",
      "service_tiers[]",
      "context_window[]",
      "inference_geos[]",
    ],
    olderVersions: ["2023-06-01"],
    handle: usageReport,
  },
];

function usageReport(call: Call): UsageReport {
  const { query, state, now, path } = call;
  const asked = time(query, "starting_at");
  if (asked === undefined) throw badRequest("starting_at: Field required");
  const { width, usual, most } = BUCKETS[word(query, "bucket_width", ["1m", "1h", "1d"]) ?? "1d"];
  const groups = words(query, "group_by", GROUPS) ?? [];
  const limit = count(query, "limit", most) ?? usual;
  const end = time(query, "ending_at") ?? now;
  if (end <= asked) throw badRequest("ending_at: must be after starting_at");
  const cursor = param(query, "page");
  const first = cursor === undefined ? Math.floor(asked / width) * width : Number(decodeCursor(query, path, cursor));
  const last = Math.min(Math.ceil(end / width), first / width + limit) * width;
  const to = Math.min(last, end, now - state.settings.usageLagMs);
  const buckets = sumUsage(state, { from: first, to, matches: filterOf(call) }, width, (usage) =>
    groupOf(usage, groups, state.defaultWorkspaceId),
  );
  const data = [];
  for (let at = first; at < last; at += width) {
    const results = [...(buckets.get(at)?.values() ?? [])].map(({ group, sum }) => resultOf(group, sum));
    data.push({ starting_at: iso(at), ending_at: iso(at + width), results });
  }
  const more = last < end;
  return { data, has_more: more, next_page: more ? encodeCursor(query, path, String(last)) : null };
}

function filterOf(call: Call): (usage: SeedUsage) => boolean {
  const { query, state } = call;
  const keys = params(query, "api_key_ids");
  const workspaces = params(query, "workspace_ids");
  const models = params(query, "models");
  const accounts = params(query, "account_ids");
  const serviceAccounts = params(query, "service_account_ids");
  const tiers = params(query, "service_tiers");
  return (usage) =>
    passes(keys, usage.api_key_id) &&
    passes(workspaces, usage.workspace_id === state.defaultWorkspaceId ? null : usage.workspace_id) &&
    passes(models, usage.model) &&
    passes(accounts, usage.user_id) &&
    passes(serviceAccounts, usage.service_account_id) &&
    passes(tiers, "standard");
}

function passes(wanted: readonly string[] | undefined, value: string | null): boolean {
  return wanted === undefined || (value !== null && wanted.includes(value));
}

function groupOf(
  usage: SeedUsage,
  groups: readonly GroupKey[],
  defaultWorkspaceId: string,
): Record<GroupKey, string | null> {
  const by = (key: GroupKey, value: string | null): string | null => (groups.includes(key) ? value : null);
  return {
    account_id: by("account_id", usage.user_id),
    api_key_id: by("api_key_id", usage.api_key_id),
    context_window: by("context_window", "0-200k"),
    inference_geo: by("inference_geo", "global"),
    model: by("model", usage.model),
    service_account_id: by("service_account_id", usage.service_account_id),
    service_tier: by("service_tier", "standard"),
    speed: by("speed", "standard"),
    workspace_id: by("workspace_id", usage.workspace_id === defaultWorkspaceId ? null : usage.workspace_id),
  };
}

function resultOf(group: Record<GroupKey, string | null>, sum: UsageSum): UsageReportResult {
  return {
    ...group,
    uncached_input_tokens: sum.uncached_input_tokens,
    cache_creation: { ephemeral_1h_input_tokens: 0, ephemeral_5m_input_tokens: 0 },
    cache_read_input_tokens: sum.cache_read_input_tokens,
    output_tokens: sum.output_tokens,
    server_tool_use: { web_search_requests: 0 },
  };
}
