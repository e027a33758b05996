import type { PageCursorResponse } from "@anthropic-ai/sdk/pagination";
import type { OrganizationRateLimit } from "@anthropic-ai/sdk/resources/organization/rate-limits";
import { notFound } from "./http/errors.ts";
import { param, word } from "./query.ts";
import type { Call, Route } from "./state/call.ts";
import { CURSOR_PARAMS, cursorPage } from "./state/pagination.ts";
import { rowsOf } from "./state/table.ts";

/** The kinds of rate-limit group. */
export const GROUP_TYPES = ["batch", "files", "model_group", "skills", "token_count", "web_search"] as const;

/** `/v1/organizations/rate_limits`, read-only. Source: admin-api.md 2.6. */
export const rateLimitRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/v1/organizations/rate_limits",
    access: "admin",
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
