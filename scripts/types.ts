import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join, posix } from "node:path";

/**
 * The types of the library by their path below the output folder: what src/index.ts exports, and the modules that those types are of.
 * The compiler declares every module that the program loads; the rest is nobody's business.
 */
export function declarations(): ReadonlyMap<string, string> {
  // Inside node_modules, so that nothing else looks at it; of this run alone, for tests build at the same time.
  const cache = join("node_modules", ".cache", "anth-rbac");
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, "types-"));
  try {
    const words = ["node_modules/typescript/bin/tsc", "-p", "tsconfig.types.json", "--outDir", folder];
    execFileSync(process.execPath, words, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
    return reachable(folder, "index.d.ts");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The names of TypeScript in relative imports; after it the file's own. */
const IMPORT = /(\bfrom |\bimport\()"(\.{1,2}\/[^"]+)\.ts"/g;

function reachable(folder: string, entry: string): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  const visit = (path: string) => {
    const file = posix.join("types", path);
    if (files.has(file)) return;
    const text = readFileSync(join(folder, path), "utf8");
    // Node's rules of resolution want the name that the module would have, and not the one of its source.
    files.set(file, text.replace(IMPORT, '$1"$2.js"'));
    for (const [, , target = ""] of text.matchAll(IMPORT)) visit(posix.join(posix.dirname(path), `${target}.d.ts`));
  };
  visit(entry);
  return files;
}
