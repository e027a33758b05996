import type { Command } from "commander";
import type { Start } from "./options.ts";
import { addApiOptions, addSharedOptions, wholeDays } from "./options.ts";

/** How far back use is asked for unless a flag says otherwise. */
const USAGE_DAYS = 90;

/** Adds `review`. */
export function addReview(program: Command, start: Start): void {
  const command = program
    .command("review")
    .summary("who has what, who uses it, and what to ask about it")
    .description(
      "The access review: every way to access the organization, with its last use, where rbac.yaml declares it, and what the facts advise.",
    );
  addSharedOptions(command, ["text", "html", "json", "markdown", "csv"], "config", "quiet", "pager");
  addWhatToReview(command)
    .option("--workspace <workspace>", "only what reaches this one: its handle, live name or id")
    .option("--user <email>", "only what this person has, and the keys whose secrets they know")
    .option("--out <file>", "write a file instead of stdout")
    .option("--force", "overwrite the file of --out");
  addApiOptions(command)
    .addHelpText(
      "after",
      `
Examples:
  anth-rbac review                                 everything, the riskiest first
  anth-rbac review --format html --out review.html a page to read, filter and print
  anth-rbac review --people hr.csv                 who has left and still has access?
  anth-rbac review --workspace prod --usage 30d    and are its limits ever reached?
  anth-rbac review --format csv --out review.csv
`,
    )
    .action(({ format, workspace, user, out, force = false, ...what }) =>
      start(command, async (context) => {
        const { review } = await import("../commands/review/review.ts");
        return review(context, {
          ...asked(what),
          format,
          force,
          ...(workspace !== undefined && { workspace }),
          ...(user !== undefined && { user }),
          ...(out !== undefined && { out }),
        });
      }),
    );
}

function addWhatToReview(command: Command): Command {
  return command
    .option("--usage <days>", "how far back use is asked for (30d, 12w, 3mo; default 90d)", wholeDays)
    .option("--people <file>", "who works here: a CSV or JSON-lines export of Okta, Entra ID, Google Workspace or HR")
    .option("--people-column <column>", "its column with the e-mails, where that is not told by its name");
}

interface WhatToReview {
  readonly usage?: number;
  readonly people?: string;
  readonly peopleColumn?: string;
}

function asked({ usage = USAGE_DAYS, people, peopleColumn }: WhatToReview) {
  return { usage, ...(people !== undefined && { people }), ...(peopleColumn !== undefined && { peopleColumn }) };
}
