import type { Member } from "../config/config.ts";
import type { Grant } from "../kinds/kind.ts";
import { type Grants, grantsTo } from "../kinds/kinds.ts";
import { keyTarget } from "../match/key-place.ts";
import { entriesOf } from "../match/keys.ts";
import { type Invite, itemsOf, NOT_READ, type ReadResult, type User } from "../model/org.ts";
import { inheritedWorkspaceRole, isAssignable } from "../model/role.ts";
import { DAY, daysBetween, hasPassed, startOfDay } from "../model/time.ts";
import { emailIdentity } from "../text/identity.ts";
import { type GroupStatus, groupNames, groupStatuses } from "./group.ts";
import type { StatusIndex, WorkspaceRef } from "./index-live.ts";
import { type KeyStatus, keyStatuses } from "./key.ts";
import type { StatusNote } from "./note.ts";
import { type RequestStatus, type SpendingStatus, spendingStatuses, waitingRequests } from "./spending.ts";
import { accessOf, type How } from "./workspace.ts";

/** Everything that one person reaches, and why. */
export interface UserStatus {
  readonly email: string;
  /** Absent: no member of the organization. */
  readonly user?: User;
  /** Invitations that were not accepted: pending and expired ones. */
  readonly invites: ReadResult<Invite>;
  /** The names of the groups that each invitation brings along, by its id. */
  readonly invitedTo: ReadonlyMap<string, readonly string[]>;
  /** What rbac.yaml says of the person. */
  readonly declared?: DeclaredPerson;
  /** Every workspace, whether the person is in it or not. */
  readonly access: ReadResult<Access>;
  /** The groups that they are in. */
  readonly groups: ReadResult<GroupStatus>;
  /** What they may spend and have spent, and where they wait for more. */
  readonly spending: ReadResult<SpendingStatus>;
  readonly requests: ReadResult<RequestStatus>;
  /** Keys that act as the person. */
  readonly keys: ReadResult<KeyStatus>;
  /** Keys of nobody, of a service account or of somebody else, whose secret the person was shown when creating them. */
  readonly created: ReadResult<KeyStatus>;
  readonly notes: readonly StatusNote[];
}

/** One person's standing in one workspace. */
export type Access =
  | { readonly workspace: WorkspaceRef; readonly state: "member"; readonly role: string; readonly how: How }
  /** The default workspace: what one may do there follows the organization role. */
  | { readonly workspace: WorkspaceRef; readonly state: "by-organization-role"; readonly role: string }
  | { readonly workspace: WorkspaceRef; readonly state: "absent" }
  | { readonly workspace: WorkspaceRef; readonly state: "unknown"; readonly reason: string };

/** What rbac.yaml says of one person, in all of its places. */
export interface DeclaredPerson {
  readonly member?: Member;
  /** Workspace roles by handle. */
  readonly workspaces: ReadonlyMap<string, string>;
  /** The targets of keys that the person is to own. */
  readonly owns: readonly string[];
}

/** What is known of the person with an e-mail (in lower case); undefined where nothing names it. */
export function userStatus(index: StatusIndex, email: string): UserStatus | undefined {
  const { live } = index;
  const [user] = index.matches.people.usersOf(email);
  const theirs = grantsTo(index.grants, { ids: new Set(user ? [user.id] : []), email });
  const invited = new Set(theirs.invite.map(({ id }) => id));
  const invites: ReadResult<Invite> = live.invites.known
    ? { known: true, items: live.invites.items.filter(({ id }) => invited.has(id)) }
    : live.invites;
  const declared = declaredPerson(index, email);
  if (!user && !declared && invites.known && invites.items.length === 0) return undefined;
  const known = {
    email,
    ...(user && { user }),
    invites,
    invitedTo: new Map(itemsOf(invites).map(({ id, groupIds }) => [id, groupNames(live, groupIds)])),
    ...(declared && { declared }),
    access: accessTo(index, user, theirs),
    groups: groupStatuses(index, new Set(theirs.group_member.flatMap(({ group }) => group?.id ?? []))),
    spending: user ? spendingStatuses(index, user.id) : NOT_READ,
    requests: user ? waitingRequests(index, user.id) : NOT_READ,
    keys: keysOf(
      index,
      theirs.key.filter(({ how }) => how === "acts-as"),
    ),
    created: keysOf(
      index,
      theirs.key.filter(({ how }) => how === "created"),
    ),
  };
  return { ...known, notes: userNotes(index, known) };
}

const OPEN: ReadonlySet<string> = new Set(["pending", "expired"]);

