import { coverageOf } from "../../core/policy-test/coverage.ts";
import type { PolicyTestReport } from "../../core/policy-test/report.ts";

/** `75 % (9 of 12 pairs)`, and whether it is too little. */
export function coverageWords({ matrix, minCoverage }: PolicyTestReport): {
  readonly text: string;
  readonly tooLow: boolean;
} {
  const { covered, total, percent } = coverageOf(matrix);
  const tooLow = minCoverage !== undefined && percent < minCoverage;
  const short = tooLow ? `, below the minimum of ${minCoverage} %` : "";
  return { text: `${percent} % (${covered} of ${total} ${total === 1 ? "pair" : "pairs"})${short}`, tooLow };
}
