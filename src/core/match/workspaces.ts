import type { Config, Workspace } from "../config/config.ts";
import { parseKeyName } from "../keys/key-name.ts";
import { type Finding, finding } from "../model/finding.ts";
import { type ApiKey, itemsOf, type LiveWorkspace, type OrgSnapshot } from "../model/org.ts";
import { target } from "../model/target.ts";
import { nameIdentity } from "../text/identity.ts";
import { addTo, groupBy } from "../text/text.ts";

/** The live name of the workspace that Claude Code makes for itself; archiving it would end every Claude Code sign-in. */
export const CLAUDE_CODE_WORKSPACE = "Claude Code";

/** The ids of the workspaces of Claude Code's. */
export function claudeCodeIds({ workspaces }: Pick<OrgSnapshot, "workspaces">): ReadonlySet<string> {
  return new Set(itemsOf(workspaces).flatMap(({ id, name }) => (name === CLAUDE_CODE_WORKSPACE ? id : [])));
}

/** A declared workspace and what it is in the live organization. */
export interface WorkspaceMatch {
  readonly declared: Workspace;
  /** Absent where the organization has none yet. */
  readonly live?: LiveWorkspace;
}

/** Which declared workspace is which live one. */
export interface WorkspaceMatches {
  /** Only those that are matched: one live workspace, or surely none. */
  readonly matched: readonly WorkspaceMatch[];
  /** Handle by live id. */
  readonly handles: ReadonlyMap<string, string>;
  /** Live workspaces that no declaration names and none could mean. */
  readonly undeclared: readonly LiveWorkspace[];
  /** Ids of live workspaces that an unsettled declaration could mean: nothing about them is planned or reported. */
  readonly ambiguous: ReadonlySet<string>;
  /** Whether an entry's id is not there, or may be another's, mistyped perhaps: then any undeclared one may be what it means, and none is taken away. */
  readonly isOneLost: boolean;
  readonly findings: readonly Finding[];
}

/**
 * Matches by pinned id, then by live name, then by an earlier name. Names are not unique in the API, so where two live
 * workspaces bear the name and no pin settles it, that is a finding and the declaration stays unsettled. `live` is undefined
 * where the workspaces are not known: then nothing is matched and nothing undeclared. `keys` are evidence: a workspace that
 * is missing by name while another one holds its keys was renamed by hand, and making a second one would be a guess.
 */
export function matchWorkspaces(
  config: Pick<Config, "workspaces">,
  live: readonly LiveWorkspace[] | undefined,
  keys: readonly ApiKey[] = [],
): WorkspaceMatches {
  const nothing = { matched: [], handles: new Map(), undeclared: [], ambiguous: new Set<string>() };
  if (!live) return { ...nothing, isOneLost: false, findings: [] };

  const byId = new Map(live.map((workspace) => [workspace.id, workspace]));
  const rivalsOf = rivals(config, byId, groupBy(live, nameOf));
  const pins = [...config.workspaces.values()].filter(({ id }) => id !== undefined);
  const pinned = new Set(pins.flatMap((declared) => (rivalsOf(declared).length === 0 ? (declared.id ?? []) : [])));
  const byName = groupBy(
    live.filter(({ id }) => !pinned.has(id)),
    nameOf,
  );
  const displaced = displacements(config, byId, byName);
  const unsettled = new Set(displaced.values());
  const matched: WorkspaceMatch[] = [];
  const handles = new Map<string, string>();
  const ambiguous = new Set<string>();
  const findings: Finding[] = [];
  const missing: Workspace[] = [];

  for (const declared of config.workspaces.values()) {
    const pin = declared.id === undefined ? undefined : byId.get(declared.id);
    const candidates = pin ? [pin, ...rivalsOf(declared)] : declared.id ? [] : nameMatches(declared, byName);
    const [found, ...others] = candidates;
    const other = displaced.get(declared.id ?? "");
    if (unsettled.has(declared)) continue;
    if (pin && other) {
      ambiguous.add(pin.id);
      const args = { kind: "workspace", name: declared.name, ids: [pin.id], pinned: pin.id, other: other.name };
      findings.push(finding("ambiguous-name", args, whereOf(declared)));
    } else if (others.length > 0) {
      const ids = candidates.map(({ id }) => id).sort();
      for (const id of ids) ambiguous.add(id);
      const name = pin ? declared.name : (found?.name ?? declared.name);
      const args = { kind: "workspace", name, ids, ...(pin && { pinned: pin.id }) };
      findings.push(finding("ambiguous-name", args, whereOf(declared)));
    } else if (!found && declared.id) {
      // The id may be mistyped: whatever bears the name could be what is meant.
      for (const { id } of nameMatches(declared, byName)) ambiguous.add(id);
      findings.push(finding("pinned-id-not-found", { kind: "workspace", id: declared.id }, whereOf(declared, "id")));
    } else if (found) {
      matched.push({ declared, live: found });
      handles.set(found.id, declared.handle);
    } else {
      missing.push(declared);
    }
  }
  // A wrong id may pin what another entry names.
  for (const id of handles.keys()) ambiguous.delete(id);
  const isFree = (id: string) => byId.has(id) && !handles.has(id) && !ambiguous.has(id);
  const holders = missing.some((one) => one.keys?.size) ? holdersByKey(keys, isFree) : new Map<string, string[]>();
  for (const declared of missing) {
    const holder = byId.get(holderOf(declared, holders, isFree) ?? "");
    if (holder) {
      ambiguous.add(holder.id);
      const args = { workspace: declared.name, live: holder.name, id: holder.id };
      findings.push(finding("workspace-perhaps-renamed", args, whereOf(declared)));
    } else {
      matched.push({ declared });
    }
  }
  const undeclared = live.filter(({ id }) => !handles.has(id) && !ambiguous.has(id));
  const isOneLost = pins.some(({ id = "" }) => !byId.has(id) || displaced.has(id));
  return { matched, handles, undeclared, ambiguous, isOneLost, findings };
}

