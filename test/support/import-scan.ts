import { readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";

/** One import statement, re-export or `import()` of a source file. */
export interface Import {
  readonly file: string;
  /** As written: `../core/plan.ts`, `node:fs`, `yaml`. */
  readonly specifier: string;
  /** The file below the root where the specifier is relative. */
  readonly target?: string;
  readonly lazy: boolean;
  /** Gone after the types are stripped. With `verbatimModuleSyntax` only `import type` and `export type` are. */
  readonly typeOnly: boolean;
}

/**
 * Statements begin a line, which the formatter sees to. What the scan takes for an import and is none (in a template literal,
 * say) shows as a failing test; the opposite, an import that it does not see, is ruled out by a test against esbuild's view.
 */
const STATEMENT = /^(?:import|export)(?<type> type(?! from\b))?(?:[^;'"`]*?\bfrom)?\s*["'](?<specifier>[^"'\n]+)["']/gm;
const LAZY = /(?<type>\btypeof )?\bimport\(\s*["'](?<specifier>[^"'\n]+)["']/g;
const COMMENT_LINE = /^[ \t]*(?:\/\/|\/?\*).*$/gm;

/** Every import of one file; `file` is its path below the root. */
export function importsOf(file: string, text: string): readonly Import[] {
  const code = text.replace(COMMENT_LINE, "");
  const found = (pattern: RegExp, lazy: boolean) =>
    [...code.matchAll(pattern)].map(({ groups = {} }): Import => {
      const { type, specifier = "" } = groups;
      const target = specifier.startsWith(".") ? posix.join(posix.dirname(file), specifier) : undefined;
      return { file, specifier, lazy, typeOnly: type !== undefined, ...(target !== undefined && { target }) };
    });
  return [...found(STATEMENT, false), ...found(LAZY, true)];
}

/** The text of every TypeScript file in a folder, by its path below the root. */
export function sourceFiles(folder: string): ReadonlyMap<string, string> {
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".ts"));
  return new Map(
    paths.sort().map((path) => [posix.join(folder, path), readFileSync(posix.join(folder, path), "utf8")]),
  );
}

/** The package of a bare specifier: `@anthropic-ai/sdk/resources/models` is of `@anthropic-ai/sdk`. */
export function packageOf({ specifier }: Import): string | undefined {
  if (specifier.startsWith(".") || specifier.startsWith("node:")) return undefined;
  return /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0];
}
