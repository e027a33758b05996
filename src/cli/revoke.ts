import type { Command } from "commander";
import { KEY_DECISIONS } from "../core/offboarding/revocation.ts";
import type { Start } from "./options.ts";
import {
  addApiOptions,
  addChoice,
  addSharedOptions,
  addWriteOptions,
  collected,
  fileToWrite,
  wholeNumber,
  writeFlags,
} from "./options.ts";

/** Adds `revoke`. */
export function addRevoke(program: Command, start: Start): void {
  const command = program
    .command("revoke")
    .summary("offboard a person, or disable a leaked key")
    .description(
      "Shows everything that a person or a key can reach, checks guardrails, asks for confirmation, revokes it, verifies, and writes the evidence.",
    );
  addSharedOptions(command, ["text", "json", "markdown"], "config", "quiet", "input")
    .option("--user <email>", "the person with exactly this e-mail", collected(String))
    .option("--key <key>", "this key, by its name or id (never the secret)")
    .option("--secret-stdin", "the key whose leaked secret is on stdin; matched by its hint, on this machine only")
    .option("--batch <file>", "everybody in this file, one e-mail a line; needs --max");
  addChoice(command, "--keys <decision>", "what to do with keys that the person made and others use", KEY_DECISIONS)
    .option("--if-exists", "succeed if the user or key does not exist")
    .option("--evidence <file>", "the file for the evidence: JSON, or Markdown where it ends in .md", fileToWrite)
    .option("--reason <text>", "the reason, for the audit log and the evidence: a ticket, a sentence")
    .option("--update-config", "remove the person from rbac.yaml too")
    .option("--max <n>", "at most this many people in one run (default 1)", wholeNumber);
  addWriteOptions(command, "only");
  addApiOptions(command)
    .addHelpText(
      "after",
      `
Works without an rbac.yaml. A run that broke off is finished by running it again. What only the Console can do is said, and exits 7.

Examples:
  anth-rbac revoke --user ada@acme.example --dry-run         the blast radius
  anth-rbac revoke --user ada@acme.example --keys rotate --evidence ada.json --update-config --yes
  anth-rbac revoke --batch leavers.txt --max 12 --keys disable --yes
  anth-rbac revoke --key prod-auth-service
  anth-rbac revoke --secret-stdin --yes < leaked.txt
`,
    )
    .action(
      ({
        user = [],
        key,
        secretStdin = false,
        batch,
        keys,
        ifExists = false,
        evidence,
        reason,
        updateConfig = false,
        max,
      }) =>
        start(command, async (context) => {
          const { revoke } = await import("../commands/revoke/revoke.ts");
          return revoke(context, {
            ...writeFlags(command),
            users: user,
            secretStdin,
            ifExists,
            updateConfig,
            ...(key !== undefined && { key }),
            ...(batch !== undefined && { batch }),
            ...(keys !== undefined && { keys }),
            ...(evidence !== undefined && { evidence }),
            ...(reason !== undefined && { because: reason }),
            ...(max !== undefined && { max }),
          });
        }),
    );
}
