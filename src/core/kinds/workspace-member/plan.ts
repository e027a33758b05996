import type { Workspace } from "../../config/config.ts";
import type { Risk } from "../../model/change.ts";
import { finding } from "../../model/finding.ts";
import type { Invite, LiveWorkspace, User, WorkspaceMember } from "../../model/org.ts";
import { inheritedWorkspaceRole, isAssignable, WORKSPACE_ROLES, type WorkspaceRole } from "../../model/role.ts";
import { target } from "../../model/target.ts";
import { hasPassed } from "../../model/time.ts";
import { emailIdentity } from "../../text/identity.ts";
import { pendingInvites } from "../invite.ts";
import { emptyKindPlan, type KindPlan, type PlanInput } from "../kind.ts";

/** What is the same for every workspace. */
interface People {
  readonly facts: PlanInput;
  /** Absent where invitations could not be read. */
  readonly invites?: ReadonlyMap<string, Invite>;
}

/**
 * Who holds which role in which workspace. Inherited roles are never drift, whichever way the API lists them; a person who
 * is not a member of the organization yet is pending, because a workspace role needs a user id.
 */
export function planWorkspaceMembers(facts: PlanInput): KindPlan {
  const planned = emptyKindPlan();
  const { config, live, matches, now } = facts;
  if (config.manage.workspace_members === "off" || !live.users.known) return planned;
  const people: People = {
    facts,
    ...(live.invites.known && { invites: pendingInvites(live.invites.items, now) }),
  };
  for (const { declared, live: workspace } of matches.matched) {
    if (!workspace?.isDefault) planWorkspace(planned, people, declared, workspace);
  }
  return planned;
}

function planWorkspace(
  planned: KindPlan,
  people: People,
  declared: Workspace,
  workspace: LiveWorkspace | undefined,
): void {
  const { config, live } = people.facts;
  const reading = workspace ? live.workspaceMembers.get(workspace.id) : { known: true as const, items: [] };
  if (!reading?.known) return;
  const current = new Map(reading.items.map((member) => [member.userId, member]));

  for (const [email, role] of declared.members ?? []) {
    const user = people.facts.matches.people.user(email);
    if (user) planPerson(planned, people, declared.handle, email, user, role, current.get(user.id));
    else planNewcomer(planned, people, declared.handle, email, role);
  }
  const expected = new Set([...(declared.members?.keys() ?? [])].map(emailIdentity));
  const full = config.manage.workspace_members === "full";
  for (const member of reading.items) planUndeclared(planned, people, declared.handle, expected, member, full);
}

function planPerson(
  planned: KindPlan,
  people: People,
  handle: string,
  email: string,
  user: User,
  role: WorkspaceRole,
  current: WorkspaceMember | undefined,
): void {
  if (leaves(people.facts, user)) return;
  const inherited = inheritedWorkspaceRole(roleAfter(people.facts, user));
  const raisesBilling = inherited === "billing" && role === "admin";
  const path = ["workspaces", handle, "members", email];
  if (inherited && !raisesBilling) {
    if (inherited === "billing") {
      const args = { person: user.email, role: user.role, declared: role };
      planned.findings.push(
        finding("inherited-role", args, { path, target: target.workspaceMember(handle, user.email) }),
      );
    }
    return;
  }
  if (current?.role === role) return;
  // A billing role is never given by hand: where this very plan ends it, the person is in no workspace any more.
  const listed = current !== undefined && (inherited === "billing" || current.role !== "billing");
  const at = { kind: "workspace_member", target: target.workspaceMember(handle, user.email) } as const;
  const after = { role };
  if (!listed) {
    planned.changes.push({
      action: "create",
      ...at,
      id: null,
      before: null,
      after,
      risk: "widening",
      reason: "declared",
    });
    return;
  }
  const [before, risk] = [{ role: current.role }, roleRisk(current.role, role)];
  planned.changes.push({ action: "update", ...at, id: user.id, before, after, risk, reason: "differs" });
}

/** The role in the organization once this very plan is carried out: a workspace role that comes with it changes with it. */
function roleAfter({ config, matches }: PlanInput, { email, role }: User): string {
  const declared = config.manage.members === "off" ? undefined : matches.people.member(email)?.role;
  return declared !== undefined && isAssignable(declared) && isAssignable(role) ? declared : role;
}

/** Whether this very plan takes the person out of the organization, and so out of every workspace. */
function leaves({ config, now, matches }: PlanInput, user: User): boolean {
  if (config.manage.members === "off") return false;
  const member = matches.people.member(user.email);
  return member ? member.until !== undefined && hasPassed(member.until, now) : config.manage.members === "full";
}

function planNewcomer(
  planned: KindPlan,
  { facts, invites }: People,
  handle: string,
  email: string,
  role: string,
): void {
  const at = target.workspaceMember(handle, email);
  const member = facts.config.manage.members === "off" ? undefined : facts.matches.people.member(email);
  if (member?.until !== undefined && hasPassed(member.until, facts.now)) return;
  // Two live people with one e-mail: reported where members are planned, guessed about nowhere.
  if (facts.matches.people.usersOf(email).length > 0) return;
  const path = ["workspaces", handle, "members", email];
  planned.missing.push({ is: "person", place: handle, name: email, path, target: at });
  const invite = invites?.get(emailIdentity(email));
  if (invite || member) {
    const expiresAt = invite?.expiresAt;
    planned.pending.push({
      kind: "workspace_member",
      target: at,
      id: null,
      email,
      role,
      ...(expiresAt !== undefined && { expiresAt }),
    });
  } else if (invites) {
    planned.findings.push(finding("not-a-member", { person: email }, { path, target: at }));
  }
}

function planUndeclared(
  planned: KindPlan,
  people: People,
  handle: string,
  expected: ReadonlySet<string>,
  member: WorkspaceMember,
  full: boolean,
): void {
  const { users, user: userOf } = people.facts.matches.people;
  const email = users.get(member.userId)?.email;
  if (email !== undefined && expected.has(emailIdentity(email))) return;
  const user = email === undefined ? undefined : userOf(email);
  const inherited = user && inheritedWorkspaceRole(user.role);
  if (member.role === "billing" || inherited === "admin") return;
  if (user && leaves(people.facts, user)) return;
  const at = target.workspaceMember(handle, email ?? member.userId);
  // Somebody the list of users does not know is reported only: whoever it is must be looked at first.
  if (full && user) {
    planned.changes.push({
      action: "remove",
      kind: "workspace_member",
      target: at,
      id: member.userId,
      before: { role: member.role },
      after: null,
      risk: "removal",
      reason: "not-declared",
    });
  } else {
    const details = { role: member.role };
    planned.unmanaged.push({
      kind: "workspace_member",
      target: at,
      id: member.userId,
      name: email ?? member.userId,
      details,
    });
  }
}

/** Whether another role in a workspace gives more or less; what nobody knows is weaker than all. */
export function roleRisk(before: string, after: WorkspaceRole): Risk {
  const order: readonly string[] = WORKSPACE_ROLES;
  return order.indexOf(after) > order.indexOf(before) ? "widening" : "removal";
}
