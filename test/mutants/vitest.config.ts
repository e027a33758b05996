import { defineConfig } from "vitest/config";

/** The tests that a mutant has to get past, as `scripts/mutants.ts` names them, with commas between: pure, and quick. */
const tests = process.env.MUTANTS_TESTS?.split(",") ?? [];

export default defineConfig({
  test: {
    include: tests,
    // It counts steps, and says nothing of what is right.
    exclude: ["test/core/match/growth.test.ts"],
    setupFiles: ["test/mutants/setup.ts"],
    testTimeout: 20_000,
  },
});
