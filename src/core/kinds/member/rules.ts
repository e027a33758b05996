import { ADVISED_ADMINS } from "../../config/defaults.ts";
import { type ConfigPath, type Finding, finding, formatPath } from "../../model/finding.ts";
import { inheritedWorkspaceRole, isOrganizationAdmin, WORKSPACE_ROLE_WORDS } from "../../model/role.ts";
import { DAY, daysBetween, hasPassed, startOfDay } from "../../model/time.ts";
import { emailIdentity } from "../../text/identity.ts";
import { suggest } from "../../text/suggest.ts";
import { describedKeysOf, type RuleContext, suggestion, workspacesOf } from "../rule-context.ts";

/**
 * Whoever the file names must be among the members, where it declares them whole; where it declares some, the others may well be
 * members that it leaves alone, and only a name that is nearly a declared one is spoken of.
 */
export function unknownPeople(facts: RuleContext): Finding[] {
  const { people, config } = facts;
  if (!people) return [];
  const whole = config.manage.members === "full";
  const found: Finding[] = [];
  const check = (person: string | undefined, where: { path: ConfigPath; atKey?: boolean; severity?: "warning" }) => {
    if (person === undefined || people.has(person)) return;
    const near = people.suggest(person);
    if (!whole && !isMisspelling(person, near)) return;
    const severity = whole ? (where.severity ?? "error") : "warning";
    found.push(finding("unknown-person", { person, ...suggestion(near) }, { ...where, severity }));
  };
  for (const [handle, { owner }] of workspacesOf(facts)) {
    const path = ["workspaces", handle, "members"];
    for (const person of facts.namesAt(path)) {
      if (!people.has(person)) check(person, { path: [...path, person], atKey: true });
    }
    check(owner, { path: ["workspaces", handle, "owner"] });
  }
  for (const [path, person] of groupPeople(facts)) check(person, { path });
  for (const { key, path } of describedKeysOf(facts)) check(key.owner, { path: [...path, "owner"] });
  check(facts.written.review?.default_reviewer, { path: ["review", "default_reviewer"] });
  for (const [index, { owner }] of facts.itemsOf(facts.written.accept)) {
    const path = ["accept", index, "owner"];
    if (!facts.isPartial(path)) check(owner, { path, severity: "warning" });
  }
  return found;
}

/** Everybody whom the groups name, with the path. */
function groupPeople(facts: RuleContext): readonly (readonly [ConfigPath, string])[] {
  return Object.entries(facts.written.groups ?? {}).flatMap(([name, group]) =>
    facts.itemsOf(group?.members).map(([index, person]) => [["groups", name, "members", index], person] as const),
  );
}

/** Whether an address is nearly another in both its parts: of two people of one domain, most letters are the same anyway. */
function isMisspelling(person: string, near: string | undefined): boolean {
  const [name = "", domain = ""] = emailIdentity(person).split("@");
  const [nearName = "", nearDomain = ""] = near?.split("@") ?? [];
  const isNear = (one: string, other: string) => one === other || suggest(one, [other]) !== undefined;
  return near !== undefined && isNear(name, nearName) && isNear(domain, nearDomain);
}

/** One person is declared once: addresses that differ only in case or Unicode form are the same person. */
export function samePersonTwice(facts: RuleContext): Finding[] {
  const paths = workspacesOf(facts).map(([handle]) => ["workspaces", handle, "members"]);
  const seen = new Map<string, string>();
  const inGroups = groupPeople(facts).flatMap(([path, person]) => {
    const key = `${formatPath(path.slice(0, -1))}\n${emailIdentity(person)}`;
    const other = seen.get(key);
    seen.set(key, other ?? person);
    return other === undefined ? [] : [finding("same-person-twice", { person, other }, { path })];
  });
  return [...[["members"], ...paths].flatMap((path) => twins(facts, path)), ...inGroups];
}

function twins(facts: RuleContext, path: ConfigPath): Finding[] {
  const first = new Map<string, string>();
  const groups = new Map<string, string[]>();
  for (const person of facts.namesAt(path)) {
    const folded = emailIdentity(person);
    const other = first.get(folded);
    if (other === undefined) first.set(folded, person);
    else groups.set(folded, [...(groups.get(folded) ?? [other]), person]);
  }
  return [...groups.values()].flatMap((spellings) => {
    // The first in the alphabet is the one to keep, so that the order of the file does not matter.
    const [other = "", ...rest] = spellings.sort();
    return rest.map((person) =>
      finding("same-person-twice", { person, other }, { path: [...path, person], atKey: true }),
    );
  });
}

