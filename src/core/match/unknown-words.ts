import type { Change } from "../model/change.ts";
import { type Finding, finding } from "../model/finding.ts";
import { type ApiKey, itemsOf, type OrgSnapshot } from "../model/org.ts";
import { isKnownOrganizationRole, isKnownServiceAccountRole, isKnownWorkspaceRole } from "../model/role.ts";
import { parseTarget, target } from "../model/target.ts";
import { nameIdentity } from "../text/identity.ts";
import { keyTarget } from "./key-place.ts";

/** What the API says in words that this version does not know, and which changes it keeps from being planned. */
export interface UnknownWords {
  /** `unknown-word`, one for each word of an object. */
  readonly findings: readonly Finding[];
  /** Whether a change is about an object of which a word is not known: what it would do cannot be told, so it is not planned. */
  readonly isAbout: (change: Change) => boolean;
}

const INVITE_STATUSES: ReadonlySet<string> = new Set(["pending", "accepted", "deleted", "expired"]);
const GROUP_SOURCES: ReadonlySet<string> = new Set(["direct", "scim"]);
const KEY_STATUSES: ReadonlySet<string> = new Set(["active", "inactive", "archived", "expired"]);

/** Whether this is a status of a key whose meaning we know. */
export function isKnownKeyStatus(status: string): boolean {
  return KEY_STATUSES.has(status);
}

/** Whether this is a status of an invitation whose meaning we know. */
export function isKnownInviteStatus(status: string): boolean {
  return INVITE_STATUSES.has(status);
}

function areWordsKnown({ status, principal, scope }: ApiKey): boolean {
  return KEY_STATUSES.has(status) && principal?.type !== "unknown" && scope.type !== "unknown";
}

/** The words of a key that are not known: its status, what it acts as, and where it belongs. */
export function unknownKeyWords(key: ApiKey, at: string): readonly Finding[] {
  const { status, principal, scope } = key;
  const words = [
    ...(KEY_STATUSES.has(status) ? [] : [["status", status] as const]),
    ...(principal?.type === "unknown" ? [["principal", principal.word] as const] : []),
    ...(scope.type === "unknown" ? [["scope", scope.word] as const] : []),
  ];
  return words.map(([what, word]) => finding("unknown-word", { what, word }, { target: at }));
}

/**
 * The unknown words of a snapshot. What an organization role gives in every workspace is not known either, so of its bearer no
 * workspace role is planned; nor is anybody invited whose invitation, or membership, is in an unknown state. `handles`: by live id.
 */
export function unknownWords(live: OrgSnapshot, handles: ReadonlyMap<string, string>): UnknownWords {
  const findings: Finding[] = [];
  const found = (what: "role" | "status" | "jwks" | "target" | "match", word: string, at: string) =>
    findings.push(finding("unknown-word", { what, word }, { target: at }));
  const placeOf = (workspaceId: string) => handles.get(workspaceId) ?? workspaceId;
  const users = itemsOf(live.users);
  const emails = new Map(users.map(({ id, email }) => [id, email]));

  const people = new Set<string>();
  for (const { id, email, role } of users) {
    if (isKnownOrganizationRole(role)) continue;
    people.add(id).add(email);
    found("role", role, target.member(email));
  }
  const invited = new Set<string>();
  for (const { id, email, role, status } of itemsOf(live.invites)) {
    const isStatusKnown = isKnownInviteStatus(status);
    if (!isStatusKnown) found("status", status, target.invite(email));
    // What has ended may say what it likes.
    const isRoleKnown = isKnownOrganizationRole(role) || (isStatusKnown && status !== "pending");
    if (!isRoleKnown) found("role", role, target.invite(email));
    if (!isStatusKnown || !isRoleKnown) invited.add(id).add(email);
  }
  const memberships = new Set<string>();
  for (const [workspaceId, list] of live.workspaceMembers) {
    for (const { userId, role } of itemsOf(list)) {
      if (isKnownWorkspaceRole(role)) continue;
      const at = target.workspaceMember(placeOf(workspaceId), emails.get(userId) ?? userId);
      memberships.add(at);
      found("role", role, at);
    }
  }
  const accounts = new Map(live.serviceAccounts.known ? live.serviceAccounts.items.map((one) => [one.id, one]) : []);
  const machines = new Set<string>();
  for (const { name, role } of accounts.values()) {
    if (isKnownServiceAccountRole(role)) continue;
    machines.add(target.serviceAccount(name));
    found("role", role, target.serviceAccount(name));
  }
  for (const [workspaceId, list] of live.workspaceServiceAccounts) {
    for (const { serviceAccountId: id, role } of itemsOf(list)) {
      if (isKnownWorkspaceRole(role)) continue;
      const at = target.workspaceServiceAccount(placeOf(workspaceId), accounts.get(id)?.name ?? id);
      machines.add(at);
      found("role", role, at);
    }
  }
  const groups = new Set<string>();
  for (const { name, source } of itemsOf(live.groups)) {
    if (GROUP_SOURCES.has(source)) continue;
    groups.add(nameIdentity(name));
    findings.push(finding("unknown-word", { what: "source", word: source }, { target: target.group(name) }));
  }
  const { federationIssuers, federationRules } = live;
  for (const { name, jwks } of itemsOf(federationIssuers)) {
    if (jwks.type !== "unknown") continue;
    machines.add(target.federationIssuer(name));
    found("jwks", jwks.word, target.federationIssuer(name));
  }
  for (const { name, target: to, match } of itemsOf(federationRules)) {
    const at = target.federationRule(name);
    if (to.type === "unknown") found("target", to.word, at);
    for (const word of match.others ?? []) found("match", word, at);
    if (to.type === "unknown" || match.others) machines.add(at);
  }
  const keys = new Set<string>();
  for (const key of itemsOf(live.keys)) {
    if (areWordsKnown(key)) continue;
    const place = key.scope.type === "workspace" ? placeOf(key.scope.workspaceId) : undefined;
    keys.add(key.id);
    findings.push(...unknownKeyWords(key, keyTarget(place, key.name)));
  }

  const isAbout = ({ kind, id, target: at }: Change): boolean => {
    const has = (set: ReadonlySet<string>) => (id !== null && set.has(id)) || set.has(parseTarget(at)?.email ?? "");
    // By hand: only these lists have words that the API may add to, and the table of kinds stands above this room.
    switch (kind) {
      case "member":
        return has(people);
      case "invite":
        return has(invited) || has(people);
      case "workspace_member":
        return has(people) || memberships.has(at);
      case "service_account":
      case "workspace_service_account":
      case "federation_issuer":
      case "federation_rule":
        return machines.has(at);
      case "group":
      case "group_member":
        return groups.has(nameIdentity(parseTarget(at)?.name ?? ""));
      case "key":
        return id !== null && keys.has(id);
      default:
        return false;
    }
  };
  return { findings, isAbout };
}
