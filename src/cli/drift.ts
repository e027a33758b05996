import type { Command } from "commander";
import type { Start } from "./options.ts";
import { addApiOptions, addSharedOptions, fileToWrite } from "./options.ts";

/** Adds `drift`. */
export function addDrift(program: Command, start: Start): void {
  const command = program
    .command("drift")
    .summary("show what differs between rbac.yaml and the live organization")
    .description("Plans the changes that would make the live organization match rbac.yaml, and writes nothing.");
  addSharedOptions(command, ["text", "json", "markdown", "sarif"], "config", "quiet", "pager")
    .option("--out <file>", "save the plan, for apply --plan", fileToWrite)
    .option("--force", "replace the file of --out")
    .option("--who", "say who made each difference, from the activity feed (its key: ANTH_RBAC_ACTIVITY_KEY)")
    .option("--ignore-unmanaged", "undeclared objects do not count for the exit code");
  addApiOptions(command)
    .addHelpText(
      "after",
      `
Examples:
  anth-rbac drift                                  exit 0: as declared; 2: it differs
  anth-rbac drift --who                            and who changed it, when, from where
  anth-rbac drift --format markdown >> "$GITHUB_STEP_SUMMARY"
  anth-rbac drift --out plan.json && less plan.json
`,
    )
    .action(({ out, force = false, ignoreUnmanaged = false, who = false }) =>
      start(command, async (context) => {
        const { drift } = await import("../commands/drift.ts");
        return drift(context, { force, ignoreUnmanaged, who, ...(out !== undefined && { out }) });
      }),
    );
}
