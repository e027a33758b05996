import { access } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { type ExportDocument, plainValue } from "../../core/document/document.ts";
import { jsonText, yamlText } from "./yaml-text.ts";

/** What it takes to write a config where there was none. */
export interface NewConfig {
  /** Whether there is something at a path, whatever it is. */
  readonly exists: (path: string) => Promise<boolean>;
  /** How a file calls another one in its folder, or undefined where there is no such file. */
  readonly beside: (path: string, name: string) => Promise<string | undefined>;
  /** The text of a config: YAML with its comments, or JSON without. */
  readonly text: (document: ExportDocument, format: "yaml" | "json") => string;
}

/** Paths are relative to `cwd`. */
export function newConfigIn(cwd: string): NewConfig {
  const exists = (path: string) =>
    access(resolve(cwd, path)).then(
      () => true,
      () => false,
    );
  return {
    exists,
    beside: async (path, name) => ((await exists(join(dirname(path), name))) ? `./${name}` : undefined),
    text: (document, format) => (format === "yaml" ? yamlText(document) : jsonText(plainValue(document.root))),
  };
}
