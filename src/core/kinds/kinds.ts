import type { ManagedKind } from "../config/config.ts";
import type { ApiCall } from "../model/call.ts";
import type { Change, ChangeKind } from "../model/change.ts";
import type { Group } from "../model/org.ts";
import { EMPTY_SCOPE, NOT_READ, type OrgSnapshot, type ReadResult, type ReadScope } from "../model/org.ts";
import type { UnknownKind } from "../model/plan.ts";
import { parseTarget } from "../model/target.ts";
import { emailIdentity } from "../text/identity.ts";
import type { Access } from "./access.ts";
import { admin_key } from "./admin-key.ts";
import { compliance } from "./compliance.ts";
import { federation_issuer } from "./federation-issuer/federation-issuer.ts";
import { federation_rule } from "./federation-rule/federation-rule.ts";
import { group } from "./group.ts";
import { group_member } from "./group-member.ts";
import { invite } from "./invite.ts";
import { key } from "./key/key.ts";
import type { CallIds, Grant, Kind, OrgList, PlanInput, PlannedGrant, ScopeRequest, WorkspaceList } from "./kind.ts";
import { member } from "./member/member.ts";
import { member_spend_limit } from "./member-spend-limit.ts";
import { rate_limit } from "./rate-limit/rate-limit.ts";
import { service_account } from "./service-account/service-account.ts";
import { session } from "./session.ts";
import { spend_limit } from "./spend-limit.ts";
import { workspace } from "./workspace/workspace.ts";
import { workspace_member } from "./workspace-member/workspace-member.ts";
import { workspace_service_account } from "./workspace-service-account.ts";

/** Every kind: the only list of them. Plans, guardrails, reading, export and offboarding walk it, and name none. */
const KINDS: { readonly [K in ChangeKind]: Kind<K> } = {
  member,
  invite,
  workspace,
  workspace_member,
  rate_limit,
  spend_limit,
  member_spend_limit,
  key,
  service_account,
  workspace_service_account,
  group,
  group_member,
  session,
  federation_issuer,
  federation_rule,
  compliance,
  admin_key,
};

/** The kinds in the order of the table. */
export const ALL_KINDS: readonly Kind<ChangeKind>[] = Object.values(KINDS);

/** The kinds by their names, in the order of the table. */
export const NAMED_KINDS = Object.entries(KINDS) as readonly (readonly [ChangeKind, Kind<ChangeKind>])[];

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

/** What the live objects of each kind give somebody, as far as they were read. */
export type Grants = Readonly<Record<ChangeKind, readonly Grant[]>>;

/**
 * What every live object gives somebody: the one answer to who has access, and why, for guardrails, status and offboarding. Each kind's
 * are made when they are asked for: every admin has a role in every workspace, and every key somebody.
 */
export function grantsOf(live: OrgSnapshot): Grants {
  const made = byKind<readonly Grant[] | undefined>(() => undefined) as Record<
    ChangeKind,
    readonly Grant[] | undefined
  >;
  const getters = byKind(({ grants }, kind) => ({
    enumerable: true,
    get: () => {
      made[kind] ??= grants?.(live) ?? [];
      return made[kind];
    },
  }));
  return Object.defineProperties({}, getters) as Grants;
}

/** Every way to access, each once, with the kind that gives it: what a review is made of. */
export function accessOf(input: PlanInput): readonly (readonly [Kind<ChangeKind>, Access])[] {
  return ALL_KINDS.flatMap((kind) => (kind.access?.(input) ?? []).map((access) => [kind, access] as const));
}

/** Those that one person has: a member by each id that was ever theirs, whoever was invited by their e-mail. */
export function grantsTo(
  grants: Grants,
  { ids, email }: { readonly ids: ReadonlySet<string>; readonly email: string },
): Grants {
  const same = emailIdentity(email);
  const isTheirs = ({ to }: Grant) =>
    to !== undefined && ("email" in to ? emailIdentity(to.email) === same : to.type === "user" && ids.has(to.id));
  return byKind((_, kind) => grants[kind].filter(isTheirs));
}

/** The same in the order of the table, each kind with what is known of it. */
export function grantKinds(grants: Grants): readonly (readonly [Kind<ChangeKind>, readonly Grant[]])[] {
  return NAMED_KINDS.map(([kind, known]) => [known, grants[kind]]);
}

/** Whether a kind gives a person access. */
export function givesAccess({ grants, ofMachines }: Kind<ChangeKind>): boolean {
  return grants !== undefined && !ofMachines;
}

