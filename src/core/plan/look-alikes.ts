import type { NamedObject } from "../kinds/kind.ts";
import { kindOf } from "../kinds/kinds.ts";
import type { Change } from "../model/change.ts";
import { type Finding, finding } from "../model/finding.ts";
import { parseTarget } from "../model/target.ts";
import { lookOf } from "../text/identity.ts";

/** What a plan adds or takes away. */
interface Named extends NamedObject {
  readonly change: Change;
}

/** The changes of a plan without those that belong to a mistake of the file, and what is said of that. */
export interface WithoutLookAlikes {
  readonly changes: readonly Change[];
  readonly findings: readonly Finding[];
}

/**
 * A removal and a creation in one plan whose names look the same are a mistake of the file: neither is planned, nor what needs
 * what is not created then, nor what would be inside such a workspace or those of `refused`. Whoever confirmed the one in good faith would lose the other.
 */
export function withoutLookAlikes(changes: readonly Change[], refused: readonly string[] = []): WithoutLookAlikes {
  const removed = new Map<string, Named>();
  for (const change of changes) {
    const named = change.after === null ? namedBy(change) : undefined;
    if (named) removed.set(lookKey(named), named);
  }
  const dropped = new Set<Change>();
  const notCreated = new Set(refused);
  const missing = new Set<string>();
  const findings: Finding[] = [];
  for (const change of removed.size === 0 ? [] : changes) {
    const created = change.before === null ? namedBy(change) : undefined;
    const other = created && removed.get(lookKey(created));
    if (!created || !other) continue;
    dropped.add(change).add(other.change);
    missing.add(change.target);
    const inside = kindOf(change.kind).isPlace ? parseTarget(change.target)?.workspace : undefined;
    if (inside !== undefined) notCreated.add(inside);
    const args = { kind: created.is, removed: other.name, created: created.name };
    findings.push(finding("same-name-replaced", args, { path: created.path, target: change.target }));
  }
  const isInside = ({ target }: Change) => notCreated.has(parseTarget(target)?.workspace ?? "");
  const lacks = (change: Change) =>
    kindOf(change.kind)
      .needed?.(change)
      .some((at) => missing.has(at)) ?? false;
  return { changes: changes.filter((change) => !dropped.has(change) && !isInside(change) && !lacks(change)), findings };
}

function lookKey({ is, place, name }: Named): string {
  return [is, place, lookOf(name)].join("\n");
}

function namedBy(change: Change): Named | undefined {
  const named = kindOf(change.kind).named?.(change);
  return named && { ...named, change };
}
