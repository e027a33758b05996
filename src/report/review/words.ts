import { gapText, type UnknownKind } from "../../core/model/plan.ts";
import type { FeedReading, Review, ReviewGrant, ReviewReason, ReviewReasonArgs } from "../../core/model/review.ts";
import { dayOf, isoTime } from "../../core/model/time.ts";
import type { ReviewStep } from "../../core/review/finish.ts";
import { shellWord } from "../../core/text/printable.ts";
import { quoted } from "../../core/text/text.ts";
import { actorWords, minuteOf } from "../activity.ts";
import { plural } from "../findings/sentence.ts";

/** Why something is advised, in one sentence without a full stop. Unescaped. */
export function reasonWords({ code, args }: ReviewReason): string {
  return (SENTENCES[code] as (args: unknown) => string)(args);
}

const SENTENCES: { readonly [Code in ReviewReason["code"]]: (args: ReviewReasonArgs[Code]) => string } = {
  "not-in-people": ({ email, standing, day }) => {
    const left = day === undefined ? "has left" : `has left (last day ${day})`;
    const said = standing === "left" ? left : "is not among the people";
    return `${email} ${said}, and has access: anth-rbac revoke --user ${shellWord(email)}`;
  },
  disabled: () => "disabled: it gives no access until somebody enables it",
  "unknown-status": ({ status }) => `its status is ${quoted(status)}, a word that this version does not know`,
  unused: ({ days }) => `not used in ${plural(days, "day")}`,
  "stale-invite": ({ days }) => `nobody has accepted it in ${plural(days, "day")}`,
  "owner-left": ({ who, declared }) =>
    declared
      ? `${who} is to answer for it, and is no member: who does now?`
      : `${who}, who made it and knows its secret, is no member any more: rotate it, and say who answers for it`,
  "use-not-known": () => "whether it is used is not known",
  "no-owner": () => "nobody answers for it: no owner, nobody whom it acts as, no maker",
  "shared-key": ({ holder, maker }) => `it acts as ${holder}, and ${maker} made it and knows its secret`,
  "wide-rule": () => "it reaches further than one workload needs: every workspace, or any subject that begins alike",
  undeclared: () => "nothing in rbac.yaml declares it",
  "overdue-rotation": ({ days, every, flags }) =>
    `${plural(days, "day")} old, and to be rotated every ${every} days: anth-rbac rotate ${flags}`,
  "role-not-needed": ({ days, role, enough }) =>
    `no request and no key needed the role ${role} in ${plural(days, "day")}${enough === undefined ? "" : `: ${enough} would do`}`,
  "limit-never-reached": ({ limiter, limit, peak }) =>
    `the workspace's own limit of ${limit} ${limiter.replaceAll("_", " ")} is never reached: its highest minute of the last day had ${peak}`,
  admin: () => "an admin of the organization",
  "admin-rights": ({ group, rights }) =>
    `the group ${quoted(group)} gives rights in the admin settings: ${rights.join(", ")}`,
  used: ({ day }) => `used on ${day}`,
  "never-used": () => "nothing speaks against it",
  nothing: () => "nothing speaks against it",
};

/** How far use is known, and of whom. */
export function usageWords({ asOf, ofKeysAlone }: Review["usage"]): string {
  if (asOf === null) return "not known";
  const until = `known until ${isoTime(asOf).slice(0, 16).replace("T", " ")} UTC`;
  return ofKeysAlone ? `${until}, of keys alone: the report that can be read names no people and no accounts` : until;
}

/** What a person has to do where the file cannot say a decision. Unescaped. */
export function stepWords(step: ReviewStep): string {
  const { subject, on, manage } = step.grant;
  const { email, name, id } = subject;
  const who = email ?? name ?? id ?? "it";
  switch (step.code) {
    case "declare-kept":
      return `declare ${who} in rbac.yaml: it is kept, and apply takes away what is not declared`;
    case "declare-kept-role":
      return `write the role ${step.role} at ${step.grant.declared?.path ?? ""} in rbac.yaml: it is kept, and apply makes it ${step.declared}`;
    case "extend-kept":
      return `set a later day at ${step.grant.declared?.path ?? ""}.until in rbac.yaml: ${who} is kept, and apply removes whose day has passed`;
    case "change-role-it-comes-with":
      return `lower or remove the organization role of ${who}: this one comes with it`;
    case "declare-lower":
      return `declare ${who} with the role ${step.to} in rbac.yaml, then: anth-rbac apply`;
    case "end":
      if (step.by === "revoke-key") return `anth-rbac revoke --key ${shellWord(id ?? name ?? "KEY")}`;
      if (step.by === "revoke-person") return `anth-rbac revoke --user ${shellWord(email ?? "")}`;
      if (step.by === "identity-provider") {
        return `end it at the identity provider, which owns the group: ${called(name ?? email, id)} on ${on.target}`;
      }
      if (step.by === "console") {
        return subject.type === "key"
          ? `archive it in the Console, so that nobody enables it again: the disabled key ${called(name, id)} on ${on.target}`
          : `end it in the Console: ${called(name ?? email, id)} on ${on.target}, of which rbac.yaml says nothing`;
      }
      return `end it in ${on.target.startsWith("groups.") ? "claude.ai, Organization settings" : "the Console"}: ${called(name ?? email, id)} on ${on.target}; or, once all that stays is declared, manage: { ${manage ?? "its kind"}: full } and anth-rbac apply`;
  }
}

