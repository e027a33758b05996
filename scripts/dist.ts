import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { knownWords } from "../src/cli/completion.ts";
import { wholeProgram } from "../src/cli/program.ts";
import { type Bundle, bundlePackage, bundleWords } from "./bundle.ts";
import { bundledPackages } from "./bundled-packages.ts";
import { manPage } from "./man-page.ts";
import { thirdPartyNotices } from "./notices.ts";
import { pages } from "./pages.ts";
import { sbom } from "./sbom.ts";
import { declarations } from "./types.ts";

/** Builds all that is published into dist/ and says what is in it. Run in the root. */
export async function buildDist(): Promise<Bundle> {
  const made = await makeDist();
  replaceFolder("dist", made.files);
  return made;
}

/** All that is in dist/, in memory: the same bytes whenever and wherever it is made from the same commit. */
export async function makeDist(): Promise<Bundle> {
  const built = await bundlePackage();
  const packages = bundledPackages(built.metafile);
  const manifest = JSON.parse(readFileSync("package.json", "utf8"));
  const files = new Map([...built.files, ...declarations(), ...pages(wholeProgram())])
    .set("words.js", await bundleWords(knownWords(wholeProgram())))
    .set("THIRD_PARTY_NOTICES.txt", thirdPartyNotices(packages))
    .set("anth-rbac.1", manPage(wholeProgram()))
    .set("sbom.json", `${JSON.stringify(sbom(packages, manifest), null, 2)}\n`);
  return { ...built, files };
}

/** Writes only what differs, and takes away the rest last: whoever runs from the folder meanwhile finds it whole. */
function replaceFolder(folder: string, files: ReadonlyMap<string, string>): void {
  mkdirSync(folder, { recursive: true });
  for (const [path, text] of files) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    if (readIfAny(file) !== text) writeFileSync(file, text);
  }
  const kept = [...files.keys()];
  for (const path of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    const wanted = kept.some((file) => file === path || file.startsWith(`${path}/`));
    if (!wanted) rmSync(join(folder, path), { recursive: true, force: true });
  }
}

function readIfAny(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
