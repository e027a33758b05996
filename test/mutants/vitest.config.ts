import { defineConfig } from "vitest/config";

/** The pure tests that a mutant has to get past: fast, and without anything outside the process. */
export default defineConfig({
  test: {
    include: ["test/core/{audit,keys,match,model,offboarding,plan,policy,rotation}/**/*.test.ts"],
    testTimeout: 20_000,
  },
});
