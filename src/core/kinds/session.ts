import { itemsOf } from "../model/org.ts";
import { target } from "../model/target.ts";
import { emptyKindPlan, type Kind, sizeOf } from "./kind.ts";

/**
 * Where a person of Claude Enterprise is signed in. It cannot be read: everybody may be, and that the sessions ended is known by the
 * answer alone. It never stands for the keys, which a sign-out does not end (admin-api-1.14.md 3.5).
 */
export const session: Kind<"session"> = {
  manage: "members",
  order: 12,
  endsAt: 5,
  writtenBy: "api",
  only: "enterprise",
  leavesNoTrace: true,
  refusals: [
    "cannot_sign_out_managed_member",
    "cannot_sign_out_membership_admin",
    "cannot_sign_out_owner",
    "cannot_sign_out_primary_owner",
    "cannot_sign_out_privileged_member",
    "cannot_sign_out_self",
  ],
  needs: ["users"],
  scope: () => ({}),
  lists: {},
  // Whether there are sessions to end is told by the sort of the organization, as whether there are groups is.
  parts: ({ groups }) =>
    !groups.known && groups.reason === "organization-type-unknown" ? [["sessions", groups] as const] : [],
  count: ({ users }) => sizeOf(users),
  grants: ({ type, users }) =>
    (type === "enterprise" ? itemsOf(users) : []).map(({ id }) => {
      return { id, to: { type: "user", id }, how: "direct", inForce: true };
    }),
  revoke: ({ id }, { email }) => {
    const at = { kind: "session", target: target.sessions(email), id } as const;
    return [{ action: "remove", ...at, before: { email }, after: null, risk: "removal", reason: "offboarded" }];
  },
  feed: { names: ["person"], says: /session|logged_out/ },
  isPlace: false,
  plan: emptyKindPlan,
  confirmedBy: ({ target: at }) => at,
  calls: ({ action, id }) => (action !== "remove" || id === null ? undefined : [{ name: "sign-out", userId: id }]),
  // The membership ends all the same, and with it the last chance.
  lost: () =>
    "nobody is signed out once they are removed, so no later run does it: end their sessions at the identity provider, or take for granted that a token of theirs works for up to an hour more",
  exported: [],
};
