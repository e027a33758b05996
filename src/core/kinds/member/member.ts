import type { Change } from "../../model/change.ts";
import { isAssignable, isOrganizationAdmin } from "../../model/role.ts";
import { parseTarget, target } from "../../model/target.ts";
import { collection, type Grant, type Kind, type Leaver, roleRemoval, sizeOf, workspaceScope } from "../kind.ts";
import { membersSection } from "./export.ts";
import { planMembers } from "./plan.ts";

/** Members of the organization. Whoever may leave may be the last admin of a workspace, so its members are read too. */
export const member: Kind<"member"> = {
  manage: "members",
  order: 2,
  endsAt: 4,
  writtenBy: "api",
  needs: ["users"],
  scope: (request) => {
    if (!request.whole) return {};
    const people = { users: true, invites: true };
    if (!request.manages("workspace_members")) return people;
    return { ...people, ...workspaceScope(request), membersOf: request.places };
  },
  lists: { users: "members" },
  count: ({ users }) => sizeOf(users),
  grants: ({ users }) =>
    (users.known ? users.items : []).map(({ id, role }) => {
      return { id, to: { type: "user", id }, role, how: "direct", inForce: true };
    }),
  revoke: departure,
  isPlace: false,
  plan: planMembers,
  // Who leaves or changes role in the organization does so in every workspace.
  reaches: "workspace_members",
  // Whoever is no longer billing can be given workspace roles only then.
  comesFirst: ({ action, before }) => action === "update" && before.role === "billing",
  granted: ({ id, after }) => ({ userId: id, ...(after && { role: after.role }) }),
  named: ({ target: at }) => {
    const { email } = parseTarget(at) ?? {};
    return email === undefined ? undefined : { is: "person", place: "", name: email, path: ["members", email] };
  },
  confirmedBy: ({ id, target: at }) => id ?? at,
  calls: (change) => {
    const { id: userId } = change;
    if (userId === null) return undefined;
    if (change.action === "remove") return [{ name: "remove-user", userId }];
    return [{ name: "update-user", userId, role: change.after.role }];
  },
  exported: [
    {
      in: "file",
      field: "members",
      section: (facts) => collection("members", membersSection(facts), true),
    },
  ],
};

/** The way out of the organization. What only the Console can take away is asked of a person. */
function departure({ id, role = "" }: Grant, { email }: Leaver): readonly Change[] {
  const leaves = roleRemoval("member", target.member(email), id, role);
  if (isAssignable(role)) return [leaves];
  const manual: Change = { ...leaves, action: "manual", reason: "console-only" };
  if (!isOrganizationAdmin(role)) return [manual];
  const where = "Console, Settings, Admin keys: delete those that the person made or knows";
  const adminKeys: Change = {
    action: "manual",
    kind: "admin_key",
    target: target.member(email),
    id: null,
    before: null,
    after: { where },
    risk: "removal",
    reason: "admin-keys-unlisted",
  };
  return [manual, adminKeys];
}
