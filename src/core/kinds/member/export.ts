import { type ExportEntry, line } from "../../document/document.ts";
import { isAddress, type LeftOut, leftOutComment } from "../../document/left-out.ts";
import type { User } from "../../model/org.ts";
import { organizationRank } from "../../model/role.ts";
import { target } from "../../model/target.ts";
import { pendingInvites } from "../invite/plan.ts";
import type { ExportFacts, Section } from "../kind.ts";

/** The people of the organization by e-mail, those who are invited included: the file knows no difference. */
export function membersSection({ live, now, people }: ExportFacts): Section {
  const entries: ExportEntry[] = [];
  const leftOut: LeftOut[] = [];
  const declare = ({ email, role }: Person, at: string, comment?: string) => {
    const reason = undeclarable({ email, role });
    if (reason) leftOut.push({ reason, what: `${email}, ${role}`, target: at });
    else entries.push({ key: email, value: line({ role }), ...(comment !== undefined && { comment }) });
  };
  for (const user of people.users.values()) {
    if (people.user(user.email) === user) declare(user, target.member(user.email));
  }
  for (const [{ email } = { email: "" }] of people.ambiguous) {
    leftOut.push({ reason: "person-twice", what: email, target: target.member(email) });
  }
  for (const invite of live.invites.known ? pendingInvites(live.invites.items, now).values() : []) {
    const { email } = invite;
    const user = people.user(email);
    const at = target.invite(email);
    if (people.usersOf(email).length === 0) declare(invite, at, "invited, not yet accepted");
    // Somebody who is a member already: the entry, where there is one, speaks for both.
    else if (!user || undeclarable(user))
      leftOut.push({ reason: "member-left-out", what: `${email}, invited`, target: at });
  }
  leftOut.sort((one, other) => (one.what < other.what ? -1 : 1));
  const unread = live.invites.known ? [] : ["invitations could not be read: who is invited is not here"];
  return {
    entries: entries.sort((one, other) => (one.key < other.key ? -1 : 1)),
    below: [...unread, ...leftOut.map(leftOutComment)],
    leftOut,
  };
}

type Person = Pick<User, "email" | "role">;

/** Why a person cannot be declared; undefined where that is possible. */
export function undeclarable({ email, role }: Person): LeftOut["reason"] | undefined {
  if (organizationRank(role) === undefined) return "unknown-role";
  return isAddress(email) ? undefined : "unwritable-name";
}
