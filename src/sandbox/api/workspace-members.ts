import type { PageResponse } from "@anthropic-ai/sdk/pagination";
import type { WorkspaceMember, WorkspaceRole } from "@anthropic-ai/sdk/resources/organization/workspaces";
import type { MemberRemoveResponse } from "@anthropic-ai/sdk/resources/organization/workspaces/members";
import * as z from "zod/mini";
import { badRequest, failure, notFound } from "../http/errors.ts";
import { text } from "../http/schema.ts";
import { type Call, idAt, type Route, readBody } from "../state/call.ts";
import { PAGE_PARAMS, pageOfRows } from "../state/pagination.ts";
import { inheritedRole, workspaceRoleOf } from "../state/roles.ts";
import { memberId, type SandboxState } from "../state/state.ts";
import { getRow, putRow, removeRow, rowsBy, selectRows } from "../state/table.ts";
import { workspaceAt, writableWorkspace } from "./workspaces.ts";

const path = "/v1/organizations/workspaces/{workspace_id}/members";
const role = z.enum(["workspace_user", "workspace_developer", "workspace_restricted_developer", "workspace_admin"]);

/** `/v1/organizations/workspaces/{id}/members`. Source: admin-api.md 2.5 and 3.3. */
export const workspaceMemberRoutes: readonly Route[] = [
  { method: "GET", path, access: "admin", only: "console", query: PAGE_PARAMS, handle: listMembers },
  { method: "POST", path, access: "admin", only: "console", query: [], handle: addMember },
  { method: "GET", path: `${path}/{user_id}`, access: "admin", only: "console", query: [], handle: findMember },
  { method: "POST", path: `${path}/{user_id}`, access: "admin", only: "console", query: [], handle: updateMember },
  { method: "DELETE", path: `${path}/{user_id}`, access: "admin", only: "console", query: [], handle: removeMember },
];

function rowOf(workspaceId: string, userId: string, workspaceRole: WorkspaceRole): WorkspaceMember {
  return { type: "workspace_member", user_id: userId, workspace_id: workspaceId, workspace_role: workspaceRole };
}

function listMembers(call: Call): PageResponse<WorkspaceMember> {
  const { state, query } = call;
  const { id } = workspaceAt(call);
  const index = { name: "workspace", key: id };
  const given = selectRows(state.members, { index, limit: Number.POSITIVE_INFINITY })?.rows ?? [];
  const rows = new Map<string, WorkspaceMember>();
  if (state.settings.listInheritedMembers && id !== state.defaultWorkspaceId) {
    for (const [userId, role] of heirsOf(state)) rows.set(userId, rowOf(id, userId, role));
  }
  for (const member of given) {
    // Whoever inherits workspace_admin has it, whatever was given by hand.
    if (rows.get(member.user_id)?.workspace_role !== "workspace_admin") rows.set(member.user_id, member);
  }
  return pageOfRows([...rows.values()], query, (member) => member.user_id);
}

function heirsOf(state: SandboxState): [userId: string, role: WorkspaceRole][] {
  return (["primary_owner", "owner", "admin", "billing"] as const).flatMap((heir) =>
    rowsBy(state.users, "role", heir).map((user): [string, WorkspaceRole] => [
      user.id,
      inheritedRole(heir) ?? "workspace_admin",
    ]),
  );
}

function findMember(call: Call): WorkspaceMember {
  const workspace = workspaceAt(call);
  const userId = idAt(call, 1);
  const isDefault = workspace.id === call.state.defaultWorkspaceId;
  const found = isDefault ? null : workspaceRoleOf(call.state, workspace.id, userId);
  if (found === null) throw notFound("Workspace member", userId);
  return rowOf(workspace.id, userId, found);
}

function addMember(call: Call): WorkspaceMember {
  const { state } = call;
  const wanted = readBody(call, z.strictObject({ user_id: text(1), workspace_role: role }));
  const workspace = writableWorkspace(call, "takes no members");
  const user = getRow(state.users, wanted.user_id);
  if (user === undefined) throw notFound("User", wanted.user_id);
  const existing = getRow(state.members, memberId(workspace.id, user.id));
  if (inheritedRole(user.role) === "workspace_admin" || existing !== undefined) {
    if (state.settings.addExistingMember === "error") {
      throw badRequest(`User ${user.id} is already a member of workspace ${workspace.id}`);
    }
  } else {
    refuseFull(state, workspace.id);
  }
  return give(state, workspace.id, user.id, wanted.workspace_role);
}

function refuseFull(state: SandboxState, workspaceId: string): void {
  const { workspaceMemberCap } = state.settings;
  if (workspaceMemberCap !== null && rowsBy(state.members, "workspace", workspaceId).length >= workspaceMemberCap) {
    throw badRequest("The workspace has reached its member limit", "workspace_member_limit_exceeded");
  }
}

function updateMember(call: Call): WorkspaceMember {
  const wanted = readBody(call, z.strictObject({ workspace_role: role }));
  const workspace = writableWorkspace(call, "has no members");
  const member = findMember(call);
  return give(call.state, workspace.id, member.user_id, wanted.workspace_role);
}

/** Inherited roles bound what can be given: admins stay admins, billing members can only be raised. */
function give(state: SandboxState, workspaceId: string, userId: string, wanted: WorkspaceRole): WorkspaceMember {
  const inherited = inheritedRole(getRow(state.users, userId)?.role);
  if (inherited !== null && wanted !== "workspace_admin") {
    throw badRequest(`User ${userId} has ${inherited} from their organization role; it cannot be lowered`);
  }
  const member = rowOf(workspaceId, userId, wanted);
  if (inherited !== "workspace_admin") putRow(state.members, member);
  return member;
}

function removeMember(call: Call): MemberRemoveResponse {
  const { state } = call;
  const workspace = writableWorkspace(call, "has no members");
  const member = findMember(call);
  const inherited = inheritedRole(getRow(state.users, member.user_id)?.role);
  const id = memberId(workspace.id, member.user_id);
  if (inherited === "workspace_admin" || (inherited !== null && getRow(state.members, id) === undefined)) {
    throw failure(400, `User ${member.user_id} has ${inherited} from their organization role; it cannot be removed`);
  }
  removeRow(state.members, id);
  return { type: "workspace_member_deleted", user_id: member.user_id, workspace_id: workspace.id };
}
