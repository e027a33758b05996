import type { Key } from "../../config/config.ts";
import { formatKeyName } from "../../keys/key-name.ts";
import { type KeyParts, keyParts } from "../../match/key-parts.ts";
import { keyTarget } from "../../match/key-place.ts";
import { type DeclaredKey, type KeyMatches, whereOf } from "../../match/keys.ts";
import { isKnownKeyStatus } from "../../match/unknown-words.ts";
import { CLAUDE_CODE_WORKSPACE } from "../../match/workspaces.ts";
import type { UnmanagedOf } from "../../model/change.ts";
import { type Finding, finding, isError } from "../../model/finding.ts";
import type { ApiKey } from "../../model/org.ts";
import { isoTime } from "../../model/time.ts";
import { nameIdentity } from "../../text/identity.ts";
import { emptyKindPlan, type KindPlan, type PlanInput } from "../kind.ts";

/**
 * API keys. The API cannot create them, so a missing one is a manual step; it can rename and disable. A key that is not active is
 * never offered to be enabled again, because nobody can tell here whether it was revoked: it is replaced. What a rotation has
 * labelled belongs to its declared key, and a key that is not active gives nobody access, so neither is ever unmanaged.
 */
export function planKeys({ config, live, matches, now }: PlanInput): KindPlan {
  const planned = emptyKindPlan();
  if (config.manage.keys === "off" || !live.keys.known || !live.workspaces.known) return planned;
  const claimed = new Set<string>();
  const served = new Set<Key>();
  // Where an entry's id is not there, or is another's, mistyped perhaps, any undeclared key may be what it means.
  const unsettled = new Set<string | null>();
  for (const declared of matches.keys.declared) {
    const parts = keyParts(declared, now);
    for (const { id } of parts.live) claimed.add(id);
    const isPinnedWrong = declared.key.id !== undefined && (!declared.pinned || parts.current !== declared.pinned);
    if (isPinnedWrong || declared.contested) unsettled.add(declared.workspace);
    if (parts.current?.status === "active" && !parts.findings.some(isError)) served.add(declared.key);
    planKey(planned, declared, parts);
  }
  // What the file pins, knows by an earlier name, or declares in another place, may be all that serves an entry which has no key that
  // works: where a line of the file is moved, the key stays.
  const isWanted = (key: ApiKey) => {
    const entry = matches.keys.entryOf(key) ?? matches.keys.entryElsewhere(key);
    return entry !== undefined && !served.has(entry.key);
  };
  const full = config.manage.keys === "full";
  for (const { workspace, id, disable } of placesOf(matches)) {
    const disables = full && disable && !unsettled.has(workspace ?? null);
    for (const key of matches.keys.byWorkspace.get(id) ?? []) {
      if (key.status !== "active" || claimed.has(key.id)) continue;
      const misnamed = full ? misnamedLabel(matches.keys, key) : undefined;
      if (misnamed) planned.findings.push(misnamed);
      planUndeclared(planned, matches.keys, workspace, key, disables && !misnamed && !isWanted(key));
    }
  }
  return planned;
}

/** What is said of a key that is named like a declared one, and behind an `@` bears what no rotation writes. It may be about to replace it. */
function misnamedLabel({ entryOf }: KeyMatches, key: ApiKey): Finding | undefined {
  const at = key.name.lastIndexOf("@");
  const entry = at > 0 ? entryOf({ ...key, name: key.name.slice(0, at).trimEnd() }) : undefined;
  if (!entry) return undefined;
  const rename = formatKeyName({ base: entry.key.name, label: { kind: "next" } });
  const args = { key: key.name, problem: "label-not-known", rename } as const;
  return finding("key-unsettled", args, { ...whereOf(entry), severity: "warning" });
}

/** The places that hold keys, with their handle or live id; `disable`: whether undeclared keys may be disabled there. */
function placesOf({ matched, undeclared, isOneLost }: PlanInput["matches"]) {
  return [
    { workspace: undefined, id: undefined, disable: true },
    ...matched.flatMap(({ declared, live }) =>
      live ? { workspace: declared.handle, id: live.id, disable: true } : [],
    ),
    // Claude Code mints its keys itself, one for each member; the default workspace's are shown but never touched undeclared.
    ...undeclared
      .filter(({ name }) => name !== CLAUDE_CODE_WORKSPACE)
      .map(({ id, isDefault }) => ({ workspace: id, id, disable: !isDefault && !isOneLost })),
  ];
}

