import type { Missing, NamedObject } from "../kinds/kind.ts";
import { kindOf } from "../kinds/kinds.ts";
import type { Change, Unmanaged } from "../model/change.ts";
import { type Finding, finding } from "../model/finding.ts";
import { parseTarget, target } from "../model/target.ts";
import { isAscii, lookOf } from "../text/identity.ts";
import { once } from "../text/once.ts";
import { isSlip, slipForms } from "../text/slip.ts";
import { addTo, compareText, groupBy } from "../text/text.ts";

/** What a plan adds or takes away, or what stays. */
type Named<Item> = NamedObject & { readonly item: Item };

/** The changes of a plan without those that belong to a mistake of the file, and what is said of that. */
export interface WithoutLookAlikes {
  readonly changes: readonly Change[];
  readonly findings: readonly Finding[];
}

/** `acceptable`: whether the file can say that it knows of it. */
interface Staying extends Pick<Unmanaged, "kind" | "target" | "name"> {
  readonly acceptable?: false;
}

/** What the changes are held against. */
interface Beside {
  /** The handles of workspaces that are not created, or of which nobody can tell which they are. */
  readonly refused?: readonly string[];
  /** What is declared and not there. */
  readonly absent?: readonly Missing[];
  /** Live objects that nothing declares, and that stay. */
  readonly staying?: readonly Staying[];
}

/**
 * A removal and a creation in one plan whose names look the same, or are one slip of the pen apart, are a mistake of the file: neither
 * is planned, nor what needs what is not created then, nor what would be inside such a workspace or those of `refused`. Whoever confirmed
 * the one in good faith would lose the other. So is a removal where what is `absent` has such a name, though this plan does not create
 * it; and a creation beside something that looks the same and stays.
 */
export function withoutLookAlikes(
  changes: readonly Change[],
  { refused = [], absent = [], staying = [] }: Beside = {},
): WithoutLookAlikes {
  // Most plans add nothing, or have nothing that it could be taken for: then no name is looked at, and there may be 100,000.
  const adds = absent.length > 0 || changes.some(({ before }) => before === null);
  const goes = (change: Change) => change.after === null && !isAskedFor(change);
  const removed = adds ? changes.flatMap((change) => (goes(change) ? namedBy(change) : [])) : [];
  const mayBeAlike = removed.length > 0 || staying.length > 0;
  const created = mayBeAlike ? changes.flatMap((change) => (change.before === null ? namedBy(change) : [])) : [];
  const removedLike = alike(removed);
  const words = new Set(created.map(({ item }) => kindOf(item.kind).manage));
  const looks = new Set(created.map(plainLook));
  // An address, or a key with a label, is looked at by its target; all others by their names, of which there may be 200,000.
  const mayBe = (one: Staying) => one.name.includes("@") || looks.has(plainLook(one));
  const left = alike(staying.flatMap((one) => (words.has(kindOf(one.kind).manage) && mayBe(one) ? namedBy(one) : [])));
  const dropped = new Set<Change>();
  const notCreated = new Set(refused);
  const missing = new Set<string>(refused.map(target.workspace));
  const findings: Finding[] = [];
  const spare = (others: readonly Named<Change>[], { is, name, path }: NamedObject, at: string) => {
    for (const other of inOrder(others)) {
      dropped.add(other.item);
      const differs = plainLook(other) === plainLook({ name }) ? "look" : "letter";
      const args = { kind: is, removed: other.name, created: name, differs } as const;
      findings.push(finding("same-name-replaced", args, { path, target: at }));
    }
  };
  for (const one of created) {
    const { is, name, path, item } = one;
    const others = removedLike(one, !isSomebodyThere(one));
    const [lookAlike] =
      others.length > 0 ? [] : left(one, false).filter((other) => lookOf(other.name) === lookOf(name));
    if (others.length === 0 && !lookAlike) continue;
    dropped.add(item);
    missing.add(item.target);
    const inside = kindOf(item.kind).isPlace ? parseTarget(item.target)?.workspace : undefined;
    if (inside !== undefined) notCreated.add(inside);
    spare(others, one, item.target);
    if (lookAlike) {
      const { target: at, acceptable = true } = lookAlike.item;
      const args = { kind: is, live: lookAlike.name, created: name, ...(acceptable && { accepted: at }) };
      findings.push(finding("look-alike-there", args, { path, target: item.target }));
    }
  }
  for (const one of removed.length === 0 ? [] : absent) {
    const others = removedLike(one, true).filter(({ item }) => !dropped.has(item));
    spare(others, one, one.target);
  }
  if (missing.size === 0 && dropped.size === 0) return { changes, findings };
  const isInside = ({ target }: Change) => notCreated.has(parseTarget(target)?.workspace ?? "");
  const lacks = (change: Change) =>
    kindOf(change.kind)
      .needed?.(change)
      .some((at) => missing.has(at)) ?? false;
  return { changes: changes.filter((change) => !dropped.has(change) && !isInside(change) && !lacks(change)), findings };
}

