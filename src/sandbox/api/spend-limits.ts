import type { PageCursorResponse } from "@anthropic-ai/sdk/pagination";
import type {
  BetaSpendLimit,
  SpendLimitDeleteResponse,
} from "@anthropic-ai/sdk/resources/beta/organization/spend-limits/spend-limits";
import * as z from "zod/mini";
import { badRequest, failure, notFound } from "../http/errors.ts";
import { param, words } from "../http/query.ts";
import { text } from "../http/schema.ts";
import { type Call, idAt, type Route, readBody } from "../state/call.ts";
import { iso } from "../state/clock.ts";
import { CURSOR_PARAMS, cursorPage } from "../state/pagination.ts";
import { nextId, type SandboxState } from "../state/state.ts";
import { getRow, putRow, removeRow, selectRows } from "../state/table.ts";
import { listOfEnterprise, setForMember } from "./member-spend-limits.ts";

/** The limits that a Claude Console organization can set. */
const scope = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("organization") }),
  z.strictObject({ type: z.literal("workspace"), workspace_id: text(1) }),
]);
type SettableScope = z.output<typeof scope>;

const newLimit = z.strictObject({
  amount: z.string().check(z.regex(/^\d{1,15}$/)),
  scope,
  period: z.exactOptional(z.literal("monthly")),
});

const path = "/v1/organizations/spend_limits";

/**
 * `/v1/organizations/spend_limits`: an early-access preview in Console organizations, and what people may spend in Claude Enterprise.
 * Source: admin-api.md 2.10 and admin-api-1.14.md 3.6.
 */
export const spendLimitRoutes: readonly Route[] = [
  {
    method: "GET",
    path,
    access: "admin",
    scope: "spend_limits",
    pace: "spend_limits",
    query: [...CURSOR_PARAMS, "scope_type[]", "workspace_id"],
    beta: "spend-limit-reads-2026-09-26",
    handle: listSpendLimits,
  },
  {
    method: "POST",
    path,
    access: "admin",
    scope: "spend_limits",
    pace: "spend_limits",
    query: [],
    handle: setSpendLimit,
  },
  {
    method: "GET",
    path: `${path}/{spend_limit_id}`,
    access: "admin",
    scope: "spend_limits",
    pace: "spend_limits",
    query: [],
    handle: findSpendLimit,
  },
  {
    method: "DELETE",
    path: `${path}/{spend_limit_id}`,
    access: "admin",
    scope: "spend_limits",
    pace: "spend_limits",
    query: [],
    handle: deleteSpendLimit,
  },
];

function isEnterprise({ state }: Call): boolean {
  return state.settings.organizationType === "enterprise";
}

function listSpendLimits(call: Call): PageCursorResponse<BetaSpendLimit> {
  if (isEnterprise(call)) return listOfEnterprise(call);
  if (call.state.settings.spendLimits === "unsupported") {
    throw badRequest("This organization type does not support spend limits", "organization_type_not_supported");
  }
  const types = words(call.query, "scope_type", ["organization", "workspace", "usage_tier"]);
  const workspaceId = param(call.query, "workspace_id");
  const where = (limit: BetaSpendLimit): boolean =>
    (types === undefined || types.some((type) => type === limit.scope.type)) &&
    (workspaceId === undefined || ("workspace_id" in limit.scope && limit.scope.workspace_id === workspaceId));
  const rows = selectRows(call.state.spendLimits, { where, limit: Number.POSITIVE_INFINITY })?.rows ?? [];
  const currency = currencyOf(call.state);
  const shown = rows.reverse().map((limit) => ({ ...limit, currency }));
  return cursorPage(shown, call.query, { path: call.path, idOf: (limit) => limit.id });
}

function findSpendLimit(call: Call): BetaSpendLimit {
  if (!isEnterprise(call)) refuseWithoutPreview(call.state);
  const id = idAt(call, 0);
  const limit = getRow(call.state.spendLimits, id);
  if (limit === undefined) throw notFound("Spend limit", id);
  return isEnterprise(call) ? limit : { ...limit, currency: currencyOf(call.state) };
}

function setSpendLimit(call: Call): BetaSpendLimit {
  const { state, now } = call;
  if (isEnterprise(call)) return setForMember(call);
  refuseWithoutPreview(state);
  const wanted = readBody(call, newLimit);
  if (wanted.scope.type === "workspace") refuseWorkspace(state, wanted.scope.workspace_id);
  const existing = limitFor(state, wanted.scope);
  const limit: BetaSpendLimit = {
    id: existing?.id ?? nextId(state, "spl"),
    amount: String(BigInt(wanted.amount)),
    created_at: existing?.created_at ?? iso(now),
    currency: currencyOf(state),
    is_enabled: true,
    period: "monthly",
    scope: wanted.scope,
    type: "spend_limit",
    updated_at: iso(now),
  };
  putRow(state.spendLimits, limit);
  return limit;
}

/** The billing currency, in which every limit is shown: that of the usage tier's own limit, which every Console organization has. Source: admin-api-1.14.md 3.6. */
function currencyOf(state: SandboxState): string {
  return state.spendLimits.all.find(({ row }) => row.scope.type === "usage_tier")?.row.currency ?? "USD";
}

function limitFor(state: SandboxState, wanted: SettableScope): BetaSpendLimit | undefined {
  return state.spendLimits.all.find(({ row }) => {
    if (row.scope.type !== wanted.type) return false;
    if (wanted.type === "organization") return true;
    return "workspace_id" in row.scope && row.scope.workspace_id === wanted.workspace_id;
  })?.row;
}

function refuseWorkspace(state: SandboxState, id: string): void {
  const workspace = getRow(state.workspaces, id);
  if (workspace === undefined) throw notFound("Workspace", id);
  if (workspace.archived_at !== null) throw badRequest(`Workspace ${id} is archived`);
  if (id === state.defaultWorkspaceId) throw badRequest("The default workspace takes no spend limit");
}

function deleteSpendLimit(call: Call): SpendLimitDeleteResponse {
  const limit = findSpendLimit(call);
  if (isEnterprise(call) && limit.scope.type !== "user") throw badRequest("Only the limits of users are deleted here");
  if (limit.scope.type === "usage_tier") throw badRequest("The limit of the usage tier is read-only");
  removeRow(call.state.spendLimits, limit.id);
  return { id: limit.id, type: "spend_limit_deleted" };
}

function refuseWithoutPreview(state: SandboxState): void {
  if (state.settings.spendLimits === "enabled") return;
  throw failure(
    403,
    "This organization cannot retrieve, set or delete spend limits with an Admin API credential",
    "spend_limits_admin_api_writes_not_enabled",
  );
}
