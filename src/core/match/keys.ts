import type { Config, Key } from "../config/config.ts";
import { parseKeyName } from "../keys/key-name.ts";
import type { ApiKey } from "../model/org.ts";
import { nameIdentity } from "../text/identity.ts";
import { shellWord } from "../text/printable.ts";
import { addTo, repeated } from "../text/text.ts";
import { keyPath, keysByWorkspace, keyTarget, workspaceIdOf } from "./key-place.ts";
import type { PeopleMatches } from "./people.ts";
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
  /** The live key that one entry pins, under another name, and another entry of the place means by the name that it has: this one and `other`. */
  readonly contested?: { readonly key: ApiKey; readonly other: string };
  /** The names of service accounts by id, as far as they were read: a person knows them by these. */
  readonly accounts?: ReadonlyMap<string, string> | undefined;
  /** The people of the organization, as far as they were read. */
  readonly people?: PeopleMatches | undefined;
}

/** A service account that a key acts as. */
export interface KeyAccount {
  readonly id: string;
  readonly name?: string;
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
  /** The flags that tell `rotate` which entry is meant: its name, and its workspace (or the id it pins) where others have that name. */
  readonly flagsOf: (entry: KeyEntry) => string;
  /** The service account that a live key acts as, with its name where that was read. */
  readonly accountOf: (key: ApiKey) => KeyAccount | undefined;
}

/** A live key's name as declared keys are looked up by: without its label. */
function baseOf({ name }: ApiKey): string {
  return nameIdentity(parseKeyName(name).base);
}

/**
 * Matches keys by pinned id, then by name, label left out, then by an earlier name. Work grows with the keys, not with their product;
 * there may be 200,000 of them, so that nothing is made for each that a few may need.
 */
export function matchKeys(
  config: Pick<Config, "organization" | "workspaces">,
  { matched, handles }: Pick<WorkspaceMatches, "matched" | "handles">,
  live: readonly ApiKey[],
  accounts?: DeclaredKey["accounts"],
  people?: PeopleMatches,
): KeyMatches {
  /** Made when it is asked for: most files pin no key. */
  let ids: ReadonlyMap<string, ApiKey> | undefined;
  const byId = () => {
    ids ??= new Map(live.map((key) => [key.id, key]));
    return ids;
  };
  const entries = entriesOf(config);
  const pins = new Map<string, KeyEntry>();
  for (const entry of entries) if (entry.key.id !== undefined) pins.set(entry.key.id, entry);
  /** By name and by earlier name; made when it is asked for, for most keys are where the file says. */
  let named: ReadonlyMap<string, readonly KeyEntry[]> | undefined;
  const entriesByName = () => {
    named ??= byEveryName(entries);
    return named;
  };
  /** Those that no live key of an id is meant by; made once, so that no key is held against each of them. */
  let loose: ReadonlyMap<string, readonly KeyEntry[]> | undefined;
  const unpinned = () => {
    loose ??= new Map(
      [...entriesByName()].map(([name, bearers]) => [
        name,
        bearers.filter(({ key }) => key.id === undefined || !byId().has(key.id)),
      ]),
    );
    return loose;
  };

  let shared: ReadonlySet<string> | undefined;
  const sharedNames = () => {
    shared ??= repeated(entries.map(({ key }) => nameIdentity(key.name)));
    return shared;
  };
  const entriesIn = entriesByPlace(entries, matched);
  const { byPlace, misplaced, labelled } = keysByName(live, entriesIn, (name) => entriesByName().has(name));
  const contests = contestedKeys(pins, byId, entriesIn, byPlace);
  const declaredKey = (key: Key, place: Place): DeclaredKey => {
    const pinned = key.id === undefined ? undefined : byId().get(key.id);
    const name = nameIdentity(key.name);
    const { workspace, workspaceName } = place;
    const elsewhere = (pinned ? labelled : misplaced).get(name) ?? [];
    const contested = contests.get(key);
    const of = { key, workspace, workspaceName, here: keysHere(key, place, pinned), elsewhere, accounts, people };
    const found = contested ? { ...of, contested } : of;
    return pinned ? { ...found, pinned } : found;
  };
  const keysHere = (key: Key, place: Place, pinned: ApiKey | undefined): readonly ApiKey[] => {
    if (!place.live) return [];
    const held = byPlace.get(place.id);
    const bearers = held?.get(nameIdentity(key.name)) ?? [];
    if (key.previously.length === 0 && !pinned) return bearers;
    const here = new Set(bearers);
    for (const name of key.previously.map(nameIdentity)) {
      for (const one of held?.get(name) ?? []) if (nameIdentity(one.name) === name) here.add(one);
    }
    if (pinned && workspaceIdOf(pinned) === place.id) here.add(pinned);
    return [...here];
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
        const at = { workspace: handle, workspaceName: found?.name ?? name };
        const place: Place = found ? { ...at, live: true, id: found.id } : { ...at, live: false };
        return valuesOf(keys).map((key) => declaredKey(key, place));
      }),
    ],
    byWorkspace: keysByWorkspace(live),
    get byId() {
      return byId();
    },
    entryOf: (key) => pins.get(key.id) ?? entriesIn.get(workspaceIdOf(key))?.get(baseOf(key)),
    entryElsewhere: (key) => {
      // A label is no name of its own: a replacement in the wrong place is one, whatever the entry pins.
      const among = parseKeyName(key.name).label ? entriesByName() : unpinned();
      return among.get(baseOf(key))?.find(({ workspace }) => workspace !== handleOf(key));
    },
    pinnedAs: (name) =>
      (entriesByName().get(nameIdentity(name)) ?? []).flatMap(({ key }) => {
        const pinned = key.id !== undefined && nameIdentity(key.name) === nameIdentity(name) && byId().get(key.id);
        return pinned ? [pinned] : [];
      }),
    flagsOf: ({ key, workspace }) => {
      if (!sharedNames().has(nameIdentity(key.name))) return `--key ${shellWord(key.name)}`;
      if (workspace === null) return `--key ${shellWord(key.id ?? key.name)}`;
      return `--workspace ${shellWord(workspace)} --key ${shellWord(key.name)}`;
    },
    accountOf: ({ principal }) => {
      if (principal?.type !== "service_account") return undefined;
      const name = accounts?.get(principal.id);
      return { id: principal.id, ...(name !== undefined && { name }) };
    },
  };
}

