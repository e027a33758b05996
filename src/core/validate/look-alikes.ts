import { keysOf, type RuleContext, workspacesOf } from "../kinds/rule-context.ts";
import { type ConfigPath, type Finding, finding } from "../model/finding.ts";
import { isOrganizationAdmin } from "../model/role.ts";
import { emailIdentity, lookOf, nameIdentity } from "../text/identity.ts";

interface Written {
  readonly name: string;
  readonly identity: string;
  readonly path: ConfigPath;
  readonly atKey: boolean;
}

/**
 * Two names that a reader takes for one, though they are two (a Cyrillic letter among Latin ones): a warning; an error where one of
 * them is a protected person or an admin, whose look-alike somebody may have put into the file on purpose.
 */
export function lookAlikes(facts: RuleContext): Finding[] {
  const { config } = facts;
  const guarded = new Set([
    ...config.guardrails.protected,
    ...[...config.members.values()].flatMap(({ email, role }) => (role && isOrganizationAdmin(role) ? email : [])),
  ]);
  return [
    ...confusable(peopleIn(facts), (identity) => guarded.has(identity)),
    ...confusable(workspaceNames(facts), () => false),
    ...confusable(keyNames(facts), () => false),
  ];
}

function confusable(names: readonly Written[], isGuarded: (identity: string) => boolean): Finding[] {
  // Of a look there is nearly always one name: what holds several is made only for those.
  const firsts = new Map<string, Written>();
  const several = new Map<string, Map<string, Written>>();
  for (const one of names) {
    const look = lookOf(one.name);
    const first = firsts.get(look);
    if (!first) firsts.set(look, one);
    else if (first.identity !== one.identity) {
      const alike = several.get(look) ?? new Map([[first.identity, first]]);
      if (!alike.has(one.identity)) alike.set(one.identity, one);
      several.set(look, alike);
    }
  }
  if (several.size === 0) return [];
  return [...firsts.keys()].flatMap((look) => {
    const alike = several.get(look);
    if (!alike) return [];
    const severity = [...alike.keys()].some(isGuarded) ? "error" : "warning";
    // The one that keeps to ASCII, else the first in the alphabet, is the one that is most likely meant.
    const [meant, ...others] = [...alike.values()].sort(
      (one, other) => foreign(one) - foreign(other) || (one.identity < other.identity ? -1 : 1),
    );
    return others.map(({ name, path, atKey }) =>
      finding(
        "confusable",
        { name, other: meant?.name ?? "", letters: foreignLetters(name) },
        { path, atKey, severity },
      ),
    );
  });
}

function foreign({ name }: Written): number {
  return foreignLetters(name).length;
}

/** The letters that are not ASCII, as Unicode names them. */
function foreignLetters(name: string): readonly string[] {
  return [...new Set(name)]
    .filter((letter) => letter > "\u007f")
    .map((letter) => `U+${(letter.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`);
}

function peopleIn(facts: RuleContext): Written[] {
  const { written } = facts;
  const mappings = [["members"], ...workspacesOf(facts).map(([handle]) => ["workspaces", handle, "members"])];
  const person = (name: string, path: ConfigPath, atKey: boolean) => ({
    name,
    identity: emailIdentity(name),
    path,
    atKey,
  });
  return [
    ...mappings.flatMap((path) => facts.namesAt(path).map((name) => person(name, [...path, name], true))),
    ...facts
      .itemsOf(written.guardrails?.protected)
      .map(([index, name]) => person(name, ["guardrails", "protected", index], false)),
    ...keysOf(facts).flatMap(({ key, path }) =>
      key.owner === undefined ? [] : person(key.owner, [...path, "owner"], false),
    ),
    ...workspacesOf(facts).flatMap(([handle, { owner }]) =>
      owner === undefined ? [] : person(owner, ["workspaces", handle, "owner"], false),
    ),
  ];
}

/** Names that differ in case or blanks only are two to the API, and a reader sees it: only letters of other scripts count here. */
function workspaceNames(facts: RuleContext): Written[] {
  return workspacesOf(facts).flatMap(([handle, { name }]) =>
    facts.isPartial(["workspaces", handle, "name"])
      ? []
      : { name, identity: sameCase(name), path: ["workspaces", handle, "name"], atKey: false },
  );
}

function keyNames(facts: RuleContext): Written[] {
  return keysOf(facts).map(({ name, path }) => ({ name, identity: sameCase(name), path, atKey: true }));
}

function sameCase(name: string): string {
  return nameIdentity(name).toLowerCase().trim();
}
