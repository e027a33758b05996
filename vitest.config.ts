import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

/** What runs the built program: these tests alone wait for the build, so that the others run on a source that does not build yet. */
const BUILT = ["test/package/**/*.test.ts", "test/e2e/**/*.test.ts"];

/** What counts the steps of the engine: it counts from when a module is loaded, and what it counts it does not optimise any more. */
const COUNTED = ["test/core/match/growth.test.ts"];

/** Time enough on a slow and busy machine: it ends what hangs, and measures nothing. */
const PATIENCE_MS = 180_000;

export default defineConfig({
  test: {
    testTimeout: PATIENCE_MS,
    hookTimeout: PATIENCE_MS,
    // Processes, not threads: tests change the working directory and send themselves signals.
    pool: "forks",
    // A process loads the modules once for all the files that it is given: nothing is left in them that the next file could notice.
    isolate: false,
    // Two more than there is to run them on: some tests wait, for a lock of the dead or a server that says nothing.
    maxWorkers: availableParallelism() + 2,
    globalSetup: ["test/support/scratch.ts"],
    projects: [
      { extends: true, test: { name: "source", include: ["test/**/*.test.ts"], exclude: [...BUILT, ...COUNTED] } },
      { extends: true, test: { name: "counted", include: COUNTED, isolate: true } },
      { extends: true, test: { name: "built", include: BUILT, globalSetup: "test/support/install.ts" } },
    ],
  },
});
