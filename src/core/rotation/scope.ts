import type { Config } from "../config/config.ts";
import { parseKeyName } from "../keys/key-name.ts";
import type { DeclaredKey } from "../match/key-place.ts";
import { keyTarget } from "../match/key-place.ts";
import { Failure } from "../model/failure.ts";
import type { OrgSnapshot } from "../model/org.ts";
import { selectTargets } from "../plan/selection.ts";
import { suggest } from "../text/suggest.ts";

/** The keys that a rotation is about, as given; an empty list means all. */
export interface RotationScope {
  /** Handles, live names or ids. */
  readonly workspaces: readonly string[];
  /** Declared names, or live ids (`apikey_…`). */
  readonly keys: readonly string[];
}

/** What the words of a scope mean. */
export interface ScopedKeys {
  readonly keys: readonly DeclaredKey[];
  /** The live ids among the words. */
  readonly named: ReadonlySet<string>;
  /** Whether a finding's target is of a workspace that was asked about. */
  readonly includes: (target: string) => boolean;
}

/**
 * The declared keys that a scope means. Throws Failure `not-found` for a word that nothing bears, and `ambiguous` for a name
 * that several of the workspaces declare.
 */
export function scopedKeys(
  { workspaces, keys: words }: RotationScope,
  config: Config,
  live: OrgSnapshot,
  declared: readonly DeclaredKey[],
): ScopedKeys {
  const includes = workspaces.length > 0 ? selectTargets({ workspaces, removals: true }, config, live) : () => true;
  const inScope = declared.filter(({ key, workspace }) => includes(keyTarget(workspace, key.name)));
  if (words.length === 0) return { keys: inScope, named: new Set(), includes };
  // Keys of a workspace that is not settled are declared as well: there is a finding about why nothing happens to them.
  const places = declaredPlaces(config).filter(({ name, workspace }) => includes(keyTarget(workspace, name)));
  const named = new Set<string>();
  const targets = words.map((word) => {
    const declaring = places.filter(({ name }) => name === word);
    const [one, another] = declaring;
    if (one && another) throw ambiguous(word, declaring);
    if (one) return keyTarget(one.workspace, one.name);
    const holder = inScope.find((candidate) => holds(candidate, word));
    if (!holder) return live.keys.known && live.workspaces.known ? notFound(word, places, live) : undefined;
    named.add(word);
    return keyTarget(holder.workspace, holder.key.name);
  });
  const keys = inScope.filter(({ key, workspace }) => targets.includes(keyTarget(workspace, key.name)));
  return { keys, named, includes };
}

interface DeclaredPlace {
  readonly name: string;
  readonly workspace: string | null;
}

function declaredPlaces(config: Config): readonly DeclaredPlace[] {
  const names = (keys: ReadonlyMap<string, unknown> | undefined, workspace: string | null) =>
    [...(keys?.keys() ?? [])].map((name) => ({ name, workspace }));
  return [
    ...names(config.organization.keys, null),
    ...[...config.workspaces.values()].flatMap(({ handle, keys }) => names(keys, handle)),
  ];
}

/** Whether a live id is of a key that bears the declared name, labelled or not, or that is pinned or named as it was before. */
function holds({ key, here }: DeclaredKey, id: string): boolean {
  const found = here.find((one) => one.id === id);
  if (!found) return false;
  return parseKeyName(found.name).base === key.name || key.id === id || key.previously.includes(found.name);
}

function ambiguous(word: string, places: readonly DeclaredPlace[]): Failure {
  const where = places.map(({ workspace }) => workspace ?? "the organization itself").join(", ");
  return new Failure("ambiguous", {
    message: `--key: "${word}" is declared in several places: ${where}`,
    fix: "add --workspace",
  });
}

function notFound(word: string, places: readonly DeclaredPlace[], live: OrgSnapshot): never {
  const isLive = live.keys.known && live.keys.items.some(({ id, name }) => id === word || name === word);
  if (isLive) {
    throw new Failure("not-found", {
      message: `--key: the live key "${word}" belongs to no key that rbac.yaml declares here`,
      fix: "declare it, or use anth-rbac revoke --key",
    });
  }
  const near = suggest(
    word,
    places.map(({ name }) => name),
  );
  throw new Failure("not-found", {
    message: `--key: no key "${word}" is declared here`,
    fix: near === undefined ? "anth-rbac rotate --status lists them" : `did you mean "${near}"?`,
  });
}
