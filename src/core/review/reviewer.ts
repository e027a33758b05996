import type { Config } from "../config/config.ts";
import { itemsOf, type OrgSnapshot } from "../model/org.ts";
import type { ReviewSubject } from "../model/review.ts";
import { isOrganizationAdmin } from "../model/role.ts";
import { emailIdentity } from "../text/identity.ts";

/** What a reviewer is found by. */
interface Reviewed {
  readonly subject: ReviewSubject;
  /** The handle of its workspace; absent where nothing declares it, or it is in none. */
  readonly handle?: string;
  /** Who is to answer for the key. */
  readonly owner?: string;
}

/**
 * Who decides about a grant: the owner of its workspace, the key's owner, the file's default reviewer, else an admin of the
 * organization; never whoever it is about. Null where there is nobody. E-mails as they are compared.
 */
export function reviewers(config: Config, { users }: OrgSnapshot): (reviewed: Reviewed) => string | null {
  const admins = itemsOf(users)
    .flatMap(({ email, role }) => (isOrganizationAdmin(role) ? emailIdentity(email) : []))
    .toSorted();
  return ({ subject, handle, owner }) => {
    const ofWorkspace = handle === undefined ? undefined : config.workspaces.get(handle)?.owner;
    const candidates = [ofWorkspace, owner, config.defaultReviewer, ...admins.slice(0, 2)];
    return candidates.find((one) => one !== undefined && one !== subject.email) ?? null;
  };
}
