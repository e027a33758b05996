import { parseKeyName } from "../keys/key-name.ts";
import { type KeyPhase, keyPhase } from "../keys/key-phase.ts";
import { isKnownOutside } from "../kinds/key/creator.ts";
import { keyTarget } from "../match/key-place.ts";
import type { DeclaredKey, KeyEntry } from "../match/keys.ts";
import type { ApiKey } from "../model/org.ts";
import { ageInDays, daysBetween } from "../model/time.ts";
import { compareText } from "../text/text.ts";
import type { Actor, StatusIndex, WorkspaceRef } from "./index-live.ts";
import type { StatusNote } from "./note.ts";

/** One live key. */
export interface KeyStatus {
  readonly id: string;
  readonly name: string;
  readonly target: string;
  readonly status: string;
  readonly createdAt: number;
  readonly ageDays: number;
  readonly expiresAt?: number;
  readonly hint?: string;
  /** Absent: a key of the organization itself. */
  readonly workspace?: WorkspaceRef;
  /** Absent: a workspace key without an owner, which goes on working when its creator leaves. */
  readonly actsAs?: Actor;
  readonly createdBy?: Actor;
  /** Where rbac.yaml declares it. */
  readonly declared?: {
    readonly target: string;
    readonly handle?: string;
    readonly owner?: string;
    /** Present where that is another place than the key's. */
    readonly elsewhere?: true;
  };
  /** Absent where the API reports a status we do not know. */
  readonly phase?: KeyPhase;
}

/** A key that was asked for, with what is worth knowing about it. */
export interface KeyAnswer {
  readonly key: KeyStatus;
  readonly notes: readonly StatusNote[];
}

/** What is known of one live key. */
function keyStatus(index: StatusIndex, key: ApiKey): KeyStatus {
  const { now } = index;
  const workspace = key.scope.type === "workspace" ? index.workspace(key.scope.workspaceId) : undefined;
  // One that is declared elsewhere is still an answer: it is what "works in dev, fails in prod" looks like.
  const declared = index.matches.keys.entryOf(key) ?? index.matches.keys.entryElsewhere(key);
  const phase = phaseOf(index, key, declared?.key);
  return {
    id: key.id,
    name: key.name,
    target: keyTarget(workspace?.handle ?? workspace?.id, key.name),
    status: key.status,
    createdAt: key.createdAt,
    ageDays: ageInDays(key.createdAt, now),
    ...(key.expiresAt !== undefined && { expiresAt: key.expiresAt }),
    ...(key.hint !== undefined && { hint: key.hint }),
    ...(workspace && { workspace }),
    ...(key.principal && { actsAs: actorOf(index, key.principal) }),
    ...(key.createdBy && { createdBy: index.actor(key.createdBy.type, key.createdBy.id) }),
    ...(declared && {
      declared: {
        target: keyTarget(declared.workspace, declared.key.name),
        ...(declared.workspace !== null && { handle: declared.workspace }),
        ...(declared.key.owner !== undefined && { owner: declared.key.owner }),
        ...(isElsewhere(index, declared, workspace) && { elsewhere: true }),
      },
    }),
    ...(phase && { phase }),
  };
}

/** Whether a key is declared in another place than its own; where it cannot be told which workspace the file means, it is not said. */
function isElsewhere({ matches }: StatusIndex, declared: KeyEntry, actual: WorkspaceRef | undefined): boolean {
  const handle = declared.workspace ?? undefined;
  if (handle === undefined || actual === undefined) return handle !== undefined || actual !== undefined;
  return handle !== actual.handle && matches.matched.some((match) => match.declared.handle === handle);
}

/** Where a key stands; a declared one is due too where somebody outside knows its secret, as for `rotate`. */
function phaseOf({ config, matches, now }: StatusIndex, key: ApiKey, policy: DeclaredKey["key"] | undefined) {
  const phase = keyPhase(key, policy, now);
  const isKnown = config && policy && phase?.phase === "current" && isKnownOutside(key, matches.people, config, now);
  return isKnown ? ({ phase: "due" } satisfies KeyPhase) : phase;
}

/** Somebody of a kind that is not known has no id that we could read. */
function actorOf(index: StatusIndex, principal: NonNullable<ApiKey["principal"]>): Actor {
  return principal.type === "unknown"
    ? { type: principal.word, id: "unknown" }
    : index.actor(principal.type, principal.id);
}

