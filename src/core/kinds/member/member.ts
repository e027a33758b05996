import { parseTarget } from "../../model/target.ts";
import type { Kind } from "../kind.ts";
import { collection, sizeOf, workspaceScope } from "../kind.ts";
import { membersSection } from "./export.ts";
import { planMembers } from "./plan.ts";

/** Members of the organization. Whoever may leave may be the last admin of a workspace, so its members are read too. */
export const member: Kind<"member"> = {
  manage: "members",
  order: 2,
  endsAt: 4,
  needs: ["users"],
  scope: (request) => {
    if (!request.whole) return {};
    const people = { users: true, invites: true };
    if (!request.manages("workspace_members")) return people;
    return { ...people, ...workspaceScope(request), membersOf: request.places };
  },
  readings: ({ users }) => [["members", users]],
  count: ({ users }) => sizeOf(users),
  grants: ({ users }) =>
    (users.known ? users.items : []).map(({ id, role }) => ({ id, to: { type: "user", id }, role })),
  isPlace: false,
  plan: planMembers,
  // Whoever is no longer billing can be given workspace roles only then.
  comesFirst: ({ action, before }) => action === "update" && before.role === "billing",
  granted: ({ id, after }) => ({ userId: id, ...(after && { role: after.role }) }),
  named: ({ target }) => {
    const { email } = parseTarget(target) ?? {};
    return email === undefined ? undefined : { is: "person", place: "", name: email, path: ["members", email] };
  },
  confirmedBy: ({ id, target }) => id ?? target,
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
