import type { Command } from "commander";
import type { Start } from "./options.ts";
import { addApiOptions, addSharedOptions, addWriteOptions, collected, fileToWrite, writeFlags } from "./options.ts";

/** Adds `rotate`. */
export function addRotate(program: Command, start: Start): void {
  const command = program
    .command("rotate")
    .summary("rotate the keys that are due, a step at a time")
    .description(
      "Reads from the organization how far the rotation of each declared key is, and does its next step: test and deliver " +
        "the new secret, cut over, disable the superseded key, archive it. Keys are created in the Console; it says which, and waits.",
    );
  addSharedOptions(command, ["text", "json", "markdown"], "config", "quiet", "input").option(
    "--key <key>",
    "only this key; repeatable",
    collected(String),
  );
  addWriteOptions(command, "workspace", "confirm")
    .option("--status", "show the phase of each key, and change nothing")
    .option("--force", "rotate now, due or not")
    .option("--leaked", "disable at once, without overlap or usage check; needs --key")
    .option("--archive", "archive superseded keys whose soak has ended, for good; needs --confirm NAME")
    .option("--delivered", "the service already has the new secret: cut over keys that have no deliver command")
    .option("--secret-stdin", "the new key's secret is on stdin; with one --key")
    .option("--secret-env <variable>", "the new key's secret is in this variable; with one --key")
    .option("--ics <file>", "write the due dates of keys as a calendar file", fileToWrite);
  addApiOptions(command)
    .addHelpText(
      "after",
      `
A rotation takes several runs: create NAME@next in the Console, cut over, overlap, disable, soak, archive.
Any machine can make the next run: the state is in the names of the keys. Running twice does nothing twice.

Examples:
  anth-rbac rotate --status                        where each key stands, and what comes next
  anth-rbac rotate --workspace prod                on a terminal: waits for the new key and asks for its secret
  vault read -field=key new-key | anth-rbac rotate --key prod-auth --secret-stdin --yes
  anth-rbac rotate --key prod-auth --delivered     the service has the new secret already
  anth-rbac rotate --key prod-auth --leaked        disables it now
  anth-rbac rotate --archive --confirm prod-auth   after the soak, for good
  anth-rbac rotate --status --ics keys.ics
`,
    )
    .action((flags: RotateFlags) =>
      start(command, async (context) => {
        const { rotate } = await import("../commands/rotate/rotate.ts");
        const { key = [], status = false, force = false, leaked = false, archive = false, delivered = false } = flags;
        const { secretStdin = false, secretEnv, ics } = flags;
        return rotate(context, {
          ...writeFlags(command),
          keys: key,
          status,
          force,
          leaked,
          archive,
          delivered,
          secretStdin,
          ...(secretEnv !== undefined && { secretEnv }),
          ...(ics !== undefined && { calendar: ics }),
        });
      }),
    );
}

/** What commander makes of the command's own flags. */
interface RotateFlags {
  readonly key?: readonly string[];
  readonly status?: true;
  readonly force?: true;
  readonly leaked?: true;
  readonly archive?: true;
  readonly delivered?: true;
  readonly secretStdin?: true;
  readonly secretEnv?: string;
  readonly ics?: string;
}
