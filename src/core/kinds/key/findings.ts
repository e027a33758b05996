import type { Key } from "../../config/config.ts";
import { type KeyName, parseKeyName } from "../../keys/key-name.ts";
import { isNearEnd, isOverdue } from "../../keys/key-phase.ts";
import { keyPath, keyTarget, workspaceIdOf } from "../../match/key-place.ts";
import { CLAUDE_CODE_WORKSPACE } from "../../match/workspaces.ts";
import { type Finding, finding, type Where } from "../../model/finding.ts";
import type { ApiKey } from "../../model/org.ts";
import { dayOf, daysBetween, formatDuration } from "../../model/time.ts";
import type { PlanInput } from "../kind.ts";
import { knownToLeaver } from "./creator.ts";

/** One active key with all that the rules need to know of it. */
interface KeyFacts {
  readonly key: ApiKey;
  /** Its name taken apart by our labels. */
  readonly name: KeyName;
  /** Handle, live id, or `organization`. */
  readonly place: string;
  readonly declared: Key | undefined;
  readonly facts: PlanInput;
}

/** A finding, its place made by the caller. */
type Rule = (key: KeyFacts, at: () => Where) => Finding | undefined;

/** All of them are asked of every active key of a place that the file declares. */
const RULES: readonly Rule[] = [overdue, expiring, ownerless, notDeclared, inOtherWorkspace, creatorLeft];
/** Of a workspace that nothing declares each key is a row of what nothing declares: these would only say it again. */
const SAID: ReadonlySet<Rule> = new Set([ownerless, notDeclared]);
const ELSEWHERE: readonly Rule[] = RULES.filter((rule) => !SAID.has(rule));

/** What is not in order about live keys that are in force; Claude Code's own, which it mints and retires itself, are left out. */
export function keyHygiene(facts: PlanInput): readonly Finding[] {
  const { config, live, matches } = facts;
  if (config.manage.keys === "off" || !live.keys.known || !live.workspaces.known) return [];
  const claudeCode = matches.undeclared.find(({ name }) => name === CLAUDE_CODE_WORKSPACE)?.id;
  const findings: Finding[] = [];
  for (const key of live.keys.items) {
    const workspaceId = workspaceIdOf(key);
    if (key.status !== "active" || (workspaceId !== undefined && workspaceId === claudeCode)) continue;
    if (workspaceId !== undefined && matches.ambiguous.has(workspaceId)) continue;
    const place = workspaceId === undefined ? "organization" : (matches.handles.get(workspaceId) ?? workspaceId);
    const declared = matches.keys.entryOf(key)?.key;
    const described = { key, name: parseKeyName(key.name), place, declared, facts };
    const isDeclared = workspaceId === undefined || matches.handles.has(workspaceId);
    let where: Where | undefined;
    const at = () => {
      where ??= whereOf(described);
      return where;
    };
    for (const rule of isDeclared ? RULES : ELSEWHERE) {
      const found = rule(described, at);
      if (found) findings.push(found);
    }
  }
  return findings;
}

function whereOf({ key, place, declared }: KeyFacts): Where {
  const workspace = key.scope.type === "workspace" ? place : undefined;
  const target = keyTarget(workspace, key.name);
  return declared ? { target, path: keyPath(workspace, declared.name) } : { target };
}

/** A current key is older than its `rotate_every`. */
function overdue({ key, name, declared, facts: { now } }: KeyFacts, at: () => Where): Finding | undefined {
  if (!declared || name.label || !isOverdue(key, declared, now)) return undefined;
  const rotateEvery = formatDuration(declared.rotateEvery);
  return finding("key-overdue", { key: key.name, days: daysBetween(key.createdAt, now), rotateEvery }, at());
}

/** A key runs out within two weeks, or within its overlap where that is longer. */
function expiring({ key, declared, facts: { now } }: KeyFacts, at: () => Where): Finding | undefined {
  const { name, expiresAt } = key;
  if (expiresAt === undefined || !isNearEnd(key, declared, now)) return undefined;
  return finding("key-expires-soon", { key: name, day: dayOf(expiresAt), days: daysBetween(now, expiresAt) }, at());
}

/**
 * A legacy workspace key has no owner and outlives its creator; a declared owner at least answers for it. A key of a rotation has no entry
 * of its own, and its entry is told of by the current one.
 */
function ownerless({ key, name, declared }: KeyFacts, at: () => Where): Finding | undefined {
  if (key.principal || declared?.owner || (declared && name.label)) return undefined;
  return finding("key-ownerless", { key: key.name }, at());
}

function notDeclared({ key, declared }: KeyFacts, at: () => Where): Finding | undefined {
  return declared ? undefined : finding("key-not-declared", { key: key.name }, at());
}

/** A key bears a name that is declared elsewhere, or that begins like another workspace's keys. */
function inOtherWorkspace({ key, name, declared, place, facts }: KeyFacts, at: () => Where): Finding | undefined {
  if (declared) return undefined;
  const elsewhere = facts.matches.keys.entryElsewhere(key);
  const found = (meant: string, isNamed?: true) =>
    finding(
      "key-in-other-workspace",
      { key: key.name, declared: meant, live: place, ...(isNamed && { isNamed }) },
      at(),
    );
  if (elsewhere) return found(elsewhere.workspace ?? "organization");
  const meant = handleIn(name.base, place, facts.config);
  return meant === undefined ? undefined : found(meant, true);
}

/** The longest handle that a name begins with, where it says more than the place of the key: `prod-eu-x` is no key of `prod`. */
function handleIn(name: string, place: string, { workspaces }: PlanInput["config"]): string | undefined {
  const own = name.startsWith(`${place}-`) ? place.length : 0;
  for (let dash = name.lastIndexOf("-"); dash > own; dash = name.lastIndexOf("-", dash - 1)) {
    const prefix = name.slice(0, dash);
    if (prefix !== place && workspaces.has(prefix)) return prefix;
  }
  return undefined;
}

/** Somebody who left made the key, and so knows the secret of one that has no owner. */
function creatorLeft({ key, declared, facts: { matches } }: KeyFacts, at: () => Where): Finding | undefined {
  if (!knownToLeaver(key, matches.people)) return undefined;
  const args = { key: key.name, creator: key.createdBy?.id ?? "", declared: declared !== undefined };
  return finding("key-creator-left", args, at());
}
