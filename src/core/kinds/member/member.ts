import type { Member } from "../../config/config.ts";
import { type ExportEntry, line } from "../../document/document.ts";
import { isAddress, type LeftOut, leftOutComment } from "../../document/left-out.ts";
import type { Change, Reason } from "../../model/change.ts";
import { finding } from "../../model/finding.ts";
import { itemsOf, type User } from "../../model/org.ts";
import { inheritedWorkspaceRole, isAssignable, isOrganizationAdmin, organizationRank } from "../../model/role.ts";
import { parseTarget, target } from "../../model/target.ts";
import { hasPassed } from "../../model/time.ts";
import { emailIdentity } from "../../text/identity.ts";
import { type Access, type AccessRemark, DIRECT, subjectOf } from "../access.ts";
import { pendingInvites } from "../invite.ts";
import {
  collection,
  type ExportFacts,
  emptyKindPlan,
  type Grant,
  type Kind,
  type KindPlan,
  type Leaver,
  type PlanInput,
  roleRemoval,
  type Section,
  sizeOf,
  workspaceScope,
} from "../kind.ts";
import { limitEntry } from "../member-spend-limit.ts";
import { roleChange } from "../organization-role.ts";

/** Members of the organization. Whoever may leave may be the last admin of a workspace, so its members are read too. */
export const member: Kind<"member"> = {
  manage: "members",
  order: 2,
  endsAt: 6,
  writtenBy: "api",
  needs: ["users"],
  scope: (request) => {
    if (!request.whole) return {};
    const people = { users: true, invites: true };
    if (!request.manages("workspace_members")) return people;
    return { ...people, ...workspaceScope(request), membersOf: request.places };
  },
  lists: { users: "members" },
  count: ({ users }) => sizeOf(users),
  grants: ({ users }) =>
    itemsOf(users).map(({ id, role }) => {
      return { id, to: { type: "user", id }, role, how: "direct", inForce: true };
    }),
  access: organizationRoles,
  revoke: departure,
  feed: {
    names: ["person"],
    // Whoever invited somebody gave them the role; that they accepted is their own act.
    gives: ["org_user_invite_sent", "claude_user_role_updated", "scim_user_created"],
    blurs: [
      "scim_user_updated",
      "scim_user_deleted",
      "org_user_deleted",
      "org_user_left",
      "role_assignment_granted",
      "role_assignment_revoked",
      "primary_owner_transferred",
    ],
  },
  isPlace: false,
  plan: planMembers,
  // Who leaves or changes role in the organization does so in every workspace.
  reaches: "workspace_members",
  // Whoever is no longer billing can be given workspace roles only then.
  comesFirst: ({ action, before }) => action === "update" && before.role === "billing",
  granted: ({ id, after }) => ({ userId: id, ...(after && { role: after.role }) }),
  named: (at) => {
    const { email } = parseTarget(at) ?? {};
    return email === undefined ? undefined : { is: "person", place: "", name: email, path: ["members", email] };
  },
  confirmedBy: ({ id, target: at }) => id ?? at,
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

/** Each person's role in the organization, and the one that it brings along in every workspace. */
function organizationRoles({ live, matches: { people } }: PlanInput): readonly Access[] {
  // Claude Enterprise has no workspaces, not even a default one.
  const hasNone = live.workspaces.known && live.workspaces.items.length === 0;
  return itemsOf(live.users).flatMap(({ id, email, name, role }): readonly Access[] => {
    const declared = people.member(email);
    const common = {
      subject: subjectOf("person", { id, name, email: emailIdentity(email) }),
      use: { by: "actor", id } as const,
      ...(declared && { path: ["members", declared.email] }),
    };
    const admin: readonly AccessRemark[] = isOrganizationAdmin(role)
      ? [{ flag: "admin", reason: { code: "admin", args: {} } }]
      : [];
    const inherited = hasNone ? undefined : inheritedWorkspaceRole(role);
    return [
      { ...common, on: { type: "organization" }, role, through: DIRECT, remarks: admin },
      ...(inherited === undefined
        ? []
        : [
            {
              ...common,
              on: { type: "workspaces" } as const,
              role: inherited,
              through: { type: "inherited", id, name: role } as const,
            },
          ]),
    ];
  });
}

/** The way out of the organization. What only the Console can take away is asked of a person. */
function departure({ id, role = "" }: Grant, { email }: Leaver): readonly Change[] {
  const leaves = roleRemoval("member", target.member(email), id, role);
  if (isAssignable(role)) return [leaves];
  const manual: Change = { ...leaves, action: "manual", reason: "console-only" };
  if (!isOrganizationAdmin(role)) return [manual];
  const place = role === "admin" ? "Console, Settings, Admin keys" : "claude.ai, Organization settings, API";
  const where = `${place}: delete those that the person made or knows`;
  const adminKeys: Change = {
    action: "manual",
    kind: "admin_key",
    target: target.member(email),
    id: null,
    before: null,
    after: { where },
    risk: "removal",
    reason: "admin-keys-unlisted",
  };
  return [manual, adminKeys];
}

/**
 * Members of the organization: whose role differs is changed (or asked of the Console), whose `until` has passed leaves, and who is
 * not declared leaves under `full`. Who is missing is invited: that is planned with the invitations.
 */
function planMembers({ config, live, now, matches: { people } }: PlanInput): KindPlan {
  const planned = emptyKindPlan();
  if (config.manage.members === "off" || !live.users.known) return planned;
  for (const users of people.ambiguous) planned.findings.push(ambiguous(users));
  for (const member of config.members.values()) {
    const [user, ...others] = people.usersOf(member.email);
    if (user && others.length === 0) planMember(planned, member, user, now);
  }
  for (const user of live.users.items) {
    if (people.user(user.email) !== user || people.member(user.email)) continue;
    if (config.manage.members === "full") planned.changes.push(removal(user, "not-declared"));
    else planned.unmanaged.push(unmanagedUser(user));
  }
  return planned;
}

function planMember(planned: KindPlan, member: Member, user: User, now: number): void {
  const at = { path: ["members", member.email], target: target.member(user.email) };
  if (member.until && hasPassed(member.until, now)) {
    planned.changes.push(removal(user, "until-passed"));
  } else if (member.role === undefined) {
    // Somebody else manages it (SCIM).
  } else if (user.role !== member.role) {
    const byApi = isAssignable(user.role) && isAssignable(member.role);
    planned.changes.push({
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

/** The people of the organization by e-mail, those who are invited included: the file knows no difference. */
function membersSection(facts: ExportFacts): Section {
  const { live, now, people } = facts;
  const entries: ExportEntry[] = [];
  const leftOut: LeftOut[] = [];
  const declare = ({ email, role }: Person, at: string, { comment, user }: Written = {}) => {
    const reason = undeclarable({ email, role });
    if (reason) leftOut.push({ reason, what: `${email}, ${role}`, target: at });
    const { value: limit, leftOut: without } = user ? limitEntry(facts, user) : {};
    if (without) leftOut.push(without);
    if (reason && limit) {
      const what = `the spend limit of ${email}`;
      leftOut.push({ reason: "member-left-out", what, target: target.memberSpendLimit(email) });
    }
    if (reason) return;
    const value = line({ role, ...(limit && { spend_limit: limit }) });
    entries.push({ key: email, value, ...(comment !== undefined && { comment }) });
  };
  for (const user of people.users.values()) {
    if (people.user(user.email) === user) declare(user, target.member(user.email), { user });
  }
  for (const [{ email } = { email: "" }] of people.ambiguous) {
    leftOut.push({ reason: "person-twice", what: email, target: target.member(email) });
  }
  for (const invite of live.invites.known ? pendingInvites(live.invites.items, now).values() : []) {
    const { email } = invite;
    const user = people.user(email);
    const at = target.invite(email);
    if (people.usersOf(email).length === 0) declare(invite, at, { comment: "invited, not yet accepted" });
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

interface Written {
  readonly comment?: string;
  /** A member, and so perhaps somebody with limits of their own. */
  readonly user?: User;
}

type Person = Pick<User, "email" | "role">;

/** Why a person cannot be declared; undefined where that is possible. */
export function undeclarable({ email, role }: Person): LeftOut["reason"] | undefined {
  if (organizationRank(role) === undefined) return "unknown-role";
  return isAddress(email) ? undefined : "unwritable-name";
}
