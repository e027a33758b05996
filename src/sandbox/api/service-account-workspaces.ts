import type { PageCursorResponse } from "@anthropic-ai/sdk/pagination";
import type { ServiceAccountWorkspaceMember } from "@anthropic-ai/sdk/resources/organization/service-accounts";
import type { ServiceAccountRemoveResponse } from "@anthropic-ai/sdk/resources/organization/workspaces/service-accounts";
import * as z from "zod/mini";
import { badRequest, notFound } from "../http/errors.ts";
import { text } from "../http/schema.ts";
import { type Call, idAt, type Route, readBody } from "../state/call.ts";
import { CURSOR_PARAMS, cursorPage, MACHINE_PAGE } from "../state/pagination.ts";
import { memberId, type SandboxState } from "../state/state.ts";
import { getRow, putRow, removeRow, rowsOf } from "../state/table.ts";
import { livingAccount, serviceAccountAt, serviceAccountOf } from "./service-accounts.ts";

const ofWorkspace = "/v1/organizations/workspaces/{workspace_id}/service_accounts";
const ofAccount = "/v1/organizations/service_accounts/{service_account_id}/workspaces";
const common = { access: "oauth", only: "console", query: [] } as const;
const role = z.enum(["workspace_user", "workspace_developer", "workspace_restricted_developer", "workspace_admin"]);

/** Service accounts in workspaces, from either side. Source: admin-api-1.14.md 3.1. */
export const accountMemberRoutes: readonly Route[] = [
  { ...common, method: "GET", path: ofWorkspace, query: CURSOR_PARAMS, handle: listAccounts },
  { ...common, method: "POST", path: ofWorkspace, handle: addAccount },
  { ...common, method: "GET", path: `${ofWorkspace}/{service_account_id}`, handle: findMembership },
  { ...common, method: "POST", path: `${ofWorkspace}/{service_account_id}`, handle: updateMembership },
  {
    ...common,
    method: "DELETE",
    path: `${ofWorkspace}/{service_account_id}`,
    handle: (call) => removeMembership(call, { workspace: idAt(call, 0), account: idAt(call, 1) }),
  },
  { ...common, method: "GET", path: ofAccount, query: CURSOR_PARAMS, handle: listWorkspaces },
  { ...common, method: "POST", path: ofAccount, handle: addWorkspace },
  {
    ...common,
    method: "DELETE",
    path: `${ofAccount}/{workspace_id}`,
    handle: (call) => removeMembership(call, { workspace: idAt(call, 1), account: idAt(call, 0) }),
  },
];

type Member = ServiceAccountWorkspaceMember;

/** The role in a workspace: given, or what every account has in the default one; undefined for none, and of an archived account. */
function membershipOf(state: SandboxState, workspaceId: string, accountId: string): Member | undefined {
  if (getRow(state.serviceAccounts, accountId)?.archived_at !== null) return undefined;
  const given = getRow(state.accountMembers, memberId(workspaceId, accountId));
  if (given !== undefined) return { ...given, implicit: false };
  if (workspaceId !== state.defaultWorkspaceId) return undefined;
  return {
    type: "service_account_workspace_member",
    service_account_id: accountId,
    workspace_id: workspaceId,
    workspace_role: "workspace_user",
    created_by_actor_id: null,
    implicit: true,
  };
}

function workspaceIdOf({ state }: Call, id: string): string {
  if (getRow(state.workspaces, id) === undefined) throw notFound("Workspace", id);
  return id;
}

function listAccounts(call: Call): PageCursorResponse<Member> {
  const { state, query, path } = call;
  const workspaceId = workspaceIdOf(call, idAt(call, 0));
  const rows = rowsOf(state.serviceAccounts).flatMap(({ id }) => membershipOf(state, workspaceId, id) ?? []);
  return cursorPage(rows.reverse(), query, { path, idOf: (row) => row.service_account_id, most: MACHINE_PAGE });
}

function listWorkspaces(call: Call): PageCursorResponse<Member> {
  const { state, query, path } = call;
  const { id } = serviceAccountAt(call);
  const rows = rowsOf(state.workspaces).flatMap((workspace) => membershipOf(state, workspace.id, id) ?? []);
  const implicit = rows.filter((row) => row.implicit);
  const given = rows.filter((row) => !row.implicit).reverse();
  const page = cursorPage(given, query, { path, idOf: (row) => row.workspace_id, most: MACHINE_PAGE });
  // The implicit one stands before the first page, and is not counted in its limit.
  return query.get("page") ? page : { ...page, data: [...implicit, ...page.data] };
}

function findMembership(call: Call): Member {
  const found = membershipOf(call.state, workspaceIdOf(call, idAt(call, 0)), serviceAccountAt(call, 1).id);
  if (found === undefined) throw notFound("Service account in this workspace", idAt(call, 1));
  return found;
}

interface Between {
  readonly workspace: string;
  readonly account: string;
}

/** What may be written between the two: 404 for what is not there, 400 for what is archived. */
function writable(call: Call, { workspace, account }: Between): void {
  const found = getRow(call.state.workspaces, workspaceIdOf(call, workspace));
  if (found?.archived_at != null) throw badRequest(`Workspace ${workspace} is archived`);
  livingAccount(serviceAccountOf(call, account));
}

/** An existing role is replaced. */
function give(call: Call, between: Between, workspaceRole: z.output<typeof role>): Member {
  writable(call, between);
  const member = {
    type: "service_account_workspace_member",
    service_account_id: between.account,
    workspace_id: between.workspace,
    workspace_role: workspaceRole,
    created_by_actor_id: null,
  } as const;
  putRow(call.state.accountMembers, member);
  return { ...member, implicit: false };
}

function addAccount(call: Call): Member {
  const wanted = readBody(call, z.strictObject({ service_account_id: text(1), workspace_role: role }));
  return give(call, { workspace: idAt(call, 0), account: wanted.service_account_id }, wanted.workspace_role);
}

function addWorkspace(call: Call): Member {
  const wanted = readBody(call, z.strictObject({ workspace_id: text(1), workspace_role: role }));
  return give(call, { workspace: wanted.workspace_id, account: idAt(call, 0) }, wanted.workspace_role);
}

function updateMembership(call: Call): Member {
  const wanted = readBody(call, z.strictObject({ workspace_role: role }));
  findMembership(call);
  return give(call, { workspace: idAt(call, 0), account: idAt(call, 1) }, wanted.workspace_role);
}

/** 200 also where there is nothing to remove; the implicit one stays. */
function removeMembership(call: Call, between: Between): ServiceAccountRemoveResponse {
  writable(call, between);
  removeRow(call.state.accountMembers, memberId(between.workspace, between.account));
  return {
    type: "service_account_workspace_member_deleted",
    service_account_id: between.account,
    workspace_id: between.workspace,
  };
}
