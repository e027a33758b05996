import type { Command } from "commander";
import type { Start } from "./options.ts";
import { addSharedOptions } from "./options.ts";

/** Adds `schema`. */
export function addSchema(program: Command, start: Start): void {
  const command = program
    .command("schema")
    .summary("print the JSON Schema of rbac.yaml")
    .description("Prints the JSON Schema of rbac.yaml, for editors and other tools.");
  addSharedOptions(command, [], "pager")
    .addHelpText(
      "after",
      `
Examples:
  anth-rbac schema > rbac.schema.json
  # first line of rbac.yaml:  # yaml-language-server: $schema=./rbac.schema.json
`,
    )
    .action(() =>
      start(command, async () => {
        const { schema } = await import("../commands/schema.ts");
        return schema();
      }),
    );
}
