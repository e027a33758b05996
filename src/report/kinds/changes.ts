import type { Action, Change, ChangeKind, Fields, Reason, Unmanaged } from "../../core/model/change.ts";
import type { Accepted, Pending } from "../../core/model/plan.ts";
import { dayOf } from "../../core/model/time.ts";

/** The sign of each action, and of what no action is planned for. */
export const SIGNS = {
  create: "+",
  update: "~",
  remove: "-",
  manual: "!",
} as const satisfies Record<Action, string>;

/** What an action does to a kind, in a word: a key is never removed, only disabled. Empty where nothing is known of it. */
export function actionWord(action: Action | null | undefined, kind: ChangeKind | null | undefined): string {
  return action === "remove" && kind === "key" ? "disable" : (action ?? "");
}

/** Why a change is planned, in words; empty where the change speaks for itself. */
const REASONS = {
  declared: "",
  differs: "",
  renamed: "renamed",
  "not-declared": "nothing declares it",
  "until-passed": "its `until` has passed",
  "console-only": "only the Console can do this",
  "key-created-in-console": "keys are made in the Console: give it this exact name, or run anth-rbac rotate",
  "replacement-waiting": "its replacement is waiting: run anth-rbac rotate to cut over",
  "key-not-active": "it is declared but not in force: enable it in the Console, or rotate it",
  "replacement-needed": "keys are made in the Console, with exactly this name",
  "secret-needed": "its secret has to be tested and delivered before the cut over",
  superseded: "superseded: both keys work during the overlap",
  "cut-over": "becomes the current key",
  "overlap-over": "its overlap is over and nothing uses it",
  "still-in-use": "its overlap is over, but it is still in use",
  "disabled-by-hand": "it was disabled by hand: it soaks from today",
  "soak-over": "its soak is over: this cannot be undone",
  leaked: "leaked",
  "acts-as-person": "acts as this person",
  "created-by-person": "this person made it, and so knows its secret",
  "rotate-instead": "stays active until it is rotated: anth-rbac rotate",
  offboarded: "",
  named: "named on the command line",
  "admin-keys-unlisted": "no API lists or ends them: Console, Settings, Admin keys",
} as const satisfies Record<Reason, string>;

/** A change in a few words: what happens to the object that its target names. */
export function changeWords(change: Change): { readonly what: string; readonly why: string } {
  return { what: whatHappens(change), why: REASONS[change.reason] };
}

function whatHappens({ action, kind, before, after }: Change): string {
  // What only a person can do says where, or by which command.
  if (kind === "admin_key" && after) return after.where;
  if (kind === "key" && action === "manual" && after?.rotate !== undefined) return after.rotate;
  if (before && after) return differences(before, after);
  if (after) {
    if (kind === "key") return "to be created";
    if (kind === "invite") return `invite as ${after.role}`;
    if (kind === "workspace_member") return `add as ${after.role}`;
    return fieldsText(after);
  }
  if (kind === "key") return "disable";
  if (kind === "workspace") return `archive "${before?.name}", with every key in it: this cannot be undone`;
  if (kind === "invite") return `cancel the invitation (${before?.role})`;
  if (kind === "rate_limit" || kind === "spend_limit") return `clear ${fieldsText(before ?? {})}`;
  const role = kind === "admin_key" ? undefined : before?.role;
  return action === "manual" ? `remove (${role})` : `remove (was ${role})`;
}

/** `role: user → developer, …`; nested fields by their path. */
function differences(before: Fields, after: Fields): string {
  return [...pairs(before, after)].map(([field, from, to]) => `${field}: ${from} → ${to}`).join(", ");
}

function* pairs(before: Fields, after: Fields, parent = ""): Generator<[string, string, string]> {
  for (const field of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [from, to] = [before[field], after[field]];
    if (isFields(from) && isFields(to)) yield* pairs(from, to, `${parent}${field}.`);
    else if (JSON.stringify(from) !== JSON.stringify(to)) yield [parent + field, valueText(from), valueText(to)];
  }
}

function fieldsText(fields: Fields): string {
  return Object.entries(fields)
    .map(([field, value]) => (isFields(value) ? `${field} {${fieldsText(value)}}` : `${field}: ${valueText(value)}`))
    .join(", ");
}

function valueText(value: unknown): string {
  if (value === undefined || value === null) return "none";
  if (Array.isArray(value)) return `[${value.map(valueText).join(", ")}]`;
  return typeof value === "string" ? value : JSON.stringify(value);
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What a live object that nothing declares is. */
export function unmanagedWords({ kind, name, details }: Unmanaged): string {
  if (kind === "key") return `${details.status}, created ${details.created_at.slice(0, 10)}`;
  if (kind === "workspace") return `workspace "${name}"`;
  return kind === "rate_limit" || kind === "spend_limit" ? fieldsText(details) : details.role;
}

/** What somebody is waiting for. */
export function pendingWords({ kind, role, expiresAt }: Pending): string {
  const until = expiresAt === undefined ? "" : ` (the invitation runs out on ${dayOf(expiresAt)})`;
  return kind === "invite" ? `invited as ${role}${until}` : `${role}, once the invitation is accepted${until}`;
}

/** Why a difference does not count for now. */
export function acceptedWords({ action, until, owner, reason }: Accepted): string {
  return `${action}, accepted until ${until} by ${owner}: ${reason}`;
}
