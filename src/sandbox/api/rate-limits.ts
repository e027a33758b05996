import type { PageCursorResponse } from "@anthropic-ai/sdk/pagination";
import type { OrganizationRateLimit } from "@anthropic-ai/sdk/resources/organization/rate-limits";
import type {
  WorkspaceRateLimit,
  WorkspaceRateLimitType,
  WorkspaceRateLimitValue,
} from "@anthropic-ai/sdk/resources/organization/workspaces/rate-limits";
import * as z from "zod/mini";
import { badRequest, notFound } from "../http/errors.ts";
import { flag, param, word } from "../http/query.ts";
import { integer } from "../http/schema.ts";
import { type Call, idAt, type Route, readBody } from "../state/call.ts";
import { CURSOR_PARAMS, cursorPage } from "../state/pagination.ts";
import type { SeedWorkspaceRateLimit } from "../state/seed.ts";
import { memberId } from "../state/state.ts";
import { getRow, putRow, removeRow, rowsOf, selectRows } from "../state/table.ts";
import { workspaceAt, writableWorkspace } from "./workspaces.ts";

const LIMITERS = [
  "fast_itpmca",
  "fast_otpm",
  "input_tokens_per_minute",
  "input_tokens_per_minute_cache_aware",
  "output_tokens_per_minute",
  "requests_per_minute",
  "tokens_per_day",
  "tokens_per_minute",
  "tool_uses_per_second",
] as const satisfies readonly WorkspaceRateLimitType[];

const overrides = z.strictObject({
  limits: z
    .array(z.strictObject({ type: z.enum(LIMITERS), value: z.nullable(integer()) }))
    .check(z.minLength(1), z.maxLength(16)),
});

const path = "/v1/organizations/workspaces/{workspace_id}/rate_limits";

/** `/v1/organizations/workspaces/{id}/rate_limits`. Source: admin-api.md 2.6. */
export const workspaceRateLimitRoutes: readonly Route[] = [
  {
    method: "GET",
    path,
    access: "admin",
    only: "console",
    query: [...CURSOR_PARAMS, "group_type", "include_inherited"],
    handle: listWorkspaceRateLimits,
  },
  {
    method: "POST",
    path: `${path}/{rate_limit_id}`,
    access: "admin",
    only: "console",
    query: [],
    handle: updateWorkspaceRateLimit,
  },
];

function listWorkspaceRateLimits(call: Call): PageCursorResponse<WorkspaceRateLimit> {
  const { state, query } = call;
  const { id } = workspaceAt(call);
  const groupType = word(query, "group_type", GROUP_TYPES);
  const inherited = flag(query, "include_inherited");
  const index = { name: "workspace", key: id };
  const own = selectRows(state.workspaceRateLimits, { index, limit: Number.POSITIVE_INFINITY })?.rows ?? [];
  const rows = rowsOf(state.rateLimits)
    .filter((limit) => groupType === undefined || limit.group.type === groupType)
    .map((limit) => {
      const override = own.find((row) => row.rate_limit_id === limit.id);
      return present(id, limit, override, inherited);
    })
    .filter((row) => inherited || row.limits.length > 0);
  return cursorPage(rows, query, { path: call.path, idOf: (row) => row.rate_limit_id, whole: true });
}

function present(
  workspaceId: string,
  limit: OrganizationRateLimit,
  override: SeedWorkspaceRateLimit | undefined,
  inherited: boolean,
): WorkspaceRateLimit {
  const own = (override?.limits ?? []).map(({ type, value }): WorkspaceRateLimitValue => {
    const orgLimit = limit.limits.find((other) => other.type === type)?.value ?? null;
    return { type, value, org_limit: orgLimit, source: { type: "workspace" } };
  });
  const rest = limit.limits
    .filter(({ type }) => inherited && !own.some((other) => other.type === type))
    .map(
      ({ type, value }): WorkspaceRateLimitValue => ({
        type,
        value,
        org_limit: value,
        source: { type: "organization" },
      }),
    );
  return {
    group: limit.group,
    limits: [...own, ...rest],
    models: limit.models,
    rate_limit_id: limit.id,
    type: "workspace_rate_limit",
    workspace_id: workspaceId,
  };
}

function updateWorkspaceRateLimit(call: Call): WorkspaceRateLimit {
  const { state } = call;
  const wanted = readBody(call, overrides);
  const { id } = writableWorkspace(call, "takes no rate limits");
  const limit = getRow(state.rateLimits, idAt(call, 1));
  if (limit === undefined) throw notFound("Rate limit", idAt(call, 1));
  const rowId = memberId(id, limit.id);
  const values = new Map(getRow(state.workspaceRateLimits, rowId)?.limits.map(({ type, value }) => [type, value]));
  const named = new Set<string>();
  for (const { type, value } of wanted.limits) {
    if (named.has(type)) throw badRequest(`limits: ${type} was given more than once`);
    named.add(type);
    if (value === null) values.delete(type);
    else values.set(type, value);
  }
  const row: SeedWorkspaceRateLimit = {
    workspace_id: id,
    rate_limit_id: limit.id,
    limits: [...values].map(([type, value]) => ({ type, value })),
  };
  if (row.limits.length === 0) removeRow(state.workspaceRateLimits, rowId);
  else putRow(state.workspaceRateLimits, row);
  return present(id, limit, row, false);
}

/** The kinds of rate-limit group. */
const GROUP_TYPES = ["batch", "files", "model_group", "skills", "token_count", "web_search"] as const;

/** `/v1/organizations/rate_limits`, read-only. Source: admin-api.md 2.6. */
export const rateLimitRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/v1/organizations/rate_limits",
    access: "admin",
    only: "console",
    query: [...CURSOR_PARAMS, "group_type", "model"],
    handle: listRateLimits,
  },
];

function listRateLimits(call: Call): PageCursorResponse<OrganizationRateLimit> {
  const groupType = word(call.query, "group_type", GROUP_TYPES);
  const model = param(call.query, "model");
  const rows = rowsOf(call.state.rateLimits).filter(
    (row) =>
      (groupType === undefined || row.group.type === groupType) &&
      (model === undefined || row.models?.includes(model) === true),
  );
  if (model !== undefined && rows.length === 0) throw notFound("Rate limits for model", model);
  return cursorPage(rows, call.query, { path: call.path, idOf: (row) => row.id, whole: true });
}
