import type { Change } from "../model/change.ts";
import { finding } from "../model/finding.ts";
import { isWritableGroup } from "../model/group.ts";
import { type Group, type Invite, itemsOf, type OrgSnapshot } from "../model/org.ts";
import { parseTarget, target } from "../model/target.ts";
import { hasPassed } from "../model/time.ts";
import { emailIdentity, nameIdentity } from "../text/identity.ts";
import { type Access, type AccessRemark, subjectOf } from "./access.ts";
import { groupCalled, groupScope, groupsByName, OWNER_REFUSALS } from "./group.ts";
import { pendingInvites } from "./invite.ts";
import { emptyKindPlan, type Grant, type Kind, type KindPlan, type Leaver, type PlanInput, sizeOf } from "./kind.ts";

/** Who is in which group, and so has its roles. What an identity provider owns is compared, and never written. */
export const group_member: Kind<"group_member"> = {
  manage: "groups",
  order: 11,
  endsAt: 4,
  writtenBy: "api",
  refusals: OWNER_REFUSALS,
  needs: ["groups", "users"],
  scope: groupScope,
  lists: { groups: "groups" },
  parts: ({ groups }) =>
    itemsOf(groups).flatMap(({ name, members, adminRights }) => [
      [`${target.group(name)}.members`, members] as const,
      ...(adminRights ? [[`${target.group(name)}.roles`, adminRights] as const] : []),
    ]),
  count: (live) => groupsOf(live).reduce((total, { members }) => total + sizeOf(members), 0),
  grants: (live) =>
    groupsOf(live).flatMap(({ id: groupId, name, members }) =>
      itemsOf(members).map(({ userId: id, email }) => {
        const place = { id: groupId, name, ...obstacleIn(live, name) };
        return { id, group: place, to: { email }, how: "direct" as const, inForce: true };
      }),
    ),
  access: memberships,
  revoke: leaving,
  feed: { names: ["group", "person"], gives: ["group_member_added"], blurs: ["group_member_removed"] },
  isPlace: false,
  plan: planGroupMembers,
  named: (at) => {
    const { name = "", email } = parseTarget(at) ?? {};
    const path = ["groups", name, "members"];
    return email === undefined ? undefined : { is: "person", place: target.group(name), name: email, path };
  },
  needed: ({ action, target: at }) => (action === "create" ? [target.group(parseTarget(at)?.name ?? "")] : []),
  confirmedBy: ({ target: at }) => at,
  calls: (change, ids) => {
    const { name, email } = parseTarget(change.target) ?? {};
    const groupId = name === undefined ? undefined : ids.groupId(name);
    const userId = change.id ?? (email === undefined ? undefined : ids.userId(email));
    if (groupId === undefined || userId === undefined || change.action === "update") return undefined;
    return [{ name: change.action === "create" ? "add-group-member" : "remove-group-member", groupId, userId }];
  },
  // The group has them.
  exported: [],
};

function groupsOf({ groups }: OrgSnapshot): readonly Group[] {
  return itemsOf(groups);
}

/** What each of them has by being in it: whatever the group gives. */
function memberships({ config, live, matches: { people } }: PlanInput): readonly Access[] {
  const declared = new Map(
    [...config.groups.values()].map(({ name, members = [] }) => {
      // Of what stands there twice the first counts.
      const places = new Map(members.map((email, index) => [email, index] as const).reverse());
      return [nameIdentity(name), { name, places }];
    }),
  );
  return groupsOf(live).flatMap((one) => {
    const { id: groupId, name, members, adminRights } = one;
    const rights = itemsOf(adminRights);
    const remarks: readonly AccessRemark[] =
      rights.length === 0 ? [] : [{ flag: "admin", reason: { code: "admin-rights", args: { group: name, rights } } }];
    return itemsOf(members).map(({ userId: id, email }): Access => {
      const group = declared.get(nameIdentity(name));
      const index = group?.places.get(emailIdentity(email));
      const called = people.users.get(id)?.name;
      return {
        subject: subjectOf("person", {
          id,
          email: emailIdentity(email),
          ...(called !== undefined && { name: called }),
        }),
        on: { type: "group", id: groupId, name },
        role: null,
        // Names of groups are not unique: two of one name are two ways.
        through: { type: "group", id: groupId, name },
        ...(group && index !== undefined && { path: ["groups", group.name, "members", index] }),
        ...(!isWritableGroup(one) && { leftByFull: "identity-provider" }),
        remarks,
      };
    });
  });
}

/** Why the API cannot take anybody out of a group: two of one name cannot be told apart by a target. */
function obstacleIn(live: OrgSnapshot, name: string) {
  const own = groupCalled(groupsByName({ live }), name);
  if (!own) return { obstacle: "group-twice" } as const;
  return isWritableGroup(own) ? {} : ({ obstacle: "provider-owned" } as const);
}

