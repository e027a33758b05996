import type { Command } from "commander";
import { AUDIT_COMMANDS, AUDIT_RESULTS } from "../core/audit/audit.ts";
import type { Start } from "./options.ts";
import { addChoice, addSharedOptions, wholeNumber } from "./options.ts";

/** Adds `audit show` and `audit verify`. */
export function addAudit(program: Command, start: Start): void {
  const audit = program
    .command("audit")
    .summary("show or verify the audit log of this machine")
    .description(
      "The audit log of this machine: every write, refusal, override and prompt, in a hash chain that shows edits.",
    );
  addShow(audit, start);
  addVerify(audit, start);
}

function addShow(audit: Command, start: Start): void {
  const command = audit
    .command("show")
    .summary("show its records, newest last")
    .description("Shows the records of the audit log, newest last.");
  addSharedOptions(command, ["text", "json", "csv"], "quiet", "pager")
    .option("--since <moment>", "from this time on: a duration ago (24h, 7d) or a UTC day (2026-11-23)")
    .option("--until <moment>", "up to this time; a day includes all of it")
    .option("--target <pattern>", "only targets that match; * matches anything, ? one character")
    .option("--organization <organization>", "only this organization: its id or its name")
    .option("--user <email>", "only prompts of this person")
    .option("--role <role>", "only prompts under this role")
    .option("--denied", "only calls that the role policy denied")
    .option("--limit <n>", "only the newest N records", wholeNumber);
  addChoice(command, "--command <command>", "only records of this command", AUDIT_COMMANDS);
  addChoice(command, "--outcome <outcome>", "only records with this outcome", AUDIT_RESULTS)
    .addHelpText(
      "after",
      `
Examples:
  anth-rbac audit show --since 7d                  what happened this week
  anth-rbac audit show --target '*ada@acme.example' --command revoke
  anth-rbac audit show --denied --format csv > denied.csv
`,
    )
    .action(({ since, until, command: name, target, outcome, organization, user, role, denied, limit }) =>
      start(command, async (context) => {
        const { auditShow } = await import("../commands/audit.ts");
        const query = { since, until, command: name, target, outcome, organization, user, role, denied, limit };
        return auditShow(context, query);
      }),
    );
}

function addVerify(audit: Command, start: Start): void {
  const command = audit
    .command("verify")
    .summary("verify that it was not changed")
    .description("Verifies the hash chain of the audit log, and names the first broken line (exit 2).");
  addSharedOptions(command, ["text", "json"], "quiet")
    .option(
      "--head <seq:hash>",
      "the head that an earlier verify printed, kept where nobody on this machine can change it",
    )
    .addHelpText(
      "after",
      `
Examples:
  anth-rbac audit verify                           exit 0: whole, or no log yet; 2: broken
  anth-rbac audit verify --head 57:9f86d081…       is everything up to record 57 still what it was?
  ANTH_RBAC_STATE_DIR=/mnt/archive anth-rbac audit verify
`,
    )
    .action(({ head }) =>
      start(command, async (context) => {
        const { auditVerify } = await import("../commands/audit.ts");
        return auditVerify(context, { ...(head !== undefined && { head }) });
      }),
    );
}
