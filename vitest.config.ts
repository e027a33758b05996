import { defineConfig } from "vitest/config";

/** What runs the built program: these tests alone wait for the build, so that the others run on a source that does not build yet. */
const BUILT = ["test/package/**/*.test.ts", "test/e2e/**/*.test.ts"];

/** Values in, values out: nothing that a file could leave behind for the next, so that one process loads the modules once for them all. */
const PURE = ["test/core/**/*.test.ts", "test/report/**/*.test.ts", "test/sandbox/**/*.test.ts"];

/** Time enough on a slow and busy machine: it ends what hangs, and measures nothing. */
const PATIENCE_MS = 180_000;

export default defineConfig({
  test: {
    testTimeout: PATIENCE_MS,
    hookTimeout: PATIENCE_MS,
    // Processes, not threads: tests change the working directory and send themselves signals.
    pool: "forks",
    maxWorkers: "100%",
    projects: [
      { extends: true, test: { name: "pure", include: PURE, isolate: false } },
      { extends: true, test: { name: "source", include: ["test/**/*.test.ts"], exclude: [...BUILT, ...PURE] } },
      { extends: true, test: { name: "built", include: BUILT, globalSetup: "test/support/install.ts" } },
    ],
  },
});
