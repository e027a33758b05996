import type { Config } from "../config/config.ts";
import { mentionsOf } from "../config/mentions.ts";
import type { Grant } from "../kinds/kind.ts";
import { type Grants, grantKinds, grantsTo } from "../kinds/kinds.ts";
import { entriesOf, whereOf } from "../match/keys.ts";
import { findMember } from "../match/resolve.ts";
import { isKnownInviteStatus } from "../match/unknown-words.ts";
import type { Change } from "../model/change.ts";
import { Failure } from "../model/failure.ts";
import { type Finding, finding, formatPath } from "../model/finding.ts";
import { type ApiKey, itemsOf, type User } from "../model/org.ts";
import { organizationRank } from "../model/role.ts";
import { target } from "../model/target.ts";
import { groupNames } from "../status/group.ts";
import { emailIdentity } from "../text/identity.ts";
import { suggester } from "../text/suggest.ts";
import { compareText } from "../text/text.ts";
import { endedKeys, endedRoles } from "./ended-access.ts";
import type { OffboardingFacts, SubjectPlan } from "./input.ts";
import type { RevokedGroup, RevokedPerson, RevokedRole } from "./revocation.ts";
import {
  type KeyRelation,
  keyChange,
  relatedKeys,
  revokedKey,
  serviceImpactFindings,
  unknownWordFindings,
  usageFindings,
} from "./revoked-key.ts";

/**
 * Everything that these people (e-mails in lower case) still reach, and what takes it away. Throws Failure: `not-found`, naming everybody
 * whom nothing knows, unless `ifExists`; `ambiguous` where two members bear an e-mail.
 */
export function planPeople(facts: OffboardingFacts, emails: readonly string[]): readonly SubjectPlan[] {
  const subjects = emails.map((email) => planPerson(facts, email));
  const missing = subjects.flatMap(({ revocation: { subject } }) =>
    subject.kind === "person" && subject.standing === "not-found" ? subject.email : [],
  );
  if (missing.length > 0 && !facts.input.ifExists) throw unknownPeople(facts, missing);
  return subjects;
}

function planPerson(facts: OffboardingFacts, email: string): SubjectPlan {
  const { config, editsFile = false } = facts.input;
  const user = findMember(facts.index.matches.people, email);
  const traces = tracesOf(config, email, editsFile);
  const { grants } = facts.index;
  const theirs = grantsTo(grants, { ids: new Set(user ? [user.id] : []), email });
  const invites = theirs.invite.filter(({ inForce }) => inForce);
  const invited = new Map(itemsOf(facts.input.live.invites).map((invite) => [invite.id, invite]));
  const untold = itemsOf(facts.input.live.invites).flatMap((invite) =>
    emailIdentity(invite.email) === email && !isKnownInviteStatus(invite.status) ? invite.status : [],
  );
  const subject = subjectOf(facts, {
    email,
    user,
    invited: invites.length > 0 || (untold.length > 0 ? "unknown" : false),
    declared: traces.declaredAt.length > 0,
  });
  const related = relatedKeys(facts, grantsTo(grants, { ids: idsOf(facts, email, user), email }).key);
  const keys = keysOf(facts, related);
  const roles = rolesOf(facts, email, theirs.workspace_member);
  const groups = groupsOf(email, theirs.group_member);
  return {
    revocation: {
      subject,
      workspaces: roles,
      groups,
      keys: keys.map(({ shown }) => shown),
      invites: invites.map(({ id, role = "" }) => ({
        target: target.invite(email),
        id,
        role,
        groups: groupNames(facts.input.live, invited.get(id)?.groupIds),
      })),
      ownerless: traces.ownerless,
      declaredAt: traces.declaredAt,
      ended: [...endedKeys(facts, related), ...endedRoles(facts, subject, [...roles, ...groups])],
    },
    changes: [
      ...keys.flatMap(({ key, shown }) =>
        keyChange(facts, key, shown, shown.relation === "acts-as" ? "acts-as-person" : "created-by-person"),
      ),
      ...revocations(facts, email, theirs),
    ],
    findings: [
      ...traces.findings,
      ...keys.flatMap(({ key, shown }) => serviceImpactFindings(facts, key, shown)),
      ...keys.flatMap(({ shown }) => usageFindings(facts, shown)),
      ...[...related.keys()].flatMap((key) => unknownWordFindings(facts.index, key)),
      ...untold.map((word) => finding("unknown-word", { what: "status", word }, { target: target.invite(email) })),
      ...(user && organizationRank(user.role) === undefined
        ? [finding("unknown-word", { what: "role", word: user.role }, { target: target.member(email) })]
        : []),
    ],
  };
}

/** The person's user ids, earlier ones too. One that meanwhile is somebody else's is never theirs. */
function idsOf({ input, index }: OffboardingFacts, email: string, user: User | undefined): ReadonlySet<string> {
  const former = (input.formerIds.get(email) ?? []).filter((id) => !index.users.has(id));
  return new Set([...(user ? [user.id] : []), ...former]);
}

interface Standing {
  readonly email: string;
  readonly user: User | undefined;
  /** `unknown`: there is an invitation, and whether it is open cannot be told. */
  readonly invited: boolean | "unknown";
  readonly declared: boolean;
}

