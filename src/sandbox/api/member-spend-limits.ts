import type { PageCursorResponse } from "@anthropic-ai/sdk/pagination";
import type { BetaSpendLimit } from "@anthropic-ai/sdk/resources/beta/organization/spend-limits/spend-limits";
import type { SpendLimitIncreaseRequest } from "@anthropic-ai/sdk/resources/organization/spend-limits/increase-requests";
import type {
  SpendLimitUserActor,
  SpendSummary,
} from "@anthropic-ai/sdk/resources/organization/spend-limits/spend-limits";
import * as z from "zod/mini";
import { badRequest, notFound } from "../http/errors.ts";
import { params, words } from "../http/query.ts";
import { text } from "../http/schema.ts";
import { type Call, idAt, type Route, readBody } from "../state/call.ts";
import { iso } from "../state/clock.ts";
import { CURSOR_PARAMS, cursorPage } from "../state/pagination.ts";
import type { SeedIncreaseRequest } from "../state/seed.ts";
import { nextId, type SandboxState } from "../state/state.ts";
import { getRow, putRow, removeRow, rowsOf, selectRows } from "../state/table.ts";

const path = "/v1/organizations/spend_limits";
const requests = "/v1/organizations/spend_limit_increase_requests";
const common = { access: "admin", only: "enterprise", scope: "spend_limits", pace: "spend_limits", query: [] } as const;
const PERIODS = ["daily", "weekly", "monthly"] as const;
type Period = (typeof PERIODS)[number];

/** What people of Claude Enterprise may spend, and who asked for more. Source: admin-api-1.14.md 3.6. */
export const memberSpendLimitRoutes: readonly Route[] = [
  {
    ...common,
    method: "GET",
    path: `${path}/effective`,
    query: [...CURSOR_PARAMS, "user_ids[]", "period[]"],
    handle: effective,
  },
  {
    ...common,
    method: "GET",
    path: requests,
    query: [...CURSOR_PARAMS, "status[]", "actor_ids[]"],
    handle: listRequests,
  },
  {
    ...common,
    method: "GET",
    path: `${requests}/{request_id}`,
    handle: (call) => present(call.state, requestAt(call)),
  },
  { ...common, method: "POST", path: `${requests}/{request_id}/approve`, handle: approve },
  { ...common, method: "POST", path: `${requests}/{request_id}/deny`, handle: deny },
];

/** The order of a list: by what a limit is of. Source: the SDK's `spendLimits.list`. */
const SCOPES = ["organization", "seat_tier", "rbac_group", "organization_service", "user"] as const;

/** All limits of a Claude Enterprise organization. */
export function listOfEnterprise(call: Call): PageCursorResponse<BetaSpendLimit> {
  const types = words(call.query, "scope_type", SCOPES);
  if (params(call.query, "workspace_id")) throw badRequest("workspace_id: Claude Console organizations only");
  const rows = rowsOf(call.state.spendLimits)
    .filter(({ scope }) => types === undefined || types.some((type) => type === scope.type))
    .toSorted((one, other) => placeOf(one) - placeOf(other));
  return cursorPage(rows, call.query, { path: call.path, idOf: ({ id }) => id });
}

function placeOf({ scope }: BetaSpendLimit): number {
  return (SCOPES as readonly string[]).indexOf(scope.type);
}

const amount = z.nullable(z.string().check(z.regex(/^\d{1,15}$/)));
const period = z.enum(PERIODS);
const newLimit = z.strictObject({
  amount,
  scope: z.strictObject({ type: z.literal("user"), user_id: text(1) }),
  period: z.exactOptional(period),
});

/** Sets what one person may spend; the only limits of Claude Enterprise that the API sets. */
export function setForMember(call: Call): BetaSpendLimit {
  const { amount: wanted, scope, period: within = "monthly" } = readBody(call, newLimit);
  if (getRow(call.state.users, scope.user_id) === undefined) throw notFound("User", scope.user_id);
  return put(call, scope.user_id, within, wanted);
}

function put({ state, now }: Call, userId: string, within: Period, wanted: string | null): BetaSpendLimit {
  const existing = ownOf(state, userId, within);
  const limit: BetaSpendLimit = {
    id: existing?.id ?? nextId(state, "spl"),
    amount: wanted === null ? null : String(BigInt(wanted)),
    created_at: existing?.created_at ?? iso(now),
    currency: currencyOf(state),
    is_enabled: true,
    period: within,
    scope: { type: "user", user_id: userId },
    type: "spend_limit",
    updated_at: iso(now),
  };
  putRow(state.spendLimits, limit);
  return limit;
}

function ownOf(state: SandboxState, userId: string, within: Period): BetaSpendLimit | undefined {
  return rowsOf(state.spendLimits).find(
    ({ scope, period: of }) => scope.type === "user" && scope.user_id === userId && of === within,
  );
}

function currencyOf(state: SandboxState): string {
  return rowsOf(state.spendLimits)[0]?.currency ?? "USD";
}

/** What one person has of their own goes with them. */
export function dropLimitsOf(state: SandboxState, userId: string): void {
  for (const { id, scope } of rowsOf(state.spendLimits)) {
    if (scope.type === "user" && scope.user_id === userId) removeRow(state.spendLimits, id);
  }
}

