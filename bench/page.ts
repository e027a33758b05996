import type { Row } from "./rows.ts";

/** What was measured. */
export interface Results {
  readonly parts: Readonly<Record<string, Part>>;
}

/** Rows that were measured together. */
export interface Part {
  /** ISO day. */
  readonly day: string;
  /** Where, and with which Node: parts are measured one at a time, and not all on one machine. */
  readonly machine: string;
  /** How many processes wanted the machine's cores in the minute before, and while it was measured. */
  readonly load: string;
  readonly rows: readonly Row[];
}

const VERDICTS = { met: "met", noise: "met, but for noise", missed: "missed" } as const;

/** docs/performance.md. */
export function performancePage({ parts }: Results): string {
  return [
    "# Performance",
    "",
    `Written by \`npm run bench\`; the figures are in \`bench/results.json\`.`,
    "",
    "Each row is held against a peer of the same run: they take turns, in an environment of PATH and HOME alone. CPU time (user and system, the",
    "whole process) is the least of many runs, wall time their median; a ratio is one of CPU time, but for `drift`, which waits: there it is of",
    "the least wall time. Only ratios mean something on another machine. A goal counts as missed by more than 5 %, by which two runs of the same",
    "differ.",
    "",
    "`npm run bench -- --quick` starts the program and reads a file, within a minute; `npm run bench -- decide library` measures those parts alone:",
    `${Object.keys(parts)
      .map((name) => `\`${name}\``)
      .join(", ")}. It ends with 1 where a goal is missed.`,
    "",
    ...Object.entries(parts).flatMap(([name, { day, machine, load, rows }]) => [
      `## ${name}`,
      "",
      `${day}, ${machine}, load ${load}.`,
      "",
      ...table(rows),
      "",
    ]),
  ].join("\n");
}

/** The rows as a table of Markdown. */
export function table(rows: readonly Row[]): readonly string[] {
  const head = ["what", "measured", "against", "value", "goal", ""];
  const cells = rows.map(({ what, measured, against, value, goal = "–", verdict }) => {
    return [what, measured, against, value, goal, verdict ? VERDICTS[verdict] : ""];
  });
  const widths = head.map((_, column) => Math.max(...[head, ...cells].map((line) => line[column]?.length ?? 0), 3));
  const line = (words: readonly string[]) => `| ${words.map((word, at) => word.padEnd(widths[at] ?? 0)).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...cells.map(line)];
}
