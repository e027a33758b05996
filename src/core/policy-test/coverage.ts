import type { MatrixCell, PolicyTestReport } from "./report.ts";

/** How much of a policy its tests cover. */
export interface Coverage {
  readonly covered: number;
  readonly total: number;
  /** 0 to 100, rounded down; 100 where there is nothing to cover. */
  readonly percent: number;
}

/** The share of the matrix that a test speaks of. */
export function coverageOf(matrix: readonly MatrixCell[]): Coverage {
  const covered = matrix.filter((cell) => cell.covered).length;
  const total = matrix.length;
  return { covered, total, percent: total === 0 ? 100 : Math.floor((covered / total) * 100) };
}

/** Whether every test passed, every file was valid, and enough was covered. */
export function passed({ files, results, matrix, minCoverage }: PolicyTestReport): boolean {
  return (
    results.every(({ failures }) => failures.length === 0) &&
    files.every(({ findings }) => findings.every(({ severity }) => severity !== "error")) &&
    (minCoverage === undefined || coverageOf(matrix).percent >= minCoverage)
  );
}
