import type { Command } from "commander";
import type { Start } from "./options.ts";
import { addApiOptions, addSharedOptions, fileToWrite, wholeDays } from "./options.ts";

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
  // Its own flags stand before its own words, those of a command below it behind them.
  command.enablePositionalOptions();
  addSheets(command, start);
  addSharedOptions(command, ["text", "html", "json", "markdown", "csv"], "config", "quiet", "pager");
  addWhatToReview(command)
    .option("--workspace <workspace>", "only what reaches this one: its handle, live name or id")
    .option("--user <email>", "only what this person has, and the keys whose secrets they know")
    .option("--suggest", "print what use says could be less, as a diff of rbac.yaml for git apply")
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
    .action(({ format, workspace, user, out, force = false, suggest = false, ...what }) =>
      start(command, async (context) => {
        const { review } = await import("../commands/review/review.ts");
        return review(context, {
          ...asked(what),
          format,
          force,
          suggest,
          ...(workspace !== undefined && { workspace }),
          ...(user !== undefined && { user }),
          ...(out !== undefined && { out }),
        });
      }),
    );
}

/** Adds `review start`, `review check` and `review finish`. */
function addSheets(review: Command, start: Start): void {
  const begin = review
    .command("start")
    .summary("write a sheet of decisions, an entry for each grant")
    .description("Writes a sheet of decisions as YAML: an entry for each grant, grouped by who decides about it.")
    .argument("<file>", "the sheet to write; one that exists is never overwritten", fileToWrite);
  addSharedOptions(begin, ["text", "json"], "config", "quiet");
  addWhatToReview(begin)
    .option("--from <sheet>", "an earlier sheet: its decisions are kept where nothing has changed")
    .option("--force", "not for this: a sheet that exists keeps its decisions, and the run is refused");
  addApiOptions(begin)
    .addHelpText(
      "after",
      `
Examples:
  anth-rbac review start 2026-q4.yaml --people hr.csv
  anth-rbac review start 2026-q4b.yaml --from 2026-q4.yaml    something moved meanwhile
`,
    )
    .action((file, { from, ...what }) =>
      start(begin, async (context) => {
        const { startReview } = await import("../commands/review/sheet.ts");
        return startReview(context, { ...asked(what), file, ...(from !== undefined && { from }) });
      }),
    );
  const check = review
    .command("check")
    .summary("what is still open in a sheet")
    .description(
      "What is open in a sheet, decided by whom it is about, or has moved since. Exit 0: everything is decided; 2: not yet.",
    )
    .argument("<file>", "the sheet");
  addSharedOptions(check, ["text", "json", "markdown"], "config", "quiet");
  addApiOptions(check)
    .addHelpText(
      "after",
      `
Examples:
  anth-rbac review check 2026-q4.yaml
  anth-rbac review check 2026-q4.yaml --format markdown >> "$GITHUB_STEP_SUMMARY"
`,
    )
    .action((file) =>
      start(check, async (context) => {
        const { checkReview } = await import("../commands/review/sheet.ts");
        return checkReview(context, { ...asked({}), file });
      }),
    );
  const finish = review
    .command("finish")
    .summary("take the decisions of a sheet into rbac.yaml, with evidence")
    .description(
      "Takes what was decided to be lowered or removed into rbac.yaml, so that apply carries it out; lists what the file cannot say (exit 7).",
    )
    .argument("<file>", "the sheet, with everything decided");
  addSharedOptions(finish, ["text", "json"], "config", "quiet");
  finish
    .option("--update-config", "edit rbac.yaml, its comments kept, and leave the evidence; else nothing is written")
    .option(
      "--evidence <file>",
      "where the evidence goes (default: beside the sheet, FILE.evidence.json)",
      fileToWrite,
    );
  addApiOptions(finish)
    .addHelpText(
      "after",
      `
Examples:
  anth-rbac review finish 2026-q4.yaml                        the edits, and nothing is written
  anth-rbac review finish 2026-q4.yaml --update-config && anth-rbac apply
`,
    )
    .action((file, { updateConfig = false, evidence }) =>
      start(finish, async (context) => {
        const { finishReview } = await import("../commands/review/finish.ts");
        return finishReview(context, { ...asked({}), file, updateConfig, ...(evidence !== undefined && { evidence }) });
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
