import type { Command } from "commander";
import type { Start } from "./options.ts";
import { addApiOptions, addSharedOptions, collected, emailAddress } from "./options.ts";

/** Adds `init`. */
export function addInit(program: Command, start: Start): void {
  const command = program
    .command("init")
    .argument("[file]", "the file to write (default: rbac.yaml here); an existing file is never replaced")
    .summary("write a first rbac.yaml")
    .description(
      "Writes a first rbac.yaml: from the live organization where there is a credential, else from questions, or from the flags. " +
        "Everything in it is additive: nothing is removed until you say so.",
    );
  addSharedOptions(command, ["text", "json"], "quiet", "input")
    .option("--organization <name>", "the name of the organization (then nothing is asked or read)")
    .option("--admin <email>", "an admin of the organization; repeatable", collected(emailAddress))
    .option("--workspace <name>", "a workspace, by its live name; repeatable", collected(String));
  addApiOptions(command)
    .addHelpText(
      "after",
      `
Examples:
  anth-rbac init                                   then review it, and: anth-rbac drift
  anth-rbac init --organization Acme --admin ada@acme.example --admin grace@acme.example --workspace Production
  anth-rbac init teams/rbac.yaml
`,
    )
    .action((file: string | undefined, { organization, admin = [], workspace = [] }) =>
      start(command, async (context) => {
        const { init } = await import("../commands/init.ts");
        return init(context, {
          admins: admin,
          workspaces: workspace,
          ...(file !== undefined && { file }),
          ...(organization !== undefined && { organization }),
        });
      }),
    );
}
