import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Metafile } from "esbuild";
import { packageFolder, packageFolders } from "./bundle.ts";

/** A package whose code is in what we publish. */
export interface BundledPackage {
  /** Below the root: `node_modules/yaml`. */
  readonly folder: string;
  readonly name: string;
  readonly version: string;
  /** The SPDX expression of its package.json. */
  readonly license: string;
  readonly homepage?: string;
  readonly author?: string;
  /** The texts of its licence and notice files, each once. */
  readonly texts: readonly string[];
  /** The folders of the bundled packages that its code imports. */
  readonly imports: readonly string[];
}

const LICENCE_FILE = /(?:^|\/)(?:licen[cs]e|copying|notice)(?:[-.](?:[a-z0-9]+))?(?:\.(?:md|txt))?$/i;

/** Reads what the bundle's account names; throws where a package does not say under which licence it is. */
export function bundledPackages(metafile: Metafile): readonly BundledPackage[] {
  const folders = packageFolders(metafile);
  return folders.map((folder) => {
    const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    if (typeof manifest.license !== "string") throw new Error(`${folder}/package.json names no licence`);
    const homepage = manifest.homepage ?? repositoryUrl(manifest.repository);
    const author = typeof manifest.author === "object" ? manifest.author.name : manifest.author;
    return {
      folder,
      name: manifest.name,
      version: manifest.version,
      license: manifest.license,
      ...(homepage && { homepage }),
      ...(author && { author }),
      texts: licenceTexts(folder),
      imports: importsOf(folder, metafile).filter((other) => folders.includes(other)),
    };
  });
}

/** Every licence file of the package: some have code of others in a folder of its own, with its own licence. */
function licenceTexts(folder: string): readonly string[] {
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => LICENCE_FILE.test(path) && !path.includes("node_modules/"))
    .sort((one, other) => one.split("/").length - other.split("/").length || one.localeCompare(other));
  return [...new Set(paths.map((path) => readFileSync(join(folder, path), "utf8").replaceAll("\r\n", "\n").trim()))];
}

function importsOf(folder: string, { inputs }: Metafile): readonly string[] {
  const imported = Object.entries(inputs)
    .filter(([path]) => packageFolder(path) === folder)
    .flatMap(([, { imports }]) => imports.flatMap(({ path }) => packageFolder(path) ?? []));
  return [...new Set(imported)].filter((other) => other !== folder).sort();
}

function repositoryUrl(repository: unknown): string | undefined {
  const url =
    typeof repository === "object" && repository !== null && "url" in repository ? repository.url : repository;
  if (typeof url !== "string") return undefined;
  const shorthand = /^(?:github:)?([\w.-]+\/[\w.-]+)$/.exec(url);
  return shorthand ? `https://github.com/${shorthand[1]}` : url.replace(/^git\+/, "").replace(/\.git$/, "");
}
