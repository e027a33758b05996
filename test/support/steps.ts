import { type Profiler, Session } from "node:inspector";

/** Once for the process, and before any of it runs: what the engine made ready without counting, it does not count well. */
const counting = countingSession();

/**
 * Counts the steps that a piece of work takes in `src/core`: how often each function and each branch or turn of a loop in it is run, by
 * the engine's own count. It is the same on every machine; what the engine does by itself (to copy a list, to look into a map) is one.
 */
export function countSteps(work: () => unknown): number {
  stepsSoFar();
  work();
  return stepsSoFar();
}

function countingSession(): Session {
  const made = new Session();
  made.connect();
  made.post("Profiler.enable");
  made.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  return made;
}

/** Since it was last asked. */
function stepsSoFar(): number {
  let scripts: readonly Profiler.ScriptCoverage[] = [];
  counting.post("Profiler.takePreciseCoverage", (error, { result }) => {
    if (error) throw error;
    scripts = result;
  });
  return scripts
    .filter(({ url }) => url.includes("/src/core/"))
    .flatMap(({ functions }) => functions.flatMap(({ ranges }) => ranges))
    .reduce((sum, { count }) => sum + count, 0);
}
