import type { Key } from "../../config/config.ts";
import { parseKeyName } from "../../keys/key-name.ts";
import { keyPath, keysByWorkspace, keyTarget, scopeText } from "../../match/key-place.ts";
import { currentCandidates, isSuperseded } from "../../match/keys.ts";
import { CLAUDE_CODE_WORKSPACE } from "../../match/workspaces.ts";
import { finding } from "../../model/finding.ts";
import type { ApiKey } from "../../model/org.ts";
import { isoTime } from "../../model/time.ts";
import { emptyKindPlan, type KindPlan, type PlanInput } from "../kind.ts";

/** A place that holds keys: a workspace, or the organization itself. */
interface Place {
  /** The handle, or the live id of a workspace that nothing declares; absent for the organization. */
  readonly workspace?: string;
  readonly declared: ReadonlyMap<string, Key>;
  readonly live: readonly ApiKey[];
  /** Whether `full` may disable here what is not declared. */
  readonly disable: boolean;
}

/**
 * API keys. The API cannot create them, so a missing one is a manual step; it can rename and disable. What a rotation has
 * labelled belongs to its declared key, and a key that is not active gives nobody access, so neither is ever unmanaged.
 */
export function planKeys(facts: PlanInput): KindPlan {
  const draft = emptyKindPlan();
  const { config, live } = facts;
  if (config.manage.keys === "off" || !live.keys.known || !live.workspaces.known) return draft;
  for (const place of placesOf(facts, live.keys.items)) {
    const claimed = new Set<string>();
    for (const key of place.declared.values()) planKey(draft, place, key, live.keys.items, claimed);
    for (const key of place.live) {
      if (claimed.has(key.id) || key.status !== "active" || isPartOfRotation(place, key)) continue;
      planUndeclared(draft, place, key);
    }
  }
  return draft;
}

function placesOf({ config, matches }: PlanInput, keys: readonly ApiKey[]): readonly Place[] {
  const full = config.manage.keys === "full";
  const byWorkspace = keysByWorkspace(keys);
  return [
    { declared: config.organization.keys ?? new Map(), live: byWorkspace.get(undefined) ?? [], disable: full },
    ...matches.matched.map(({ declared, live }) => ({
      workspace: declared.handle,
      declared: declared.keys ?? new Map(),
      live: live ? (byWorkspace.get(live.id) ?? []) : [],
      disable: full,
    })),
    // Claude Code mints its keys itself, one for each member; the default workspace's are shown but never touched undeclared.
    ...matches.undeclared
      .filter(({ name }) => name !== CLAUDE_CODE_WORKSPACE)
      .map(({ id, isDefault }) => ({
        workspace: id,
        declared: new Map(),
        live: byWorkspace.get(id) ?? [],
        disable: full && !isDefault,
      })),
  ];
}

function isPartOfRotation({ declared }: Place, key: ApiKey): boolean {
  const { base, label } = parseKeyName(key.name);
  return label !== undefined && declared.has(base);
}

/** Plans one declared key and notes in `claimed` which live keys it accounts for. */
function planKey(draft: KindPlan, place: Place, key: Key, all: readonly ApiKey[], claimed: Set<string>): void {
  const at = { path: keyPath(place.workspace, key.name), target: keyTarget(place.workspace, key.name) };
  const pinned = key.id === undefined ? undefined : all.find(({ id }) => id === key.id);
  const superseded = pinned !== undefined && isSuperseded(pinned, key);
  if (key.id !== undefined && !pinned) {
    draft.findings.push(finding("pinned-id-not-found", { kind: "key", id: key.id }, at));
    return;
  }
  if (pinned && !place.live.includes(pinned)) {
    const args = { key: key.name, declared: place.workspace ?? "organization", live: scopeText(pinned) };
    draft.findings.push(finding("key-in-other-workspace", args, at));
    return;
  }
  if (pinned && superseded) {
    draft.findings.push(finding("pinned-id-superseded", { key: key.name, id: pinned.id }, at));
  }
  const candidates = pinned && !superseded ? [pinned] : currentCandidates(place.live, key);
  for (const { id } of candidates) claimed.add(id);
  const [found, ...others] = candidates;
  if (others.length > 0) {
    const ids = candidates.map(({ id }) => id).sort();
    draft.findings.push(finding("ambiguous-name", { kind: "key", name: key.name, ids }, at));
  } else if (!found) {
    planMissing(draft, place, key);
  } else if (found.status !== "active") {
    const [before, after] = [{ status: found.status }, { status: "active" }];
    draft.changes.push({
      ...of(place, key.name, found.id),
      before,
      after,
      risk: "safe",
      reason: "key-not-active",
      action: "manual",
    });
  } else if (found.name !== key.name) {
    const [before, after] = [{ name: found.name }, { name: key.name }];
    draft.changes.push({
      ...of(place, key.name, found.id),
      before,
      after,
      risk: "safe",
      reason: "renamed",
      action: "update",
    });
  }
}

function planMissing(draft: KindPlan, place: Place, key: Key): void {
  const replacement = place.live.find(({ name, status }) => {
    const { base, label } = parseKeyName(name);
    return base === key.name && label?.kind === "next" && status === "active";
  });
  const reason = replacement ? "replacement-waiting" : "key-created-in-console";
  const change = of(place, key.name, replacement?.id ?? null);
  const after = { name: key.name };
  draft.changes.push({ ...change, before: null, after, risk: "widening", reason, action: "manual" });
}

function planUndeclared(draft: KindPlan, place: Place, key: ApiKey): void {
  if (place.disable) {
    const before = { status: key.status };
    const change = of(place, key.name, key.id);
    draft.changes.push({ ...change, before, after: null, risk: "removal", reason: "not-declared", action: "remove" });
    return;
  }
  const details = { status: key.status, created_at: isoTime(key.createdAt), hint: key.hint ?? null };
  draft.unmanaged.push({
    kind: "key",
    target: keyTarget(place.workspace, key.name),
    id: key.id,
    name: key.name,
    details,
  });
}

/** The live key that a change is about. */
function of({ workspace }: Place, name: string, id: string | null) {
  return { kind: "key", target: keyTarget(workspace, name), id } as const;
}
