import type { Member } from "../../config/config.ts";
import type { Change, Reason } from "../../model/change.ts";
import { finding } from "../../model/finding.ts";
import type { User } from "../../model/org.ts";
import { isAssignable } from "../../model/role.ts";
import { target } from "../../model/target.ts";
import { hasPassed } from "../../model/time.ts";
import { emptyKindPlan, type KindPlan, type PlanInput } from "../kind.ts";
import { roleChange } from "../organization-role.ts";

/**
 * Members of the organization: whose role differs is changed (or asked of the Console), whose `until` has passed leaves, and who is
 * not declared leaves under `full`. Who is missing is invited: that is planned with the invitations.
 */
export function planMembers({ config, live, now, matches: { people } }: PlanInput): KindPlan {
  const draft = emptyKindPlan();
  if (config.manage.members === "off" || !live.users.known) return draft;
  for (const users of people.ambiguous) draft.findings.push(ambiguous(users));
  for (const member of config.members.values()) {
    const [user, ...others] = people.usersOf(member.email);
    if (user && others.length === 0) planMember(draft, member, user, now);
  }
  for (const user of live.users.items) {
    if (people.user(user.email) !== user || people.member(user.email)) continue;
    if (config.manage.members === "full") draft.changes.push(removal(user, "not-declared"));
    else draft.unmanaged.push(unmanagedUser(user));
  }
  return draft;
}

function planMember(draft: KindPlan, member: Member, user: User, now: number): void {
  const at = { path: ["members", member.email], target: target.member(user.email) };
  if (member.until && hasPassed(member.until, now)) {
    draft.changes.push(removal(user, "until-passed"));
  } else if (member.role === undefined) {
    // Somebody else manages it (SCIM).
  } else if (user.role !== member.role) {
    const byApi = isAssignable(user.role) && isAssignable(member.role);
    draft.changes.push({
      kind: "member",
      target: at.target,
      id: user.id,
      ...roleChange(user.role, member.role, byApi),
    });
  }
}

function removal(user: User, reason: Reason): Change {
  const byApi = isAssignable(user.role);
  return {
    action: byApi ? "remove" : "manual",
    kind: "member",
    target: target.member(user.email),
    id: user.id,
    before: { role: user.role },
    after: null,
    risk: "removal",
    reason: byApi ? reason : "console-only",
  };
}

function unmanagedUser(user: User) {
  const { id, email, name, role } = user;
  return { kind: "member", target: target.member(email), id, name: email, details: { role, name } } as const;
}

function ambiguous(users: readonly User[]) {
  const ids = users.map(({ id }) => id).sort();
  const email = users[0]?.email ?? "";
  return finding("ambiguous-name", { kind: "member", name: email, ids }, { target: target.member(email) });
}