function nameOf({ name }: LiveWorkspace): string {
  return nameIdentity(name);
}

/**
 * The live workspaces that bear a pinned one's declared name while the pinned one bears another, and so may be what the entry means: to
 * rename it would make a second one of that name. One that is to be renamed itself is none, unless two ids are swapped.
 */
function rivals(
  { workspaces }: Pick<Config, "workspaces">,
  byId: ReadonlyMap<string, LiveWorkspace>,
  byName: ReadonlyMap<string, readonly LiveWorkspace[]>,
): (declared: Workspace) => readonly LiveWorkspace[] {
  const pins = new Map(
    [...workspaces.values()].flatMap((one) => (one.id === undefined ? [] : [[one.id, one] as const])),
  );
  return ({ id = "", name }) => {
    const found = byId.get(id);
    if (!found || nameOf(found) === nameIdentity(name)) return [];
    return (byName.get(nameIdentity(name)) ?? []).filter((other) => {
      const to = nameIdentity(pins.get(other.id)?.name ?? name);
      return to === nameIdentity(name) || to === nameOf(found);
    });
  };
}

/**
 * By the id of each live workspace that an entry pins under a new name: the entry that names it as it is now, and of which another one
 * would be made in its place. The id may be that of the wrong one, and then a workspace in use would be renamed and given to others.
 */
function displacements(
  { workspaces }: Pick<Config, "workspaces">,
  byId: ReadonlyMap<string, LiveWorkspace>,
  byName: ReadonlyMap<string, readonly LiveWorkspace[]>,
): ReadonlyMap<string, Workspace> {
  const entries = [...workspaces.values()];
  const byOwnName = groupBy(
    entries.filter((one) => one.id === undefined && nameMatches(one, byName).length === 0),
    ({ name }) => nameIdentity(name),
  );
  return new Map(
    entries.flatMap(({ id = "", name }) => {
      const live = byId.get(id);
      if (!live || nameOf(live) === nameIdentity(name)) return [];
      const [other] = byOwnName.get(nameOf(live)) ?? [];
      return other ? [[id, other] as const] : [];
    }),
  );
}

function nameMatches(
  declared: Workspace,
  byName: ReadonlyMap<string, readonly LiveWorkspace[]>,
): readonly LiveWorkspace[] {
  const named = byName.get(nameIdentity(declared.name)) ?? [];
  if (named.length > 0) return named;
  return [...new Set(declared.previously.map(nameIdentity))].flatMap((name) => byName.get(name) ?? []);
}

/** The ids of the workspaces that hold a key of a name, without its label, by that name. */
function holdersByKey(keys: readonly ApiKey[], isFree: (id: string) => boolean): ReadonlyMap<string, string[]> {
  const holders = new Map<string, string[]>();
  for (const { name, scope, status } of keys) {
    if (scope.type !== "workspace" || status === "archived" || !isFree(scope.workspaceId)) continue;
    addTo(holders, nameIdentity(parseKeyName(name).base), scope.workspaceId);
  }
  return holders;
}

/** A workspace that holds one of a declared one's keys. Those that are taken meanwhile are dropped: each is looked at once. */
function holderOf(
  { keys }: Workspace,
  holders: ReadonlyMap<string, string[]>,
  isFree: (id: string) => boolean,
): string | undefined {
  for (const name of keys?.keys() ?? []) {
    const ids = holders.get(nameIdentity(name)) ?? [];
    let last = ids.at(-1);
    while (last !== undefined && !isFree(last)) {
      ids.pop();
      last = ids.at(-1);
    }
    if (last !== undefined) return last;
  }
  return undefined;
}

function whereOf({ handle }: Workspace, field?: string) {
  const path = field ? ["workspaces", handle, field] : ["workspaces", handle];
  return { path, target: target.workspace(handle) };
}

/** Whether a workspace is one that only a declaration may touch: the default workspace and Claude Code's own. */
export function isSpecial(workspace: LiveWorkspace): boolean {
  return workspace.isDefault || workspace.name === CLAUDE_CODE_WORKSPACE;
}
