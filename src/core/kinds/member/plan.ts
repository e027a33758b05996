import type { Member } from "../../config/config.ts";
import type { Change, Reason, Risk } from "../../model/change.ts";
import { finding } from "../../model/finding.ts";
import type { Invite, User } from "../../model/org.ts";
import { isAssignable, organizationRank } from "../../model/role.ts";
import { target } from "../../model/target.ts";
import { hasPassed } from "../../model/time.ts";
import { emailIdentity } from "../../text/identity.ts";
import { emptyKindPlan, type KindPlan, type PlanInput } from "../kind.ts";

/**
 * Members of the organization and invitations, which are one person in two states: who is missing is invited, whose role
 * differs is changed (or asked of the Console), whose `until` has passed leaves, and who is not declared leaves under `full`.
 */
export function planMembers({ config, live, now, matches: { people } }: PlanInput): KindPlan {
  const draft = emptyKindPlan();
  if (config.manage.members === "off") return draft;
  const invites = live.invites.known ? pendingInvites(live.invites.items, now) : undefined;

  if (live.users.known) {
    for (const users of people.ambiguous) draft.findings.push(ambiguous(users));
    for (const member of config.members.values()) {
      const [user, ...others] = people.usersOf(member.email);
      if (user && others.length === 0) planMember(draft, member, user, now);
      else if (invites && !user) planInvite(draft, member, invites.get(emailIdentity(member.email)), now);
    }
    const full = config.manage.members === "full";
    for (const user of live.users.items) {
      if (people.user(user.email) !== user || people.member(user.email)) continue;
      if (full) draft.changes.push(removal(user, "not-declared"));
      else draft.unmanaged.push(unmanagedUser(user));
    }
  }
  for (const invite of invites?.values() ?? []) {
    if (people.member(invite.email)) continue;
    if (config.manage.members === "full") draft.changes.push(cancellation(invite, "not-declared"));
    else draft.unmanaged.push(unmanagedInvite(invite));
  }
  return draft;
}

/** The invitations that can still be accepted, the newest of each person, by e-mail as it is compared. */
export function pendingInvites(invites: readonly Invite[], now: number): ReadonlyMap<string, Invite> {
  const byEmail = new Map<string, Invite>();
  for (const invite of invites) {
    if (invite.status !== "pending" || (invite.expiresAt !== undefined && invite.expiresAt <= now)) continue;
    const email = emailIdentity(invite.email);
    const other = byEmail.get(email);
    if (!other || (invite.expiresAt ?? 0) > (other.expiresAt ?? 0)) byEmail.set(email, invite);
  }
  return byEmail;
}

function planMember(draft: KindPlan, member: Member, user: User, now: number): void {
  const at = { path: ["members", member.email], target: target.member(user.email) };
  if (member.until && hasPassed(member.until, now)) {
    draft.changes.push(removal(user, "until-passed"));
  } else if (member.role === undefined) {
    // Somebody else manages it (SCIM).
  } else if (organizationRank(user.role) === undefined) {
    draft.findings.push(finding("unknown-live-role", { person: user.email, role: user.role }, at));
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

function planInvite(draft: KindPlan, member: Member, invite: Invite | undefined, now: number): void {
  const gone = member.until !== undefined && hasPassed(member.until, now);
  if (!invite) {
    if (gone) return;
    const { email, role } = member;
    const at = { path: ["members", email], target: target.invite(email) };
    if (role === undefined) draft.findings.push(finding("invite-needs-role", { person: email }, at));
    else draft.changes.push(invitation(email, role));
  } else if (gone) {
    draft.changes.push(cancellation(invite, "until-passed"));
  } else if (member.role === undefined || invite.role === member.role) {
    draft.pending.push({
      kind: "invite",
      target: target.invite(invite.email),
      id: invite.id,
      email: invite.email,
      role: invite.role,
      ...(invite.expiresAt !== undefined && { expiresAt: invite.expiresAt }),
    });
  } else {
    // An invitation cannot be edited: the executor deletes it and makes another.
    const change = roleChange(invite.role, member.role, isAssignable(member.role));
    draft.changes.push({ kind: "invite", target: target.invite(invite.email), id: invite.id, ...change });
  }
}

/** Another role for a person or an invitation, by the API where it can give and take both. */
function roleChange(before: string, after: string, byApi: boolean) {
  return {
    action: byApi ? ("update" as const) : ("manual" as const),
    before: { role: before },
    after: { role: after },
    risk: roleRisk(before, after),
    reason: byApi ? ("differs" as const) : ("console-only" as const),
  };
}

function invitation(email: string, role: string): Change {
  const byApi = isAssignable(role);
  return {
    action: byApi ? "create" : "manual",
    kind: "invite",
    target: target.invite(email),
    id: null,
    before: null,
    after: { role },
    risk: "widening",
    reason: byApi ? "declared" : "console-only",
  };
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

function cancellation(invite: Invite, reason: Reason): Change {
  return {
    action: "remove",
    kind: "invite",
    target: target.invite(invite.email),
    id: invite.id,
    before: { role: invite.role },
    after: null,
    risk: "removal",
    reason,
  };
}

function roleRisk(before: string, after: string): Risk {
  return (organizationRank(after) ?? 0) > (organizationRank(before) ?? 0) ? "widening" : "removal";
}

function unmanagedUser(user: User) {
  const { id, email, name, role } = user;
  return { kind: "member", target: target.member(email), id, name: email, details: { role, name } } as const;
}

function unmanagedInvite({ id, email, role }: Invite) {
  return { kind: "invite", target: target.invite(email), id, name: email, details: { role } } as const;
}

function ambiguous(users: readonly User[]) {
  const ids = users.map(({ id }) => id).sort();
  const email = users[0]?.email ?? "";
  return finding("ambiguous-name", { kind: "member", name: email, ids }, { target: target.member(email) });
}
