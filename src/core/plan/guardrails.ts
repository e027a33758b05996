import type { Config } from "../config/config.ts";
import { parseKeyName } from "../keys/key-name.ts";
import { type Grants, grantsOf, kindOf, plannedGrants } from "../kinds/kinds.ts";
import type { Matches } from "../match/matches.ts";
import type { Change } from "../model/change.ts";
import type { GuardrailResult, GuardrailRule, GuardrailVerdict, RemovalCount } from "../model/guardrail.ts";
import { itemsOf, type OrgSnapshot } from "../model/org.ts";
import { inheritedWorkspaceRole, isKnownOrganizationRole, isOrganizationAdmin } from "../model/role.ts";
import { target } from "../model/target.ts";
import { emailIdentity, nameIdentity } from "../text/identity.ts";
import { compareText, groupBy } from "../text/text.ts";
import { type Taken, takenBy } from "./taken.ts";

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

/** What a rule says, and whether the plan has a change that the rule would have to count. */
type Judgement = GuardrailVerdict & { readonly counts: boolean };

/** What a rule looks at: the input, and what its changes take away. */
interface Judged extends GuardrailInput {
  readonly grants: Grants;
  readonly taken: ReadonlyMap<Change, readonly Taken[]>;
}

const RULES: readonly ((input: Judged) => Judgement)[] = [
  minAdmins,
  minWorkspaceAdmins,
  protectedPeople,
  self,
  maxRemovals,
  domains,
];

/** Judges a plan by every guardrail. A plan may be carried out when none refuses that is not overridden. */
export function guard(input: GuardrailInput): readonly GuardrailResult[] {
  const grants = grantsOf(input.live);
  const takes = takenBy(input.live, grants, input.matches.handles);
  const judged = { ...input, grants, taken: new Map(input.changes.map((change) => [change, takes(change)])) };
  return RULES.map((rule) => {
    const { counts, ...verdict } = rule(judged);
    // Most credentials do not say whose they are: that alone stops nothing.
    const refuses = verdict.ok === false || (verdict.ok === null && counts && verdict.rule !== "self");
    const reason = verdict.rule === "protected" ? undefined : input.allow?.get(verdict.rule);
    return { ...verdict, refuses, ...(refuses && reason !== undefined && { overridden: reason }) };
  });
}

/**
 * The organization keeps its admins: only a plan that lowers their number below the minimum is refused. Whose role is a word that
 * nobody knows may be one.
 */
function minAdmins({ changes, config, live, grants }: Judged): Judgement {
  const minimum = config.guardrails.minAdmins;
  const roles = rolesAfter(changes, grants);
  const before = [...roles.values()].filter(([role]) => isOrganizationAdmin(role)).length;
  const after = [...roles.values()].filter(([, role]) => role !== undefined && isOrganizationAdmin(role)).length;
  const perhaps = [...roles.values()].filter(([, role]) => role !== undefined && !isKnownOrganizationRole(role)).length;
  const counts = plannedGrants(changes).some(({ workspace, userId }) => workspace === undefined && userId !== null);
  const isKept = after >= before || after >= minimum;
  const ok = !live.users.known ? null : isKept || (after + perhaps >= minimum ? null : false);
  return { rule: "min_admins", minimum, before, after, ok, counts };
}

/** Every live person's organization role before the plan and after it (undefined: gone), by id. Manual changes count. */
function rolesAfter(changes: readonly Change[], grants: Grants) {
  const roles = new Map<string, readonly [string, string | undefined]>();
  for (const { id, role } of grants.member) if (role !== undefined) roles.set(id, [role, role]);
  for (const { workspace, userId, role } of plannedGrants(changes)) {
    if (workspace !== undefined || userId === null) continue;
    const [before] = roles.get(userId) ?? [];
    if (before !== undefined) roles.set(userId, [before, role]);
  }
  return roles;
}

/**
 * Every workspace keeps its admins, those by inheritance counted; an undeclared one too, and one that an ambiguous declaration could
 * mean. Where its members were not read, it keeps them for certain only if those by inheritance are enough.
 */
function minWorkspaceAdmins({ changes, config, live, matches, grants }: Judged): Judgement {
  const minimum = config.guardrails.minWorkspaceAdmins;
  const rule = "min_workspace_admins";
  // There may be members of thousands of workspaces to count, and most runs find nothing to change.
  if (changes.length === 0) return { rule, minimum, targets: [], ok: true, counts: false };
  const roles = [...rolesAfter(changes, grants)];
  const inherits = (role: string | undefined) => role !== undefined && inheritedWorkspaceRole(role) === "admin";
  const before = new Set(roles.flatMap(([id, [role]]) => (inherits(role) ? id : [])));
  const after = new Set(roles.flatMap(([id, [, role]]) => (inherits(role) ? id : [])));
  const gone = new Set(roles.flatMap(([id, [, role]]) => (role === undefined ? id : [])));
  const planned = workspaceRolesAfter(changes, live);
  const ends = endedBy(changes);
  const places = [
    ...matches.matched.map(({ declared, live: workspace }) => ({ place: declared.handle, workspace })),
    ...matches.undeclared.map((workspace) => ({ place: workspace.id, workspace })),
    ...itemsOf(live.workspaces).flatMap((workspace) =>
      matches.ambiguous.has(workspace.id) ? { place: workspace.id, workspace } : [],
    ),
  ];
  const judged = places.flatMap(({ place, workspace }) => {
    // What is archived in this plan needs no admin any more.
    if (!workspace || workspace.isDefault || ends.has(workspace.id)) return [];
    const at = target.workspace(place);
    const reading = live.workspaceMembers.get(workspace.id);
    if (!reading?.known) return after.size < before.size && after.size < minimum ? { at, known: false } : [];
    const direct = new Map(reading.items.map(({ userId, role }) => [userId, role]));
    const later = new Map([...direct, ...(planned.get(place) ?? [])]);
    const had = countAdmins(direct, before);
    const has = countAdmins(later, after, gone);
    return has < had && has < minimum ? { at, known: live.users.known } : [];
  });
  const targets = judged.map(({ at }) => at).sort(compareText);
  const isUnknown = judged.length > 0 && judged.every(({ known }) => !known);
  return {
    rule,
    minimum,
    targets,
    ok: isUnknown ? null : judged.length === 0,
    counts: judged.length > 0,
  };
}