/** E-mails to compare a mistyped one with: members, invited people and those of the file. */
export function knownEmails({ live, config }: StatusIndex): readonly string[] {
  const emails = new Set(config?.members.keys());
  for (const { email } of itemsOf(live.users)) emails.add(email);
  // Whose invitation was accepted or cancelled is a member, or gone.
  for (const { email, status } of itemsOf(live.invites)) if (OPEN.has(status)) emails.add(email);
  return [...emails];
}

function declaredPerson({ config, matches }: StatusIndex, email: string): DeclaredPerson | undefined {
  if (!config) return undefined;
  const same = emailIdentity(email);
  const member = matches.people.member(email);
  const workspaces = new Map<string, string>();
  for (const { handle, members } of config.workspaces.values()) {
    for (const [person, role] of members ?? []) if (emailIdentity(person) === same) workspaces.set(handle, role);
  }
  const owns = entriesOf(config).flatMap(({ key, workspace }) =>
    key.owner !== undefined && emailIdentity(key.owner) === same ? keyTarget(workspace, key.name) : [],
  );
  if (!member && workspaces.size === 0 && owns.length === 0) return undefined;
  return { ...(member && { member }), workspaces, owns };
}

function accessTo(index: StatusIndex, user: User | undefined, theirs: Grants): ReadResult<Access> {
  if (!index.live.workspaces.known) return index.live.workspaces;
  const roles = new Map(theirs.workspace_member.map((grant) => [grant.workspaceId, grant]));
  const items = index.workspaces.map((workspace): Access => {
    if (!user) return { workspace, state: "absent" };
    if (workspace.special === "default") return { workspace, state: "by-organization-role", role: user.role };
    const rows = index.live.workspaceMembers.get(workspace.id);
    const role = roles.get(workspace.id);
    // What is inherited holds whether or not the rows could be read; a billing member's raise is then not known.
    if (role) return { workspace, state: "member", ...accessOf(role) };
    if (!rows?.known) return { workspace, state: "unknown", reason: rows?.reason ?? "not-read" };
    return { workspace, state: "absent" };
  });
  return { known: true, items };
}

function keysOf(index: StatusIndex, theirs: readonly Grant[]): ReadResult<KeyStatus> {
  const { keys } = index.live;
  if (!keys.known) return keys;
  const ids = new Set(theirs.map(({ id }) => id));
  return {
    known: true,
    items: keyStatuses(
      index,
      keys.items.filter(({ id }) => ids.has(id)),
    ),
  };
}

type Known = Omit<UserStatus, "notes">;

/** How long before its end an entry's `until` is spoken of. */
const SOON = 14 * DAY;

/** What stands between a person and what they should reach, in words; the first answers "why can't they get in". */
function userNotes(index: StatusIndex, known: Known): readonly StatusNote[] {
  return [
    ...entry(index, known),
    ...term(index, known),
    ...membership(index, known),
    ...roles(index, known),
    ...secrets(known),
  ];
}

/** Whether the person is in the organization at all. */
function entry({ now, config }: StatusIndex, known: Known): readonly StatusNote[] {
  const { user, invites, declared } = known;
  if (user) return [];
  if (!invites.known) return [{ code: "invites-unread", args: { reason: invites.reason } }];
  const notes: StatusNote[] = [];
  const role = declared?.member?.role;
  const open = invites.items;
  const pending = open.find((invite) => !isExpired(invite, now));
  const expired = open.find((invite) => isExpired(invite, now));
  const ended = endOf(known, now);
  const invite = pending ?? expired;
  if (ended !== undefined && !pending) {
    notes.push({ code: "not-in-organization", args: { ended } });
  } else if (invite) {
    const expiry = invite.expiresAt === undefined ? {} : { expiresAt: invite.expiresAt };
    notes.push({ code: pending ? "invite-pending" : "invite-expired", args: { role: invite.role, ...expiry } });
  } else {
    notes.push({
      code: "not-in-organization",
      args: {
        ...(role !== undefined ? { declared: role } : declared?.member && { needsRole: true }),
        ...byHand(config, "members"),
      },
    });
  }
  if (pending && role !== undefined && pending.role !== role) {
    notes.push({ code: "invited-role-differs", args: { declared: role, live: pending.role } });
  }
  return notes;
}

/** Whether the file leaves a kind to people: no apply does anything about it. */
function byHand(config: StatusIndex["config"], kind: "members" | "workspace_members"): { readonly byHand?: true } {
  return config?.manage[kind] === "off" ? { byHand: true } : {};
}

function isExpired({ status, expiresAt }: Invite, now: number): boolean {
  return status === "expired" || (expiresAt !== undefined && expiresAt <= now);
}

