import type { PageCursorResponse } from "@anthropic-ai/sdk/pagination";
import type { ServiceAccount } from "@anthropic-ai/sdk/resources/organization/service-accounts";
import { notFound } from "../http/errors.ts";
import { flag } from "../http/query.ts";
import { type Call, idAt, type Route } from "../state/call.ts";
import { CURSOR_PARAMS, cursorPage, MACHINE_PAGE } from "../state/pagination.ts";
import { getRow, selectRows } from "../state/table.ts";

/** `/v1/organizations/service_accounts`, reads only; they refuse admin keys and want an OAuth token. Source: admin-api.md 2.8. */
export const serviceAccountRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/v1/organizations/service_accounts",
    access: "oauth",
    only: "console",
    query: [...CURSOR_PARAMS, "include_archived"],
    handle: listServiceAccounts,
  },
  {
    method: "GET",
    path: "/v1/organizations/service_accounts/{service_account_id}",
    access: "oauth",
    only: "console",
    query: [],
    handle: findServiceAccount,
  },
];

function listServiceAccounts(call: Call): PageCursorResponse<ServiceAccount> {
  const archived = flag(call.query, "include_archived");
  const where = (account: ServiceAccount): boolean => archived || account.archived_at === null;
  const rows = selectRows(call.state.serviceAccounts, { where, limit: Number.POSITIVE_INFINITY })?.rows ?? [];
  return cursorPage(rows.reverse(), call.query, { path: call.path, idOf: (account) => account.id, most: MACHINE_PAGE });
}

function findServiceAccount(call: Call): ServiceAccount {
  const id = idAt(call, 0);
  const account = getRow(call.state.serviceAccounts, id);
  if (account === undefined) throw notFound("Service account", id);
  return account;
}