/** The ids of what a plan ends. */
function endedBy(changes: readonly Change[]): ReadonlySet<string | null> {
  return new Set(changes.filter(({ after }) => after === null).map(({ id }) => id));
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

/** Protected people are never removed, demoted or revoked, and keep the keys that act as them. */
function protectedPeople(input: Judged): Judgement {
  const { config } = input;
  const targets = takingFrom(input, config.guardrails.protected);
  return {
    rule: "protected",
    targets,
    ...whoseAccess(input, targets.length, config.guardrails.protected.length > 0),
  };
}

/** Whoever runs this keeps their own access, and the key it runs with. */
function self(input: Judged): Judgement {
  const { changes, taken, self: owner } = input;
  const targets = new Set([
    ...takingFrom(input, owner?.email === undefined ? [] : [owner.email]),
    ...changes.flatMap((change) => {
      const { id, risk, target: at } = change;
      const isOwn = id === owner?.keyId && risk !== "safe";
      const ends = taken.get(change)?.some((one) => one.id === owner?.keyId);
      return isOwn || ends ? at : [];
    }),
  ]);
  const known = owner !== undefined;
  const ok = targets.size > 0 ? false : known ? true : null;
  return { rule: "self", targets: [...targets].sort(compareText), known, ok, counts: true };
}

/** The targets of the changes that take something from one of these people, or are planned because of one. */
function takingFrom({ changes, taken, because }: Judged, people: Iterable<string>): readonly string[] {
  const same = new Set([...people].map(emailIdentity));
  const found = changes.flatMap((change) => {
    const [reason, losses] = [because?.get(change), taken.get(change) ?? []];
    const theirs = [
      ...(reason === undefined ? [] : [emailIdentity(reason)]),
      ...losses.flatMap(({ email }) => email ?? []),
    ];
    return theirs.some((email) => same.has(email)) ? change.target : [];
  });
  return [...new Set(found)].sort(compareText);
}

/** Whether a rule about people holds: not known where something is taken of which nobody can say whose it is. */
function whoseAccess({ taken, live }: Judged, found: number, isAsked: boolean): Pick<Judgement, "ok" | "counts"> {
  const isUnknown =
    !live.users.known &&
    [...taken.values()].some((losses) => losses.some(({ email, ofMachine }) => email === undefined && !ofMachine));
  if (found > 0) return { ok: false, counts: true };
  return { ok: isAsked && isUnknown ? null : true, counts: isUnknown };
}

/**
 * What a plan takes of a kind passes when it is little, else only as a small share and below the ceiling. n of N live objects: demotions
 * and disabled keys as well as removals, and whatever ends with an archived workspace or a deleted group.
 */
function maxRemovals({ changes, config, live, matches, taken, removals: given }: Judged): Judgement {
  if (given) return { rule: "max_removals", over: given, ok: given.length === 0, counts: true };
  const { percent, alwaysAllow, neverExceed } = config.guardrails.maxRemovals;
  const byKind = groupBy([...taken.values()].flat(), ({ kind }) => kind);
  const inOrder = [...byKind].sort(([one], [other]) => kindOf(one).order - kindOf(other).order);
  const over = inOrder.flatMap(([kind, losses]) => {
    const count = new Set(losses.map(({ id, place = "" }) => `${place} ${id}`)).size;
    const of = kindOf(kind).count(live, matches);
    const allowed = count <= alwaysAllow || (count <= neverExceed && count * 100 <= percent * of);
    return allowed ? [] : { kind, removals: count, of };
  });
  const ends = endedBy(changes);
  // What ends with a workspace, or a group, has to be known.
  const isUnknown =
    itemsOf(live.workspaces).some(
      ({ id }) => ends.has(id) && !(live.keys.known && live.workspaceMembers.get(id)?.known === true),
    ) || itemsOf(live.groups).some(({ id, members }) => ends.has(id) && !members.known);
  return { rule: "max_removals", over, ok: over.length > 0 ? false : isUnknown ? null : true, counts: true };
}

/** Invitations go only to the domains that the file names, where it names any. */
function domains({ changes, config }: Judged): Judgement {
  const allowed = config.guardrails.domains && new Set(config.guardrails.domains);
  const targets = plannedGrants(changes).flatMap(({ workspace, userId, email, role }) => {
    const isInvited = workspace === undefined && userId === null && email !== undefined && role !== undefined;
    if (!allowed || !isInvited) return [];
    const identity = emailIdentity(email);
    return allowed.has(identity.slice(identity.lastIndexOf("@") + 1)) ? [] : target.invite(email);
  });
  targets.sort(compareText);
  return { rule: "domains", targets, ok: targets.length === 0, counts: targets.length > 0 };
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
