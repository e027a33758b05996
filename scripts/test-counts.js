/** Prints `123 passed, 0 failed` from the JSON report of vitest, and fails where anything failed or nothing ran. */
import { readFileSync } from "node:fs";

const { passed, failed, skipped } = countsOf(process.argv[2]);
if (skipped > 0) console.log(`${skipped} skipped`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;

function countsOf(file) {
  try {
    const report = JSON.parse(readFileSync(file, "utf8"));
    // A file that could not even be loaded has no tests to count, and is a failure all the same.
    const broken = report.testResults.filter(
      (suite) => suite.status === "failed" && suite.assertionResults.length === 0,
    );
    const skipped = report.numPendingTests + report.numTodoTests;
    return { passed: report.numPassedTests, failed: report.numFailedTests + broken.length, skipped };
  } catch {
    // The runner died before it could report.
    return { passed: 0, failed: 1, skipped: 0 };
  }
}
