import { type RecentUse, recentUse, useJson } from "../keys/recent-use.ts";
import { witnessOf } from "../kinds/key/creator.ts";
import { unmanagedKey } from "../kinds/key/plan.ts";
import { kindOf } from "../kinds/kinds.ts";
import { keyTarget, workspaceIdOf } from "../match/key-place.ts";
import { whereOf } from "../match/keys.ts";
import type { Matches } from "../match/matches.ts";
import type { Change, ChangeKind, Unmanaged } from "../model/change.ts";
import { type Finding, type FindingCode, finding } from "../model/finding.ts";
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

/**
 * What is to be known of the active keys of whom or what the plan takes away, or leaves to be taken by hand: which end or stop working
 * with it though no change is about them, and which a leaver goes on knowing the secret of.
 */
export function keysLeftBehind(
  changes: readonly Change[],
  live: OrgSnapshot,
  { keys: { entryOf, flagsOf }, handles }: Matches,
): readonly Finding[] {
  const gone = goneBy(changes);
  if (!gone) return [];
  const said = new Set(changes.map(({ id }) => id));
  return itemsOf(live.keys).flatMap((key) => {
    if (key.status !== "active" || said.has(key.id)) return [];
    const entry = entryOf(key);
    const id = workspaceIdOf(key);
    const workspace = id === undefined ? undefined : (handles.get(id) ?? id);
    const at = entry ? whereOf(entry) : { target: keyTarget(workspace, key.name) };
    const args = { key: entry?.key.name ?? key.name };
    const flags = entry && { flags: flagsOf(entry) };
    const { principal } = key;
    if (principal?.type === "user") {
      const person = gone("member", principal.id);
      if (person !== undefined) return [finding("key-ends-with-person", { ...args, person, ...flags }, at)];
    }
    if (principal?.type === "service_account") {
      const account = gone("service_account", principal.id);
      if (account !== undefined) return [finding("key-ends-with-account", { ...args, account }, at)];
    }
    if (workspace !== undefined && (principal?.type === "user" || principal?.type === "service_account")) {
      const role = principal.type === "user" ? "workspace_member" : "workspace_service_account";
      const holder = gone(role, principal.id, workspace);
      if (holder !== undefined) return [finding("key-stops-with-role", { ...args, holder, workspace }, at)];
    }
    const creator = gone("member", witnessOf(key));
    return creator === undefined ? [] : [finding("key-creator-leaves", { ...args, creator, ...flags }, at)];
  });
}

/** With these a key ends, or stops in a workspace. */
const HOLDERS: ReadonlySet<ChangeKind> = new Set([
  "member",
  "service_account",
  "workspace_member",
  "workspace_service_account",
]);

/** Tells how somebody or something is called that a plan takes away, in a workspace or altogether; undefined where it takes nothing. */
function goneBy(changes: readonly Change[]) {
  const by = (kind: ChangeKind, id: string | null = "", workspace = "") => [kind, id, workspace].join("\n");
  const names = new Map(
    changes.flatMap(({ kind, id, after, target }) => {
      if (after !== null || !HOLDERS.has(kind)) return [];
      const { email, name = target, workspace } = parseTarget(target) ?? {};
      return [[by(kind, id, workspace), email ?? name]];
    }),
  );
  if (names.size === 0) return undefined;
  return (...about: Parameters<typeof by>) => names.get(by(...about));
}

/** These ask for something about a key that is to go on: to name who answers for it, to rotate it, to disable it. */
const UPKEEP: ReadonlySet<FindingCode> = new Set([
  "key-overdue",
  "key-expires-soon",
  "key-ownerless",
  "key-creator-left",
]);

/** The findings without those that ask for something about a key that the plan disables. */
export function withoutUpkeep(findings: readonly Finding[], changes: readonly Change[]): readonly Finding[] {
  const goes = new Set(changes.flatMap(({ kind, after, target }) => (kind === "key" && after === null ? target : [])));
  if (goes.size === 0) return findings;
  return findings.filter(({ code, target }) => !UPKEEP.has(code) || target === undefined || !goes.has(target));
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
