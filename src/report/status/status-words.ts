import { dayOf } from "../../core/model/time.ts";
import type { WorkspaceRef } from "../../core/status/index-live.ts";
import type { StatusNote, StatusNoteArgs, StatusNoteCode } from "../../core/status/note.ts";
import { quoted } from "../../core/text/text.ts";

/** How much a note matters: `error` stops somebody now, `warning` will or may, `info` explains. */
export type NoteLevel = "error" | "warning" | "info";

const LEVELS = {
  "not-in-organization": "error",
  "invite-pending": "error",
  "invite-expired": "error",
  "invites-unread": "warning",
  "until-passed": "warning",
  "until-soon": "warning",
  "declared-not-member": "error",
  "not-member": "warning",
  "declared-workspace-missing": "warning",
  "organization-role-differs": "warning",
  "invited-role-differs": "warning",
  "workspace-role-differs": "warning",
  "member-not-declared": "warning",
  "workbench-only": "warning",
  "memberships-unread": "warning",
  "person-not-declared": "info",
  "knows-secrets": "info",
  "key-disabled": "error",
  "key-expired": "error",
  "key-archived": "error",
  "key-status-unknown": "warning",
  "key-workspace-not-listed": "warning",
  "key-in-other-workspace": "error",
  "key-name-suggests": "warning",
  "key-without-workspace": "info",
  "key-owner-left": "warning",
  "key-owner-differs": "warning",
  "key-ownerless": "info",
  "key-expires-soon": "warning",
  "key-overdue": "warning",
  "key-not-declared": "info",
} as const satisfies Record<StatusNoteCode, NoteLevel>;

/** How much a note matters. */
export function noteLevel({ code }: StatusNote): NoteLevel {
  return LEVELS[code];
}

type Sentences = { readonly [Code in StatusNoteCode]: (args: StatusNoteArgs[Code]) => string };

const SENTENCES: Sentences = {
  "not-in-organization": (args) => `not in the organization and not invited${notThere(args)}`,
  "invite-pending": ({ role, expiresAt }) =>
    `invited as ${role} and has not accepted yet${day(", good until", expiresAt)}: access follows after that`,
  "invite-expired": ({ role, expiresAt }) =>
    `the invitation as ${role} was never accepted and expired${day(" on", expiresAt)}: invite them again`,
  "invites-unread": ({ reason }) => `whether they are invited is not known: invitations could not be read (${reason})`,
  "until-passed": ({ day, byHand }) =>
    `rbac.yaml ended their access on ${day}: ${byHand ? "a person takes it away in the Console" : "the next anth-rbac apply takes it away"}`,
  "until-soon": ({ day, days }) =>
    `rbac.yaml ends their access after ${day}, ${days === 0 ? "today" : `in ${count(days, "day")}`}`,
  "declared-not-member": ({ workspace, role, byHand }) =>
    `not a member of ${short(workspace)}, though rbac.yaml declares them as ${role} there: ${byHand ? ADD_BY_HAND : "run anth-rbac apply"}`,
  "not-member": (args) => notMember(args),
  "declared-workspace-missing": ({ handle, role }) =>
    `rbac.yaml declares them as ${role} in ${handle}, and the organization has no such workspace`,
  "organization-role-differs": ({ declared, live }) => `organization role is ${live}, rbac.yaml declares ${declared}`,
  "invited-role-differs": ({ declared, live }) => `invited as ${live}, rbac.yaml declares ${declared}`,
  "workspace-role-differs": ({ workspace, declared, live }) =>
    `role in ${short(workspace)} is ${live}, rbac.yaml declares ${declared}`,
  "member-not-declared": ({ workspace, role }) =>
    `is ${role} in ${short(workspace)}, and workspaces.${short(workspace)}.members does not list them`,
  "workbench-only": ({ workspaces }) =>
    `role user in ${list(workspaces)} is for the Workbench only: no keys and no API calls (that takes developer)`,
  "memberships-unread": ({ workspaces, reason }) =>
    `whether they are in ${list(workspaces)} is not known: the members could not be read (${reason})`,
  "person-not-declared": () => "not listed under members in rbac.yaml",
  "knows-secrets": ({ keys }) =>
    `created ${count(keys, "key")} that ${keys === 1 ? "acts" : "act"} as no person: has seen ${keys === 1 ? "its secret, which does" : "their secrets, which do"} not end when they leave`,
  "key-disabled": () =>
    "disabled: calls with it get 401; it may have been revoked, so do not enable it again: give the service another key",
  "key-expired": ({ at }) =>
    `expired${day(" on", at)}: calls with it get 401, and an expiry cannot be extended: create a new key`,
  "key-archived": () => "archived: calls with it get 401, for good: create a new key",
  "key-status-unknown": ({ status }) => `its status ${quoted(status)} is not one that this version knows`,
  "key-workspace-not-listed": ({ workspace }) =>
    `its workspace ${workspace.id} is not listed: archived, and then its keys are too`,
  "key-in-other-workspace": ({ declared, workspace }) =>
    `wrong workspace: rbac.yaml declares it ${declared === undefined ? "for the organization itself" : `under ${declared}`}, it is a key of ${workspace ? label(workspace) : "the organization itself"}; a key cannot be moved: create one there`,
  "key-name-suggests": ({ meant, workspace }) =>
    `its name suggests ${label(meant)}, but it is a key of ${label(workspace)}: calls with it see that workspace's files, limits and bill`,
  "key-without-workspace": () =>
    "bound to no workspace: each call has to name one (header anthropic-workspace-id), else it gets 400, and 404 for one out of its reach",
  "key-owner-left": ({ id }) => `acts as ${id}, who is not in the organization any more: calls with it fail`,
  "key-owner-differs": ({ declared, live }) => `acts as ${live}, rbac.yaml names ${declared} as its owner`,
  "key-ownerless": ({ creator, owner, creatorLeft, works }) => {
    const what =
      owner === undefined
        ? "has no owner: a workspace key, which acts as no person"
        : `acts as no person: a workspace key, for which ${owner} answers by rbac.yaml`;
    if (!works) return what;
    const end = creatorLeft
      ? "its creator has left, and it goes on working"
      : `it goes on working when its creator${creator === undefined ? "" : `, ${creator},`} leaves`;
    return `${what}; ${end}`;
  },
  "key-expires-soon": ({ at, days }) =>
    days < 0
      ? `its expiry, ${dayOf(at)}, has passed`
      : `expires on ${dayOf(at)}, ${days === 0 ? "within a day" : `in ${count(days, "day")}`}, and that cannot be extended: rotate it`,
  "key-overdue": ({ at, age }) => `${count(age, "day")} old: due for rotation since ${dayOf(at)}`,
  "key-not-declared": () => "not declared in rbac.yaml",
};

