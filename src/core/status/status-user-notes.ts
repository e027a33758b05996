import type { Invite } from "../model/org.ts";
import { inheritedWorkspaceRole } from "../model/role.ts";
import { DAY, daysBetween, hasPassed, startOfDay } from "../model/time.ts";
import type { StatusIndex, WorkspaceRef } from "./index-live.ts";
import type { StatusNote } from "./note.ts";
import type { UserStatus } from "./user.ts";

type Known = Omit<UserStatus, "notes">;

/** How long before its end an entry's `until` is spoken of. */
const SOON = 14 * DAY;

/** What stands between a person and what they should reach, in words; the first answers "why can't they get in". */
export function userNotes(index: StatusIndex, known: Known): readonly StatusNote[] {
  return [
    ...entry(index, known),
    ...term(index, known),
    ...membership(index, known),
    ...roles(index, known),
    ...secrets(known),
  ];
}

/** Whether the person is in the organization at all. */
function entry({ now }: StatusIndex, { user, invites, declared }: Known): readonly StatusNote[] {
  if (user) return [];
  const notes: StatusNote[] = [];
  const role = declared?.member?.role;
  if (!invites.known) notes.push({ code: "invites-unread", args: { reason: invites.reason } });
  const open = invites.known ? invites.items : [];
  const pending = open.find((invite) => !isExpired(invite, now));
  const expired = open.find((invite) => isExpired(invite, now));
  const invite = pending ?? expired;
  if (invite) {
    const expiry = invite.expiresAt === undefined ? {} : { expiresAt: invite.expiresAt };
    notes.push({ code: pending ? "invite-pending" : "invite-expired", args: { role: invite.role, ...expiry } });
  } else {
    notes.push({ code: "not-in-organization", args: { ...(role !== undefined && { declared: role }) } });
  }
  if (pending && role !== undefined && pending.role !== role) {
    notes.push({ code: "invited-role-differs", args: { declared: role, live: pending.role } });
  }
  return notes;
}

function isExpired({ status, expiresAt }: Invite, now: number): boolean {
  return status === "expired" || (expiresAt !== undefined && expiresAt <= now);
}

/** The end that rbac.yaml sets. */
function term({ now }: StatusIndex, { declared }: Known): readonly StatusNote[] {
  const day = declared?.member?.until;
  if (day === undefined) return [];
  if (hasPassed(day, now)) return [{ code: "until-passed", args: { day } }];
  const left = startOfDay(day) + DAY - now;
  return left <= SOON ? [{ code: "until-soon", args: { day, days: daysBetween(now, startOfDay(day) + DAY) } }] : [];
}

/** The workspaces that a member of the organization is not in; what the file promises comes first. */
function membership(index: StatusIndex, { user, access, declared }: Known): readonly StatusNote[] {
  if (!user || !access.known) return [];
  const notes: StatusNote[] = [];
  const absent = { declared: [] as WorkspaceRef[], others: [] as WorkspaceRef[] };
  const unread = new Map<string, WorkspaceRef[]>();
  for (const item of access.items) {
    const { workspace } = item;
    if (item.state === "unknown") unread.set(item.reason, [...(unread.get(item.reason) ?? []), workspace]);
    if (item.state !== "absent") continue;
    const role = workspace.handle === undefined ? undefined : declared?.workspaces.get(workspace.handle);
    if (role !== undefined) notes.push({ code: "declared-not-member", args: { workspace, role } });
    // Claude Code adds people at their sign-in; nobody is added to it by hand.
    else if (!workspace.special) absent[workspace.handle === undefined ? "others" : "declared"].push(workspace);
  }
  for (const workspaces of [absent.declared, absent.others]) {
    if (workspaces.length > 0) notes.push({ code: "not-member", args: { workspaces } });
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
  for (const item of access.known ? access.items : []) {
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
