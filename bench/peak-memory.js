/**
 * Preloaded into a measured process (`node --import`): writes its peak of resident memory, in kilobytes, to $BENCH_MEMORY at exit.
 * Linux's own mark comes first: `maxRSS` of a child begins at its parent's, because the mark survives `exec`.
 */
import { readFileSync, writeFileSync } from "node:fs";

process.on("exit", () => writeFileSync(process.env.BENCH_MEMORY, String(peak())));

function peak() {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))[1]);
  } catch {
    return process.resourceUsage().maxRSS;
  }
}
