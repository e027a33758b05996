import { MANAGED_KINDS, type ManagedKind } from "../config/config.ts";
import { FORBIDDEN_NAMES } from "../config/formats.ts";
import { resolveModel } from "../config/models.ts";
import { isValue } from "../document/left-out.ts";
import { namesOfSeveral } from "../kinds/key/key.ts";
import type { ExportFacts } from "../kinds/kind.ts";
import { ALL_KINDS, scopeOf } from "../kinds/kinds.ts";
import { groupsNamed } from "../kinds/rate-limit/rate-limit.ts";
import { rateLimitFindings } from "../kinds/rate-limit/rules.ts";
import { keysByWorkspace } from "../match/key-place.ts";
import { matchPeople } from "../match/people.ts";
import { findWorkspace } from "../match/resolve.ts";
import { CLAUDE_CODE_WORKSPACE } from "../match/workspaces.ts";
import { isError } from "../model/finding.ts";
import type { RateLimit } from "../model/limit.ts";
import { type ApiKey, itemsOf, type LiveWorkspace, type OrgSnapshot, type ReadScope } from "../model/org.ts";
import { compareText, groupBy } from "../text/text.ts";

export interface ExportRequest {
  readonly live: OrgSnapshot;
  /** Epoch ms. */
  readonly now: number;
  /** The kinds that were asked for. */
  readonly kinds: readonly ManagedKind[];
  /** The ids of the workspaces that were asked for; absent: all. */
  readonly only?: ReadonlySet<string>;
  /** Of this program, for the head of the file. */
  readonly version: string;
  /** Where an editor finds the JSON Schema, relative to the file; absent where there is none. */
  readonly schema?: string;
}

/** Joins what was read with what was asked for. */
export function gatherExportFacts(request: ExportRequest, has: ExportFacts["has"]): ExportFacts {
  const { live, now, only } = request;
  const workspaces = itemsOf(live.workspaces);
  const names = groupBy(workspaces, ({ name }) => name);
  const listed = live.keys.known && has("keys") ? live.keys.items : [];
  const keys = keysByWorkspace(listed.toSorted(byName));
  const holdsKeys = (id: string) => (keys.get(id) ?? []).some(({ status }) => status === "active");
  const wanted = workspaces.filter(({ id, name, isDefault }) => {
    if (only) return only.has(id);
    return name !== CLAUDE_CODE_WORKSPACE && (!isDefault || holdsKeys(id));
  });
  const handles = workspaceHandles(workspaces);
  const handleOf = ({ id }: LiveWorkspace) => handles.get(id) ?? id;
  const sorted = wanted.toSorted(
    (one, other) => Number(one.isDefault) - Number(other.isDefault) || (handleOf(one) < handleOf(other) ? -1 : 1),
  );
  return {
    live,
    now,
    has,
    // Nothing is declared yet: the file is what is being written.
    people: matchPeople({ members: new Map() }, live.users),
    workspaces: sorted,
    handles,
    sharedNames: new Set([...names].flatMap(([name, bearers]) => (bearers.length > 1 ? name : []))),
    keys,
    sharedKeyNames: namesOfSeveral({ keys }, [...(only ? [] : [undefined]), ...sorted.map(({ id }) => id)]),
    limitEntries: live.rateLimits.known ? groupEntries(live.rateLimits.items, now) : new Map(),
  };
}

function byName(one: ApiKey, other: ApiKey): number {
  if (one.name === other.name) return one.id < other.id ? -1 : 1;
  return one.name < other.name ? -1 : 1;
}

/** The ids of the workspaces that were asked for by handle (as the export makes it), live name or id. Throws Failure. */
export function chosenWorkspaces(workspaces: readonly LiveWorkspace[], asked: readonly string[]): ReadonlySet<string> {
  const handles = workspaceHandles(workspaces);
  // No file is read, so that none is spoken of: the handle is one more name.
  const known = workspaces.map(({ id, name }) => ({ id, names: [name, handles.get(id) ?? id] }));
  return new Set(asked.map((workspace) => findWorkspace(known, workspace).id));
}

/** What an export is about: every kind, without the people and keys of the organization where only workspaces are asked for. */
export function exportKinds(asked: readonly ManagedKind[], ofWorkspaces: boolean): readonly ManagedKind[] {
  if (asked.length > 0) return MANAGED_KINDS.filter((kind) => asked.includes(kind));
  const isOfWorkspaces = (kind: ManagedKind) =>
    ALL_KINDS.some(({ manage, exported }) => manage === kind && exported.some((part) => part.in === "workspace"));
  // What follows the file alone is nobody's to declare who does not mean to.
  const isMeant = (kind: ManagedKind) => ALL_KINDS.some((one) => one.manage === kind && !one.followsFile);
  return MANAGED_KINDS.filter((kind) => isMeant(kind) && (!ofWorkspaces || isOfWorkspaces(kind)));
}

