import { join } from "node:path";
import { bigConfig } from "./big-config.ts";
import { bundled, compare, PROGRAM, peakMemory, type Run, write } from "./measure.ts";
import { atMost, megabytes, type Row, ratio } from "./rows.ts";

/** A large file. The yaml library alone is a process of its own that only parses the same file. */
export async function fileRows(scratch: string, rounds: number): Promise<readonly Row[]> {
  const program = await bundled("bench/yaml-alone.ts", scratch);
  const file = join(scratch, "big.yaml");
  write(file, bigConfig());
  const validate: Run = { words: [PROGRAM, "validate", file] };
  const alone: Run = { words: [program, file] };
  const memory = peakMemory(validate, scratch);
  return [
    ratio("`validate` of 640 KB", compare(validate, alone, rounds), "`yaml.parse` alone", 0.5),
    {
      what: "`validate` of 640 KB, memory",
      measured: megabytes(memory),
      against: `\`yaml.parse\` alone: ${megabytes(peakMemory(alone, scratch))}`,
      value: megabytes(memory),
      ...atMost(memory, 150, megabytes),
    },
  ];
}