function subjectOf({ input }: OffboardingFacts, { email, user, invited, declared }: Standing): RevokedPerson {
  const { users, invites } = input.live;
  const known = users.known && invites.known && invited !== "unknown";
  const traces = declared || input.formerIds.has(email);
  const isNowhere = known && !user && !invited && !traces;
  const gone = isNowhere ? "not-found" : known ? "gone" : "unknown";
  const standing = user ? "member" : users.known && invited === true ? "invited" : gone;
  const { id = null, name = null, role = null } = user ?? {};
  return { kind: "person", email, userId: id, name, role, standing };
}

function unknownPeople({ input: { live, config }, index }: OffboardingFacts, missing: readonly string[]): Failure {
  const emails = new Set(config.members.keys());
  for (const user of index.users.values()) emails.add(user.email);
  for (const invite of itemsOf(live.invites)) emails.add(invite.email);
  const propose = suggester(emails);
  const near = [...new Set(missing.flatMap((email) => propose(email) ?? []))];
  const names = missing.map((email) => `"${email}"`).join(", ");
  const nowhere = "no member, not invited, not in the file, and not revoked earlier";
  return new Failure("not-found", {
    message: missing.length === 1 ? `${names} is ${nowhere}` : `each of these is ${nowhere}: ${names}`,
    fix:
      near.length === 0
        ? "look at the members: anth-rbac status; --if-exists goes on without"
        : `did you mean ${near.map((email) => `"${email}"`).join(", ")}?`,
  });
}

/** The active keys that act as the person, then those that have no human owner and that the person made. */
function keysOf(facts: OffboardingFacts, theirs: ReadonlyMap<ApiKey, KeyRelation>) {
  const active = [...theirs].filter(([{ status }]) => status === "active");
  const rank = (relation: KeyRelation) => (relation === "acts-as" ? 0 : 1);
  return active
    .toSorted(([, one], [, other]) => rank(one) - rank(other))
    .map(([key, relation]) => ({ key, shown: revokedKey(facts, key, relation) }));
}

/** A person's workspace roles, inherited ones too, in the order in which workspaces are shown. */
function rolesOf({ index }: OffboardingFacts, email: string, grants: readonly Grant[]): readonly RevokedRole[] {
  const roles = new Map(grants.map((grant) => [grant.workspaceId, grant]));
  return index.workspaces.flatMap(({ id, name, handle }) => {
    const grant = roles.get(id);
    if (!grant) return [];
    const { role = "", how } = grant;
    const at = target.workspaceMember(handle ?? id, email);
    return { target: at, workspace: name ?? id, workspaceId: id, role, inherited: how === "inherited" };
  });
}

/** The groups that a person is in, by name. */
function groupsOf(email: string, grants: readonly Grant[]): readonly RevokedGroup[] {
  const groups = grants.flatMap(({ group }) => {
    if (!group) return [];
    const { id: groupId, name, obstacle = null } = group;
    return { target: target.groupMember(name, email), group: name, groupId, obstacle };
  });
  return groups.toSorted((one, other) => compareText(one.group, other.group));
}

/** What takes each grant away about which nobody has to decide, kind by kind, in the order in which workspaces are shown. */
function revocations({ index }: OffboardingFacts, email: string, theirs: Grants): readonly Change[] {
  const order = new Map(index.workspaces.map(({ id }, place) => [id, place]));
  const placeOf = ({ workspaceId = "" }: Grant) => order.get(workspaceId) ?? -1;
  return grantKinds(theirs).flatMap(([{ revoke }, grants]) =>
    grants
      .toSorted((one, other) => placeOf(one) - placeOf(other))
      .flatMap((grant) => {
        const { handle, id } = grant.workspaceId === undefined ? {} : index.workspace(grant.workspaceId);
        const workspace = handle ?? id;
        return revoke?.(grant, { email, ...(workspace !== undefined && { workspace }) }) ?? [];
      }),
  );
}

/** What rbac.yaml says of a person who leaves. */
export interface DeclaredTraces {
  /** Every place that speaks of them, in the order of the file's parts. */
  readonly declaredAt: readonly string[];
  /** The targets of the keys that they own. */
  readonly ownerless: readonly string[];
  readonly findings: readonly Finding[];
}

/** Where the file still speaks of a person (an e-mail in lower case), and what is then to be said about it. */
function tracesOf(config: Config, email: string, editsFile: boolean): DeclaredTraces {
  const same = emailIdentity(email);
  const owned = entriesOf(config)
    .filter(({ key }) => key.owner !== undefined && emailIdentity(key.owner) === same)
    .map((entry) => ({ key: entry.key, ...whereOf(entry) }));
  const { removable, needed } = mentionsOf({ ...config, review: { default_reviewer: config.defaultReviewer } }, email);
  const paths = [...removable, ...needed];
  const [first] = paths;
  const declaredAt = paths.map(formatPath);
  return {
    declaredAt,
    ownerless: owned.map((one) => one.target),
    findings: [
      ...(first
        ? [
            finding(
              "still-declared",
              { person: email, paths: declaredAt, ...(editsFile && { edited: true as const }) },
              { path: first, target: target.member(email) },
            ),
          ]
        : []),
      ...owned.map(({ key, path, target: at }) =>
        finding("key-owner-leaves", { key: key.name, owner: email }, { path: [...path, "owner"], target: at }),
      ),
    ],
  };
}
