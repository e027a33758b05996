import type { ReportPageCursorResponse } from "@anthropic-ai/sdk/pagination";
import type { BetaAnalyticsActor } from "@anthropic-ai/sdk/resources/beta/organization/analytics/analytics";
import type {
  BetaAnalyticsUsageGroup,
  BetaAnalyticsUsageGroupBy,
  BetaAnalyticsUsageItem,
} from "@anthropic-ai/sdk/resources/beta/organization/analytics/usage";
import { badRequest } from "../http/errors.ts";
import { param, params, time, word, words } from "../http/query.ts";
import type { Call, Route } from "../state/call.ts";
import { DAY, HOUR, iso } from "../state/clock.ts";
import { cursorPage } from "../state/pagination.ts";
import type { SeedUsage } from "../state/seed.ts";
import type { SandboxState } from "../state/state.ts";
import { getRow } from "../state/table.ts";
import { sumUsage, type UsageSum } from "./usage.ts";

const WIDTHS = { "1m": 60_000, "1h": HOUR, "1d": DAY } as const;
const EARLIEST = Date.UTC(2026, 0, 1);
const GROUPS = [
  "actor",
  "actor_type",
  "api_key_id",
  "context_window",
  "inference_geo",
  "model",
  "product",
  "service_tier",
  "speed",
  "workspace_id",
] as const satisfies readonly BetaAnalyticsUsageGroupBy[];

/** The beta `analytics/usage`, where every workspace has its real id. Source: the SDK's UsageListParams and admin-api.md 2.14. */
export const analyticsUsageRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/v1/organizations/analytics/usage",
    access: "admin",
    scope: "analytics",
    query: [
      "starting_at",
      "ending_at",
      "time_bucket_width",
      "group_by[]",
      "api_key_ids[]",
      "actor_ids[]",
      "workspace_ids[]",
      "models[]",
      "order",
      "order_by",
      "limit",
      "page",
    ],
    beta: "analytics-usage-cost-2026-08-24",
    handle: analyticsUsage,
  },
];

function analyticsUsage(call: Call): ReportPageCursorResponse<BetaAnalyticsUsageItem> {
  const { query, state, now } = call;
  const { from, to, width } = rangeOf(call);
  const groups = words(query, "group_by", GROUPS) ?? [];
  if (groups.length > 5) throw badRequest("group_by[]: List should have at most 5 items");
  const refreshed = now - (state.settings.analyticsLagMs ?? state.settings.usageLagMs);
  const seen = Math.min(to, refreshed);
  const buckets = sumUsage(state, { from, to: seen, matches: filterOf(call) }, width, (usage) =>
    groupOf(call, usage, groups),
  );
  const rows = [...buckets].flatMap(([start, sums]) =>
    [...sums.values()].map(({ group, sum }) => ({
      starting_at: iso(start),
      ending_at: iso(width === null ? to : Math.min(start + width, to)),
      group,
      usage: metricsOf(sum),
    })),
  );
  const { data, next_page } = cursorPage(ordered(call, rows, width !== null), query, {
    path: call.path,
    idOf: (row) => JSON.stringify([row.starting_at, row.group]),
  });
  return { data, next_page, has_more: next_page !== null, data_refreshed_at: iso(refreshed) };
}

function rangeOf(call: Call): { from: number; to: number; width: number | null } {
  const { query, now } = call;
  const start = time(query, "starting_at");
  if (start === undefined) throw badRequest("starting_at: Field required");
  const wanted = word(query, "time_bucket_width", ["1m", "1h", "1d"]);
  const end = time(query, "ending_at");
  if (wanted !== undefined && end === undefined) throw badRequest("ending_at: required with time_bucket_width");
  if (start < Math.max(EARLIEST, now - 365 * DAY)) {
    throw badRequest("starting_at: must be within the last 365 days and not before 2026-01-01");
  }
  const to = end ?? Math.min(now, start + 31 * DAY);
  if (to <= start) throw badRequest("ending_at: must be after starting_at");
  if (to - start > (wanted === "1m" ? DAY : 31 * DAY)) throw badRequest("ending_at: the range is too long");
  if (wanted !== undefined) {
    const width = WIDTHS[wanted];
    return { from: Math.floor(start / width) * width, to, width };
  }
  // Without buckets the report covers whole hours.
  return { from: Math.floor(start / HOUR) * HOUR, to: Math.floor(to / HOUR) * HOUR, width: null };
}

