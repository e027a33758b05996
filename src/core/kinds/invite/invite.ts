import { parseTarget, target } from "../../model/target.ts";
import { type Kind, roleRemoval } from "../kind.ts";
import { planInvites } from "./plan.ts";

/** Invitations, which nobody can edit: another one takes the place of the first. An export has them among the members. */
export const invite: Kind<"invite"> = {
  manage: "members",
  order: 1,
  endsAt: 2,
  writtenBy: "api",
  needs: ["users"],
  scope: ({ whole }) => (whole ? { users: true, invites: true } : {}),
  lists: { invites: "invites" },
  count: ({ invites }) => (invites.known ? invites.items.filter(({ status }) => status === "pending").length : 0),
  grants: ({ invites, takenAt }) =>
    (invites.known ? invites.items : []).flatMap(({ id, email, role, status, expiresAt }) => {
      if (status !== "pending" && status !== "expired") return [];
      const inForce = status === "pending" && (expiresAt === undefined || expiresAt > takenAt);
      return { id, to: { email }, role, how: "direct", inForce };
    }),
  revoke: ({ id, role = "", inForce }, { email }) =>
    inForce ? [roleRemoval("invite", target.invite(email), id, role)] : [],
  isPlace: false,
  plan: planInvites,
  named: ({ target: at }) => {
    const { email } = parseTarget(at) ?? {};
    return email === undefined ? undefined : { is: "person", place: "", name: email, path: ["members", email] };
  },
  granted: ({ target: at, after }) => ({ userId: null, ...parseTarget(at), ...(after && { role: after.role }) }),
  confirmedBy: ({ id, target: at }) => id ?? at,
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
