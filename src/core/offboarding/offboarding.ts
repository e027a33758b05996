import { knownToLeaver } from "../kinds/key/creator.ts";
import type { Kind } from "../kinds/kind.ts";
import { ALL_KINDS, givesAccess, kindOf, unreadLists } from "../kinds/kinds.ts";
import type { Change, ChangeKind } from "../model/change.ts";
import { type Finding, finding } from "../model/finding.ts";
import type { RemovalCount } from "../model/guardrail.ts";
import { itemsOf } from "../model/org.ts";
import type { UnknownKind } from "../model/plan.ts";
import { parseTarget } from "../model/target.ts";
import { canonicalState } from "../plan/canonical.ts";
import { guard } from "../plan/guardrails.ts";
import { indexStatus, type StatusIndex } from "../status/index-live.ts";
import { emailIdentity } from "../text/identity.ts";
import { quoted } from "../text/text.ts";
import type { OffboardingFacts, OffboardingInput, SubjectPlan } from "./input.ts";
import { planKeys, planSecret } from "./named-key.ts";
import { planPeople } from "./person.ts";
import type { OffboardingPlan, RevokedKey } from "./revocation.ts";
import { isLeftOut, liveKeyTarget } from "./revoked-key.ts";

/**
 * What ends all access of some people, or of a key, in the order in which it ends: keys that act as a person, keys whose secret a
 * person knows, invitations, workspace roles, the membership. Throws Failure `not-found` and `ambiguous`.
 */
export function planOffboarding(input: OffboardingInput): OffboardingPlan {
  const { config, live, now, file, digest, self, allow } = input;
  const index = indexStatus(live, now, config);
  const facts = { input, index };
  const people = [...new Set(input.people.map((email) => emailIdentity(email.trim())))];
  const subjects: readonly SubjectPlan[] = [
    ...planPeople(facts, people),
    ...planKeys(facts),
    ...(input.secret ? [planSecret(input.secret, input.ifExists ?? false)] : []),
  ];
  const everything = plannedChanges(subjects);
  const planned = everything.filter(({ change: { kind } }) => input.only?.has(kindOf(kind).manage) ?? true);
  const changes = planned.map(({ change }) => change);
  const findings = subjects.flatMap((subject) => subject.findings);
  return {
    organization: live.organization ?? { ...(config.organization.name && { name: config.organization.name }) },
    config: file ?? { path: "", digest: "" },
    liveDigest: digest(canonicalState(live)),
    takenAt: live.takenAt,
    changes,
    unmanaged: [],
    accepted: [],
    pending: [],
    unknown: [...unknownKinds(input, index, people.length > 0), ...untold(input, findings)],
    findings: [...findings, ...keysOfLeavers(facts, subjects), ...leftByOnly(input, subjects, everything)],
    guardrails: guard({
      changes,
      config,
      live,
      matches: index.matches,
      because: new Map(planned.flatMap(({ change, person }) => (person ? [[change, person.email]] : []))),
      removals: tooMany(input, subjects.filter(isFoundPerson).length),
      ...(self && { self }),
      ...(allow && { allow }),
    }),
    revocations: subjects.map(({ revocation }) => revocation),
  };
}

/** The keys of a plan that are in use and about which nobody has decided. */
export function undecidedKeys({ revocations }: OffboardingPlan): readonly RevokedKey[] {
  return revocations.flatMap(({ keys }) => keys.filter(({ decision }) => decision === "undecided"));
}

/** What `--only` leaves of that which gives the subjects access: a run that says "done" has not said that. */
function leftByOnly(
  { only, ...input }: OffboardingInput,
  subjects: readonly SubjectPlan[],
  planned: ReturnType<typeof plannedChanges>,
): readonly Finding[] {
  if (!only) return [];
  // With a membership the roles in workspaces end, and the keys that act as the person.
  const leaving = new Set(
    planned.flatMap(({ change: { kind, action }, person }) =>
      kind === "member" && action === "remove" && only.has(kindOf(kind).manage) ? person?.email : [],
    ),
  );
  const leaves = (person: { readonly email: string } | undefined) => leaving.has(person?.email ?? "");
  const keys = isLeftOut({ ...input, only })
    ? subjects.flatMap(({ revocation: { subject, keys: held } }) => {
        const gone = subject.kind === "person" && leaves(subject);
        return held.flatMap(({ status, relation, target: at }) =>
          status === "active" && !(gone && relation === "acts-as") ? at : [],
        );
      })
    : [];
  const changes = planned.flatMap(({ change: { kind, target: at }, person }) =>
    only.has(kindOf(kind).manage) || (kind === "workspace_member" && leaves(person)) ? [] : at,
  );
  const targets = [...new Set([...changes, ...keys])];
  return targets.length === 0 ? [] : [finding("left-by-only", { targets })];
}

