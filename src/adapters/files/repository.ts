import { existsSync } from "node:fs";
import path from "node:path";

/** The repository around a working directory, both as absolute paths: the nearest folder with `.git`. Undefined outside one. */
export function repositoryOf(cwd: string): { readonly cwd: string; readonly root: string } | undefined {
  for (let folder = path.resolve(cwd); ; folder = path.dirname(folder)) {
    if (existsSync(path.join(folder, ".git"))) return { cwd: path.resolve(cwd), root: folder };
    if (folder === path.dirname(folder)) return undefined;
  }
}
