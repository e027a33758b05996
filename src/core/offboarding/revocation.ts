import { type RecentUse, useJson } from "../keys/recent-use.ts";
import type { SecretKind } from "../keys/secret-match.ts";
import type { KeyAccount } from "../match/keys.ts";
import type { Plan } from "../model/plan.ts";

/** A plan of `revoke`. */
export interface OffboardingPlan extends Plan {
  /** What each person, or key, still reaches. */
  readonly revocations: readonly Revocation[];
}

/** Everything that still gives one person, or one key, access: the blast radius, shown before the question. */
export interface Revocation {
  readonly subject: RevokedSubject;
  /** The person's direct and inherited workspace roles. */
  readonly workspaces: readonly RevokedRole[];
  /** Groups of Claude Enterprise that they are in. */
  readonly groups: readonly RevokedGroup[];
  readonly keys: readonly RevokedKey[];
  /** Pending invitations. */
  readonly invites: readonly RevokedInvite[];
  /** Targets of declared keys that the person answers for and that nobody answers for afterwards. */
  readonly ownerless: readonly string[];
  /** Where rbac.yaml still speaks of the person, as paths in the file (`members.E`, `workspaces.prod.members.E`). */
  readonly declaredAt: readonly string[];
  /** Access that was over when the organization was read; only the evidence tells of it, and not of what a logged run ended. */
  readonly ended: readonly EndedAccess[];
}

/** Access that a live key's record or the file speaks of, and that nobody has any more. */
export interface EndedAccess {
  readonly kind: "key" | "workspace_member" | "group_member" | "member";
  readonly target: string;
  /** Of a key; null where the organization has no such object. */
  readonly id: string | null;
  /** The live status of a key; `absent` where the file names what the organization has not. */
  readonly state: string;
}

export type RevokedSubject =
  | RevokedPerson
  /** `id` null: no live key has this name or id. */
  | { readonly kind: "key"; readonly name: string; readonly id: string | null }
  /** A leaked string that no list of the Admin API has, redacted. */
  | { readonly kind: "secret"; readonly secretKind: SecretKind; readonly hint: string };

export interface RevokedPerson {
  readonly kind: "person";
  readonly email: string;
  /** Null where they are no member (any more). */
  readonly userId: string | null;
  readonly name: string | null;
  readonly role: string | null;
  /** `member`, `invited` only, `gone`: neither, but known from rbac.yaml or from the audit log; or `not-found` anywhere. */
  readonly standing: "member" | "invited" | "gone" | "unknown" | "not-found";
}

export interface RevokedRole {
  readonly target: string;
  /** The live name of the workspace. */
  readonly workspace: string;
  readonly workspaceId: string;
  readonly role: string;
  /** Follows from the organization role: it ends with that, and cannot be taken away by itself. */
  readonly inherited: boolean;
}

export interface RevokedInvite {
  readonly target: string;
  readonly id: string;
  readonly role: string;
  /** The groups of Claude Enterprise that it brings along, by their names where those are known. */
  readonly groups: readonly string[];
}

export interface RevokedGroup {
  readonly target: string;
  readonly group: string;
  readonly groupId: string;
  /** What keeps the API from taking them out of it: then a person does. */
  readonly obstacle: "provider-owned" | "group-twice" | null;
}

export interface RevokedKey {
  readonly target: string;
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly hint: string | null;
  /** The live name of its workspace; null for a key of the organization itself. */
  readonly workspace: string | null;
  /** Why it is here: it acts as the person, the person made it and so knows the secret, or it was named. */
  readonly relation: "acts-as" | "created" | "named";
  /** The service account that it acts as, if any. */
  readonly account?: KeyAccount;
  /** Whether rbac.yaml declares it: then a service depends on it. */
  readonly declared: boolean;
  /** `undecided`: in use, and nobody said what is to become of it. */
  readonly decision: KeyDecision | "undecided";
  /** Used in the last 24 hours; null where that could not be read. */
  readonly inUse: boolean | null;
  /** Of the last seven days; absent where it could not be read. */
  readonly use?: RecentUse;
}

export const KEY_DECISIONS = ["disable", "rotate", "keep"] as const;
/** What becomes of an ownerless key that the person made. */
export type KeyDecision = (typeof KEY_DECISIONS)[number];

/** A revocation in the shape of our JSON: snake case, null where there is nothing. */
export function revocationJson({ subject, workspaces, groups, keys, invites, ownerless, declaredAt }: Revocation) {
  return {
    subject: subjectJson(subject),
    workspaces: workspaces.map(({ workspaceId, ...role }) => ({ ...role, workspace_id: workspaceId })),
    groups: groups.map(({ groupId, ...group }) => ({ ...group, group_id: groupId })),
    keys: keys.map(keyJson),
    invites,
    ownerless,
    declared_at: declaredAt,
  };
}

function subjectJson(subject: RevokedSubject) {
  if (subject.kind === "person") {
    const { userId, ...person } = subject;
    return { ...person, user_id: userId };
  }
  if (subject.kind === "key") return subject;
  const { secretKind, ...secret } = subject;
  return { ...secret, secret_kind: secretKind };
}

function keyJson({ inUse, use, account, ...key }: RevokedKey) {
  const acting = { service_account: account?.id ?? null, service_account_name: account?.name ?? null };
  return { ...key, ...acting, in_use: inUse, use_7d: useJson(use) };
}
