import { type RecentUse, recentUse, useJson } from "../keys/recent-use.ts";
import { unmanagedKey } from "../kinds/key/plan.ts";
import { kindOf } from "../kinds/kinds.ts";
import { keyTarget, workspaceIdOf } from "../match/key-place.ts";
import { whereOf } from "../match/keys.ts";
import type { Matches } from "../match/matches.ts";
import type { Change, Unmanaged } from "../model/change.ts";
import { type Finding, finding } from "../model/finding.ts";
import { itemsOf, type OrgSnapshot, type UsageResult } from "../model/org.ts";
import type { Plan } from "../model/plan.ts";
import { parseTarget } from "../model/target.ts";

/** What nothing declares: what ends with a workspace that the plan archives, and what the plan leaves alone. */
export function unmanagedOf({
  changes,
  unmanaged,
}: Pick<Plan, "changes" | "unmanaged">): Readonly<Record<"ending" | "alone", readonly Unmanaged[]>> {
  const archived = new Set(
    changes.flatMap(({ kind, action, target }) => (kindOf(kind).isPlace && action === "remove" ? target : [])),
  );
  const ends = ({ target }: Unmanaged) => archived.has(`workspaces.${parseTarget(target)?.workspace ?? ""}`);
  return { ending: unmanaged.filter(ends), alone: unmanaged.filter((item) => !ends(item)) };
}

/**
 * The active keys that end with a workspace that is archived and that no change or entry of `unmanaged` is about yet: they end
 * whether or not the file manages keys.
 */
export function endingKeys(
  { changes, unmanaged }: Pick<Plan, "changes" | "unmanaged">,
  live: OrgSnapshot,
  matches: Pick<Matches, "keys">,
): readonly Unmanaged[] {
  if (!changes.some(({ kind, action }) => kindOf(kind).isPlace && action === "remove")) return [];
  const said = new Set([...changes, ...unmanaged].map(({ id }) => id));
  const keys = itemsOf(live.keys);
  return changes.flatMap(({ kind, action, id, target }) => {
    if (!kindOf(kind).isPlace || action !== "remove") return [];
    const inside = keys.filter(
      ({ status, scope, id: own }) =>
        status === "active" && scope.type === "workspace" && scope.workspaceId === id && !said.has(own),
    );
    return inside.map((key) => unmanagedKey(matches.keys, parseTarget(target)?.workspace, key));
  });
}

/** The active keys that end with a person whom the plan removes, or leaves to be removed by hand, and that it does not disable itself. */
export function keysEndingWithPeople(
  changes: readonly Change[],
  live: OrgSnapshot,
  { keys: { entryOf, flagsOf }, handles }: Matches,
): readonly Finding[] {
  const leaving = new Map(
    changes.flatMap(({ kind, id, after, target }) =>
      kind === "member" && after === null && id !== null ? [[id, parseTarget(target)?.email ?? id]] : [],
    ),
  );
  if (leaving.size === 0) return [];
  const said = new Set(changes.map(({ id }) => id));
  return itemsOf(live.keys).flatMap((key) => {
    const { id, name, status, principal } = key;
    const person = principal?.type === "user" ? leaving.get(principal.id) : undefined;
    if (person === undefined || status !== "active" || said.has(id)) return [];
    const entry = entryOf(key);
    const workspace = workspaceIdOf(key);
    const at = entry
      ? whereOf(entry)
      : { target: keyTarget(workspace === undefined ? undefined : (handles.get(workspace) ?? workspace), name) };
    const args = { key: entry?.key.name ?? name, person, ...(entry && { flags: flagsOf(entry) }) };
    return [finding("key-ends-with-person", args, at)];
  });
}

/** Whether keys end with a workspace that a plan archives: then their use belongs to what is agreed to. */
export function endsKeys(plan: Pick<Plan, "changes" | "unmanaged">): boolean {
  return unmanagedOf(plan).ending.some(({ kind }) => kind === "key");
}

/** The plan with what each key that ends with a workspace was used for in the time of `usage`: the last seven days. */
export function withUseOfEndingKeys<Made extends Pick<Plan, "changes" | "unmanaged">>(
  plan: Made,
  usage: UsageResult,
): Made {
  const ending = new Set(unmanagedOf(plan).ending);
  const useOf = (id: string): RecentUse | undefined => (usage.known ? recentUse(usage.report, id) : undefined);
  const unmanaged = plan.unmanaged.map((item): Unmanaged => {
    if (item.kind !== "key" || !ending.has(item)) return item;
    return { ...item, details: { ...item.details, use_7d: useJson(useOf(item.id)) } };
  });
  return { ...plan, unmanaged };
}
