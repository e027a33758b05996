import { indexStatus } from "../status/index-live.ts";
import { notFound } from "../status/select.ts";
import { knownEmails, userStatus } from "../status/user.ts";
import type { ReviewInput } from "./review.ts";

/**
 * Makes sure that somebody knows the person whom a review is asked about: of a mistyped address it would say that nothing is left. Throws
 * Failure `not-found`.
 */
export function checkReviewed({ live, now, config, user, formerIds }: ReviewInput): void {
  // Of whom not everybody was read nobody can say that there is no such person.
  if (user === undefined || !live.users.known || !live.invites.known || formerIds?.has(user)) return;
  const index = indexStatus(live, now, config);
  if (userStatus(index, user)) return;
  const message = `"${user}" is no member, not invited, not in the file, and not revoked earlier`;
  throw notFound(message, user, knownEmails(index), "look at the members: anth-rbac status");
}