/** A place that holds keys: a live workspace, the organization itself (no id), or a workspace that is still to be made. */
interface Place extends Pick<DeclaredKey, "workspace" | "workspaceName"> {
  readonly live: boolean;
  readonly id?: string;
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

function byEveryName(entries: readonly KeyEntry[]): ReadonlyMap<string, readonly KeyEntry[]> {
  const named = new Map<string, KeyEntry[]>();
  for (const entry of entries) {
    addTo(named, nameIdentity(entry.key.name), entry);
    for (const name of entry.key.previously) addTo(named, nameIdentity(name), entry);
  }
  return named;
}

/** The entries of each live place, by its id (undefined: the organization itself), then by name and by earlier name. */
function entriesByPlace(
  entries: readonly KeyEntry[],
  matched: WorkspaceMatches["matched"],
): ReadonlyMap<string | undefined, ReadonlyMap<string, KeyEntry>> {
  const ids = new Map(matched.flatMap(({ declared, live }) => (live ? [[declared.handle, live.id] as const] : [])));
  const places = new Map<string | undefined, Map<string, KeyEntry>>();
  for (const entry of entries) {
    const { key, workspace } = entry;
    const id = workspace === null ? undefined : ids.get(workspace);
    if (workspace !== null && id === undefined) continue;
    const place = inMap(places, id, () => new Map<string, KeyEntry>());
    // No file says a name, or an earlier one, twice in one place.
    place.set(nameIdentity(key.name), entry);
    for (const name of key.previously) place.set(nameIdentity(name), entry);
  }
  return places;
}

/** The keys that one entry pins under another name, and another entry of their place means by theirs, by both entries. */
function contestedKeys(
  pins: ReadonlyMap<string, KeyEntry>,
  byId: () => ReadonlyMap<string, ApiKey>,
  entriesIn: ReturnType<typeof entriesByPlace>,
  byPlace: ReturnType<typeof keysByName>["byPlace"],
): ReadonlyMap<Key, NonNullable<DeclaredKey["contested"]>> {
  const contests = new Map<Key, NonNullable<DeclaredKey["contested"]>>();
  for (const [id, { key: pinning }] of pins) {
    const live = byId().get(id);
    const place = live && workspaceIdOf(live);
    const other = live && entriesIn.get(place)?.get(baseOf(live))?.key;
    if (!live || !other || other === pinning || other.id !== undefined || !isCalled(live, other)) continue;
    const held = byPlace.get(place);
    // Its own name may say what it means: then the id is wrong, and the other entry is sure.
    if (held?.get(nameIdentity(pinning.name))?.some((one) => one.status === "active" && isCalled(one, pinning)))
      continue;
    const bearers = held?.get(baseOf(live)) ?? [];
    // Of two of the name the entry means the one that is not pinned.
    if (bearers.filter((one) => one.status !== "archived" && isCalled(one, other)).length !== 1) continue;
    contests.set(pinning, { key: live, other: other.name });
    contests.set(other, { key: live, other: pinning.name });
  }
  return contests;
}

function isCalled({ name }: ApiKey, key: Key): boolean {
  return nameIdentity(name) === nameIdentity(key.name);
}

/** Live keys of the names that the file has: of the others, of which there may be ten times as many, nobody asks. */
function keysByName(
  live: readonly ApiKey[],
  entriesIn: ReturnType<typeof entriesByPlace>,
  isNamed: (name: string) => boolean,
) {
  /** By the id of their place, then by name. */
  const byPlace = new Map<string | undefined, Map<string, ApiKey[]>>();
  /** By name, those in places that do not declare it, and the labelled ones of those. */
  const misplaced = new Map<string, ApiKey[]>();
  const labelled = new Map<string, ApiKey[]>();
  for (const key of live) {
    const name = baseOf(key);
    const id = workspaceIdOf(key);
    const entry = entriesIn.get(id)?.get(name);
    if (!entry && !isNamed(name)) continue;
    const place = inMap(byPlace, id, () => new Map<string, ApiKey[]>());
    addTo(place, name, key);
    if (entry && nameIdentity(entry.key.name) === name) continue;
    addTo(misplaced, name, key);
    if (parseKeyName(key.name).label) addTo(labelled, name, key);
  }
  return { byPlace, misplaced, labelled };
}

function inMap<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

function valuesOf(keys: ReadonlyMap<string, Key> | undefined): readonly Key[] {
  return keys ? [...keys.values()] : [];
}

/** Where the file declares a key, and its target: what a finding about it says. */
export function whereOf({ key, workspace }: KeyEntry) {
  return { path: keyPath(workspace, key.name), target: keyTarget(workspace, key.name) };
}