function effective(call: Call): PageCursorResponse<SpendSummary> {
  const { state, query } = call;
  const [ids, within] = [params(query, "user_ids"), words(query, "period", PERIODS)];
  if (ids !== undefined && ids.length > 100) throw badRequest("user_ids[]: at most 100");
  const rows = rowsOf(state.users)
    .filter(({ id }) => ids?.includes(id) ?? true)
    .flatMap(({ id }) => (within ?? PERIODS).flatMap((one) => summaryOf(state, id, one) ?? []));
  return cursorPage(rows, query, {
    path: call.path,
    idOf: (row) => `${(row.actor as SpendLimitUserActor).user_id} ${row.period}`,
  });
}

/** What holds for somebody: their own limit, else that of a group, of the seat, of the organization. Undefined: none for that period. */
function summaryOf(state: SandboxState, userId: string, within: Period): SpendSummary | undefined {
  const groups = rowsOf(state.groupMembers).flatMap((row) => (row.user_id === userId ? row.rbac_group_id : []));
  const fits = ({ scope, period: of, is_enabled: isOn }: BetaSpendLimit, type: string): boolean =>
    of === within &&
    isOn &&
    scope.type === type &&
    (scope.type !== "user" || scope.user_id === userId) &&
    (scope.type !== "rbac_group" || groups.includes(scope.rbac_group_id));
  const limits = rowsOf(state.spendLimits);
  const limit = ["user", "rbac_group", "seat_tier", "organization"]
    .map((type) => limits.find((one) => fits(one, type)))
    .find((one) => one !== undefined);
  if (!limit) return undefined;
  return {
    actor: actorOf(state, userId),
    amount: limit.amount,
    currency: limit.currency,
    period: within,
    period_to_date_spend: String(Number(state.memberSpend.get(userId) ?? 0) / SHARES[within]),
    scope: { type: "user", user_id: userId },
    source: limit.scope as SpendSummary["source"],
    spend_limit_id: limit.id,
  };
}

/** How much of what is spent in a month is spent in the current day, and week. */
const SHARES = { daily: 20, weekly: 4, monthly: 1 } as const satisfies Record<Period, number>;

function actorOf(state: SandboxState, userId: string): SpendLimitUserActor {
  const user = getRow(state.users, userId);
  return {
    deleted: user === undefined,
    email_address: user?.email ?? null,
    name: user?.name ?? null,
    type: "user_actor",
    user_id: userId,
  };
}

function present(
  state: SandboxState,
  { user_id, resolved_by_user_id, ...row }: SeedIncreaseRequest,
): SpendLimitIncreaseRequest {
  return {
    ...row,
    actor: actorOf(state, user_id),
    resolved_by: resolved_by_user_id === null ? null : actorOf(state, resolved_by_user_id),
    spend_summary: summaryOf(state, user_id, row.period) ?? null,
    type: "spend_limit_increase_request",
  };
}

function listRequests(call: Call): PageCursorResponse<SpendLimitIncreaseRequest> {
  const statuses = words(call.query, "status", ["approved", "denied", "pending"]);
  const actors = params(call.query, "actor_ids");
  const where = ({ status, user_id: userId }: SeedIncreaseRequest): boolean =>
    (statuses?.includes(status) ?? true) && (actors?.includes(userId) ?? true);
  const rows =
    selectRows(call.state.increaseRequests, { where, newestFirst: true, limit: Number.POSITIVE_INFINITY })?.rows ?? [];
  const page = cursorPage(rows, call.query, { path: call.path, idOf: ({ id }) => id });
  return { ...page, data: page.data.map((row) => present(call.state, row)) };
}

function requestAt(call: Call): SeedIncreaseRequest {
  const found = getRow(call.state.increaseRequests, idAt(call, 0));
  if (found === undefined) throw notFound("Spend limit increase request", idAt(call, 0));
  return found;
}

const approval = z.strictObject({
  amount: z.string().check(z.regex(/^\d{1,15}$/)),
  period: z.exactOptional(z.nullable(period)),
  suppress_notification: z.exactOptional(z.boolean()),
});

function approve(call: Call): SpendLimitIncreaseRequest & { readonly spend_limit: BetaSpendLimit } {
  const wanted = readBody(call, approval);
  const request = requestAt(call);
  if (request.status === "denied") throw badRequest("The request was denied already");
  const limit = put(call, request.user_id, wanted.period ?? request.period, wanted.amount);
  return { ...resolve(call, request, "approved"), spend_limit: limit };
}

function deny(call: Call): SpendLimitIncreaseRequest {
  readBody(call, z.strictObject({ suppress_notification: z.exactOptional(z.boolean()) }));
  const request = requestAt(call);
  if (request.status === "approved") throw badRequest("The request was approved already");
  return resolve(call, request, "denied");
}

function resolve({ state, now }: Call, request: SeedIncreaseRequest, status: "approved" | "denied") {
  const resolved = { ...request, status, resolved_at: iso(now) };
  putRow(state.increaseRequests, resolved);
  return present(state, resolved);
}
