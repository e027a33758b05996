import type { PageResponse } from "@anthropic-ai/sdk/pagination";
import { badRequest } from "../http/errors.ts";
import { count, param, params, type Query, time } from "../http/query.ts";
import type { Call, Route } from "../state/call.ts";
import { type FeedActivity, record } from "../state/feed.ts";

const path = "/v1/compliance/activities";

/** Rows of a page where `limit` is left out, and the most of one. Source: admin-api-1.14.md 3.3. */
const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 5000;

/** The activity feed, newest first. Source: admin-api-1.14.md 3.3. */
export const activityRoutes: readonly Route[] = [
  {
    method: "GET",
    path,
    access: "activity",
    query: [
      "activity_types[]",
      "exclude_activity_types[]",
      "actor_ids[]",
      "organization_ids[]",
      "created_at.gte",
      "created_at.gt",
      "created_at.lte",
      "created_at.lt",
      "limit",
      "after_id",
      "before_id",
    ],
    handle: listActivities,
  },
];

function listActivities(call: Call): PageResponse<FeedActivity> {
  const { state, query } = call;
  const limit = count(query, "limit", MAX_LIMIT) ?? DEFAULT_LIMIT;
  const [after, before] = [param(query, "after_id"), param(query, "before_id")];
  if (after !== undefined && before !== undefined) throw badRequest("after_id and before_id cannot be used together");
  const isAsked = filterOf(query);
  const rows = state.feed.activities.filter(isAsked).reverse();
  const cursor = after ?? before;
  const at = cursor === undefined ? -1 : rows.findIndex(({ id }) => id === cursor);
  if (cursor !== undefined && at === -1) throw badRequest("the cursor names no activity of this list");
  const from = before === undefined ? at + 1 : Math.max(0, at - limit);
  const data = rows.slice(from, before === undefined ? from + limit : at);
  const more = before === undefined ? from + limit < rows.length : from > 0;
  const page = { data, has_more: more, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null };
  // Each read of the feed is in the feed.
  record(state, { type: "compliance_api_accessed", fields: { url: path, request_method: "GET", status_code: 200 } });
  return page;
}

function filterOf(query: Query): (activity: FeedActivity) => boolean {
  const asSet = (name: string) => {
    const values = params(query, name);
    return values && new Set(values);
  };
  const [types, excluded] = [asSet("activity_types"), asSet("exclude_activity_types")];
  const [actors, organizations] = [asSet("actor_ids"), asSet("organization_ids")];
  const [gte, gt, lte, lt] = ["gte", "gt", "lte", "lt"].map((edge) => time(query, `created_at.${edge}`));
  return ({ type, actor, created_at, organization_id, organization_uuid }) => {
    const at = Date.parse(created_at);
    return (
      (types?.has(type) ?? true) &&
      !excluded?.has(type) &&
      (actors === undefined || actors.has(String(actor.user_id))) &&
      (organizations === undefined ||
        organizations.has(String(organization_id)) ||
        organizations.has(String(organization_uuid))) &&
      (gte === undefined || at >= gte) &&
      (gt === undefined || at > gt) &&
      (lte === undefined || at <= lte) &&
      (lt === undefined || at < lt)
    );
  };
}

/** Reads that the feed records, by route. Source: the same reference: "Org management", "Platform org management", "Groups". */
const READS: Readonly<Record<string, readonly [type: string, ...ids: readonly string[]]>> = {
  "/v1/organizations/users": ["org_users_listed"],
  "/v1/organizations/users/{user_id}": ["org_user_viewed", "user_id"],
  "/v1/organizations/invites": ["org_invites_listed"],
  "/v1/organizations/invites/{invite_id}": ["org_invite_viewed", "invite_id"],
  "/v1/organizations/workspaces/{workspace_id}/members": ["platform_workspace_members_listed", "workspace_id"],
  "/v1/organizations/workspaces/{workspace_id}/members/{user_id}": [
    "platform_workspace_member_viewed",
    "workspace_id",
    "user_id",
  ],
  "/v1/organizations/usage_report/messages": ["platform_usage_report_messages_viewed"],
  "/v1/organizations/rbac_groups": ["group_list_viewed"],
  "/v1/organizations/rbac_groups/{rbac_group_id}": ["group_viewed", "group_id"],
  "/v1/organizations/rbac_groups/{rbac_group_id}/members": ["group_member_list_viewed", "group_id"],
};

/** Records a read that was answered, where the feed records it. */
export function recordRead({ state, ids }: Call, { method, path: at }: Pick<Route, "method" | "path">): void {
  const [type, ...names] = (method === "GET" && READS[at]) || [];
  if (type === undefined) return;
  record(state, { type, fields: Object.fromEntries(names.map((name, index) => [name, ids[index]])) });
}
