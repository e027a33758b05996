import type { Command } from "commander";
import type { Start } from "./options.ts";
import { addApiOptions, addSharedOptions, addWriteOptions, writeFlags } from "./options.ts";

/** Adds `apply`. */
export function addApply(program: Command, start: Start): void {
  const command = program
    .command("apply")
    .summary("change the live organization to match rbac.yaml")
    .description(
      "Plans as drift does, checks guardrails, asks for confirmation, applies one change at a time, and verifies the result.",
    );
  addSharedOptions(command, ["text", "json", "markdown"], "config", "quiet", "input").option(
    "--plan <file>",
    "apply exactly this plan, saved by drift --out; - reads stdin",
  );
  addWriteOptions(command, "only", "workspace", "confirm").option(
    "--no-remove",
    "skip every change that removes something",
  );
  addApiOptions(command)
    .addHelpText(
      "after",
      `
Nothing is written without a yes: the question, or --yes where nobody can be asked. What cannot be undone is asked for by name.
A run that broke off is finished by running it again: nothing is done twice.

Examples:
  anth-rbac apply                                  shows the plan and asks
  anth-rbac apply --dry-run                        as drift; exit 3 where a guardrail would refuse
  anth-rbac apply --plan plan.json --yes           in CI, after the plan was reviewed
  anth-rbac apply --only members --no-remove
  anth-rbac apply --allow max_removals="reorganisation, approved by grace" --confirm Prototype
`,
    )
    .action(({ plan, remove }) =>
      start(command, async (context) => {
        const { apply } = await import("../commands/apply.ts");
        return apply(context, { ...writeFlags(command), removals: remove, ...(plan !== undefined && { plan }) });
      }),
    );
}
