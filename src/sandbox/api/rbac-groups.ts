import type { PageCursorResponse } from "@anthropic-ai/sdk/pagination";
import type {
  DeletedRBACGroupMember,
  RBACGroupMember,
} from "@anthropic-ai/sdk/resources/organization/rbac-groups/members";
import type { DeletedRBACGroup, RBACGroup } from "@anthropic-ai/sdk/resources/organization/rbac-groups/rbac-groups";
import type { RBACRolePermission } from "@anthropic-ai/sdk/resources/organization/rbac-roles/permissions";
import type { RBACRole } from "@anthropic-ai/sdk/resources/organization/rbac-roles/rbac-roles";
import * as z from "zod/mini";
import { badRequest, failure, notFound } from "../http/errors.ts";
import { text } from "../http/schema.ts";
import { type Call, idAt, type Route, readBody } from "../state/call.ts";
import { iso } from "../state/clock.ts";
import { CURSOR_PARAMS, cursorPage } from "../state/pagination.ts";
import { memberId, nextId, type SandboxState } from "../state/state.ts";
import { getRow, putRow, removeRow, rowsBy, rowsOf, selectRows } from "../state/table.ts";

const path = "/v1/organizations/rbac_groups";
const one = `${path}/{rbac_group_id}`;
const members = `${one}/members`;
const roles = "/v1/organizations/rbac_roles";
const common = { access: "admin", only: "enterprise", scope: "rbac_groups", query: [] } as const;

/** RBAC groups, their members and the roles that they give, of Claude Enterprise. Source: admin-api-1.14.md 3.4. */
export const rbacGroupRoutes: readonly Route[] = [
  { ...common, method: "GET", path, query: CURSOR_PARAMS, handle: listGroups },
  { ...common, method: "POST", path, handle: createGroup },
  { ...common, method: "GET", path: one, handle: (call) => presentGroup(call, groupAt(call), false) },
  { ...common, method: "POST", path: one, handle: updateGroup },
  { ...common, method: "DELETE", path: one, handle: deleteGroup },
  { ...common, method: "GET", path: members, query: CURSOR_PARAMS, handle: listMembers },
  { ...common, method: "POST", path: members, handle: addMember },
  { ...common, method: "DELETE", path: `${members}/{user_id}`, handle: removeMember },
  { ...common, method: "GET", path: roles, scope: "members", query: CURSOR_PARAMS, handle: listRoles },
  { ...common, method: "GET", path: `${roles}/{rbac_role_id}`, scope: "members", handle: findRole },
  {
    ...common,
    method: "GET",
    path: `${roles}/{rbac_role_id}/permissions`,
    scope: "members",
    query: CURSOR_PARAMS,
    handle: listPermissions,
  },
];

/** The group as the API shows it; its roles may be not known now, in lists alone or everywhere. */
function presentGroup({ state }: Call, group: RBACGroup, isListed: boolean): RBACGroup {
  const { groupRoles } = state.settings;
  const isUnknown = groupRoles === "unknown" || (groupRoles === "unknown_in_lists" && isListed);
  return isUnknown ? { ...group, role_ids: null } : group;
}

function listGroups(call: Call): PageCursorResponse<RBACGroup> {
  const rows = selectRows(call.state.groups, { limit: Number.POSITIVE_INFINITY })?.rows ?? [];
  const page = cursorPage(rows, call.query, { path: call.path, idOf: ({ id }) => id });
  return { ...page, data: page.data.map((group) => presentGroup(call, group, true)) };
}

function groupAt(call: Call): RBACGroup {
  return groupOf(call.state, idAt(call, 0));
}

/** The group with an id; 404 where there is none. */
function groupOf(state: SandboxState, id: string): RBACGroup {
  const group = getRow(state.groups, id);
  if (group === undefined) throw failure(404, `RBAC group not found: ${id}`, "rbac_group_not_found");
  return group;
}

const name = text(1, 255);

function createGroup(call: Call): RBACGroup {
  const { state, now } = call;
  const wanted = readBody(call, z.strictObject({ name }));
  const group: RBACGroup = {
    id: nextId(state, "rbac_group"),
    created_at: iso(now),
    name: wanted.name,
    role_ids: [],
    source_type: "direct",
    type: "rbac_group",
    updated_at: iso(now),
  };
  putRow(state.groups, group);
  return group;
}

function updateGroup(call: Call): RBACGroup {
  const wanted = readBody(call, z.strictObject({ name: z.exactOptional(z.nullable(name)) }));
  const before = ownGroup(groupAt(call));
  const group = { ...before, name: wanted.name ?? before.name, updated_at: iso(call.now) };
  putRow(call.state.groups, group);
  return group;
}

