import type { Member } from "../config/config.ts";
import type { Change, Reason } from "../model/change.ts";
import { finding } from "../model/finding.ts";
import { type Invite, itemsOf } from "../model/org.ts";
import { isAssignable, isOrganizationAdmin } from "../model/role.ts";
import { parseTarget, target } from "../model/target.ts";
import { DAY, daysBetween, hasPassed } from "../model/time.ts";
import { emailIdentity } from "../text/identity.ts";
import { type Access, type AccessRemark, DIRECT, subjectOf } from "./access.ts";
import { emptyKindPlan, type Kind, type KindPlan, type PlanInput, roleRemoval } from "./kind.ts";
import { roleChange } from "./organization-role.ts";

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
    itemsOf(invites).flatMap(({ id, email, role, status, expiresAt }) => {
      if (status !== "pending" && status !== "expired") return [];
      const inForce = status === "pending" && (expiresAt === undefined || expiresAt > takenAt);
      return { id, to: { email }, role, how: "direct", inForce };
    }),
  access: openInvitations,
  revoke: ({ id, role = "", inForce }, { email }) =>
    inForce ? [roleRemoval("invite", target.invite(email), id, role)] : [],
  feed: { names: ["invited"], gives: ["org_user_invite_sent", "org_user_invite_re_sent"] },
  isPlace: false,
  plan: planInvites,
  named: (at) => {
    const { email } = parseTarget(at) ?? {};
    return email === undefined ? undefined : { is: "person", place: "", name: email, path: ["members", email] };
  },
  granted: ({ target: at, after }) => ({ userId: null, ...parseTarget(at), ...(after && { role: after.role }) }),
  confirmedBy: ({ id, target: at }) => id ?? at,
  // It is changed by taking it away and inviting anew.
  reduces: ({ action }) => action === "update",
  calls: (change, ids) => {
    const email = parseTarget(change.target)?.email;
    if (email === undefined) return undefined;
    if (change.action === "create") {
      const { role, groups } = change.after;
      return [{ name: "create-invite", email, role, ...(groups && { groupIds: groups }) }];
    }
    if (change.id === null) return undefined;
    const remove = { name: "delete-invite", inviteId: change.id } as const;
    if (change.action === "remove") return [remove];
    // The new one brings along what the old one did.
    const groupIds = ids.groupsOfInvite(change.id);
    const groups = groupIds.length > 0 && { groupIds };
    return [remove, { name: "create-invite", email, role: change.after.role, ...groups }];
  },
  lost: (failed, before) => {
    if (failed.name !== "create-invite" || before === 0) return undefined;
    const { groupIds = [] } = failed;
    const groups = `, and the next apply on this machine gives the new one its groups: ${groupIds.join(", ")} (if they are what is refused, invite the person in Claude)`;
    return `the invitation before it is cancelled${groupIds.length > 0 ? groups : ""}`;
  },
  exported: [],
};

/** So long an invitation may wait before somebody should ask whether it is still wanted. */
const STALE = 7 * DAY;

/** The invitations that can still be accepted, each of them: any may be the one that is. */
function openInvitations({ live, now, matches: { people } }: PlanInput): readonly Access[] {
  return itemsOf(live.invites).flatMap((item): readonly Access[] => {
    const { id, email, role, status, invitedAt, expiresAt } = item;
    if (ENDED.has(status) || (expiresAt !== undefined && expiresAt <= now)) return [];
    const declared = people.member(email);
    const isStale = invitedAt !== undefined && now - invitedAt > STALE;
    const remarks: AccessRemark[] = [];
    if (isStale) {
      const days = daysBetween(invitedAt, now);
      remarks.push({ flag: "stale-invite", reason: { code: "stale-invite", args: { days } } });
    }
    if (isOrganizationAdmin(role)) remarks.push({ flag: "admin", reason: { code: "admin", args: {} } });
    return [
      {
        subject: subjectOf("invite", { id, email: emailIdentity(email) }),
        on: { type: "organization" },
        role,
        through: DIRECT,
        ...(invitedAt !== undefined && { since: invitedAt }),
        ...(declared && { path: ["members", declared.email] }),
        use: { by: "none" },
        remarks,
      },
    ];
  });
}

/** What an invitation may have come to; of a status that is not known nobody may say that it has ended. */
const ENDED: ReadonlySet<string> = new Set(["accepted", "deleted", "expired"]);

/**
 * Invitations: whoever is declared and no member yet is invited, with another role again, and after `until` no more; one of somebody
 * who is not declared is cancelled under `full`.
 */
function planInvites({ config, live, now, matches: { people } }: PlanInput): KindPlan {
  const planned = emptyKindPlan();
  if (config.manage.members === "off" || !live.invites.known) return planned;
  const invites = pendingInvites(live.invites.items, now);
  for (const member of live.users.known ? config.members.values() : []) {
    const { email } = member;
    if (people.usersOf(email).length > 0) continue;
    const gone = member.until !== undefined && hasPassed(member.until, now);
    const at = { path: ["members", email], target: target.invite(email) };
    // Whoever is to be gone is not missing: the invitation that is cancelled may be their own.
    if (!gone) planned.missing.push({ is: "person", place: "", name: email, ...at });
    planInvite(planned, member, invites.get(emailIdentity(email)), gone);
  }
  for (const invite of invites.values()) {
    if (people.member(invite.email)) continue;
    if (config.manage.members === "full") planned.changes.push(cancellation(invite, "not-declared"));
    else planned.unmanaged.push(unmanagedInvite(invite));
  }
  return planned;
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

function planInvite(planned: KindPlan, member: Member, invite: Invite | undefined, gone: boolean): void {
  if (!invite) {
    if (gone) return;
    const { email, role } = member;
    const at = { path: ["members", email], target: target.invite(email) };
    if (role === undefined) planned.findings.push(finding("invite-needs-role", { person: email }, at));
    else planned.changes.push(invitation(email, role));
  } else if (gone) {
    planned.changes.push(cancellation(invite, "until-passed"));
  } else if (member.role === undefined || invite.role === member.role) {
    planned.pending.push({
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
    planned.changes.push({ kind: "invite", target: target.invite(invite.email), id: invite.id, ...change });
  }
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

function unmanagedInvite({ id, email, role }: Invite) {
  return { kind: "invite", target: target.invite(email), id, name: email, details: { role } } as const;
}