function filterOf(call: Call): (usage: SeedUsage) => boolean {
  const { query } = call;
  const keys = params(query, "api_key_ids");
  const actors = params(query, "actor_ids");
  const workspaces = params(query, "workspace_ids");
  const models = params(query, "models");
  return (usage) =>
    // An empty entry stands for use without a key.
    (keys === undefined || keys.includes(usage.api_key_id ?? "")) &&
    (actors === undefined || actors.includes(usage.user_id ?? usage.service_account_id ?? usage.api_key_id ?? "")) &&
    (workspaces === undefined || workspaces.includes(usage.workspace_id)) &&
    (models === undefined || models.includes(usage.model));
}

function groupOf(call: Call, usage: SeedUsage, groups: readonly (typeof GROUPS)[number][]): BetaAnalyticsUsageGroup {
  const by = <T>(key: (typeof GROUPS)[number], value: T): T | null => (groups.includes(key) ? value : null);
  const actor = actorOf(call.state, usage);
  return {
    actor: by("actor", actor),
    actor_type: by("actor_type", actor?.type ?? null),
    agent_id: null,
    api_key_id: by("api_key_id", usage.api_key_id),
    claude_tag_category: null,
    claude_tag_user_id: null,
    context_window: by("context_window", "0-200k"),
    deployment_id: null,
    environment_id: null,
    inference_geo: by("inference_geo", "global"),
    model: by("model", usage.model),
    organization_id: null,
    product: by("product", usage.api_key_id === null ? "claude_console" : "messages_api"),
    rbac_group_id: null,
    service_tier: by("service_tier", "standard"),
    session_id: null,
    slack_channel_id: null,
    speed: by("speed", "standard"),
    user_profile_id: null,
    workspace_id: by("workspace_id", usage.workspace_id),
  };
}

function metricsOf(sum: UsageSum): BetaAnalyticsUsageItem["usage"] {
  return {
    cache_creation: { ephemeral_1h_input_tokens: 0, ephemeral_5m_input_tokens: 0 },
    cache_read_input_tokens: sum.cache_read_input_tokens,
    output_tokens: sum.output_tokens,
    requests: sum.requests,
    server_tool_use: { web_search_requests: 0 },
    total_tokens: sum.uncached_input_tokens + sum.cache_read_input_tokens + sum.output_tokens,
    uncached_input_tokens: sum.uncached_input_tokens,
  };
}

function ordered(call: Call, rows: BetaAnalyticsUsageItem[], bucketed: boolean): BetaAnalyticsUsageItem[] {
  const metrics = ["output_tokens", "requests", "time", "total_tokens", "uncached_input_tokens"] as const;
  const by = word(call.query, "order_by", metrics) ?? "total_tokens";
  const sign = param(call.query, "order") === "asc" ? 1 : -1;
  word(call.query, "order", ["asc", "desc"]);
  const metric = by === "time" ? "total_tokens" : by;
  return rows.sort((a, b) => {
    const times = by === "time" && bucketed ? sign * a.starting_at.localeCompare(b.starting_at) : 0;
    if (times !== 0) return times;
    const size = (a.usage[metric] ?? 0) - (b.usage[metric] ?? 0);
    return by === "time" ? -size : sign * size;
  });
}

/** Who stands behind some use: the user, else the service account, else the key; null when nobody is known. */
function actorOf(state: SandboxState, usage: SeedUsage): BetaAnalyticsActor | null {
  if (usage.user_id !== null) {
    const user = getRow(state.users, usage.user_id);
    return {
      type: "user_actor",
      user_id: usage.user_id,
      deleted: user === undefined,
      email_address: user?.email ?? null,
      name: user?.name ?? null,
    };
  }
  if (usage.service_account_id !== null) {
    return { type: "service_account_actor", service_account_id: usage.service_account_id };
  }
  return usage.api_key_id === null ? null : { type: "api_actor", api_key_id: usage.api_key_id };
}
