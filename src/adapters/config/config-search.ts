import { existsSync } from "node:fs";
import path from "node:path";

/** The names that are looked for in each folder, in this order. None of them is ever executed. */
export const SEARCHED = ["rbac.yaml", "rbac.yml", "rbac.json", ".config/rbac.yaml"] as const;

/** The rbac.yaml nearest to `cwd`, upwards to the root of the repository (the folder with `.git`) or of the disk. */
export async function findConfig(cwd: string): Promise<string | undefined> {
  const search = await explore();
  for (let folder = path.resolve(cwd); ; folder = path.dirname(folder)) {
    const found = await search(folder);
    if (found !== undefined) return found;
    // The explorer passes over what it may not read; to go on with a file further up would be worse than to say so.
    const unreadable = SEARCHED.map((place) => path.join(folder, place)).find((place) => existsSync(place));
    if (unreadable !== undefined) return unreadable;
    if (existsSync(path.join(folder, ".git")) || folder === path.dirname(folder)) return undefined;
  }
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
