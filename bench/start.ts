import { resolve } from "node:path";
import { BARE, compare, PROGRAM } from "./measure.ts";
import { type Row, ratio } from "./rows.ts";

/** Starting: what a person waits for before anything happens. Each is held against a node that does nothing. */
export function startRows(rounds: number): readonly Row[] {
  const bare = (what: string, words: readonly string[], most: number) =>
    ratio(what, compare({ words: [PROGRAM, ...words] }, BARE, rounds), "`node -e 0`", most);
  return [
    bare("`--help`", ["--help"], 1.35),
    bare("`drift --help`", ["drift", "--help"], 1.35),
    bare("`--version`", ["--version"], 1.35),
    bare("`completion bash`", ["completion", "bash"], 1.35),
    bare("completion of a flag", ["__complete", "--", "drift", "--fo"], 1.35),
    bare(
      "completion of a workspace",
      ["__complete", "--", "status", "--config", resolve("rbac.example.yaml"), "--workspace", ""],
      2.8,
    ),
    bare("`validate rbac.example.yaml`", ["validate", resolve("rbac.example.yaml")], 2.8),
  ];
}
