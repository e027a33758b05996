import { build } from "esbuild";
import { defineConfig } from "vitest/config";

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
  logLevel: "warning",
});

export default defineConfig({
  test: {
    include: [`${outdir}/**/*.test.js`],
    exclude: [],
    setupFiles: [`${outdir}/${SETUP.replace(/ts$/, "js")}`],
    testTimeout: 20_000,
  },
});
