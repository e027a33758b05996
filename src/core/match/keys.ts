import type { Config, Key } from "../config/config.ts";
import { parseKeyName } from "../keys/key-name.ts";
import type { ApiKey } from "../model/org.ts";
import { nameIdentity } from "../text/identity.ts";
import { groupBy } from "../text/text.ts";
import { keyPath, keysByWorkspace, keyTarget, workspaceIdOf } from "./key-place.ts";
import type { WorkspaceMatches } from "./workspaces.ts";

/** A key of the file and the place that it is declared for. */
export interface KeyEntry {
  readonly key: Key;
  /** The handle; null for the organization itself. */
  readonly workspace: string | null;
}

/** A declared key of the organization or of a workspace that is matched, and the live keys that could be it. */
export interface DeclaredKey extends KeyEntry {
  /** The name of its workspace, the live one where there is one; null for the organization itself. */
  readonly workspaceName: string | null;
  /** The live keys of its place that are pinned, or bear its name, labelled or not, or an earlier one; archived ones too. */
  readonly here: readonly ApiKey[];
  /**
   * The live keys of its name in places that do not declare that name; only labelled ones where a live key is pinned, for another of
   * the bare name is then a key of its own.
   */
  readonly elsewhere: readonly ApiKey[];
  /** The live key that `id` pins, wherever it is. */
  readonly pinned?: ApiKey;
}

/** Which live keys belong to which declared ones. */
export interface KeyMatches {
  /** Those of the organization and of the matched workspaces, in the order of the file. */
  readonly declared: readonly DeclaredKey[];
  /** Live keys by the id of their workspace; those of the organization itself under `undefined`. */
  readonly byWorkspace: ReadonlyMap<string | undefined, readonly ApiKey[]>;
  readonly byId: ReadonlyMap<string, ApiKey>;
  /** The entry that a live key belongs to: it pins the key, or is of the key's name, or earlier name, in the key's own place. */
  readonly entryOf: (key: ApiKey) => KeyEntry | undefined;
  /**
   * The first entry that is of a live key's name in another place than the key's, and does not pin another: what "works in dev, fails in
   * prod" looks like.
   */
  readonly entryElsewhere: (key: ApiKey) => KeyEntry | undefined;
  /** The live keys that entries of a name pin, whatever they are called: who says that name may mean them. */
  readonly pinnedAs: (name: string) => readonly ApiKey[];
}

/** A live key's name as declared keys are looked up by: without its label. */
function baseOf({ name }: ApiKey): string {
  return nameIdentity(parseKeyName(name).base);
}