/** Whatever order the API's lists came in: what is said of several is then the same. */
function inOrder(removed: readonly Named<Change>[]): readonly Named<Change>[] {
  const textOf = ({ item: { target, id } }: Named<Change>) => `${target}\n${id}`;
  return removed.toSorted((one, other) => compareText(textOf(one), textOf(other)));
}

/** Beyond so many names no slips are looked for: a plan with so many removals needs another look anyway, and it takes memory. */
const MOST_NAMES = 20_000;

/** So few names are held against each other name one by one, which is quicker than by their forms. */
const FEW_NAMES = 64;

/** Finds those of `names` that look like another name of their kind and place, and, if it is asked for, those that are one slip apart. */
function alike<Item>(names: readonly Named<Item>[]): (one: NamedObject, slips: boolean) => readonly Named<Item>[] {
  const byLook = once(() => groupBy(names, (one) => inPlace(one, plainLook(one))));
  const bySlip = once(() => {
    const forms = new Map<string, Named<Item>[]>();
    if (names.length > MOST_NAMES) return forms;
    for (const one of names) for (const form of slipForms(plainLook(one))) addTo(forms, inPlace(one, form), one);
    return forms;
  });
  const spelt = once(() => names.map((one) => [one, plainLook(one)] as const));
  return (one, slips) => {
    if (names.length === 0) return [];
    const look = plainLook(one);
    const found = new Set(byLook().get(inPlace(one, look)));
    if (slips && names.length <= FEW_NAMES) {
      for (const [other, its] of spelt())
        if (isSlip(look, its) && inPlace(one, its) === inPlace(other, its)) found.add(other);
      return [...found];
    }
    for (const form of slips ? slipForms(look) : []) {
      for (const other of bySlip().get(inPlace(one, form)) ?? []) if (isSlip(look, plainLook(other))) found.add(other);
    }
    return [...found];
  };
}

/** Whether the file names by itself what is to go: two entries of it are no mistake for one another. */
function isAskedFor({ reason }: Change): boolean {
  return reason === "until-passed";
}

/** Whether it is a person in a workspace or a group: they are in the organization already, so that their name is nobody else's mistyped. */
function isSomebodyThere({ is, place }: NamedObject): boolean {
  return is === "person" && place !== "";
}

/** An accent is no difference here: it is as soon forgotten as typed. */
function plainLook({ name }: Pick<NamedObject, "name">): string {
  const look = lookOf(name);
  return isAscii(look) ? look : look.normalize("NFD").replaceAll(/\p{M}/gu, "");
}

/** Names are compared within one kind and place. */
function inPlace({ is, place }: NamedObject, look: string): string {
  return [is, place, look].join("\n");
}

/** Objects by the names that a reader sees: by their own, where they have one beside their target. */
export function namedBy<Item extends Change | Staying>(item: Item): readonly Named<Item>[] {
  const named = kindOf(item.kind).named?.(item.target, "name" in item ? item.name : nameIn(item.after ?? item.before));
  return named ? [{ ...named, item }] : [];
}

function nameIn(fields: Change["after"] | Change["before"]): string | undefined {
  return fields && "name" in fields ? fields.name : undefined;
}
