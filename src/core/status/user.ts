import type { Member } from "../config/config.ts";
import type { ApiKey, Invite, Reading, User } from "../model/org.ts";
import { target } from "../model/target.ts";
import type { StatusIndex, WorkspaceRef } from "./index-live.ts";
import { type KeyStatus, keyStatuses } from "./key.ts";
import type { StatusNote } from "./note.ts";
import { userNotes } from "./status-user-notes.ts";
import { accessOf, type How } from "./workspace.ts";

/** Everything that one person reaches, and why. */
export interface UserStatus {
  readonly email: string;
  /** Absent: no member of the organization. */
  readonly user?: User;
  /** Invitations that were not accepted: pending and expired ones. */
  readonly invites: Reading<Invite>;
  /** What rbac.yaml says of the person. */
  readonly declared?: DeclaredPerson;
  /** Every workspace, whether the person is in it or not. */
  readonly access: Reading<Access>;
  /** Keys that act as the person. */
  readonly keys: Reading<KeyStatus>;
  /** Keys that act as nobody, or as a service account, whose secret the person was shown when creating them. */
  readonly created: Reading<KeyStatus>;
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
  const user = [...index.users.values()].find((candidate) => candidate.email === email);
  const invites: Reading<Invite> = live.invites.known
    ? { known: true, items: live.invites.items.filter((invite) => invite.email === email && isOpen(invite)) }
    : live.invites;
  const declared = declaredPerson(index, email);
  if (!user && !declared && invites.known && invites.items.length === 0) return undefined;
  const known = {
    email,
    ...(user && { user }),
    invites,
    ...(declared && { declared }),
    access: accessTo(index, user),
    keys: keysOf(index, (key) => user !== undefined && actsFor(index, key, user)),
    created: keysOf(index, (key) => user !== undefined && key.createdBy?.id === user.id && !actsFor(index, key, user)),
  };
  return { ...known, notes: userNotes(index, known) };
}

/** E-mails to compare a mistyped one with: members, invited people and those of the file. */
export function knownEmails({ live, config }: StatusIndex): readonly string[] {
  const emails = new Set(config?.members.keys());
  for (const { email } of live.users.known ? live.users.items : []) emails.add(email);
  for (const { email } of live.invites.known ? live.invites.items : []) emails.add(email);
  return [...emails];
}

function isOpen({ status }: Invite): boolean {
  return status === "pending" || status === "expired";
}

function declaredPerson({ config }: StatusIndex, email: string): DeclaredPerson | undefined {
  if (!config) return undefined;
  const member = config.members.get(email);
  const workspaces = new Map<string, string>();
  const owns: string[] = [];
  for (const { handle, members, keys } of config.workspaces.values()) {
    const role = members?.get(email);
    if (role) workspaces.set(handle, role);
    for (const key of keys?.values() ?? []) if (key.owner === email) owns.push(target.key(handle, key.name));
  }
  for (const key of config.organization.keys?.values() ?? []) {
    if (key.owner === email) owns.push(target.organizationKey(key.name));
  }
  if (!member && workspaces.size === 0 && owns.length === 0) return undefined;
  return { ...(member && { member }), workspaces, owns };
}

function accessTo(index: StatusIndex, user: User | undefined): Reading<Access> {
  if (!index.live.workspaces.known) return index.live.workspaces;
  const items = index.workspaces.map((workspace): Access => {
    if (!user) return { workspace, state: "absent" };
    if (workspace.special === "default") return { workspace, state: "by-organization-role", role: user.role };
    const rows = index.live.workspaceMembers.get(workspace.id);
    const row = rows?.known ? rows.items.find(({ userId }) => userId === user.id) : undefined;
    const access = accessOf(user, row);
    // What is inherited holds whether or not the rows could be read; a billing member's raise is then not known.
    if (access) return { workspace, state: "member", ...access };
    if (!rows?.known) return { workspace, state: "unknown", reason: rows?.reason ?? "not-read" };
    return { workspace, state: "absent" };
  });
  return { known: true, items };
}

/** Whether a key acts as the person; those that Claude Code mints name nobody, yet live and die with their maker. */
function actsFor({ workspace }: StatusIndex, { principal, createdBy, scope }: ApiKey, user: User): boolean {
  if (principal) return principal.type === "user" && principal.id === user.id;
  const minted = scope.type === "workspace" && workspace(scope.workspaceId).special === "claude-code";
  return minted && createdBy?.id === user.id;
}

function keysOf(index: StatusIndex, wanted: (key: ApiKey) => boolean): Reading<KeyStatus> {
  const { keys } = index.live;
  return keys.known ? { known: true, items: keyStatuses(index, keys.items.filter(wanted)) } : keys;
}
