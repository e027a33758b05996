import { existsSync, lstatSync, type Stats, statSync } from "node:fs";
import path from "node:path";
import { homeFolder } from "../files/home.ts";
import { repositoryOf } from "../files/repository.ts";

/** The names that are looked for in each folder, in this order. None of them is ever executed. */
export const SEARCHED = ["rbac.yaml", "rbac.yml", "rbac.json", ".config/rbac.yaml"] as const;

/**
 * The rbac.yaml nearest to `cwd`, upwards to the root of the repository; outside one to the home folder, or where that is not above,
 * to the root of the disk. A link that leads nowhere is found too: reading it says so, and no file further up is taken in its place.
 */
export async function findConfig(cwd: string): Promise<string | undefined> {
  const search = await explore();
  const last = repositoryOf(cwd)?.root ?? homeFolder();
  for (let folder = path.resolve(cwd); ; folder = path.dirname(folder)) {
    const places = placesIn(folder);
    // The explorer opens what it finds: a pipe that nobody writes to would hold the process, against every signal.
    const found = places.every(isRegular) ? await search(folder) : undefined;
    if (found !== undefined) return found;
    // The explorer passes over what it may not read; to go on with a file further up would be worse than to say so.
    const [unreadable] = places;
    if (unreadable !== undefined) return unreadable;
    if (folder === last || folder === path.dirname(folder)) return undefined;
  }
}

/** The other files beside one that was found which might be meant as well, by the names in which they are looked for. */
export function rivalsOf(found: string): readonly string[] {
  const name = SEARCHED.find((place) => found.endsWith(path.join(path.sep, place)));
  const folder = name === undefined ? path.dirname(found) : found.slice(0, -name.length);
  return placesIn(folder).filter((place) => path.resolve(place) !== path.resolve(found));
}

function placesIn(folder: string): readonly string[] {
  return SEARCHED.map((place) => path.join(folder, place)).filter((place) =>
    lstatSync(place, { throwIfNoEntry: false }),
  );
}

/** A link that leads nowhere, or in a circle, is no regular file. */
function isRegular(location: string): boolean {
  return existsSync(location) && statSync(location).isFile();
}

const OTHERS = 0o002;
const GROUP = 0o020;
const STICKY = 0o1000;

/**
 * Why a file that nobody named is not to be obeyed: somebody else could have put it there. Undefined where only this user and root
 * could. Windows has no such modes; there the question is not asked.
 */
export function whyDistrusted(location: string): string | undefined {
  const self = process.getuid?.();
  if (self === undefined || !existsSync(location)) return undefined;
  const file = statSync(location);
  const folder = statSync(path.dirname(location));
  if ([file, lstatSync(location), folder].some(({ uid }) => uid !== self && uid !== 0))
    return "it belongs to another user";
  if (isWritableByOthers(file)) return "other users can write to it";
  return isWritableByOthers(folder) && (folder.mode & STICKY) === 0 ? "other users can write to its folder" : undefined;
}

/** A group of the user's own, as many systems make one for each user, has nobody else in it. */
function isWritableByOthers({ mode, gid, uid }: Stats): boolean {
  const own = gid === uid && gid === process.getgid?.();
  return (mode & OTHERS) !== 0 || ((mode & GROUP) !== 0 && !own);
}

/** What is used of cosmiconfig's explorer, whose types are not shipped. */
interface Explorer {
  readonly search: (folder: string) => Promise<{ readonly filepath: string } | null>;
}

/**
 * Looks into one folder. Not with `cosmiconfig()`: that one first runs the `.config/config.js` of the working directory, lets
 * its package.json add places to search, and at last runs a `config.js` of the user's home. The explorer behind it does none
 * of that, and a test makes sure of it.
 */
async function explore(): Promise<(folder: string) => Promise<string | undefined>> {
  const module: unknown = await import("cosmiconfig/dist/Explorer.js");
  const { Explorer } = module as { Explorer: new (options: object) => Explorer };
  const asText = (_: string, content: string) => content;
  const explorer = new Explorer({
    moduleName: "rbac",
    searchPlaces: [...SEARCHED],
    loaders: { ".yaml": asText, ".yml": asText, ".json": asText },
    transform: (result: unknown) => result,
    ignoreEmptySearchPlaces: false,
    cache: false,
    mergeImportArrays: false,
    mergeSearchPlaces: false,
    searchStrategy: "none",
    metaConfigFilePath: null,
  });
  return async (folder) => (await explorer.search(folder))?.filepath;
}