/** Matches keys by pinned id, then by name, label left out, then by an earlier name. Work grows with the keys, not with their product. */
export function matchKeys(
  config: Pick<Config, "organization" | "workspaces">,
  { matched, handles }: Pick<WorkspaceMatches, "matched" | "handles">,
  live: readonly ApiKey[],
): KeyMatches {
  /** Made when it is asked for: most files pin no key. */
  let ids: ReadonlyMap<string, ApiKey> | undefined;
  const byId = () => {
    ids ??= new Map(live.map((key) => [key.id, key]));
    return ids;
  };
  const byWorkspace = keysByWorkspace(live);
  const entries = entriesOf(config);
  const declaredIn = placesByName(config, matched);

  const pins = new Map(entries.flatMap((entry) => (entry.key.id === undefined ? [] : [[entry.key.id, entry]])));
  const entriesByName = groupBy(
    entries.flatMap((entry) => [entry.key.name, ...entry.key.previously].map((name) => ({ name, entry }))),
    ({ name }) => nameIdentity(name),
  );
  /** Live keys of the names that the file has: of the others, of which there may be ten times as many, nobody asks. */
  const byBase = groupBy(
    live.filter((key) => entriesByName.has(baseOf(key))),
    baseOf,
  );
  /** Those that no live key of an id is meant by; made once, so that no key is held against each of them. */
  let loose: typeof entriesByName | undefined;
  const unpinned = () => {
    loose ??= new Map(
      [...entriesByName].map(([name, named]) => [
        name,
        named.filter(({ entry: { key } }) => key.id === undefined || !byId().has(key.id)),
      ]),
    );
    return loose;
  };
  const entriesByPlace = new Map<string, KeyEntry>();
  for (const [name, named] of entriesByName) {
    // No file says a name, or an earlier one, twice in one place.
    for (const { entry } of named) entriesByPlace.set(placeKey(entry.workspace, name), entry);
  }
  /** Keys of each base by place: made once for a name, however many places declare it. */
  const places = new Map<string, Named>();
  const named = (name: string): Named => {
    const base = nameIdentity(name);
    const known = places.get(base);
    if (known) return known;
    const keys = byBase.get(base) ?? [];
    const declaring = declaredIn.get(base);
    const misplaced = keys.filter((key) => !declaring?.has(workspaceIdOf(key)));
    const made = {
      byPlace: keysByWorkspace(keys),
      misplaced,
      labelled: misplaced.filter((key) => parseKeyName(key.name).label !== undefined),
    };
    places.set(base, made);
    return made;
  };
  const declaredKey = (key: Key, place: Place): DeclaredKey => {
    const pinned = key.id === undefined ? undefined : byId().get(key.id);
    const ofName = named(key.name);
    const here = new Set<ApiKey>();
    if (place.live) {
      for (const one of ofName.byPlace.get(place.id) ?? []) here.add(one);
      for (const name of key.previously) {
        for (const one of named(name).byPlace.get(place.id) ?? [])
          if (nameIdentity(one.name) === nameIdentity(name)) here.add(one);
      }
      if (pinned && workspaceIdOf(pinned) === place.id) here.add(pinned);
    }
    const { workspace, workspaceName } = place;
    const { misplaced, labelled } = ofName;
    const elsewhere = pinned ? labelled : misplaced;
    return { key, workspace, workspaceName, here: [...here], elsewhere, ...(pinned && { pinned }) };
  };
  const handleOf = (key: ApiKey): string | null | undefined => {
    const id = workspaceIdOf(key);
    return id === undefined ? null : handles.get(id);
  };
  return {
    declared: [
      ...valuesOf(config.organization.keys).map((key) =>
        declaredKey(key, { workspace: null, workspaceName: null, live: true }),
      ),
      ...matched.flatMap(({ declared: { handle, name, keys }, live: found }) => {
        const place = { workspace: handle, workspaceName: found?.name ?? name, live: found !== undefined };
        return valuesOf(keys).map((key) => declaredKey(key, { ...place, ...(found && { id: found.id }) }));
      }),
    ],
    byWorkspace,
    get byId() {
      return byId();
    },
    entryOf: (key) => {
      const handle = handleOf(key);
      const here = handle === undefined ? undefined : entriesByPlace.get(placeKey(handle, baseOf(key)));
      return pins.get(key.id) ?? here;
    },
    entryElsewhere: (key) => {
      // A label is no name of its own: a replacement in the wrong place is one, whatever the entry pins.
      const among = parseKeyName(key.name).label ? entriesByName : unpinned();
      return among.get(baseOf(key))?.find(({ entry }) => entry.workspace !== handleOf(key))?.entry;
    },
    pinnedAs: (name) =>
      (entriesByName.get(nameIdentity(name)) ?? []).flatMap(({ entry: { key } }) => {
        const pinned = key.id !== undefined && nameIdentity(key.name) === nameIdentity(name) && byId().get(key.id);
        return pinned ? [pinned] : [];
      }),
  };
}

/** A place that holds keys: a live workspace, the organization itself (no id), or a workspace that is still to be made. */
interface Place extends Pick<DeclaredKey, "workspace" | "workspaceName"> {
  readonly live: boolean;
  readonly id?: string;
}

/** The live keys of one name. */
interface Named {
  readonly byPlace: ReadonlyMap<string | undefined, readonly ApiKey[]>;
  /** Those in places that do not declare the name. */
  readonly misplaced: readonly ApiKey[];
  /** The labelled ones of those. */
  readonly labelled: readonly ApiKey[];
}

/** Every key of the file, those of the organization first, then those of the workspaces, matched or not. */
export function entriesOf({
  organization,
  workspaces,
}: Pick<Config, "organization" | "workspaces">): readonly KeyEntry[] {
  return [
    ...valuesOf(organization.keys).map((key) => ({ key, workspace: null })),
    ...[...workspaces.values()].flatMap(({ handle, keys }) =>
      valuesOf(keys).map((key) => ({ key, workspace: handle })),
    ),
  ];
}

/** The ids of the live places that declare a key's name (undefined: the organization itself), by that name. */
function placesByName({ organization }: Pick<Config, "organization">, matched: WorkspaceMatches["matched"]) {
  const places = new Map<string, Set<string | undefined>>();
  const note = (name: string, id: string | undefined) => {
    const ids = places.get(nameIdentity(name));
    if (ids) ids.add(id);
    else places.set(nameIdentity(name), new Set([id]));
  };
  for (const name of organization.keys?.keys() ?? []) note(name, undefined);
  for (const { declared, live } of matched) {
    for (const name of live ? (declared.keys?.keys() ?? []) : []) note(name, live?.id);
  }
  return places;
}

function valuesOf(keys: ReadonlyMap<string, Key> | undefined): readonly Key[] {
  return keys ? [...keys.values()] : [];
}

/** Handles hold no blank, so that the organization itself is never mistaken for a workspace. */
function placeKey(workspace: string | null, name: string): string {
  return workspace === null ? ` ${name}` : `${workspace} ${name}`;
}

/** Where the file declares a key, and its target: what a finding about it says. */
export function whereOf({ key, workspace }: KeyEntry) {
  return { path: keyPath(workspace, key.name), target: keyTarget(workspace, key.name) };
}
