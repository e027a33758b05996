import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** What runs the built program: these tests alone wait for the build, so that the others run on a source that does not build yet. */
const BUILT = ["test/package/**/*.test.ts", "test/e2e/**/*.test.ts"];

/** What counts the steps of the engine: it counts from when a module is loaded, and what it counts it does not optimise any more. */
const COUNTED = ["test/core/match/growth.test.ts"];

/** What takes longest, from the longest on: begun last, one of them would still run alone when all the others are done. */
const LONG = [
  "test/commands/apply-cut.test.ts",
  "test/reliability/answers.test.ts",
  "test/core/export/export-laws.test.ts",
  "test/commands/review-page.test.ts",
  "test/commands/apply-laws.test.ts",
  "test/commands/apply.test.ts",
  "test/adapters/terminal/width.test.ts",
  "test/adapters/rate/rate-window.test.ts",
  "test/adapters/state/audit-processes.test.ts",
];

/**
 * How the engine takes least of processors that are all busy. Nearly all garbage of a test dies young: with room for it, and collected by
 * one thread, it costs a tenth less. So does code that runs a few times and not for hours, translated once in a simple way and only
 * what stays hot in a thorough one.
 */
const ENGINE = [
  "--min-semi-space-size=32",
  "--max-semi-space-size=64",
  "--single-threaded-gc",
  "--always-sparkplug",
  // From Node 22 on the engine has a third way between the two, and not this word.
  ...(process.version.startsWith("v20.") ? ["--interrupt-budget=500000"] : []),
];

/** An order of our own is one that vitest does not shuffle. */
const isShuffled = process.argv.some((word) => word.startsWith("--sequence.shuffle"));

/** Time enough on a slow and busy machine: it ends what hangs, and measures nothing. */
const PATIENCE_MS = 180_000;

/** Project by project, as vitest has it: a process that gets a file of another one has to begin anew. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const projects = new Set(sorted.map(({ project }) => project));
    return [...projects].flatMap((project) => {
      const own = sorted.filter((file) => file.project === project);
      const long = LONG.flatMap((name) => own.filter(({ moduleId }) => moduleId.endsWith(name)));
      return [...new Set([...long, ...own])];
    });
  }
}

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
    execArgv: ENGINE,
    ...(!isShuffled && { sequence: { sequencer: LongestFirst } }),
    globalSetup: ["test/support/scratch.ts"],
    projects: [
      { extends: true, test: { name: "source", include: ["test/**/*.test.ts"], exclude: [...BUILT, ...COUNTED] } },
      { extends: true, test: { name: "counted", include: COUNTED, isolate: true } },
      { extends: true, test: { name: "built", include: BUILT, globalSetup: "test/support/install.ts" } },
    ],
  },
});
