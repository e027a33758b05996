import type { ManagedKind } from "../config/config.ts";
import type { ApiCall } from "../model/call.ts";
import type { Change, ChangeKind } from "../model/change.ts";
import { EMPTY_SCOPE, type OrgSnapshot, type ReadScope } from "../model/org.ts";
import { parseTarget } from "../model/target.ts";
import { admin_key } from "./admin-key.ts";
import { invite } from "./invite/invite.ts";
import { key } from "./key/key.ts";
import type { CallIds, Grant, Kind, PlannedGrant, ScopeRequest } from "./kind.ts";
import { member } from "./member/member.ts";
import { rate_limit } from "./rate-limit/rate-limit.ts";
import { spend_limit } from "./spend-limit.ts";
import { workspace } from "./workspace/workspace.ts";
import { workspace_member } from "./workspace-member/workspace-member.ts";

/** Every kind: the only list of them. Plans, guardrails, reading, export and offboarding walk it, and name none. */
const KINDS: { readonly [K in ChangeKind]: Kind<K> } = {
  member,
  invite,
  workspace,
  workspace_member,
  rate_limit,
  spend_limit,
  key,
  admin_key,
};

/** The kinds in the order of the table. */
export const ALL_KINDS: readonly Kind<ChangeKind>[] = Object.values(KINDS);

/** What is known of a kind. */
export function kindOf(kind: ChangeKind): Kind<ChangeKind> {
  return KINDS[kind];
}

/** The kind, in the words of `manage`, of whatever a target names; undefined where it names nothing. */
export function managedKindOf(target: string): ManagedKind | undefined {
  const kind = parseTarget(target)?.kind;
  return kind && KINDS[kind].manage;
}

/**
 * The calls that carry out a change: one, but for an invitation, which cannot be edited and is deleted and made again, and for
 * what a person must do, which has none. Undefined where an object that the change needs does not exist.
 */
export function callsOf(change: Change, ids: CallIds): readonly ApiCall[] | undefined {
  return change.action === "manual" ? [] : kindOf(change.kind).calls(change, ids);
}

/** What every live object gives somebody, as far as it was read. */
export function grantsOf(live: OrgSnapshot): readonly Grant[] {
  return ALL_KINDS.flatMap(({ grants }) => grants(live));
}

/** The same, kind by kind. */
export function grantsByKind(live: OrgSnapshot): readonly (readonly [ChangeKind, readonly Grant[]])[] {
  return (Object.keys(KINDS) as ChangeKind[]).map((kind) => [kind, KINDS[kind].grants(live)]);
}

/** What changes give people, or take from them, in their order. */
export function plannedGrants(changes: readonly Change[]): readonly PlannedGrant[] {
  return changes.flatMap((change) => kindOf(change.kind).granted?.(change) ?? []);
}

/** What has to be read for some kinds, in the words of `manage`: only that, because every list costs requests of a shared limit. */
export function scopeOf(isWanted: (kind: ManagedKind) => boolean, request: ScopeRequest): ReadScope {
  const scopes = ALL_KINDS.filter(({ manage }) => isWanted(manage)).map(({ scope }) => scope(request));
  return {
    ...Object.assign({}, EMPTY_SCOPE, ...scopes),
    // Two kinds may need the members of different workspaces.
    membersOf: (workspaces) => [...new Set(scopes.flatMap(({ membersOf }) => membersOf?.(workspaces) ?? []))],
  };
}
