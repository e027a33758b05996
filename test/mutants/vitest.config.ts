import { defineConfig } from "vitest/config";

/** The pure tests that a mutant has to get past: fast, and without anything outside the process. */
export default defineConfig({
  test: {
    include: [
      "test/core/{audit,keys,match,model,offboarding,plan,policy,rotation}/**/*.test.ts",
      "test/adapters/api/retry-class.test.ts",
    ],
    // It counts steps, and says nothing of what is right.
    exclude: ["test/core/match/growth.test.ts"],
    setupFiles: ["test/mutants/setup.ts"],
    testTimeout: 20_000,
  },
});
