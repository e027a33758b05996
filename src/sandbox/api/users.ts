import type { PageResponse } from "@anthropic-ai/sdk/pagination";
import type { OrganizationUser, UserRemoveResponse } from "@anthropic-ai/sdk/resources/organization/users";
import * as z from "zod/mini";
import { badRequest, failure, notFound } from "../http/errors.ts";
import { param, words } from "../http/query.ts";
import { type Call, idAt, type Route, readBody } from "../state/call.ts";
import { PAGE_PARAMS, pageOf } from "../state/pagination.ts";
import { ASSIGNABLE_ROLES, FILTER_ROLES, isConsoleOnly } from "../state/roles.ts";
import { foldEmail, memberId, type SandboxState } from "../state/state.ts";
import { getRow, putRow, removeRow, rowsBy } from "../state/table.ts";
import { dropLimitsOf } from "./member-spend-limits.ts";
import { leaveGroups } from "./rbac-groups.ts";

/** `/v1/organizations/users`. Source: admin-api.md 2.2. */
export const userRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/v1/organizations/users",
    access: "admin",
    scope: "members",
    query: [...PAGE_PARAMS, "email", "roles[]"],
    handle: listUsers,
  },
  {
    method: "GET",
    path: "/v1/organizations/users/{user_id}",
    access: "admin",
    scope: "members",
    query: [],
    handle: findUser,
  },
  {
    method: "POST",
    path: "/v1/organizations/users/{user_id}",
    access: "admin",
    scope: "members",
    query: [],
    handle: updateUser,
  },
  {
    method: "DELETE",
    path: "/v1/organizations/users/{user_id}",
    access: "admin",
    scope: "members",
    query: [],
    handle: removeUser,
  },
  {
    method: "POST",
    path: "/v1/organizations/users/{user_id}/sign_out",
    access: "admin",
    scope: "members",
    query: [],
    beta: "admin-user-sign-out-2026-10-08",
    handle: signOut,
  },
];

function listUsers(call: Call): PageResponse<OrganizationUser> {
  const email = param(call.query, "email");
  const roles = words(call.query, "roles", FILTER_ROLES[call.state.settings.organizationType]);
  return pageOf(
    call.state.users,
    call.query,
    {
      ...(email === undefined ? {} : { index: { name: "email", key: foldEmail(email) } }),
      newestFirst: true,
      ...(roles === undefined ? {} : { where: (user: OrganizationUser) => roles.includes(user.role) }),
    },
    (user) => user,
  );
}

function findUser(call: Call): OrganizationUser {
  const id = idAt(call, 0);
  const user = getRow(call.state.users, id);
  if (user === undefined) throw notFound("User", id);
  return user;
}

function updateUser(call: Call): OrganizationUser {
  const { role } = readBody(
    call,
    z.strictObject({ role: z.enum(ASSIGNABLE_ROLES[call.state.settings.organizationType]) }),
  );
  const user = changeable(call, findUser(call));
  const changed: OrganizationUser = { ...user, role };
  putRow(call.state.users, changed);
  return changed;
}

function removeUser(call: Call): UserRemoveResponse {
  const user = findUser(call);
  if (call.state.users.all.length === 1) {
    throw badRequest("Cannot remove the last member of the organization", "cannot_remove_last_member");
  }
  dropUser(call.state, changeable(call, user));
  return { id: user.id, type: "user_deleted" };
}

/** Takes a person out: memberships go, the keys that act as them are archived, ownerless keys live on. Source: admin-api.md 3.4. */
export function dropUser(state: SandboxState, user: OrganizationUser): void {
  for (const member of rowsBy(state.members, "user", user.id)) {
    removeRow(state.members, memberId(member.workspace_id, user.id));
  }
  for (const key of rowsBy(state.keys, "user", user.id)) putRow(state.keys, { ...key, status: "archived" });
  leaveGroups(state, user.id);
  dropLimitsOf(state, user.id);
  removeRow(state.users, user.id);
}

function changeable(call: Call, user: OrganizationUser): OrganizationUser {
  if (call.state.settings.ssoManaged) throw badRequest("Members are managed by your identity provider");
  if (isConsoleOnly(user.role)) {
    throw badRequest(`Users with the role ${user.role} cannot be changed or removed through the API; use the Console`);
  }
  return user;
}

/** Ends a person's sessions. Nothing of it shows in the organization; who may be signed out: the SDK's beta `users.signOut`. */
function signOut(call: Call): OrganizationUser {
  const user = findUser(call);
  if (call.state.settings.signOut === "not_enrolled") {
    throw badRequest("The organization is not enrolled in this beta", "organization_not_enrolled_in_beta");
  }
  const { principal } = call.caller.key ?? { principal: null };
  if (principal?.type === "user_actor" && principal.user_id === user.id) {
    throw badRequest("A credential cannot sign out the person it belongs to", "cannot_sign_out_self");
  }
  switch (user.role) {
    case "primary_owner":
      throw badRequest("The primary owner cannot be signed out", "cannot_sign_out_primary_owner");
    case "owner":
      throw failure(403, "This credential cannot sign out an owner", "cannot_sign_out_owner");
    case "membership_admin":
      throw failure(403, "This credential cannot sign out a membership admin", "cannot_sign_out_membership_admin");
    case "managed":
      throw failure(403, "This credential cannot sign out a managed member", "cannot_sign_out_managed_member");
    case "admin":
      throw failure(403, "This credential cannot sign out a privileged member", "cannot_sign_out_privileged_member");
    default:
      return user;
  }
}
