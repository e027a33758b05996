/**
 * Runs a TypeScript file of this repository: `node scripts/run.js FILE [ARGUMENT…]`. Node 20 cannot strip types itself, so
 * esbuild bundles the file (packages stay outside) and node imports the bundle. The working directory is the root.
 */
import { mkdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

process.chdir(join(import.meta.dirname, ".."));
process.setSourceMapsEnabled(true);
const [file = "", ...words] = process.argv.slice(2);
// Inside node_modules, so that the bundle's own imports find the packages, and so that nothing else looks at it.
const folder = join(process.cwd(), "node_modules", ".cache", "anth-rbac");
mkdirSync(folder, { recursive: true });
const bundle = join(folder, `${basename(file, ".ts")}-${process.pid}.mjs`);
const options = { bundle: true, format: "esm", platform: "node", packages: "external", sourcemap: "inline" };
await build({ ...options, entryPoints: [file], outfile: bundle, logLevel: "warning" });
process.argv = [process.execPath, file, ...words];
try {
  await import(pathToFileURL(bundle).href);
} finally {
  rmSync(bundle, { force: true });
}
