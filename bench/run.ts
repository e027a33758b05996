/**
 * `npm run bench`: one table, every ratio from this one run. Ends with 1 where a ratio of time is over its goal by more than noise.
 * `npm run bench -- --quick` takes less than a minute: what starts and what reads a file, and writes no table to keep.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { applyCases } from "./apply.ts";
import { bigFileCases, driftCases, type Row, startCases } from "./cases.ts";
import { decideCases } from "./decide.ts";
import { promptCases } from "./prompt.ts";

const scratch = mkdtempSync(join(tmpdir(), "anth-rbac-bench-"));
try {
  const isQuick = process.argv.includes("--quick");
  const rows = isQuick
    ? [...startCases(8), ...(await bigFileCases(scratch, 3))]
    : [
        ...startCases(25),
        ...(await promptCases(scratch)),
        ...(await decideCases()),
        ...(await bigFileCases(scratch, 9)),
        ...(await driftCases(scratch)),
        ...(await applyCases(scratch)),
      ];
  const text = report(rows);
  if (!isQuick) writeFileSync("bench/results.md", text);
  console.log(text);
  if (rows.some(({ missed }) => missed)) process.exitCode = 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

function report(rows: readonly Row[]): string {
  const head = ["what", "measured", "against", "value", "limit", ""];
  const verdict = ({ passed }: Row) => (passed === undefined ? "" : passed ? "pass" : "over");
  const cells = rows.map((row) => [row.what, row.measured, row.against, row.value, row.limit ?? "–", verdict(row)]);
  const widths = head.map((_, column) => Math.max(...[head, ...cells].map((line) => line[column]?.length ?? 0), 3));
  const line = (words: readonly string[]) => `| ${words.map((word, at) => word.padEnd(widths[at] ?? 0)).join(" | ")} |`;
  const day = new Date().toISOString().slice(0, 10);
  return [
    "# Benchmark",
    "",
    `Written by \`npm run bench\` on ${day} with node ${process.version}, ${process.platform} ${process.arch}. The CPU time`,
    "is the least of many runs, the wall time their median; runs take turns with what they are held against, in an environment of PATH",
    "and HOME alone. Ratios are of CPU time unless only a wall time is shown; only the ratios mean something elsewhere.",
    "",
    line(head),
    line(widths.map((width) => "-".repeat(width))),
    ...cells.map(line),
    "",
  ].join("\n");
}
