import type { Command } from "commander";
import type { Start } from "./options.ts";
import { addApiOptions, addSharedOptions, collected, wholeDays } from "./options.ts";

/** Adds `status`. */
export function addStatus(program: Command, start: Start): void {
  const command = program
    .command("status")
    .summary("show the organization, or one person, machine or key")
    .description("Shows the live organization: workspaces, people, keys, limits. Works without an rbac.yaml.");
  addSharedOptions(command, ["text", "json"], "config", "quiet", "input", "pager")
    .option("--workspace <workspace>", "only this workspace: its handle, live name or id")
    .option("--user <email>", "everything that this person can reach, and why")
    .option(
      "--key <key>",
      "the owner and workspace of this key: its name or id; - reads the secret from stdin and matches its hint",
    )
    .option(
      "--service-account <account>",
      "what this service account may do where, and the keys that act as it: its name or id",
    )
    .option(
      "--subject <subject>",
      "what a workload with this token may do: its sub, such as repo:acme/app:ref:refs/heads/main",
    )
    .option("--issuer <issuer>", "with --subject: whose token it is, a name or a URL")
    .option("--claim <name=value>", "with --subject: what else the token says; repeatable", collected(String))
    .option(
      "--usage <days>",
      "requests and tokens per workspace and key over this many days (7, 30d, 12w, 3mo)",
      wholeDays,
    );
  addApiOptions(command)
    .addHelpText(
      "after",
      `
Examples:
  anth-rbac status                                 the whole organization
  anth-rbac status --user ada@acme.example         why can she not reach production?
  anth-rbac status --key - < key.txt               which workspace is this key of?
  anth-rbac status --service-account ci-deployer   what may this machine do?
  anth-rbac status --subject repo:acme/app:ref:refs/heads/main --claim repository_owner=acme
  anth-rbac status --usage 7                       who uses what
`,
    )
    .action((flags) =>
      start(command, async (context) => {
        const { status } = await import("../commands/status.ts");
        return status(context, flags);
      }),
    );
}