/** The day on which rbac.yaml ended their access, once it has passed. */
function endOf({ declared }: Known, now: number): string | undefined {
  const day = declared?.member?.until;
  return day !== undefined && hasPassed(day, now) ? day : undefined;
}

/** The end that rbac.yaml sets. Of somebody who is gone it has been said. */
function term({ now, config }: StatusIndex, known: Known): readonly StatusNote[] {
  const { user, invites, declared } = known;
  const day = declared?.member?.until;
  if (day === undefined) return [];
  const isThere = user !== undefined || !invites.known || invites.items.some((invite) => !isExpired(invite, now));
  if (endOf(known, now) !== undefined) {
    // An organization's admin leaves by hand, whatever the file manages.
    const left = user && !isAssignable(user.role) ? { byHand: true } : byHand(config, "members");
    return isThere ? [{ code: "until-passed", args: { day, ...left } }] : [];
  }
  const left = startOfDay(day) + DAY - now;
  return left <= SOON ? [{ code: "until-soon", args: { day, days: daysBetween(now, startOfDay(day) + DAY) } }] : [];
}

/** The workspaces that a member of the organization is not in; what the file promises comes first. */
function membership(index: StatusIndex, known: Known): readonly StatusNote[] {
  const { user, access, declared } = known;
  // Whose access has ended is to be added nowhere.
  if (!user || !access.known || endOf(known, index.now) !== undefined) return [];
  const notes: StatusNote[] = [];
  const left = byHand(index.config, "workspace_members");
  const absent = { declared: [] as WorkspaceRef[], others: [] as WorkspaceRef[] };
  const unread = new Map<string, WorkspaceRef[]>();
  for (const item of access.items) {
    const { workspace } = item;
    if (item.state === "unknown") unread.set(item.reason, [...(unread.get(item.reason) ?? []), workspace]);
    if (item.state !== "absent") continue;
    const role = workspace.handle === undefined ? undefined : declared?.workspaces.get(workspace.handle);
    if (role !== undefined) notes.push({ code: "declared-not-member", args: { workspace, role, ...left } });
    // Claude Code adds people at their sign-in; nobody is added to it by hand.
    else if (!workspace.special) absent[workspace.handle === undefined ? "others" : "declared"].push(workspace);
  }
  for (const workspaces of [absent.declared, absent.others]) {
    if (workspaces.length > 0) notes.push({ code: "not-member", args: { workspaces, ...left } });
  }
  for (const [reason, workspaces] of unread) notes.push({ code: "memberships-unread", args: { workspaces, reason } });
  const live = new Set(index.workspaces.map(({ handle }) => handle));
  for (const [handle, role] of declared?.workspaces ?? []) {
    if (!live.has(handle)) notes.push({ code: "declared-workspace-missing", args: { handle, role } });
  }
  return notes;
}

/** Where the roles that the person has are not those of the file, and what a weak role does not allow. */
function roles({ config }: StatusIndex, { user, access, declared }: Known): readonly StatusNote[] {
  if (!user) return [];
  const notes: StatusNote[] = [];
  const role = declared?.member?.role;
  if (role !== undefined && role !== user.role) {
    notes.push({ code: "organization-role-differs", args: { declared: role, live: user.role } });
  }
  const workbench: WorkspaceRef[] = [];
  for (const item of itemsOf(access)) {
    if (item.state !== "member") continue;
    const { workspace, how } = item;
    if (item.role === "user" && !workspace.special) workbench.push(workspace);
    const promised = workspace.handle === undefined ? undefined : declared?.workspaces.get(workspace.handle);
    if (promised !== undefined && promised !== item.role && inheritedWorkspaceRole(user.role) !== "admin") {
      notes.push({ code: "workspace-role-differs", args: { workspace, declared: promised, live: item.role } });
    }
    const listed = workspace.handle !== undefined && config?.workspaces.get(workspace.handle)?.members !== undefined;
    if (how === "direct" && promised === undefined && listed) {
      notes.push({ code: "member-not-declared", args: { workspace, role: item.role } });
    }
  }
  if (workbench.length > 0) notes.push({ code: "workbench-only", args: { workspaces: workbench } });
  if (config && !declared?.member) notes.push({ code: "person-not-declared", args: {} });
  return notes;
}

function secrets({ created }: Known): readonly StatusNote[] {
  const alive = created.known ? created.items.filter(({ status }) => status === "active" || status === "inactive") : [];
  return alive.length > 0 ? [{ code: "knows-secrets", args: { keys: alive.length } }] : [];
}
