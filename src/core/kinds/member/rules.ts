import { type ConfigPath, type Finding, finding } from "../../model/finding.ts";
import { inheritedWorkspaceRole, isOrganizationAdmin, WORKSPACE_ROLE_WORDS } from "../../model/role.ts";
import { DAY, daysBetween, hasPassed, startOfDay } from "../../model/time.ts";
import { emailIdentity } from "../../text/identity.ts";
import { keysOf, type RuleContext, suggestion, workspacesOf } from "../rule-context.ts";

/** Whoever a workspace, a key or an acceptance names must be among the members, where the file declares them. */
export function unknownPeople(facts: RuleContext): Finding[] {
  const { people } = facts;
  if (!people) return [];
  const found: Finding[] = [];
  const check = (person: string | undefined, where: { path: ConfigPath; atKey?: boolean; severity?: "warning" }) => {
    if (person === undefined || people.has(person)) return;
    found.push(finding("unknown-person", { person, ...suggestion(people.suggest(person)) }, where));
  };
  for (const [handle] of workspacesOf(facts)) {
    const path = ["workspaces", handle, "members"];
    for (const person of facts.namesAt(path)) check(person, { path: [...path, person], atKey: true });
  }
  for (const { key, path } of keysOf(facts)) check(key.owner, { path: [...path, "owner"] });
  for (const [index, { owner }] of facts.itemsOf(facts.written.accept)) {
    const path = ["accept", index, "owner"];
    if (!facts.isPartial(path)) check(owner, { path, severity: "warning" });
  }
  return found;
}

/** One person is declared once: addresses that differ only in case or Unicode form are the same person. */
export function samePersonTwice(facts: RuleContext): Finding[] {
  const paths = workspacesOf(facts).map(([handle]) => ["workspaces", handle, "members"]);
  return [["members"], ...paths].flatMap((path) => twins(facts, path));
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

/** Protected people must be declared, or nothing could be said of keeping them. */
export function protectedMissing(facts: RuleContext): Finding[] {
  const { people } = facts;
  if (!people) return [];
  return facts
    .itemsOf(facts.written.guardrails?.protected)
    .filter(([, person]) => !people.has(person))
    .map(([index, person]) =>
      finding(
        "protected-missing",
        { person, ...suggestion(people.suggest(person)) },
        { path: ["guardrails", "protected", index] },
      ),
    );
}

/** The organization needs two admins, or as many as `min_admins` says: one who is away locks everybody out. */
export function tooFewAdmins(facts: RuleContext): Finding[] {
  if (!facts.people || facts.isPartial(["members"]) || facts.isPartial(["guardrails"])) return [];
  const minimum = Math.max(2, facts.config.guardrails.minAdmins);
  const admins = currentAdmins(facts);
  return admins < minimum
    ? [finding("too-few-admins", { minimum, found: admins }, { path: ["members"], atKey: true })]
    : [];
}

/** Members with an admin's organization role whose entry has not run out. */
function currentAdmins(facts: RuleContext): number {
  let admins = 0;
  for (const member of facts.config.members.values()) {
    const gone = member.until !== undefined && hasPassed(member.until, facts.now);
    if (isOrganizationAdmin(member.role) && !gone) admins += 1;
  }
  return admins;
}

/** A workspace whose members are declared needs an admin; admins of the organization are admins everywhere. */
export function workspaceWithoutAdmin(facts: RuleContext): Finding[] {
  const minimum = facts.config.guardrails.minWorkspaceAdmins;
  if (!facts.people || facts.isPartial(["members"]) || facts.isPartial(["guardrails"])) return [];
  const inherited = currentAdmins(facts);
  const found: Finding[] = [];
  for (const [handle, { members }] of workspacesOf(facts)) {
    const path = ["workspaces", handle, "members"];
    if (members === undefined || facts.isPartial(path)) continue;
    let admins = inherited;
    for (const [person, word] of Object.entries(members ?? {})) {
      const member = facts.config.members.get(emailIdentity(person));
      const inherits = member !== undefined && inheritedWorkspaceRole(member.role) === "admin";
      if (WORKSPACE_ROLE_WORDS[word] === "admin" && !inherits) admins += 1;
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
