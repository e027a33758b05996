import type { Config } from "../config/config.ts";
import { parseKeyName } from "../keys/key-name.ts";
import { grantsOf, kindOf, plannedGrants } from "../kinds/kinds.ts";
import type { Matches } from "../match/matches.ts";
import type { Change, ChangeKind } from "../model/change.ts";
import type { GuardrailCount, GuardrailResult, GuardrailRule, RemovalCount } from "../model/guardrail.ts";
import type { OrgSnapshot } from "../model/org.ts";
import { inheritedWorkspaceRole, isOrganizationAdmin } from "../model/role.ts";
import { parseTarget, target } from "../model/target.ts";
import { emailIdentity, nameIdentity } from "../text/identity.ts";
import { groupBy } from "../text/text.ts";

/** What a guardrail is told. */
export interface GuardrailInput {
  readonly changes: readonly Change[];
  readonly config: Config;
  readonly live: OrgSnapshot;
  readonly matches: Matches;
  /** The e-mail of the credential's owner and the id of the credential's own key, as far as they are known. */
  readonly self?: { readonly email?: string; readonly keyId?: string };
  /** The rules that are overridden, with the reasons given. `protected` yields only to an edit of the file. */
  readonly allow?: ReadonlyMap<GuardrailRule, string>;
  /** The e-mail of the person because of whom a change is planned, where its target need not name them: keys, in an offboarding. */
  readonly because?: ReadonlyMap<Change, string>;
  /** What `max_removals` finds too many, where something else than the changes is counted. */
  readonly removals?: readonly RemovalCount[];
}

const RULES: readonly ((input: GuardrailInput) => GuardrailCount & { readonly ok: boolean })[] = [
  minAdmins,
  minWorkspaceAdmins,
  protectedPeople,
  self,
  maxRemovals,
];

/** Judges a plan by every guardrail. A plan may be carried out when each is ok or overridden. */
export function guard(input: GuardrailInput): readonly GuardrailResult[] {
  return RULES.map((rule) => {
    const result = rule(input);
    const reason = result.rule === "protected" ? undefined : input.allow?.get(result.rule);
    return { ...result, ...(!result.ok && reason !== undefined && { overridden: reason }) };
  });
}

/** The organization keeps its admins: only a plan that lowers their number below the minimum is refused. */
function minAdmins({ changes, config, live }: GuardrailInput) {
  const minimum = config.guardrails.minAdmins;
  const roles = rolesAfter(changes, live);
  const before = [...roles.values()].filter(([role]) => isOrganizationAdmin(role)).length;
  const after = [...roles.values()].filter(([, role]) => role !== undefined && isOrganizationAdmin(role)).length;
  return { rule: "min_admins" as const, minimum, before, after, ok: after >= before || after >= minimum };
}

/** Every live person's organization role before the plan and after it (undefined: gone), by id. Manual changes count. */
function rolesAfter(changes: readonly Change[], live: OrgSnapshot) {
  const roles = new Map<string, readonly [string, string | undefined]>();
  for (const { to, workspaceId, role } of grantsOf(live)) {
    if (to && "id" in to && to.type === "user" && workspaceId === undefined && role !== undefined) {
      roles.set(to.id, [role, role]);
    }
  }
  for (const { workspace, userId, role } of plannedGrants(changes)) {
    const [before] = (workspace === undefined && userId !== null && roles.get(userId)) || [];
    if (before !== undefined && userId !== null) roles.set(userId, [before, role]);
  }
  return roles;
}

/**
 * Every workspace keeps its admins, those by inheritance counted; an undeclared one too, and one that an unsettled declaration
 * could mean, where its members were read.
 */
function minWorkspaceAdmins({ changes, config, live, matches }: GuardrailInput) {
  const minimum = config.guardrails.minWorkspaceAdmins;
  const roles = [...rolesAfter(changes, live)];
  const inherits = (role: string | undefined) => role !== undefined && inheritedWorkspaceRole(role) === "admin";
  const before = new Set(roles.flatMap(([id, [role]]) => (inherits(role) ? id : [])));
  const after = new Set(roles.flatMap(([id, [, role]]) => (inherits(role) ? id : [])));
  const gone = new Set(roles.flatMap(([id, [, role]]) => (role === undefined ? id : [])));
  const planned = workspaceRolesAfter(changes, live);
  const places = [
    ...matches.matched.map(({ declared, live: workspace }) => ({ place: declared.handle, workspace })),
    ...matches.undeclared.map((workspace) => ({ place: workspace.id, workspace })),
    ...(live.workspaces.known ? live.workspaces.items : []).flatMap((workspace) =>
      matches.ambiguous.has(workspace.id) ? { place: workspace.id, workspace } : [],
    ),
  ];
  const targets = places.flatMap(({ place, workspace }) => {
    const reading = workspace && !workspace.isDefault ? live.workspaceMembers.get(workspace.id) : undefined;
    if (!reading?.known) return [];
    const direct = new Map(reading.items.map(({ userId, role }) => [userId, role]));
    const later = new Map([...direct, ...(planned.get(place) ?? [])]);
    const had = countAdmins(direct, before);
    const has = countAdmins(later, after, gone);
    return has < had && has < minimum ? target.workspace(place) : [];
  });
  targets.sort();
  return { rule: "min_workspace_admins" as const, minimum, targets, ok: targets.length === 0 };
}

