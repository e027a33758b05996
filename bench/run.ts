/**
 * `npm run bench [-- PART…]`: every figure of docs/performance.md, or of some of its parts, which it then writes anew. Ends with 1 where a
 * goal is missed by more than noise. `--quick` takes less than a minute and writes nothing.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { applyRows } from "./apply.ts";
import { decideRows } from "./decide.ts";
import { driftRows, memoryRows } from "./drift.ts";
import { fileRows } from "./file.ts";
import { libraryRows } from "./library.ts";
import { type Part, performancePage, type Results, table } from "./page.ts";
import { planningRows } from "./planning.ts";
import { promptRows } from "./prompt.ts";
import type { Row } from "./rows.ts";
import { startRows } from "./start.ts";
import { testRows } from "./tests.ts";

const RESULTS = "bench/results.json";
const PAGE = "docs/performance.md";

type Rows = readonly Row[] | Promise<readonly Row[]>;

/** In the order of the page. */
const PARTS: Readonly<Record<string, (scratch: string) => Rows>> = {
  start: () => startRows(25),
  file: (scratch) => fileRows(scratch, 9),
  prompt: (scratch) => promptRows(scratch, 25),
  decide: decideRows,
  library: (scratch) => libraryRows(scratch, 15),
  planning: planningRows,
  drift: (scratch) => driftRows(scratch, 7),
  memory: memoryRows,
  apply: applyRows,
  tests: testRows,
};
/** Few turns of what is quick, and nothing to keep. */
const QUICK: typeof PARTS = {
  start: () => startRows(8),
  file: (scratch) => fileRows(scratch, 3),
  decide: decideRows,
  library: (scratch) => libraryRows(scratch, 3),
};

const words = process.argv.slice(2);
const isQuick = words.includes("--quick");
const chosen = isQuick ? QUICK : PARTS;
const named = words.filter((word) => word !== "--quick");
const unknown = named.filter((name) => !chosen[name]);
if (unknown.length > 0) throw new Error(`there is no ${unknown.join(", ")}: ${Object.keys(chosen).join(", ")}`);

const scratch = mkdtempSync(join(tmpdir(), "anth-rbac-bench-"));
try {
  let isMissed = false;
  for (const [name, measure] of Object.entries(chosen)) {
    if (named.length > 0 && !named.includes(name)) continue;
    const before = loadNow();
    const rows = await measure(scratch);
    const day = new Date().toISOString().slice(0, 10);
    const part = { day, machine: machine(), load: `${before} to ${loadNow()}`, rows };
    console.log([`\n${name}, load ${part.load}`, ...table(rows)].join("\n"));
    isMissed ||= rows.some(({ verdict }) => verdict === "missed");
    if (!isQuick) keep(name, part);
  }
  if (isMissed) process.exitCode = 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

/** Writes the figures and the page; parts that were not measured stay as they were. */
function keep(name: string, measured: Part): void {
  const { parts }: Results = JSON.parse(readFileSync(RESULTS, "utf8"));
  const all = Object.keys(PARTS).flatMap((one) => {
    const part = one === name ? measured : parts[one];
    return part ? [[one, part] as const] : [];
  });
  const results: Results = { parts: Object.fromEntries(all) };
  writeFileSync(RESULTS, `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(PAGE, performancePage(results));
}

function machine(): string {
  const cores = `${cpus().length} × ${cpus()[0]?.model ?? "CPU"}`;
  return `Node ${process.version}, ${process.platform} ${process.arch}, ${cores}, ${Math.round(totalmem() / 2 ** 30)} GB`;
}

function loadNow(): string {
  return (loadavg()[0] ?? 0).toFixed(1);
}