/** The same, where the identity provider does not own it: 400 where it does. */
function ownGroup(group: RBACGroup): RBACGroup {
  if (group.source_type === "scim") {
    throw badRequest(`RBAC group ${group.id} is managed by your identity provider and cannot be changed here`);
  }
  return group;
}

/** The same, where the API may change who is in it: 400 where a role of it gives the rights of an owner. */
function editable(state: SandboxState, group: RBACGroup): RBACGroup {
  const isOwners = (group.role_ids ?? []).some((id) => state.groupRoles.find((role) => role.id === id)?.owner === true);
  if (isOwners) {
    throw badRequest(
      "A role of this group grants owner access; change the group in the organization's admin settings in Claude",
      "rbac_group_grants_owner_access",
    );
  }
  return ownGroup(group);
}

/** The groups that an invitation may bring along. Throws as the API does for one that is not there, or may not be given. */
export function invitedGroups(state: SandboxState, ids: readonly string[]): string[] {
  return ids.map((id) => editable(state, groupOf(state, id)).id);
}

function deleteGroup(call: Call): DeletedRBACGroup {
  const { state } = call;
  const group = editable(state, groupAt(call));
  for (const member of rowsBy(state.groupMembers, "group", group.id)) {
    removeRow(state.groupMembers, memberId(group.id, member.user_id));
  }
  removeRow(state.groups, group.id);
  return { id: group.id, type: "rbac_group_deleted" };
}

function listMembers(call: Call): PageCursorResponse<RBACGroupMember> {
  const { id } = groupAt(call);
  const rows =
    selectRows(call.state.groupMembers, {
      index: { name: "group", key: id },
      limit: Number.POSITIVE_INFINITY,
    })?.rows ?? [];
  return cursorPage(rows, call.query, { path: call.path, idOf: (row) => row.user_id });
}

function addMember(call: Call): RBACGroupMember {
  const { state } = call;
  const { user_id: userId } = readBody(call, z.strictObject({ user_id: text(1) }));
  const group = editable(state, groupAt(call));
  if (getRow(state.groupMembers, memberId(group.id, userId)) !== undefined) {
    throw badRequest(`${userId} is already a member of this group`);
  }
  return joinGroup(state, group.id, userId, call.now);
}

/** Puts a person into a group; 404 for who is no member of the organization. */
export function joinGroup(state: SandboxState, groupId: string, userId: string, now: number): RBACGroupMember {
  const user = getRow(state.users, userId);
  if (user === undefined) throw notFound("User", userId);
  const member: RBACGroupMember = {
    created_at: iso(now),
    email: user.email,
    rbac_group_id: groupId,
    type: "rbac_group_member",
    user_id: userId,
  };
  putRow(state.groupMembers, member);
  return member;
}

function removeMember(call: Call): DeletedRBACGroupMember {
  const { state } = call;
  const userId = idAt(call, 1);
  const group = editable(state, groupAt(call));
  const id = memberId(group.id, userId);
  if (getRow(state.groupMembers, id) === undefined) throw notFound("Member of this RBAC group", userId);
  removeRow(state.groupMembers, id);
  return { rbac_group_id: group.id, type: "rbac_group_member_deleted", user_id: userId };
}

function listRoles(call: Call): PageCursorResponse<RBACRole> {
  const rows = call.state.groupRoles.map(({ owner: _, ...role }) => role);
  return cursorPage(rows, call.query, { path: call.path, idOf: ({ id }) => id });
}

function findRole(call: Call): RBACRole {
  const { owner: _, ...role } = roleAt(call);
  return role;
}

/** What a role allows: an owner's in the admin settings too. */
function listPermissions(call: Call): PageCursorResponse<RBACRolePermission> {
  const resource = { type: "organization" as const, organization_id: call.state.organization.id };
  const actions = roleAt(call).owner ? ["chat", "permission_members", "permission_billing"] : ["chat"];
  const rows = actions.map((action) => ({ action, resource, type: "rbac_role_permission" as const }));
  return cursorPage(rows, call.query, { path: call.path, idOf: ({ action }) => action });
}

function roleAt(call: Call) {
  const found = call.state.groupRoles.find(({ id }) => id === idAt(call, 0));
  if (found === undefined) throw failure(404, `RBAC role not found: ${idAt(call, 0)}`, "rbac_role_not_found");
  return found;
}

/** Takes a person out of every group: they have left. */
export function leaveGroups(state: SandboxState, userId: string): void {
  for (const { rbac_group_id: groupId } of rowsOf(state.groupMembers).filter(({ user_id }) => user_id === userId)) {
    removeRow(state.groupMembers, memberId(groupId, userId));
  }
}
