import type { Command } from "commander";
import type { Start } from "./options.ts";
import { addApiOptions, addSharedOptions } from "./options.ts";
import { runOf } from "./plain-validate.ts";

/** Adds `validate`. */
export function addValidate(program: Command, start: Start): void {
  const command = program
    .command("validate")
    .argument("[file]", "the file to check; - reads stdin")
    .summary("check rbac.yaml, offline")
    .description("Checks rbac.yaml and everything it refers to, and reports every problem with its line and a fix.");
  addSharedOptions(command, ["text", "json", "sarif", "junit", "github"], "config", "quiet", "pager")
    .option("--strict", "warnings fail too (exit 2)")
    .option("--live", "also check models and rate limits against the API")
    .option("--workspace <workspace>", "with --live: the workspace for a key without one: its handle, live name or id");
  addApiOptions(command)
    .addHelpText(
      "after",
      `
Examples:
  anth-rbac validate                               the rbac.yaml found upwards from here
  anth-rbac validate --format github               annotations on a pull request
  anth-rbac validate --strict --format sarif > rbac.sarif
`,
    )
    .action((file: string | undefined, { strict = false, live = false, workspace }) =>
      start(
        command,
        runOf({ strict, live, ...(workspace !== undefined && { workspace }), ...(file !== undefined && { file }) }),
      ),
    );
}