/** Protected people must be declared where the people are declared whole, or the file asks for what it forbids. */
export function protectedMissing(facts: RuleContext): Finding[] {
  const { people, config } = facts;
  if (!people) return [];
  const whole = config.manage.members === "full";
  return facts.itemsOf(facts.written.guardrails?.protected).flatMap(([index, person]) => {
    if (people.has(person)) return [];
    const near = people.suggest(person);
    if (!whole && !isMisspelling(person, near)) return [];
    const where = { path: ["guardrails", "protected", index], severity: whole ? "error" : "warning" } as const;
    return [finding("protected-missing", { person, ...suggestion(near) }, where)];
  });
}

/**
 * The organization needs two admins, or as many as `min_admins` says: one who is away locks everybody out. Known only where the
 * people are declared whole.
 */
export function tooFewAdmins(facts: RuleContext): Finding[] {
  const admins = currentAdmins(facts);
  if (admins === undefined || facts.isPartial(["guardrails"])) return [];
  const minimum = Math.max(ADVISED_ADMINS, facts.config.guardrails.minAdmins);
  return admins < minimum
    ? [finding("too-few-admins", { minimum, found: admins }, { path: ["members"], atKey: true })]
    : [];
}

/**
 * How many organization admins there are at most: members with that role whose entry has not run out, and those whose role somebody
 * else manages. Undefined where the file does not declare everybody.
 */
function currentAdmins({ config, people, isPartial, now }: RuleContext): number | undefined {
  if (!people || config.manage.members !== "full" || isPartial(["members"]) || isPartial(["manage"])) return undefined;
  let most = 0;
  for (const { role, until } of config.members.values()) {
    const gone = until !== undefined && hasPassed(until, now);
    if (!gone && (role === undefined || isOrganizationAdmin(role))) most += 1;
  }
  return most;
}

/**
 * A workspace needs an admin; admins of the organization are admins everywhere. Known only where its members, and the people of the
 * organization, are declared whole.
 */
export function workspaceWithoutAdmin(facts: RuleContext): Finding[] {
  const minimum = facts.config.guardrails.minWorkspaceAdmins;
  const inherited = currentAdmins(facts);
  if (inherited === undefined || facts.config.manage.workspace_members !== "full" || facts.isPartial(["guardrails"]))
    return [];
  const found: Finding[] = [];
  for (const [handle, { members }] of workspacesOf(facts)) {
    const path = ["workspaces", handle, "members"];
    if (members === undefined || facts.isPartial(path)) continue;
    let admins = inherited;
    for (const [person, word] of Object.entries(members ?? {})) {
      const role = facts.config.members.get(emailIdentity(person))?.role;
      const counted = role !== undefined && inheritedWorkspaceRole(role) === "admin";
      if (WORKSPACE_ROLE_WORDS[word] === "admin" && !counted) admins += 1;
    }
    if (admins >= minimum) continue;
    found.push(
      finding("workspace-without-admin", { workspace: handle, minimum, found: admins }, { path, atKey: true }),
    );
  }
  return found;
}

/** `app_role` must be one of the declared roles. */
export function unknownAppRoles(facts: RuleContext): Finding[] {
  const { roles } = facts;
  if (!roles) return [];
  const found: Finding[] = [];
  for (const [person, { app_role: role }] of Object.entries(facts.written.members ?? {})) {
    if (role === undefined || roles.has(role)) continue;
    const path = ["members", person, "app_role"];
    found.push(finding("unknown-role", { role, ...suggestion(roles.suggest(role)) }, { path }));
  }
  return found;
}

/** From so many days before its end an entry is spoken of. */
const SOON_DAYS = 14;

/** A member's `until` that has passed, or soon will: the next `apply` removes the person. */
export function expiringMembers(facts: RuleContext): Finding[] {
  const found: Finding[] = [];
  for (const [person, { until }] of Object.entries(facts.written.members ?? {})) {
    if (until === undefined) continue;
    const path = ["members", person, "until"];
    if (hasPassed(until, facts.now)) found.push(finding("expired", { day: until }, { path }));
    else found.push(...endsSoon(until, facts.now, path));
  }
  return found;
}

/** An acceptance that has passed counts as drift again; one that soon will is spoken of. */
export function expiringAcceptances(facts: RuleContext): Finding[] {
  return facts.itemsOf(facts.written.accept).flatMap(([index, { target, until }]) => {
    const path = ["accept", index, "until"];
    if (hasPassed(until, facts.now)) return [finding("accept-expired", { target, day: until }, { path })];
    return endsSoon(until, facts.now, path);
  });
}

function endsSoon(day: string, now: number, path: ConfigPath): Finding[] {
  const days = daysBetween(now - (now % DAY), startOfDay(day));
  return days <= SOON_DAYS ? [finding("expires-soon", { day, days }, { path })] : [];
}
