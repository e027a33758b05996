import type { Config } from "../config/config.ts";
import { parseKeyName } from "../keys/key-name.ts";
import { keyTarget } from "../match/key-place.ts";
import { type DeclaredKey, entriesOf, type KeyEntry } from "../match/keys.ts";
import type { Matches } from "../match/matches.ts";
import { keyChoices, severalFit } from "../match/resolve.ts";
import { Failure } from "../model/failure.ts";
import type { ApiKey, OrgSnapshot } from "../model/org.ts";
import { selectTargets } from "../plan/selection.ts";
import { nameIdentity } from "../text/identity.ts";
import { shellWord } from "../text/printable.ts";
import { suggest } from "../text/suggest.ts";
import { quoted } from "../text/text.ts";

/** The keys that a rotation is about, as given; an empty list means all. */
export interface RotationScope {
  /** Handles, live names or ids. */
  readonly workspaces: readonly string[];
  /** Declared names, or live names or ids (`apikey_…`). */
  readonly keys: readonly string[];
}

/** What the words of a scope mean. */
export interface ScopedKeys {
  readonly keys: readonly DeclaredKey[];
  /** Those of workspaces that are declared where which live one it is cannot be told. */
  readonly unsettled: readonly KeyEntry[];
  /** The ids of the live keys among the words. */
  readonly named: ReadonlySet<string>;
  /** Whether a finding's target is of a workspace that was asked about. */
  readonly includes: (target: string) => boolean;
}

/**
 * The declared keys that a scope means. Throws Failure `not-found` for a word that nothing bears, and `ambiguous` for one that
 * several workspaces or keys bear.
 */
export function scopedKeys(
  { workspaces, keys: words }: RotationScope,
  config: Config,
  live: OrgSnapshot,
  matches: Matches,
): ScopedKeys {
  const includes =
    workspaces.length > 0 ? selectTargets({ workspaces, removals: true }, config, live, matches) : () => true;
  const isIncluded = ({ workspace, key }: KeyEntry) => includes(keyTarget(workspace, key.name));
  const inScope = matches.keys.declared.filter(isIncluded);
  // Keys of a workspace that is not settled are declared as well: there is a finding about why nothing happens to them.
  const entries = entriesOf(config).filter(isIncluded);
  const settled = new Set(matches.keys.declared.map(({ key }) => key));
  const unsettled = entries.filter(({ key }) => !settled.has(key));
  if (words.length === 0) return { keys: inScope, unsettled, named: new Set(), includes };
  const named = new Set<string>();
  const targets = new Set(
    words.map((word) => {
      const { entry, key } = meantBy(word, entries, live, matches);
      if (key) named.add(key.id);
      return entry && keyTarget(entry.workspace, entry.key.name);
    }),
  );
  const isNamed = ({ key, workspace }: KeyEntry) => targets.has(keyTarget(workspace, key.name));
  return { keys: inScope.filter(isNamed), unsettled: unsettled.filter(isNamed), named, includes };
}

/** The declared key that a word means, and the live one where it is that which was named. Neither where the keys are not known. */
function meantBy(
  word: string,
  entries: readonly KeyEntry[],
  live: OrgSnapshot,
  matches: Matches,
): { readonly entry?: KeyEntry; readonly key?: ApiKey } {
  const { keys } = matches;
  const asked = `--key: ${quoted(word)}`;
  const declaring = entries.filter(({ key }) => nameIdentity(key.name) === nameIdentity(word));
  if (declaring.length > 1) {
    const choices = declaring.map(({ workspace, key }) => keyTarget(workspace, key.name));
    throw severalFit(asked, "keys", choices, "add --workspace, or name the one that is meant by its live id");
  }
  const [entry] = declaring;
  const known = live.keys.known ? live.keys.items : [];
  const entryHere = (key: ApiKey) => {
    const found = keys.entryOf(key);
    return found && entries.find((one) => one.key === found.key && one.workspace === found.workspace);
  };
  if (entry) {
    const pinned = entry.key.id === undefined ? undefined : keys.byId.get(entry.key.id);
    const others = known.filter((key) => isNamed(key, word) && ![undefined, entry.key].includes(entryHere(key)?.key));
    if (others.length > 0) {
      const fitting = [...new Set([...(pinned ? [pinned] : []), ...others])];
      throw severalFit(asked, "keys", keyChoices(fitting, matches));
    }
    return { entry };
  }
  if (!live.keys.known || !live.workspaces.known) return {};
  const byId = keys.byId.get(word);
  const bearers = byId ? [byId] : live.keys.items.filter((key) => isNamed(key, word));
  const inScope = bearers.flatMap((key) => {
    const own = entryHere(key);
    return own ? [{ entry: own, key }] : [];
  });
  if (inScope.length > 1) {
    const fitting = inScope.map(({ key }) => key);
    throw severalFit(asked, "keys", keyChoices(fitting, matches));
  }
  return inScope[0] ?? notFound(word, entries, bearers);
}

/** Archived keys are named by id only: their names say nothing any more. */
function isNamed({ name, status }: ApiKey, word: string): boolean {
  return status !== "archived" && nameIdentity(name) === nameIdentity(word);
}

/** `bearers`: the live keys that the word names. */
function notFound(word: string, entries: readonly KeyEntry[], bearers: readonly ApiKey[]): never {
  if (bearers.length > 0) {
    // A name that several bear stops the command that it is given to.
    const commands = bearers.map(({ id }) => `anth-rbac revoke --key ${shellWord(bearers.length > 1 ? id : word)}`);
    throw new Failure("not-found", {
      message: `--key: the live key ${quoted(word)} belongs to no key that rbac.yaml declares here`,
      fix: `declare it, or disable it: ${commands.join(", or ")}`,
    });
  }
  const near = suggest(
    parseKeyName(word).base,
    entries.map(({ key }) => key.name),
  );
  throw new Failure("not-found", {
    message: `--key: no key ${quoted(word)} is declared here`,
    fix: near === undefined ? "anth-rbac rotate --status lists them" : `did you mean ${quoted(near)}?`,
  });
}
