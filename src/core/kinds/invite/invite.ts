import { parseTarget } from "../../model/target.ts";
import type { Kind } from "../kind.ts";
import { planInvites } from "./plan.ts";

/** Invitations, which nobody can edit: another one takes the place of the first. An export has them among the members. */
export const invite: Kind<"invite"> = {
  manage: "members",
  order: 1,
  endsAt: 2,
  needs: ["users"],
  scope: ({ whole }) => (whole ? { users: true, invites: true } : {}),
  readings: ({ invites }) => [["invites", invites]],
  count: ({ invites }) => (invites.known ? invites.items.filter(({ status }) => status === "pending").length : 0),
  grants: ({ invites }) =>
    (invites.known ? invites.items : []).flatMap(({ id, email, role, status }) =>
      status === "pending" ? { id, to: { email }, role } : [],
    ),
  isPlace: false,
  plan: planInvites,
  named: ({ target }) => {
    const { email } = parseTarget(target) ?? {};
    return email === undefined ? undefined : { is: "person", place: "", name: email, path: ["members", email] };
  },
  granted: ({ target, after }) => ({ userId: null, ...parseTarget(target), ...(after && { role: after.role }) }),
  confirmedBy: ({ id, target }) => id ?? target,
  calls: (change) => {
    const email = parseTarget(change.target)?.email;
    if (email === undefined) return undefined;
    if (change.action === "create") return [{ name: "create-invite", email, role: change.after.role }];
    if (change.id === null) return undefined;
    const remove = { name: "delete-invite", inviteId: change.id } as const;
    return change.action === "remove" ? [remove] : [remove, { name: "create-invite", email, role: change.after.role }];
  },
  exported: [],
};
