import type { Missing, NamedObject } from "../kinds/kind.ts";
import { kindOf } from "../kinds/kinds.ts";
import type { Change } from "../model/change.ts";
import { type Finding, finding } from "../model/finding.ts";
import { parseTarget, target } from "../model/target.ts";
import { lookOf } from "../text/identity.ts";
import { groupBy } from "../text/text.ts";

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
 * So is a removal where what is `absent` looks the same, though this plan does not create it.
 */
export function withoutLookAlikes(
  changes: readonly Change[],
  refused: readonly string[] = [],
  absent: readonly Missing[] = [],
): WithoutLookAlikes {
  const removed = groupBy(
    changes.flatMap((change) => (change.after === null ? (namedBy(change) ?? []) : [])),
    lookKey,
  );
  const dropped = new Set<Change>();
  const notCreated = new Set(refused);
  const missing = new Set<string>(refused.map(target.workspace));
  const findings: Finding[] = [];
  const spare = (others: readonly Named[], { is, name, path }: NamedObject, at: string) => {
    for (const other of others) {
      dropped.add(other.change);
      const args = { kind: is, removed: other.name, created: name };
      findings.push(finding("same-name-replaced", args, { path, target: at }));
    }
  };
  for (const change of removed.size === 0 ? [] : changes) {
    const created = change.before === null ? namedBy(change) : undefined;
    const others = created && removed.get(lookKey(created));
    if (!created || !others) continue;
    dropped.add(change);
    missing.add(change.target);
    const inside = kindOf(change.kind).isPlace ? parseTarget(change.target)?.workspace : undefined;
    if (inside !== undefined) notCreated.add(inside);
    spare(others, created, change.target);
  }
  for (const one of removed.size === 0 ? [] : absent) {
    const others = removed.get(lookKey(one)) ?? [];
    spare(
      others.filter(({ change }) => !dropped.has(change)),
      one,
      one.target,
    );
  }
  const isInside = ({ target }: Change) => notCreated.has(parseTarget(target)?.workspace ?? "");
  const lacks = (change: Change) =>
    kindOf(change.kind)
      .needed?.(change)
      .some((at) => missing.has(at)) ?? false;
  return { changes: changes.filter((change) => !dropped.has(change) && !isInside(change) && !lacks(change)), findings };
}

/** An accent is no difference here: it is as soon forgotten as typed. */
function lookKey({ is, place, name }: NamedObject): string {
  return [is, place, lookOf(name).normalize("NFD").replaceAll(/\p{M}/gu, "")].join("\n");
}

function namedBy(change: Change): Named | undefined {
  const named = kindOf(change.kind).named?.(change);
  return named && { ...named, change };
}
