import { defineConfig } from "vitest/config";

/** What runs the built program: these tests alone wait for the build, so that the others run on a source that does not build yet. */
const BUILT = ["test/package/**/*.test.ts", "test/e2e/**/*.test.ts"];

export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Processes, not threads: tests change the working directory and send themselves signals.
    pool: "forks",
    maxWorkers: "100%",
    projects: [
      { extends: true, test: { name: "source", include: ["test/**/*.test.ts"], exclude: BUILT } },
      { extends: true, test: { name: "built", include: BUILT, globalSetup: "test/support/install.ts" } },
    ],
  },
});
