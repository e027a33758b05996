import { describedKeysOf, keysOf, type RuleContext, workspacesOf } from "../kinds/rule-context.ts";
import { type ConfigPath, type Finding, finding } from "../model/finding.ts";
import { isOrganizationAdmin } from "../model/role.ts";
import { emailIdentity, lookOf, nameIdentity } from "../text/identity.ts";

/** A name, and where it stands. There may be tens of thousands of them, so that no more is made of each. */
interface Written {
  readonly name: string;
  readonly path: ConfigPath;
  /** What of the path it is the value of; absent where it is the name of an entry. */
  readonly field?: string | number;
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
    ...confusable(peopleIn(facts), emailIdentity, (identity) => guarded.has(identity)),
    ...confusable(workspaceNames(facts), sameCase, () => false),
    ...confusable(keysOf(facts), sameCase, () => false),
    ...confusable(groupNames(facts), sameCase, () => false),
  ];
}

function confusable(
  names: readonly Written[],
  identityOf: (name: string) => string,
  isGuarded: (identity: string) => boolean,
): Finding[] {
  // Of a look there is nearly always one name: what holds several is made only for those.
  const firsts = new Map<string, Written>();
  const several = new Map<string, Map<string, Written>>();
  for (const one of names) {
    const look = lookOf(one.name);
    const first = firsts.get(look);
    if (!first) firsts.set(look, one);
    else if (first.name !== one.name && identityOf(first.name) !== identityOf(one.name)) {
      const alike = several.get(look) ?? new Map([[identityOf(first.name), first]]);
      if (!alike.has(identityOf(one.name))) alike.set(identityOf(one.name), one);
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
      (one, other) => foreign(one) - foreign(other) || (identityOf(one.name) < identityOf(other.name) ? -1 : 1),
    );
    return others.map(({ name, path, field }) => {
      const where = field === undefined ? { path, atKey: true } : { path: [...path, field], atKey: false };
      const args = { name, other: meant?.name ?? "", letters: foreignLetters(name) };
      return finding("confusable", args, { ...where, severity });
    });
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
  return [
    ...mappings.flatMap((path) => facts.namesAt(path).map((name) => ({ name, path: [...path, name] }))),
    ...facts
      .itemsOf(written.guardrails?.protected)
      .map(([field, name]) => ({ name, path: ["guardrails", "protected"], field })),
    ...describedKeysOf(facts).flatMap(({ key: { owner }, path }) => owned(owner, path)),
    ...facts
      .namesAt(["groups"])
      .flatMap((group) =>
        facts
          .itemsOf(written.groups?.[group]?.members)
          .map(([field, name]) => ({ name, path: ["groups", group, "members"], field })),
      ),
    ...workspacesOf(facts).flatMap(([handle, { owner }]) => owned(owner, ["workspaces", handle])),
  ];
}

function owned(owner: string | undefined, path: ConfigPath): readonly Written[] {
  return owner === undefined ? [] : [{ name: owner, path, field: "owner" }];
}

/** Names that differ in case or blanks only are two to the API, and a reader sees it: only letters of other scripts count here. */
function workspaceNames(facts: RuleContext): Written[] {
  return workspacesOf(facts).flatMap(([handle, { name }]) =>
    facts.isPartial(["workspaces", handle, "name"]) ? [] : { name, path: ["workspaces", handle], field: "name" },
  );
}

function groupNames(facts: RuleContext): Written[] {
  return facts.namesAt(["groups"]).map((name) => ({ name, path: ["groups", name] }));
}

function sameCase(name: string): string {
  return nameIdentity(name).toLowerCase().trim();
}
