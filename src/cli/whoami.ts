import type { Command } from "commander";
import type { Start } from "./options.ts";
import { addApiOptions, addSharedOptions } from "./options.ts";

/** Adds `whoami`. */
export function addWhoami(program: Command, start: Start): void {
  const command = program
    .command("whoami")
    .summary("show the credential in use, and what it can read and write")
    .description(
      "Shows the credential, the organization and the role in use, what may be read and written kind by kind, and what prompt would see. " +
        "Changes nothing. Without a usable credential the rest is shown, and the exit code is 4.",
    );
  addSharedOptions(command, ["text", "json"], "config", "quiet");
  addApiOptions(command)
    .addHelpText(
      "after",
      `
Examples:
  anth-rbac whoami                                 before the first apply
  anth-rbac whoami --profile work --json | jq .access
`,
    )
    .action(() =>
      start(command, async (context) => {
        const { whoami } = await import("../commands/whoami.ts");
        return whoami(context);
      }),
    );
}
