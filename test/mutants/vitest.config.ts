import { build } from "esbuild";
import { defineConfig } from "vitest/config";
import type { TestModule } from "vitest/node";

/** The tests that a mutant has to get past, as `scripts/mutants.ts` names them, with commas between: pure, and quick. */
const tests = process.env.MUTANTS_TESTS?.split(",") ?? [];
const SETUP = "test/mutants/setup.ts";
const outdir = "mutated";

// Each test with all that it imports is one file: to load a hundred modules again for each mutant takes ten times as long as the tests.
await build({
  entryPoints: [...tests, SETUP],
  outdir,
  outbase: ".",
  bundle: true,
  format: "esm",
  platform: "node",
  external: ["vitest"],
  // Packages in CommonJS (yaml) ask for parts of Node by it.
  banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
  logLevel: "warning",
});

/** Stryker goes on without a file of tests that does not load, and what only those tests notice survives: its first run fails instead. */
function refuseUnloaded(modules: readonly TestModule[]): void {
  const unloaded = modules.filter((one) => one.errors().length > 0);
  const { mode } = { mode: "", ...unloaded[0]?.project.getProvidedContext() };
  if (mode !== "dry-run") return;
  throw new Error(unloaded.map((one) => `${one.moduleId}: ${one.errors()[0]?.message}`).join("\n"));
}

export default defineConfig({
  test: {
    include: [`${outdir}/**/*.test.js`],
    exclude: [],
    setupFiles: [`${outdir}/${SETUP.replace(/ts$/, "js")}`],
    testTimeout: 20_000,
    reporters: [{ onTestRunEnd: refuseUnloaded }],
  },
});