/** Admins by inheritance and direct ones, each person once. */
function countAdmins(
  roles: ReadonlyMap<string, string | undefined>,
  inherited: ReadonlySet<string>,
  gone: ReadonlySet<string> = new Set(),
): number {
  let count = inherited.size;
  for (const [id, role] of roles) {
    if (role === "admin" && !inherited.has(id) && !gone.has(id)) count += 1;
  }
  return count;
}

/** The workspace roles that a plan gives, by handle and user id; undefined: taken away. */
function workspaceRolesAfter(changes: readonly Change[], live: OrgSnapshot) {
  const idOf = new Map(live.users.known ? live.users.items.map(({ id, email }) => [emailIdentity(email), id]) : []);
  const planned = new Map<string, Map<string, string | undefined>>();
  for (const { workspace, userId, email = "", role } of plannedGrants(changes)) {
    const id = userId ?? idOf.get(emailIdentity(email));
    if (workspace === undefined || id === undefined) continue;
    const roles = planned.get(workspace) ?? new Map<string, string | undefined>();
    planned.set(workspace, roles.set(id, role));
  }
  return planned;
}

/** Protected people are never removed, demoted or revoked. */
function protectedPeople({ changes, config, because }: GuardrailInput) {
  const targets = takingFrom(changes, config.guardrails.protected, because);
  return { rule: "protected" as const, targets, ok: targets.length === 0 };
}

/** Whoever runs this keeps their own access, and the key it runs with. */
function self({ changes, self: owner, because }: GuardrailInput) {
  const targets = new Set([
    ...takingFrom(changes, owner?.email === undefined ? [] : [owner.email], because),
    ...changes.flatMap(({ id, risk, target: at }) => (id !== null && id === owner?.keyId && risk !== "safe" ? at : [])),
  ]);
  return { rule: "self" as const, targets: [...targets], known: owner !== undefined, ok: targets.size === 0 };
}

/** The targets of the changes that take something from one of these people, or are planned because of one. */
function takingFrom(
  changes: readonly Change[],
  people: Iterable<string>,
  because: GuardrailInput["because"],
): readonly string[] {
  const same = new Set([...people].map(emailIdentity));
  return changes.flatMap((change) => {
    const { risk, target: at } = change;
    const email = because?.get(change) ?? (risk === "removal" ? parseTarget(at)?.email : undefined);
    return email !== undefined && same.has(emailIdentity(email)) ? at : [];
  });
}

/** n removals of N live objects of a kind pass when n is small, else only as a small share and below the ceiling. */
function maxRemovals({ changes, config, live, matches, removals: given }: GuardrailInput) {
  if (given) return { rule: "max_removals" as const, over: given, ok: given.length === 0 };
  const { percent, alwaysAllow, neverExceed } = config.guardrails.maxRemovals;
  const removals = new Map<ChangeKind, number>();
  for (const { action, kind } of changes) {
    if (action === "remove") removals.set(kind, (removals.get(kind) ?? 0) + 1);
  }
  const over = [...removals].flatMap(([kind, count]) => {
    const of = kindOf(kind).count(live, matches);
    const allowed = count <= alwaysAllow || (count <= neverExceed && count * 100 <= percent * of);
    return allowed ? [] : { kind, removals: count, of };
  });
  return { rule: "max_removals" as const, over, ok: over.length === 0 };
}

/**
 * A change that cannot be undone, and the name that has to be given for it: a workspace's live one, or its id where two share it;
 * for a key the name that it is declared by, without the label of its rotation.
 */
export interface Irreversible {
  readonly change: Change;
  readonly name: string;
}

/** The changes of a plan that are confirmed one by one, with their names. No name stands for two of them: then it is the id. */
export function irreversibleChanges(changes: readonly Change[], live: OrgSnapshot): readonly Irreversible[] {
  const named = changes
    .filter(({ risk, action }) => risk === "irreversible" && action !== "manual")
    .map((change) => ({ change, name: kindOf(change.kind).confirmedBy(change, live) }));
  const groups = groupBy(named, ({ name }) => nameIdentity(name));
  return named.map(({ change, name }) => {
    // Several superseded keys of one declared key are one name.
    const meant = new Set(groups.get(nameIdentity(name))?.map(({ change: { target } }) => parseKeyName(target).base));
    return { change, name: meant.size > 1 && change.id !== null ? change.id : name };
  });
}
