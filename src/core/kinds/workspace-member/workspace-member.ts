import type { ExportEntry } from "../../document/document.ts";
import { isAddress, type LeftOut, leftOutComment } from "../../document/left-out.ts";
import { claudeCodeIds } from "../../match/workspaces.ts";
import { itemsOf, type LiveWorkspace, type OrgSnapshot, type User, type WorkspaceMember } from "../../model/org.ts";
import { inheritedWorkspaceRole, WORKSPACE_ROLES } from "../../model/role.ts";
import { parseTarget, target } from "../../model/target.ts";
import { emailIdentity } from "../../text/identity.ts";
import { type Access, DIRECT, subjectOf } from "../access.ts";
import {
  collection,
  type ExportFacts,
  type Grant,
  type Kind,
  type PlanInput,
  roleRemoval,
  type Section,
  workspaceScope,
} from "../kind.ts";
import { undeclarable } from "../member/member.ts";
import { planWorkspaceMembers } from "./plan.ts";

/** Who holds which role in which workspace. The API knows people by their ids, so those are read too. */
export const workspace_member: Kind<"workspace_member"> = {
  manage: "workspace_members",
  order: 3,
  endsAt: 3,
  writtenBy: "api",
  needs: ["workspaces", "users"],
  scope: (request) => ({ users: true, invites: true, ...workspaceScope(request), membersOf: request.places }),
  lists: { workspaceMembers: "members" },
  // What is inherited cannot be taken here: a share is of what can (design section 6).
  count: (live) => workspaceRoles(live).filter(({ how }) => how !== "inherited").length,
  grants: workspaceRoles,
  access: directRoles,
  revoke: ({ id, role = "", how }, { email, workspace = "" }) =>
    how === "inherited" ? [] : [roleRemoval("workspace_member", target.workspaceMember(workspace, email), id, role)],
  feed: {
    names: ["workspace", "person"],
    gives: ["platform_workspace_member_added", "platform_workspace_member_updated"],
    blurs: ["platform_workspace_member_removed", "role_assignment_granted", "role_assignment_revoked"],
  },
  isPlace: false,
  plan: planWorkspaceMembers,
  granted: ({ id, target: at, after }) => ({ userId: id, ...parseTarget(at), ...(after && { role: after.role }) }),
  named: (at) => {
    const { workspace = "", email } = parseTarget(at) ?? {};
    if (email === undefined) return undefined;
    return { is: "person", place: workspace, name: email, path: ["workspaces", workspace, "members", email] };
  },
  confirmedBy: ({ target: at }) => at,
  calls: (change, ids) => {
    const { workspace, email } = parseTarget(change.target) ?? {};
    const workspaceId = workspace && ids.workspaceId(workspace);
    const userId = change.id ?? (email === undefined ? undefined : ids.userId(email));
    if (workspaceId === undefined || userId === undefined) return undefined;
    if (change.action === "remove") return [{ name: "remove-workspace-member", workspaceId, userId }];
    const name = change.action === "create" ? "add-workspace-member" : "update-workspace-member";
    return [{ name, workspaceId, userId, role: change.after.role }];
  },
  exported: [
    {
      in: "workspace",
      field: "members",
      section: (facts, workspace, handle) => collection("members", workspaceMembersSection(facts, workspace, handle)),
    },
  ],
};

/** Everybody's role in every workspace: those of its rows, and those that organization roles bring along. The default has none. */
function workspaceRoles({ users, workspaces, workspaceMembers }: OrgSnapshot): readonly Grant[] {
  const people = itemsOf(users);
  const byId = new Map(people.map((user) => [user.id, user]));
  const inheriting = people.filter(({ role }) => inheritedWorkspaceRole(role) !== undefined).map(({ id }) => id);
  const listed = itemsOf(workspaces);
  const isDefault = new Set(listed.flatMap((workspace) => (workspace.isDefault ? workspace.id : [])));
  const places = new Set([...listed.map(({ id }) => id), ...workspaceMembers.keys()]);
  return [...places].flatMap((workspaceId) => {
    if (isDefault.has(workspaceId)) return [];
    const reading = workspaceMembers.get(workspaceId);
    const rows = new Map(itemsOf(reading).map((row) => [row.userId, row]));
    return [...new Set([...inheriting, ...rows.keys()])].flatMap((id): Grant | readonly never[] => {
      const access = accessOf(byId.get(id), rows.get(id));
      return access ? { id, workspaceId, to: { type: "user", id }, ...access, inForce: true } : [];
    });
  });
}

