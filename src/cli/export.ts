import type { Command } from "commander";
import { MANAGED_KINDS } from "../core/config/config.ts";
import type { Start } from "./options.ts";
import { addApiOptions, addChoice, addSharedOptions, collected } from "./options.ts";

/** Adds `export`. */
export function addExport(program: Command, start: Start): void {
  const command = program
    .command("export")
    .summary("write the live organization as an rbac.yaml")
    .description(
      "Writes the live organization as a commented rbac.yaml to start from; drift against it is empty. Reads no rbac.yaml.",
    );
  addSharedOptions(command, ["text", "json"], "quiet", "pager");
  addChoice(command, "--only <kind...>", "only these kinds; repeatable", MANAGED_KINDS)
    .option(
      "--workspace <workspace>",
      "only this workspace: its handle, live name or id; repeatable",
      collected(String),
    )
    .option("--out <file>", "write a file instead of stdout (JSON where it ends in .json)")
    .option("--force", "overwrite the file");
  addApiOptions(command)
    .addHelpText(
      "after",
      `
Examples:
  anth-rbac export --out rbac.yaml                 then review it, and: anth-rbac drift
  anth-rbac export --only members --only workspaces
  anth-rbac export --workspace Production          one workspace, to begin with
  anth-rbac export --json | jq .workspaces
`,
    )
    .action(({ only = [], workspace = [], out, force = false }) =>
      start(command, async (context) => {
        const { exportConfig } = await import("../commands/export.ts");
        return exportConfig(context, { only, workspaces: workspace, force, ...(out !== undefined && { out }) });
      }),
    );
}