/** Keys in the order to show: the ones that work first, each rotation together. */
export function keyStatuses(index: StatusIndex, keys: readonly ApiKey[]): readonly KeyStatus[] {
  const dead = ({ status }: KeyStatus) => (status === "archived" ? 1 : 0);
  return keys
    .map((key) => keyStatus(index, key))
    .toSorted((a, b) => dead(a) - dead(b) || compareText(a.name, b.name) || compareText(a.id, b.id));
}

/** Why calls with a key may fail, or go elsewhere than its name says; what stops it from working comes first. */
export function keyNotes(index: StatusIndex, key: KeyStatus): readonly StatusNote[] {
  const { config, now } = index;
  const notes: StatusNote[] = [];
  if (key.status === "inactive") notes.push({ code: "key-disabled", args: {} });
  else if (key.status === "archived") notes.push({ code: "key-archived", args: {} });
  else if (key.status === "expired") {
    notes.push({ code: "key-expired", args: { ...(key.expiresAt !== undefined && { at: key.expiresAt }) } });
  } else if (key.status !== "active") notes.push({ code: "key-status-unknown", args: { status: key.status } });

  notes.push(...placeNotes(index, key));

  if (key.actsAs?.left) notes.push({ code: "key-owner-left", args: { id: key.actsAs.id } });
  const owner = key.declared?.owner;
  if (owner !== undefined && key.actsAs?.email !== undefined && key.actsAs.email !== owner) {
    notes.push({ code: "key-owner-differs", args: { declared: owner, live: key.actsAs.email } });
  }
  if (!key.actsAs && key.workspace?.special !== "claude-code") {
    const creator = key.createdBy?.email;
    const args = {
      ...(creator !== undefined && { creator }),
      ...(owner !== undefined && { owner }),
      creatorLeft: key.createdBy?.left === true,
      works: key.status === "active",
    };
    notes.push({ code: "key-ownerless", args });
  }
  if (key.phase?.because === "expiry" && key.expiresAt !== undefined) {
    notes.push({ code: "key-expires-soon", args: { at: key.expiresAt, days: daysBetween(now, key.expiresAt) } });
  } else if (key.phase?.phase === "due" && key.phase.at !== undefined) {
    notes.push({ code: "key-overdue", args: { at: key.phase.at, age: key.ageDays } });
  }
  if (config && !key.declared && key.workspace?.special !== "claude-code")
    notes.push({ code: "key-not-declared", args: {} });
  return notes;
}

function placeNotes(index: StatusIndex, { name, workspace, declared }: KeyStatus): readonly StatusNote[] {
  const notes: StatusNote[] = [];
  if (workspace && workspace.name === undefined && index.live.workspaces.known) {
    notes.push({ code: "key-workspace-not-listed", args: { workspace } });
  }
  if (declared) {
    const { handle } = declared;
    if (declared.elsewhere) {
      const args = {
        ...(handle !== undefined && { declared: handle }),
        ...(workspace && { workspace }),
      };
      notes.push({ code: "key-in-other-workspace", args });
    }
  } else if (workspace) {
    const meant = meantWorkspace(index.workspaces, parseKeyName(name).base, workspace);
    if (meant) notes.push({ code: "key-name-suggests", args: { meant, workspace } });
  }
  if (!workspace) notes.push({ code: "key-without-workspace", args: {} });
  return notes;
}

/**
 * The workspace that a key's name begins with, where it is not the one the key is in: `prod-` means a workspace with that
 * handle or name, or else the only one whose name begins so (Production). It is a guess: where two could be meant, none is.
 */
function meantWorkspace(
  workspaces: readonly WorkspaceRef[],
  name: string,
  actual: WorkspaceRef,
): WorkspaceRef | undefined {
  const key = slug(name);
  const [spelt] = workspaces
    .flatMap((workspace) =>
      [workspace.handle, workspace.name].flatMap((word) =>
        word !== undefined && key.startsWith(`${slug(word)}-`) ? { workspace, length: slug(word).length } : [],
      ),
    )
    .toSorted((a, b) => b.length - a.length);
  if (spelt) return spelt.workspace.id === actual.id ? undefined : spelt.workspace;
  const first = key.split("-")[0] ?? "";
  if (first.length < 3 || first === key) return undefined;
  const begun = workspaces.filter((workspace) => slug(workspace.name ?? "").startsWith(first));
  return begun.length === 1 && begun[0]?.id !== actual.id ? begun[0] : undefined;
}

function slug(text: string): string {
  return text.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, "-");
}