/** What has to be read for an export: as much as its own drift will read, and no more. */
export function exportScope(
  kinds: readonly ManagedKind[],
  chosen?: (workspaces: readonly LiveWorkspace[]) => readonly string[],
): ReadScope {
  const manages = (kind: ManagedKind) => kinds.includes(kind);
  const ordinary = (workspaces: readonly LiveWorkspace[]) => {
    const ids = chosen && new Set(chosen(workspaces));
    return workspaces.flatMap(({ id, name, isDefault }) => {
      const wanted = ids ? ids.has(id) : name !== CLAUDE_CODE_WORKSPACE;
      return wanted && !isDefault ? id : [];
    });
  };
  const scope = scopeOf(manages, {
    whole: true,
    ofPeople: true,
    declaredExternalKeys: [],
    manages,
    removes: () => false,
    undeclared: () => [],
    places: ordinary,
    groups: (all) => all.map(({ id }) => id),
  });
  return { ...scope, organization: true, workspaces: scope.workspaces || chosen !== undefined };
}

/**
 * What `rate_limits` of a file calls each of the organization's groups, by its id: the type, or a model that means this group
 * and no other. A model that will stay is better than one that retires soon; one that validation refuses is none.
 */
function groupEntries(groups: readonly RateLimit[], now: number): ReadonlyMap<string, string> {
  const entries = new Map<string, string>();
  const models = new Set<string>();
  for (const group of groups.toSorted((one, other) => (one.id < other.id ? -1 : 1))) {
    const candidates = [group.group.type, ...group.models.toSorted().reverse()].filter((entry) => {
      const [meant, ...others] = groupsNamed(entry, groups);
      return meant === group && others.length === 0 && isValue(entry) && !models.has(resolveModel(entry));
    });
    const judged = candidates.map((entry) => ({ entry, findings: rateLimitFindings(entry, now) }));
    const found =
      judged.find(({ findings }) => findings.length === 0) ?? judged.find(({ findings }) => !findings.some(isError));
    if (!found) continue;
    entries.set(group.id, found.entry);
    models.add(resolveModel(found.entry));
  }
  return entries;
}

/** The handle of the default workspace. */
const DEFAULT_HANDLE = "default";

/** Handles may be longer; nobody wants to type them. */
const LONGEST = 60;

/**
 * A handle for each workspace, by id: its name in lower case with dashes. Names that come to the same are told apart by a
 * number, in the order of names and ids, so that one organization always gets the same handles.
 */
export function workspaceHandles(workspaces: readonly NamedWorkspace[]): ReadonlyMap<string, string> {
  const sorted = [...workspaces].sort(
    (one, other) => compareText(one.name, other.name) || compareText(one.id, other.id),
  );
  const wanted = new Map(sorted.map((workspace) => [workspace.id, handleOf(workspace)]));
  const bases = new Set([...FORBIDDEN_NAMES, ...wanted.values()]);
  const given = new Set<string>(FORBIDDEN_NAMES);
  // A handle that is the live name of another workspace could be told from it by no flag.
  const names = new Set(sorted.map(({ name }) => name));
  const handles = new Map<string, string>();
  const isTaken = (handle: string, base: string) => given.has(handle) || (handle !== base && bases.has(handle));
  // The default workspace comes first: its handle is its own.
  for (const { id, name, isDefault } of sorted.toSorted(
    (one, other) => Number(other.isDefault) - Number(one.isDefault),
  )) {
    const base = wanted.get(id) ?? DEFAULT_HANDLE;
    let handle = base;
    for (let number = 2; isTaken(handle, base) || (!isDefault && handle !== name && names.has(handle)); number++) {
      handle = `${base}-${number}`;
    }
    given.add(handle);
    handles.set(id, handle);
  }
  return handles;
}

/** As much of a workspace as its handle is made of. */
type NamedWorkspace = Pick<LiveWorkspace, "id" | "name" | "isDefault">;

function handleOf({ id, name, isDefault }: NamedWorkspace): string {
  if (isDefault) return DEFAULT_HANDLE;
  // A name without a letter that a handle may have leaves only the id to go by.
  return slug(name) || slug(id) || "workspace";
}

function slug(text: string): string {
  const letters = text.toLowerCase().normalize("NFKD").replaceAll(/\p{M}/gu, "");
  const dashed = letters.replaceAll(/[^a-z0-9_]+/g, "-").replaceAll(/^[-_]+|[-_]+$/g, "");
  return dashed.slice(0, LONGEST).replace(/[-_]+$/, "");
}
