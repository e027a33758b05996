import type { Key } from "../../config/config.ts";
import { type KeyName, parseKeyName } from "../../keys/key-name.ts";
import { keyPath, keyTarget } from "../../match/key-place.ts";
import { CLAUDE_CODE_WORKSPACE } from "../../match/workspaces.ts";
import { type Finding, finding, type Where } from "../../model/finding.ts";
import type { ApiKey } from "../../model/org.ts";
import { DAY, dayOf, daysBetween, formatDuration } from "../../model/time.ts";
import type { PlanInput } from "../kind.ts";

/** How long before its end a key's expiry is spoken of, at least. */
const EXPIRY_NOTICE = 14 * DAY;

/** One active key with all that the rules need to know of it. */
interface KeyFacts {
  readonly key: ApiKey;
  /** Its name taken apart by our labels. */
  readonly name: KeyName;
  /** Handle, live id, or `organization`. */
  readonly place: string;
  readonly declared: Key | undefined;
  readonly facts: PlanInput;
  /** Absent where the members are not known. */
  readonly memberIds: ReadonlySet<string> | undefined;
}

/** A finding, its place made by the caller. */
type Rule = (key: KeyFacts, at: () => Where) => Finding | undefined;

/** All of them are asked of every active key. */
const RULES: readonly Rule[] = [overdue, expiring, ownerless, notDeclared, inOtherWorkspace, creatorLeft];

/** What is not in order about live keys that are in force; Claude Code's own, which it mints and retires itself, are left out. */
export function keyHygiene(facts: PlanInput): readonly Finding[] {
  const { config, live, matches } = facts;
  if (config.manage.keys === "off" || !live.keys.known || !live.workspaces.known) return [];
  const claudeCode = matches.undeclared.find(({ name }) => name === CLAUDE_CODE_WORKSPACE)?.id;
  const memberIds = live.users.known ? new Set(live.users.items.map(({ id }) => id)) : undefined;
  const findings: Finding[] = [];
  for (const key of live.keys.items) {
    const workspaceId = key.scope.type === "workspace" ? key.scope.workspaceId : undefined;
    if (key.status !== "active" || (workspaceId !== undefined && workspaceId === claudeCode)) continue;
    if (workspaceId !== undefined && matches.ambiguous.has(workspaceId)) continue;
    const described = describe(key, workspaceId, facts, memberIds);
    for (const rule of RULES) {
      const found = rule(described, () => whereOf(described));
      if (found) findings.push(found);
    }
  }
  return findings;
}

function describe(
  key: ApiKey,
  workspaceId: string | undefined,
  facts: PlanInput,
  memberIds: ReadonlySet<string> | undefined,
): KeyFacts {
  const { config, matches } = facts;
  const name = parseKeyName(key.name);
  const handle = workspaceId === undefined ? undefined : matches.handles.get(workspaceId);
  const keys = workspaceId === undefined ? config.organization.keys : handle && config.workspaces.get(handle)?.keys;
  const declared = keys ? (keys.get(name.base) ?? [...keys.values()].find(({ id }) => id === key.id)) : undefined;
  return { key, name, place: handle ?? workspaceId ?? "organization", declared, facts, memberIds };
}

function whereOf({ key, place, declared }: KeyFacts): Where {
  const workspace = key.scope.type === "workspace" ? place : undefined;
  return {
    target: keyTarget(workspace, key.name),
    ...(declared && { path: keyPath(workspace, declared.name) }),
  };
}

/** A current key is older than its `rotate_every`. */
function overdue({ key, name, declared, facts }: KeyFacts, at: () => Where): Finding | undefined {
  if (!declared || name.label || facts.now - key.createdAt <= declared.rotateEvery) return undefined;
  const args = {
    key: key.name,
    days: daysBetween(key.createdAt, facts.now),
    rotateEvery: formatDuration(declared.rotateEvery),
  };
  return finding("key-overdue", args, at());
}

/** A key runs out within two weeks, or within its overlap where that is longer. */
function expiring({ key, declared, facts }: KeyFacts, at: () => Where): Finding | undefined {
  if (key.expiresAt === undefined) return undefined;
  if (key.expiresAt - facts.now > Math.max(EXPIRY_NOTICE, declared?.overlap ?? 0)) return undefined;
  const args = { key: key.name, day: dayOf(key.expiresAt), days: daysBetween(facts.now, key.expiresAt) };
  return finding("key-expires-soon", args, at());
}

/** A legacy workspace key acts as nobody and outlives its creator; a declared owner at least answers for it. */
function ownerless({ key, declared }: KeyFacts, at: () => Where): Finding | undefined {
  return key.principal || declared?.owner ? undefined : finding("key-ownerless", { key: key.name }, at());
}

function notDeclared({ key, declared }: KeyFacts, at: () => Where): Finding | undefined {
  return declared ? undefined : finding("key-not-declared", { key: key.name }, at());
}

/** A key bears a name that is declared elsewhere, or that begins like another workspace's keys. */
function inOtherWorkspace({ key, name, declared, place, facts }: KeyFacts, at: () => Where): Finding | undefined {
  if (declared) return undefined;
  const { base } = name;
  for (const { handle, keys } of facts.config.workspaces.values()) {
    if (handle === place || !(keys?.has(base) || base.startsWith(`${handle}-`))) continue;
    // A longer handle of its own wins: `prod-eu-x` belongs to `prod-eu`, not to `prod`.
    if (base.startsWith(`${place}-`) && place.length > handle.length) continue;
    return finding("key-in-other-workspace", { key: key.name, declared: handle, live: place }, at());
  }
  return undefined;
}

/** Somebody who is no member any more made the key, and so knows the secret of one that acts as nobody. */
function creatorLeft({ key, memberIds }: KeyFacts, at: () => Where): Finding | undefined {
  if (!memberIds || key.principal || key.createdBy?.type !== "user") return undefined;
  const creator = key.createdBy.id;
  return memberIds.has(creator) ? undefined : finding("key-creator-left", { key: key.name, creator }, at());
}