/** What the Console lists by its name, and tells apart by its id. */
function called(name: string | null, id: string | null): string {
  return name === null ? (id ?? "") : id === null ? name : `${name} (${id})`;
}

/** Who, or what, has access, as a reader knows it. Unescaped. */
export function subjectWords({ subject }: ReviewGrant): string {
  const { type, name, email, id } = subject;
  if (type === "key") return name ?? id ?? "";
  return email ?? name ?? id ?? "";
}

/** What alone was asked about, behind the name of the organization; empty where that is all of it. Unescaped. */
export function onlyWords({ only }: Review): string {
  if (!only) return "";
  const { workspace, user } = only;
  const parts = [user, workspace && (workspace.name ?? workspace.target)].filter((part) => part !== undefined);
  return `, ${parts.join(" in ")} alone`;
}

/** On what, as a reader knows it. Unescaped. */
export function placeWords({ on: { target, name } }: ReviewGrant): string {
  if (target === "organization") return "the organization";
  if (target === "workspaces.*") return "every workspace";
  return name ?? target;
}

/** Through what it is had. Unescaped. */
export function throughWords({ through: { type, name }, subject, account }: ReviewGrant): string {
  if (type === "key") {
    const as = subject.email ?? (account === undefined ? null : `the service account ${account}`);
    return as === null ? "key" : `key, as ${as}`;
  }
  // A place that is a group has its name.
  return name === null || type === "direct" || type === "group" ? type : `${type} from ${name}`;
}

/** When it was last used: a day, that it was not, or that nobody knows. */
export function useWords({ lastUsed: { at, known } }: ReviewGrant): string {
  return at ?? (known ? "not used" : "not known");
}

/** Since which day it is had, as far as that is known. */
export function sinceWords({ since }: ReviewGrant): string {
  return since === null ? NOT_KNOWN : dayOf(since);
}

/** Who gave it, as far as that is known. Unescaped. */
export function byWords({ by }: ReviewGrant): string {
  if (by === null) return NOT_KNOWN;
  const { type, id, email, name } = by;
  const actor = { type, ...(id !== null && { id }), ...(email !== null && { email }), ...(name !== null && { name }) };
  return actorWords(actor, email === null ? (name ?? undefined) : undefined);
}

/** Both in a few words: `2026-08-25, by grace@acme.example`. Unescaped. */
export function givenWords(grant: ReviewGrant): string {
  return grant.by === null ? sinceWords(grant) : `${sinceWords(grant)}, by ${byWords(grant)}`;
}

const NOT_KNOWN = "not known";

/** How far the activity feed tells who gave what, or why it does not. Unescaped. */
export function feedWords(feed: FeedReading | undefined): string {
  if (!feed)
    return "who gave what: as far as keys and invitations say it, else not known: the activity feed tells more (ANTH_RBAC_ACTIVITY_KEY)";
  if (!feed.known)
    return `who gave what: as far as keys and invitations say it, for the activity feed cannot be read: ${feed.message}`;
  const back = feed.since === undefined ? "" : minuteOf(feed.since);
  switch (feed.stopped) {
    case "found":
      return "who gave what: by the activity feed";
    case "limit":
      return `who gave what: by the newest 10,000 activities that tell of it, back to ${back}`;
    case "switched-on":
      return `who gave what: by the activity feed, back to ${back}, when it was switched on`;
    case "beginning":
      return "who gave what: by the activity feed, back to its beginning";
  }
}

/** A list that a review lacks, and why. */
export function notReadWords(part: UnknownKind): string {
  return `not read: ${gapText(part)}`;
}

/** What a review lacks, in JSON. */
export function unknownFields(unknown: readonly UnknownKind[]) {
  return unknown.map(({ kind, reason, message }) => ({ kind, reason, ...(message !== undefined && { message }) }));
}
