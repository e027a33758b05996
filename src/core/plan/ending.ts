import { kindOf } from "../kinds/kinds.ts";
import { type RecentUse, recentUse, useJson } from "../keys/recent-use.ts";
import type { Unmanaged } from "../model/change.ts";
import type { UsageResult } from "../model/org.ts";
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
