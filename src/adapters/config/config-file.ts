import { existsSync } from "node:fs";
import path from "node:path";
import type { Readable } from "node:stream";
import { Failure } from "../../core/model/failure.ts";
import { isError } from "../../core/model/finding.ts";
import { type ConfigReading, parseConfig } from "../../core/validate/parse.ts";
import { type Content, readStream } from "../files/bounded-read.ts";
import { sha256 } from "../files/text-file.ts";
import { fileTooLarge, readNamed, SIZE_LIMIT, shownPath } from "./bounded-file.ts";
import { parseConfigText } from "./config-text.ts";
import { isNotDuplicate } from "./yaml-text.ts";

export interface ConfigSource {
  /** The file to read; `-` is stdin. Absent: the nearest one is looked for. */
  readonly file?: string;
  readonly cwd: string;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly stdin?: Readable;
  /** Ends the wait for a file or a stream that does not end; asked for where there is something to wait for. */
  readonly signal?: () => AbortSignal;
}

/**
 * Reads an rbac.yaml: what it means, and everything that is wrong with it. Throws Failure `config-not-found` or
 * `config-unreadable`; whatever the bytes of a file that can be read, the answer is findings.
 */
export async function readConfig({ file, cwd, now, stdin, signal = never }: ConfigSource): Promise<ConfigReading> {
  if (file === "-")
    return readingOf("<stdin>", await readStream(stdin ?? process.stdin, { limit: SIZE_LIMIT, signal }), now);
  const found = file ?? (await findConfig(cwd)) ?? notFound(cwd);
  const location = path.resolve(cwd, found);
  return readingOf(shownPath(location, cwd), await contentOf(location, found, signal), now);
}

function never(): AbortSignal {
  return new AbortController().signal;
}

/** The failure of a search that found nothing. */
function notFound(cwd: string): never {
  throw new Failure("config-not-found", {
    message: `no rbac.yaml was found from "${cwd}" upwards (looked for ${SEARCHED.join(", ")})`,
    fix: "name the file with --config FILE, or begin with a copy of rbac.example.yaml",
  });
}

function contentOf(location: string, written: string, signal: () => AbortSignal): Promise<Content> {
  const fix = "name the file with --config FILE";
  return readNamed(location, { shown: written, code: "config-unreadable", fix }, signal);
}

function readingOf(file: string, content: Content, now: number): ConfigReading {
  const bytes = "bytes" in content ? content.bytes : new Uint8Array();
  const read = "bytes" in content ? understand(bytes, now) : tooLarge(content.tooLarge);
  let digest: string | undefined;
  return {
    file,
    ...read,
    // Made when it is asked for: `validate` never does.
    get digest() {
      digest ??= sha256(bytes);
      return digest;
    },
  };
}

function tooLarge(bytes: number): Understood {
  return { findings: [fileTooLarge(bytes)], locate: () => undefined };
}

type Understood = Omit<ConfigReading, "file" | "digest">;

function understand(bytes: Uint8Array, now: number): Understood {
  const text = parseConfigText(bytes);
  const { value, findings: ofText, locate } = text;
  if (value === undefined) return { findings: ofText, locate };
  const { config, findings: ofMeaning } = parseConfig(value, now);
  const findings = [...ofText, ...ofMeaning.filter(isNotDuplicate(text))];
  return config && !findings.some(isError) ? { config, findings, locate } : { findings, locate };
}

/** The names that are looked for in each folder, in this order. None of them is ever executed. */
const SEARCHED = ["rbac.yaml", "rbac.yml", "rbac.json", ".config/rbac.yaml"] as const;

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