/** What a note says, unescaped. */
export function noteSentence(note: StatusNote): string {
  const sentence = SENTENCES[note.code] as (args: StatusNote["args"]) => string;
  return sentence(note.args);
}

/** More workspaces than this are counted, not named. */
const NAMED = 6;

const ADD_BY_HAND = "add them in the Console, under the workspace's Members";

function notThere({ declared, ended, needsRole, byHand }: StatusNoteArgs["not-in-organization"]): string {
  if (ended !== undefined) return `: rbac.yaml ended their access on ${ended}`;
  const though = declared === undefined ? "" : `, though rbac.yaml declares them as ${declared}`;
  if (byHand) return `${though}: it does not manage members, so invite them in the Console`;
  if (declared !== undefined) {
    return `${though}: anth-rbac apply invites them; whoever has left is taken out of the file with revoke --user and --update-config`;
  }
  return needsRole
    ? ": rbac.yaml declares them without a role, which an invitation needs; give them one there and run anth-rbac apply"
    : ": declare them under members in rbac.yaml and run anth-rbac apply";
}

function notMember({ workspaces, byHand }: StatusNoteArgs["not-member"]): string {
  const handles = workspaces.flatMap(({ handle }) => handle ?? []);
  if (handles.length === 0 || byHand) return `not a member of ${list(workspaces)}: ${ADD_BY_HAND}`;
  const paths =
    handles.length > 3 ? ["workspaces.HANDLE.members"] : handles.map((handle) => `workspaces.${handle}.members`);
  return `not a member of ${list(workspaces)}: add them under ${paths.join(" and ")}, then run anth-rbac apply`;
}

function list(workspaces: readonly WorkspaceRef[]): string {
  const names = workspaces.slice(0, NAMED).map(short);
  const rest = workspaces.length - names.length;
  if (rest > 0) return `${names.join(", ")} and ${rest} more`;
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

/** A workspace in as few words as tell it: the handle, else its name, else its id. */
function short({ handle, name, id }: WorkspaceRef): string {
  return handle ?? name ?? id;
}

/** A workspace by its live name, and its handle where that is another word. */
export function label({ handle, name, id }: WorkspaceRef): string {
  const called = name ?? id;
  return handle === undefined || handle === called ? called : `${called} (${handle})`;
}

/** `1 key`, `12,000 keys`. */
export function count(number: number, noun: string): string {
  return `${grouped(number)} ${noun}${number === 1 ? "" : "s"}`;
}

/** A whole number with its thousands apart. */
export function grouped(number: number): string {
  return String(number).replaceAll(/\B(?=(?:\d{3})+$)/g, ",");
}

function day(before: string, at: number | undefined): string {
  return at === undefined ? "" : `${before} ${dayOf(at)}`;
}

/** An amount in the currency's major unit, of its minor one, which may have decimals itself: those are cut off. */
export function amountText(minor: number, currency: string): string {
  const digits = fractionDigits(currency);
  const whole = Math.trunc(minor);
  const behind = digits === 0 ? "" : `.${String(whole % 10 ** digits).padStart(digits, "0")}`;
  return `${grouped(Math.trunc(whole / 10 ** digits))}${behind}`;
}

/** How many digits of an amount are behind the point; two for a currency that nobody knows. */
function fractionDigits(currency: string): number {
  if (!/^[A-Za-z]{3}$/.test(currency)) return 2;
  return new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
}

/** The groups that an invitation brings along; nothing where it brings none. */
export function groupWords(groups: readonly string[] = []): string {
  return groups.length === 0 ? "" : `into ${groups.join(", ")}`;
}