/** Every change in order, with the person because of whom it is planned. Whose a named key is, guardrails find. */
function plannedChanges(subjects: readonly SubjectPlan[]) {
  const taken = new Set<string>();
  const planned = subjects.flatMap(({ revocation: { subject }, changes }) => {
    const person = subject.kind === "person" ? subject : undefined;
    return changes.map((change) => ({ change, person }));
  });
  return planned
    .filter(({ change: { kind, id, target } }) => {
      // What is named beside the person whose it is, as a key may be, is taken away once.
      const object = [kind, target, id].join("\n");
      const isNew = !taken.has(object);
      taken.add(object);
      return isNew;
    })
    .toSorted((one, other) => stageOf(one.change) - stageOf(other.change));
}

/** What can be used without being a member goes first, for everybody: keys that act as a person, then those that they know. */
function stageOf({ kind, reason }: Change): number {
  return ["created-by-person", "rotate-instead", "declare-to-rotate"].includes(reason) ? 1 : kindOf(kind).endsAt;
}

/**
 * The keys in force that people made who have left, where nobody knows which id somebody had who is gone: the API names a leaver by id
 * alone, and so any of these may be theirs.
 */
function keysOfLeavers({ input, index }: OffboardingFacts, subjects: readonly SubjectPlan[]): readonly Finding[] {
  const { formerIds, live } = input;
  const isUnknown = subjects.some(({ revocation: { subject } }) => {
    if (subject.kind !== "person" || (subject.standing !== "gone" && subject.standing !== "not-found")) return false;
    return (formerIds.get(subject.email) ?? []).length === 0;
  });
  if (!isUnknown) return [];
  const others = new Set([...formerIds.values()].flat());
  return itemsOf(live.keys).flatMap((key) => {
    const creator = key.createdBy?.id ?? "";
    if (key.status !== "active" || others.has(creator) || !knownToLeaver(key, index.matches.people)) return [];
    const declared = index.matches.keys.entryOf(key) !== undefined;
    return [finding("key-creator-left", { key: key.name, creator, declared }, { target: liveKeyTarget(index, key) })];
  });
}

function isFoundPerson({ revocation: { subject } }: SubjectPlan): boolean {
  return subject.kind === "person" && subject.standing !== "not-found";
}

/** One person has many keys and roles, and they all have to go: only people count. */
function tooMany({ live, max }: OffboardingInput, people: number): readonly RemovalCount[] {
  if (people <= max) return [];
  return [{ kind: "member", removals: people, of: live.users.known ? live.users.items.length : 0 }];
}

/**
 * What could not be read, or was not, of whatever gives access: then nobody may say that nothing is left. Of people that is who they
 * are, which places there are to have a role in, and every kind that is to be taken from them; of a key, the keys.
 */
function unknownKinds(
  { live, only, secret }: OffboardingInput,
  index: StatusIndex,
  people: boolean,
): readonly UnknownKind[] {
  const isTaken = (kind: Kind<ChangeKind>) => givesAccess(kind) && (only?.has(kind.manage) ?? true);
  const hasPlaces = ALL_KINDS.some((kind) => isTaken(kind) && kind.revoke && kind.needs.includes("workspaces"));
  const isWanted = (kind: Kind<ChangeKind>): boolean => {
    if (people && ("users" in kind.lists || (kind.isPlace && hasPlaces))) return true;
    // A kind without a way of its own to be revoked is decided about, with or without the person: keys.
    return isTaken(kind) && (kind.revoke ? people : !secret);
  };
  const places = index.workspaces.flatMap(({ id, special }) => (special === "default" ? [] : id));
  return unreadLists(live, (id) => index.workspace(id).handle ?? id, { isWanted, places });
}

/** The keys and invitations whose status is a word that is not known: whether they give access nobody can tell, nor then that nothing is left. */
function untold({ only }: OffboardingInput, findings: readonly Finding[]): readonly UnknownKind[] {
  const words = new Map(
    findings.flatMap(({ code, args, target: at = "" }): readonly (readonly [string, string])[] =>
      code === "unknown-word" && args.what === "status" ? [[at, args.word]] : [],
    ),
  );
  return [...words].flatMap(([at, word]) => {
    const kind = parseTarget(at)?.kind;
    if (only && kind && !only.has(kindOf(kind).manage)) return [];
    return {
      kind: at,
      reason: "unknown-word",
      message: `whether it gives access cannot be told by its status ${quoted(word)}`,
    };
  });
}