function byKind<Result>(
  of: (known: Kind<ChangeKind>, kind: ChangeKind) => Result,
): Readonly<Record<ChangeKind, Result>> {
  return Object.fromEntries(NAMED_KINDS.map(([kind, known]) => [kind, of(known, kind)])) as Record<ChangeKind, Result>;
}

type ListName = OrgList | WorkspaceList;

interface UnreadOptions {
  readonly isWanted?: (kind: Kind<ChangeKind>) => boolean;
  /** The ids of the workspaces whose own lists there have to be. */
  readonly places?: readonly string[];
}

/** The lists of some kinds that are not known, by what they are called; `placeOf` is the handle or id of a workspace by its id. */
export function unreadLists(
  live: OrgSnapshot,
  placeOf: (workspaceId: string) => string,
  { isWanted = () => true, places = [] }: UnreadOptions = {},
): readonly UnknownKind[] {
  const lists = new Map(
    ALL_KINDS.filter(isWanted).flatMap((kind) => Object.entries(kind.lists) as [ListName, string][]),
  );
  const readings = [...lists].flatMap(([list, name]) => {
    const reading: ReadResult<unknown> | ReadonlyMap<string, ReadResult<unknown>> = live[list];
    if ("known" in reading) return [[name, reading] as const];
    const ids = [...new Set([...places, ...reading.keys()])];
    return ids.flatMap((id) => {
      const own = reading.get(id) ?? NOT_READ;
      // What needs another credential is said once, of the organization's own list, and not of each workspace again.
      const isSaid = !own.known && own.reason === "oauth-required";
      return isSaid ? [] : [[`workspaces.${placeOf(id)}.${name}`, own] as const];
    });
  });
  const parts = ALL_KINDS.filter(isWanted).flatMap((kind) => kind.parts?.(live) ?? []);
  const said = new Set<string>();
  return [...readings, ...parts].flatMap(([kind, reading]) => {
    if (reading.known || said.has(`${kind} ${reading.reason}`)) return [];
    // Two lists of one word that are unknown for one reason are one thing to say.
    said.add(`${kind} ${reading.reason}`);
    const { reason, message } = reading;
    return { kind, reason, ...(message !== undefined && { message }) };
  });
}

/** Whether the organization is of a sort that has no objects of a kind: then none of them can be made either. */
export function isForeignKind({ only, needs, lists }: Kind<ChangeKind>, live: OrgSnapshot): boolean {
  if (only !== undefined && live.type !== undefined && only !== live.type) return true;
  const own = Object.keys(lists) as (keyof typeof lists)[];
  return [...needs, ...own].some((list) => {
    const reading: ReadResult<unknown> | ReadonlyMap<string, unknown> = live[list];
    return "known" in reading && reading.known && reading.foreign === true;
  });
}

/** What changes give people, or take from them, in their order. */
export function plannedGrants(changes: readonly Change[]): readonly PlannedGrant[] {
  return changes.flatMap((change) => kindOf(change.kind).granted?.(change) ?? []);
}

/** What has to be read for some kinds, in the words of `manage`: only that, because every list costs requests of a shared limit. */
export function scopeOf(isWanted: (kind: ManagedKind) => boolean, request: ScopeRequest): ReadScope {
  return scopeOfKinds(({ manage }) => isWanted(manage), request);
}

/** What has to be read to show some kinds as they are, whatever is managed: `places` are the workspaces whose own lists are read. */
export function shownScope(
  isWanted: (kind: Kind<ChangeKind>) => boolean,
  places: ScopeRequest["places"],
  whole = true,
): ReadScope {
  const groups = (all: readonly Group[]) => all.map(({ id }) => id);
  const all = {
    whole,
    manages: () => true,
    removes: () => false,
    undeclared: () => [],
    places,
    groups,
    ofPeople: true,
    declaredExternalKeys: [],
  };
  return { ...scopeOfKinds(isWanted, all), organization: true };
}

function scopeOfKinds(isWanted: (kind: Kind<ChangeKind>) => boolean, request: ScopeRequest): ReadScope {
  const scopes = ALL_KINDS.filter(isWanted).map(({ scope }) => scope(request));
  return {
    ...Object.assign({}, EMPTY_SCOPE, ...scopes),
    // Two kinds may need the members, or the service accounts, of different workspaces.
    membersOf: (workspaces) => [...new Set(scopes.flatMap(({ membersOf }) => membersOf?.(workspaces) ?? []))],
    serviceAccountsOf: (workspaces) => [
      ...new Set(scopes.flatMap(({ serviceAccountsOf }) => serviceAccountsOf?.(workspaces) ?? [])),
    ],
  };
}