/** The way out of a group. */
function leaving({ id, group: from }: Grant, { email }: Leaver): readonly Change[] {
  if (!from) return [];
  const at = { kind: "group_member", target: target.groupMember(from.name, email), id } as const;
  const takes = { ...at, before: { email }, after: null, risk: "removal" } as const;
  if (from.obstacle) return [{ action: "manual", ...takes, reason: from.obstacle }];
  return [{ action: "remove", ...takes, reason: "offboarded" }];
}

/** Whoever is declared is added, and whoever is not leaves under `full`; who is no member of the organization yet has to wait. */
function planGroupMembers(input: PlanInput): KindPlan {
  const planned = emptyKindPlan();
  const { config, live } = input;
  if (config.manage.groups === "off" || !live.groups.known || !live.users.known) return planned;
  const byName = groupsByName(input);
  const invites = live.invites.known ? pendingInvites(live.invites.items, input.now) : undefined;
  for (const { name, members } of config.groups.values()) {
    if (members === undefined) continue;
    const found = groupCalled(byName, name);
    // Several bear the name: said where groups are planned, guessed about nowhere.
    if (!found && byName.has(nameIdentity(name))) continue;
    if (found && !found.members.known) continue;
    planGroup(planned, input, { name, members, ...(found && { found }), ...(invites && { invites }) });
  }
  return planned;
}

interface Declared {
  readonly name: string;
  /** E-mails in lower case. */
  readonly members: readonly string[];
  /** Absent where this very plan creates it. */
  readonly found?: Group;
  /** Those that can still be accepted, by e-mail; absent where they are not known. */
  readonly invites?: ReadonlyMap<string, Invite>;
}

function planGroup(planned: KindPlan, input: PlanInput, declared: Declared): void {
  const { name, members, found } = declared;
  const { config, matches } = input;
  const byApi = !found || isWritableGroup(found);
  const inside = itemsOf(found?.members);
  const current = new Set(inside.map(({ email }) => emailIdentity(email)));
  for (const [index, email] of members.entries()) {
    if (current.has(emailIdentity(email))) continue;
    const user = matches.people.user(email);
    if (!user) planNewcomer(planned, input, declared, index, email);
    else if (!leaves(input, user.email)) {
      const at = { kind: "group_member", target: target.groupMember(name, email) } as const;
      const adds = { ...at, id: null, before: null, after: { email: user.email }, risk: "widening" } as const;
      if (byApi) planned.changes.push({ action: "create", ...adds, reason: "declared" });
      else planned.changes.push({ action: "manual", ...adds, reason: "provider-owned" });
    }
  }
  const expected = new Set(members.map(emailIdentity));
  for (const { userId: id, email } of inside) {
    if (expected.has(emailIdentity(email)) || leaves(input, email)) continue;
    const at = { kind: "group_member", target: target.groupMember(name, email), id } as const;
    if (config.manage.groups !== "full") {
      planned.unmanaged.push({ ...at, name: email, details: { email } });
      continue;
    }
    const takes = { ...at, before: { email }, after: null, risk: "removal" } as const;
    if (byApi) planned.changes.push({ action: "remove", ...takes, reason: "not-declared" });
    else planned.changes.push({ action: "manual", ...takes, reason: "provider-owned" });
  }
}

/** Whether this very plan takes a person out of the organization, and so out of every group. */
export function leaves({ config, now, matches }: PlanInput, email: string): boolean {
  if (config.manage.members === "off" || !matches.people.user(email)) return false;
  const member = matches.people.member(email);
  return member ? member.until !== undefined && hasPassed(member.until, now) : config.manage.members === "full";
}

function planNewcomer(
  planned: KindPlan,
  { config, now, matches }: PlanInput,
  { name, invites }: Declared,
  index: number,
  email: string,
): void {
  const at = target.groupMember(name, email);
  const member = config.manage.members === "off" ? undefined : matches.people.member(email);
  if (member?.until !== undefined && hasPassed(member.until, now)) return;
  if (matches.people.usersOf(email).length > 0 || !invites) return;
  const invite = invites.get(emailIdentity(email));
  const path = ["groups", name, "members", index];
  planned.missing.push({ is: "person", place: target.group(name), name: email, path, target: at });
  if (!invite && !member) {
    planned.findings.push(finding("not-a-member", { person: email }, { path, target: at }));
    return;
  }
  const { role = member?.role ?? "user", expiresAt } = invite ?? {};
  const waits = { kind: "group_member", target: at, id: null, email, role } as const;
  planned.pending.push({ ...waits, ...(expiresAt !== undefined && { expiresAt }) });
}
