import { defineConfig } from "vitest/config";

/** Globs of test files, with commas between them: what a run over few source files is narrowed to, so that it takes minutes. */
const narrowed = process.env.MUTANTS_TESTS?.split(",");

/** The pure tests that a mutant has to get past: fast, and without anything outside the process. */
export default defineConfig({
  test: {
    include: narrowed ?? [
      "test/core/{audit,keys,match,model,offboarding,plan,policy,rotation}/**/*.test.ts",
      "test/adapters/api/retry-class.test.ts",
    ],
    // It counts steps, and says nothing of what is right.
    exclude: ["test/core/match/growth.test.ts"],
    setupFiles: ["test/mutants/setup.ts"],
    testTimeout: 20_000,
  },
});
