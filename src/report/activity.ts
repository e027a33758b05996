import type { Activity, ActivityActor } from "../core/model/activity.ts";
import { isoTime } from "../core/model/time.ts";
import type { Who, WhoReport } from "../core/plan/who.ts";

/**
 * What the types of activities mean, for those that tell of access; every other is shown by its own word. Source: the reference of the
 * feed (D:api/compliance/activities).
 */
const TYPES: Readonly<Record<string, string>> = {
  claude_user_role_updated: "changed the role",
  org_user_deleted: "removed from the organization",
  org_user_left: "left the organization",
  org_user_invite_sent: "invited",
  org_user_invite_re_sent: "invited once more",
  org_user_invite_deleted: "took the invitation back",
  org_user_invite_accepted: "accepted the invitation",
  org_user_invite_rejected: "declined the invitation",
  scim_user_created: "provisioned",
  scim_user_updated: "updated",
  scim_user_deleted: "deprovisioned",
  platform_api_key_created: "created the key",
  platform_api_key_updated: "changed the key",
  platform_workspace_created: "created the workspace",
  platform_workspace_updated: "changed the workspace",
  platform_workspace_archived: "archived the workspace",
  platform_workspace_member_added: "gave the workspace role",
  platform_workspace_member_updated: "changed the workspace role",
  platform_workspace_member_removed: "took the workspace role",
  platform_workspace_rate_limit_updated: "set the rate limit",
  platform_workspace_rate_limit_deleted: "cleared the rate limit",
  workspace_spend_limit_created: "set the spend limit",
  workspace_spend_limit_deleted: "cleared the spend limit",
  extra_usage_spend_limit_created: "set the spend limit",
  extra_usage_spend_limit_updated: "changed the spend limit",
  extra_usage_spend_limit_deleted: "cleared the spend limit",
  platform_service_account_created: "created the service account",
  platform_service_account_updated: "changed the service account",
  platform_service_account_archived: "archived the service account",
  platform_service_account_workspace_member_added: "gave the workspace role",
  platform_service_account_workspace_member_updated: "changed the workspace role",
  platform_service_account_workspace_member_removed: "took the workspace role",
  platform_federation_issuer_created: "created the issuer",
  platform_federation_issuer_updated: "changed the issuer",
  platform_federation_issuer_archived: "archived the issuer",
  platform_federation_rule_created: "created the rule",
  platform_federation_rule_updated: "changed the rule",
  platform_federation_rule_archived: "archived the rule",
  platform_federation_rule_workspace_added: "opened the rule to a workspace",
  platform_federation_rule_workspace_removed: "closed the rule to a workspace",
  group_created: "created the group",
  group_updated: "changed the group",
  group_deleted: "deleted the group",
  group_member_added: "added to the group",
  group_member_removed: "took out of the group",
  org_compliance_api_settings_updated: "switched the activity feed on or off",
};

/** What happened, in a few words; of a type that is not known its own word, and the ids that it names. */
export function activityWords({ type, ids, emails }: Pick<Activity, "type" | "ids" | "emails">): string {
  const words = Object.hasOwn(TYPES, type) ? TYPES[type] : undefined;
  if (words !== undefined) return words;
  const named = [...ids, ...emails];
  return named.length === 0 ? type : `${type} (${named.join(", ")})`;
}

/** Who or what acted: a person by their e-mail, a key by its name. Types are the feed's, or what the rest of the API calls them. Unescaped. */
export function actorWords(actor: ActivityActor, called: string | undefined): string {
  const { type, id = "", email, name } = actor;
  switch (type) {
    case "user":
    case "user_actor":
    case "unauthenticated_user_actor": {
      const signedIn = type === "unauthenticated_user_actor" ? ", not signed in" : "";
      return `${email ?? called ?? id}${called !== undefined && email !== undefined ? ` (${called})` : ""}${signedIn}`;
    }
    case "api_actor":
      return called === undefined ? `the key ${id}` : `the key "${called}" (${id})`;
    case "admin_api_key_actor":
      return `the Admin key ${id}`;
    case "service_account":
    case "service_account_actor":
      return `the service account ${called ?? id}`;
    case "scim_directory_sync_actor":
      return `directory sync${name === undefined ? "" : ` (${name})`}`;
    case "anthropic_actor":
      return "Anthropic";
    case "system_actor":
      return `an automatic process of the API${name === undefined ? "" : ` (${name})`}`;
    default:
      return [type, name ?? id, email].filter(Boolean).join(" ");
  }
}

/** Where somebody came from, as far as it is known. */
export function wayIn({ ipAddress, userAgent }: ActivityActor): string {
  const client =
    userAgent === undefined ? "" : userAgent.length > LONGEST ? `${userAgent.slice(0, LONGEST)}…` : userAgent;
  return [ipAddress === undefined ? "" : `from ${ipAddress}`, client && `with ${client}`].filter(Boolean).join(" ");
}

/** A user agent is as long as its sender likes. */
const LONGEST = 60;

/** Who changed an object, when, and how they got in: `grace@acme.example, 2026-11-23 11:58 UTC, from 192.0.2.7 with curl/8.5.0: invited`. */
export function whoWords(who: Who): string {
  const { activity, name, own } = who;
  const { actor, at } = activity;
  const by = own === undefined ? actorWords(actor, name) : `anth-rbac ${own}, run on this machine`;
  return `${[by, minuteOf(at), own === undefined ? wayIn(actor) : ""].filter(Boolean).join(", ")}: ${activityWords(activity)}`;
}

/** A moment, to the minute. */
export function minuteOf(at: number): string {
  return `${isoTime(at).slice(0, 16).replace("T", " ")} UTC`;
}

/** What the feed had nothing of, or why it could not be read: a line below a plan; undefined where everything is said. */
export function feedWords(report: WhoReport): string | undefined {
  if (!report.known) return `who changed it is not known: ${report.message}`;
  const back = report.since === undefined ? "" : minuteOf(report.since);
  switch (report.stopped) {
    case "not-asked":
    case "found":
      return undefined;
    case "last-run":
      return `the activity feed was read back to ${back}, when the last apply on this machine began that carried out everything: what nobody is named for was so before, or its activity names no id that is known, or it is the file that changed`;
    case "limit":
      return `the activity feed was read back to ${back}: older activities than the newest 10,000 are not read`;
    case "beginning":
      return "the activity feed was read to its beginning: what nobody is named for happened before it was switched on, or its activity names no id that is known, or it is the file that changed";
  }
}

/** `who` of one object in our JSON (design section 5); null where the feed has nothing. */
export function whoJson(who: Who | undefined) {
  if (!who) return null;
  const { activity, name, own } = who;
  const { actor, id, type, at, ids } = activity;
  return {
    at: isoTime(at),
    actor: { type: actor.type, id: actor.id ?? null, email: actor.email ?? null, name: name ?? actor.name ?? null },
    via: { ip_address: actor.ipAddress ?? null, user_agent: actor.userAgent ?? null },
    activity: { id, type, ids },
    own: own ?? null,
  };
}

/** How far back the feed was read. */
interface FeedEnd {
  readonly known: true;
  readonly stopped: string;
  readonly since?: number;
}

/** `who` at the top of our JSON. */
export function feedJson(report: Extract<WhoReport, { readonly known: false }> | FeedEnd) {
  if (!report.known) return { known: false, reason: report.reason, message: report.message };
  const { since, stopped } = report;
  return { known: true, since: since === undefined ? null : isoTime(since), stopped };
}
