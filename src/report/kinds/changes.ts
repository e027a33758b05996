import type { Action, Change, Reason, Unmanaged } from "../../core/model/change.ts";
import type { Accepted, Pending, Plan } from "../../core/model/plan.ts";
import { dayOf } from "../../core/model/time.ts";
import { effectWords, unmanagedWords } from "./kinds.ts";

/** The sign of each action, and of what no action is planned for. */
export const SIGNS = {
  create: "+",
  update: "~",
  remove: "-",
  manual: "!",
} as const satisfies Record<Action, string>;

/** Why a change is planned, in words; empty where the change speaks for itself. */
const REASONS = {
  declared: "",
  differs: "",
  renamed: "renamed",
  "not-declared": "nothing declares it",
  "until-passed": "its `until` has passed",
  "console-only": "no API does this: only a person",
  "cancelled-before": "a run that did not finish cancelled the invitation that had these groups",
  "key-created-in-console": "keys are made in the Console, with exactly this name; then run anth-rbac rotate",
  "key-in-other-workspace":
    "keys are made in the Console, with exactly this name, and cannot be moved; once it is in use, disable the one in the other place",
  "replacement-waiting": "its replacement is waiting: run anth-rbac rotate to cut over",
  "key-not-active":
    "the key is not active, and one that may have been revoked is never enabled again: keys are made in the Console, with exactly this name; then run anth-rbac rotate",
  "replacement-needed": "keys are made in the Console, with exactly this name",
  "secret-needed": "its secret has to be tested and delivered before the cut over",
  superseded: "superseded: both keys work during the overlap",
  "superseded-stopped": "superseded: it had stopped working already",
  "cut-over": "becomes the current key",
  "overlap-over": "its overlap is over and nothing uses it",
  "still-in-use": "its overlap is over, but it is still in use",
  "usage-not-known": "its overlap is over, but whether it is in use is not known",
  "disabled-by-hand": "it was disabled by hand: it soaks from today",
  "soak-over": "its soak is over: this cannot be undone",
  leaked: "leaked",
  "acts-as-person": "acts as this person",
  "created-by-person": "this person made it, and so knows its secret",
  "rotate-instead": "stays active until then",
  "declare-to-rotate": "declare it in rbac.yaml first: a rotation goes by what is declared; it stays active until then",
  offboarded: "",
  named: "named on the command line",
  "provider-owned": "the identity provider owns the group: only there",
  "group-twice": "several groups bear the name: in Claude, Organization settings",
  "admin-keys-unlisted": "no API lists or ends them",
} as const satisfies Record<Reason, string>;

/** What a text says money in; undefined where no amount was read. */
export type InCurrency = Pick<Plan, "currency">;

/** A change in a few words: what happens to the object that its target names. */
export function changeWords(change: Change, plan: InCurrency): { readonly what: string; readonly why: string } {
  return { what: priced(effectWords(change), change, plan), why: REASONS[change.reason] };
}

/** What a live object that nothing declares is, in a few words. */
export function looseWords(item: Unmanaged, plan: InCurrency): string {
  return priced(unmanagedWords(item), item, plan);
}

/** Amounts with their currency: 5000 yen are not 5000 dinars. */
function priced(words: string, { kind }: Pick<Change, "kind">, { currency }: InCurrency): string {
  return (kind === "spend_limit" || kind === "member_spend_limit") && currency !== undefined
    ? `${words} ${currency}`
    : words;
}

/** What somebody is waiting for. */
export function pendingWords({ kind, role, expiresAt }: Pending): string {
  const until = expiresAt === undefined ? "" : ` (the invitation runs out on ${dayOf(expiresAt)})`;
  if (kind === "group_member" || kind === "member_spend_limit") return `once the invitation is accepted${until}`;
  return kind === "invite" ? `invited as ${role}${until}` : `${role}, once the invitation is accepted${until}`;
}

/** Why a difference does not count for now. */
export function acceptedWords({ action, until, owner, reason }: Accepted): string {
  return `${action}, accepted until ${until} by ${owner}: ${reason}`;
}
