import { parseKeyName } from "../keys/key-name.ts";
import { keyUse, recentUse, usageNotKnown } from "../keys/recent-use.ts";
import type { Grant } from "../kinds/kind.ts";
import { keyTarget, workspaceIdOf } from "../match/key-place.ts";
import { type KeyEntry, whereOf } from "../match/keys.ts";
import { unknownKeyWords } from "../match/unknown-words.ts";
import type { Change, Reason } from "../model/change.ts";
import { type Finding, finding } from "../model/finding.ts";
import type { ApiKey } from "../model/org.ts";
import type { StatusIndex } from "../status/index-live.ts";
import { nameIdentity } from "../text/identity.ts";
import { shellWord } from "../text/printable.ts";
import type { OffboardingFacts } from "./input.ts";
import type { RevokedKey } from "./revocation.ts";

/** A key as a revocation shows it. */
export function revokedKey(facts: OffboardingFacts, key: ApiKey, relation: RevokedKey["relation"]): RevokedKey {
  const { input, index } = facts;
  const { id, name, status, hint, scope } = key;
  const { usage24, usage7 } = input;
  const used = usage24?.known ? keyUse(usage24.report, id) : "unknown";
  const account = index.matches.keys.accountOf(key);
  const inUse = used === "unknown" ? null : used === "used";
  return {
    target: liveKeyTarget(index, key),
    id,
    name,
    status,
    hint: hint ?? null,
    workspace: scope.type === "workspace" ? (index.workspace(scope.workspaceId).name ?? scope.workspaceId) : null,
    relation,
    ...(account && { account }),
    declared: entryOf(facts, key) !== undefined,
    decision: isLeftOut(input) ? "keep" : relation === "created" ? decide(input, key, inUse) : "disable",
    inUse,
    ...(usage7?.known && { use: recentUse(usage7.report, id) }),
  };
}

/** Whether the run is about other kinds alone, and leaves keys as they are. */
export function isLeftOut({ only }: Pick<OffboardingFacts["input"], "only">): boolean {
  return only !== undefined && !only.has("keys");
}

/** What becomes of a key whose secret the person knows. Where nobody said, only one that surely serves nobody is disabled. */
function decide(
  { keys }: OffboardingFacts["input"],
  { principal }: ApiKey,
  inUse: boolean | null,
): RevokedKey["decision"] {
  // Somebody of a kind that is not known may depend on it.
  if (principal?.type === "unknown") return keys ?? "undecided";
  return keys ?? (inUse === false ? "disable" : "undecided");
}

/** What declares a key. Where nobody knows which workspace is which, an entry of its name is taken for its own, for a service may depend on it. */
function entryOf({ input: { live }, index: { matches } }: OffboardingFacts, key: ApiKey): KeyEntry | undefined {
  return matches.keys.entryOf(key) ?? (live.workspaces.known ? undefined : matches.keys.entryElsewhere(key));
}

/** The change that the decision on a key asks for, if any; what is not active gives nobody access. */
export function keyChange(
  facts: OffboardingFacts,
  key: ApiKey,
  decided: RevokedKey,
  reason: Reason,
): readonly Change[] {
  if (key.status !== "active") return [];
  const change = { kind: "key", target: decided.target, id: key.id, before: { status: "active" } } as const;
  if (decided.decision === "disable") return [{ ...change, action: "remove", after: null, risk: "removal", reason }];
  if (decided.decision !== "rotate") return [];
  const entry = entryOf(facts, key);
  const { flagsOf, entryElsewhere, pinnedAs } = facts.index.matches.keys;
  // Of an undeclared key whose name an entry has, the id: by the name another key would be meant.
  const isTaken = entryElsewhere(key) !== undefined || pinnedAs(key.name).length > 0;
  const flags = entry ? flagsOf(entry) : `--key ${shellWord(isTaken ? key.id : key.name)}`;
  const rotate = `anth-rbac rotate ${flags}`;
  const why = entry ? "rotate-instead" : "declare-to-rotate";
  return [{ ...change, action: "manual", after: { rotate }, risk: "safe", reason: why }];
}

/** What is said of an active key that counts as in use because the report does not reach far enough. */
export function usageFindings({ input: { usage24 } }: OffboardingFacts, shown: RevokedKey): readonly Finding[] {
  const { name, target, decision, inUse } = shown;
  if (inUse !== null || decision !== "undecided" || !usage24?.known) return [];
  return [usageNotKnown(name, usage24.report.asOf, target)];
}

/** What is said of a declared key that is disabled: a service loses it, unless the key that took over is there. */
export function serviceImpactFindings(
  facts: OffboardingFacts,
  key: ApiKey,
  { decision }: RevokedKey,
): readonly Finding[] {
  const { index } = facts;
  const entry = entryOf(facts, key);
  if (!entry || decision !== "disable" || key.status !== "active" || isTakenOver(index, key, entry)) return [];
  return [
    finding("declared-key-revoked", { key: entry.key.name, flags: index.matches.keys.flagsOf(entry) }, whereOf(entry)),
  ];
}

/** Whether a key is of a rotation, and another bears the declared name: its service has that, or keeps it. */
function isTakenOver({ matches }: StatusIndex, key: ApiKey, entry: KeyEntry): boolean {
  if (parseKeyName(key.name).label === undefined) return false;
  const declared = nameIdentity(entry.key.name);
  const beside = matches.keys.byWorkspace.get(workspaceIdOf(key)) ?? [];
  return beside.some(({ status, name }) => status === "active" && nameIdentity(name) === declared);
}

/** What is said of a key whose words are not known: whether it still gives access, and to whom, cannot be told. */
export function unknownWordFindings(index: StatusIndex, key: ApiKey): readonly Finding[] {
  return unknownKeyWords(key, liveKeyTarget(index, key));
}

/** The target of a live key: under its workspace's handle, or id where nothing declares that. */
export function liveKeyTarget(index: StatusIndex, { name, scope }: ApiKey): string {
  if (scope.type !== "workspace") return keyTarget(undefined, name);
  return keyTarget(index.workspace(scope.workspaceId).handle ?? scope.workspaceId, name);
}

/** What a key is to a person: it acts as them, or they made it and so know its secret. */
export type KeyRelation = "acts-as" | "created";

/** The keys of some grants, whatever their status, and what each is to the person. */
export function relatedKeys({ index }: OffboardingFacts, grants: readonly Grant[]): ReadonlyMap<ApiKey, KeyRelation> {
  return new Map(
    grants.flatMap(({ id, how }): readonly (readonly [ApiKey, KeyRelation])[] => {
      const key = index.matches.keys.byId.get(id);
      // One that acts as somebody else is that person's: it is not ended because its maker leaves.
      if (!key || (how === "created" && key.principal?.type === "user")) return [];
      return [[key, how === "created" ? "created" : "acts-as"]];
    }),
  );
}