/** The roles that were given in a workspace; what an organization role brings along is the member's own. */
function directRoles({ config, live, matches: { people, handles } }: PlanInput): readonly Access[] {
  const claudeCode = claudeCodeIds(live);
  return workspaceRoles(live).flatMap(({ id, workspaceId = "", role = "", how }): readonly Access[] => {
    if (how === "inherited") return [];
    const user = people.users.get(id);
    const handle = handles.get(workspaceId);
    const email = user && emailIdentity(user.email);
    const isDeclared =
      email !== undefined && handle !== undefined && config.workspaces.get(handle)?.members?.has(email);
    return [
      {
        subject: subjectOf("person", { id, ...(user && { name: user.name }), ...(email !== undefined && { email }) }),
        on: { type: "workspace", id: workspaceId },
        role,
        through: DIRECT,
        ...(isDeclared && { path: ["workspaces", handle, "members", email] }),
        isExempt: handle === undefined && claudeCode.has(workspaceId),
        ...(handle === undefined && { leftByFull: "workspace-not-declared" }),
        use: { by: "actor", id, workspaceId },
      },
    ];
  });
}

/**
 * What a member row and the organization role come to. Whether the API lists inherited roles as rows is not settled, so
 * both shapes mean the same; an admin's role cannot be lowered by a row, a billing member's can be raised by one.
 */
function accessOf(user: User | undefined, row: WorkspaceMember | undefined) {
  const inherited = user && inheritedWorkspaceRole(user.role);
  if (inherited === "admin" || (inherited && (!row || row.role === inherited))) {
    return { role: inherited, how: "inherited" } as const;
  }
  return row && ({ role: row.role, how: user ? "direct" : "unlisted" } as const);
}

/** The members of one workspace, without the roles that come with an organization role. */
function workspaceMembersSection(facts: ExportFacts, { id }: LiveWorkspace, handle: string): Section {
  const reading = facts.live.workspaceMembers.get(id);
  const entries: ExportEntry[] = [];
  const leftOut: LeftOut[] = [];
  if (!reading?.known) {
    return {
      entries,
      below: reading ? [`could not be read: ${reading.message ?? reading.reason}`] : [],
      leftOut,
    };
  }
  const { people } = facts;
  const rows = reading.items.map((member) => ({
    ...member,
    email: people.users.get(member.userId)?.email ?? member.userId,
  }));
  for (const { userId, email, role } of rows.sort((one, other) => (one.email < other.email ? -1 : 1))) {
    // A billing member who was raised to admin is no inheritance.
    if (role === "billing" || inheritedWorkspaceRole(people.users.get(userId)?.role ?? "") === "admin") continue;
    const at = target.workspaceMember(handle, email);
    const omit = (reason: LeftOut["reason"]) => leftOut.push({ reason, what: `${email}, ${role}`, target: at });
    const user = people.user(email);
    if (!people.users.has(userId)) omit("unknown-person");
    else if (!user) omit("person-twice");
    else if (!isAddress(email)) omit("unwritable-name");
    // Whoever a workspace names must be among the members, where the file declares them.
    else if (facts.has("members") && undeclarable(user)) omit("member-left-out");
    else if (!(WORKSPACE_ROLES as readonly string[]).includes(role)) omit("unknown-role");
    else entries.push({ key: email, value: role });
  }
  return { entries, below: leftOut.map(leftOutComment), leftOut };
}