function planKey(planned: KindPlan, declared: DeclaredKey, parts: KeyParts): void {
  const { current, next, model, findings, misplaced } = parts;
  const { key } = declared;
  planned.findings.push(...findings);
  if (findings.some(isError)) return;
  // What it gives cannot be told, and the plan says so of every unknown word.
  if (current && !isKnownKeyStatus(current.status)) return;
  if (current?.status !== "active" && next) {
    planned.changes.push({
      action: "manual",
      kind: "key",
      target: whereOf(declared).target,
      id: next.id,
      before: { name: next.name },
      after: { name: key.name },
      risk: "widening",
      reason: "replacement-waiting",
    });
  } else if (current?.status !== "active" && misplaced.length > 0) {
    // A rotation does nothing while a key of this name is active elsewhere, so what is made is no replacement for it.
    const made = replacement(declared, model, { id: current?.id ?? null, reason: "key-in-other-workspace" });
    planned.changes.push({ ...made, after: { ...made.after, name: key.name } });
  } else if (current?.status !== "active") {
    const reason = current ? "key-not-active" : "key-created-in-console";
    planned.changes.push(replacement(declared, model, { id: current?.id ?? null, reason }));
  } else if (nameIdentity(current.name) !== nameIdentity(key.name)) {
    planned.changes.push({
      action: "update",
      kind: "key",
      target: whereOf(declared).target,
      id: current.id,
      before: { name: current.name },
      after: { name: key.name },
      risk: "safe",
      reason: "renamed",
    });
  }
}

/** The name of the key that somebody has to create in the Console to replace a declared one. */
function replacementNameOf({ key }: DeclaredKey): string {
  return formatKeyName({ base: key.name, label: { kind: "next" } });
}

/**
 * What a person has to create in the Console. A key stays in the workspace in which it is created, so that is said too; it is null
 * for a key of the organization itself. Nor can a key be made to act as another later: where the one that it replaces acts as a person or
 * as a service account, that is said. `id` is of the live key that the change is about, if there is one.
 */
export function replacement(
  declared: DeclaredKey,
  replaced: ApiKey | undefined,
  {
    id,
    reason,
  }: {
    readonly id: string | null;
    readonly reason: "key-created-in-console" | "key-in-other-workspace" | "key-not-active" | "replacement-needed";
  },
) {
  const { key, workspace, workspaceName, accounts, people } = declared;
  const acts = replaced?.principal;
  const account = acts?.type === "service_account" ? acts.id : undefined;
  // Nobody can make a key that acts as somebody who has left.
  const person = acts?.type === "user" && !people?.isGone(acts.id) ? acts.id : undefined;
  const email = person === undefined ? undefined : people?.users.get(person)?.email;
  const accountName = account === undefined ? undefined : accounts?.get(account);
  return {
    action: "manual",
    kind: "key",
    target: keyTarget(workspace, key.name),
    id,
    before: null,
    after: {
      name: replacementNameOf(declared),
      workspace: workspaceName,
      ...(person !== undefined && { user: person }),
      ...(email !== undefined && { user_email: email }),
      ...(account !== undefined && { service_account: account }),
      ...(accountName !== undefined && { service_account_name: accountName }),
    },
    risk: "widening",
    reason,
  } as const;
}

function planUndeclared(
  planned: KindPlan,
  keys: KeyMatches,
  workspace: string | undefined,
  key: ApiKey,
  disable: boolean,
): void {
  if (!disable) {
    planned.unmanaged.push(unmanagedKey(keys, workspace, key));
    return;
  }
  const about = { kind: "key", target: keyTarget(workspace, key.name), id: key.id } as const;
  const before = { status: key.status };
  planned.changes.push({ action: "remove", ...about, before, after: null, risk: "removal", reason: "not-declared" });
}

/** A live key that nothing declares, in the workspace of a handle or id; undefined for a key of the organization itself. */
export function unmanagedKey(
  { accountOf }: Pick<KeyMatches, "accountOf">,
  workspace: string | undefined,
  key: ApiKey,
): UnmanagedOf<"key"> {
  const { id, name, status, createdAt, hint = null } = key;
  const account = accountOf(key);
  const details = {
    status,
    created_at: isoTime(createdAt),
    hint,
    ...(account && { service_account: account.name ?? account.id }),
  };
  return { kind: "key", target: keyTarget(workspace, name), id, name, details };
}
