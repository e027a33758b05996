import type { Command } from "commander";
import type { Start } from "./options.ts";
import { addApiOptions, addSharedOptions, addWriteOptions, collected, writeFlags } from "./options.ts";

/** Adds `rotate`. */
export function addRotate(program: Command, start: Start): void {
  const command = program
    .command("rotate")
    .summary("take each key that is due one step further")
    .description(
      "Reads off the organization where each declared key stands in its rotation, and does the next step of each: test and deliver " +
        "the new secret, cut over, disable what is superseded, archive it. Keys are made in the Console; it says which, and waits.",
    );
  addSharedOptions(command, ["text", "json", "markdown"], "config", "quiet", "input").option(
    "--key <key>",
    "only this key; repeatable",
    collected(String),
  );
  addWriteOptions(command, "workspace", "confirm")
    .option("--status", "only show where each key stands")
    .option("--force", "rotate now, due or not")
    .option("--leaked", "disable at once, without overlap or a look at its use; needs --key")
    .option("--archive", "archive what has soaked, for good; needs --confirm NAME")
    .option("--delivered", "the service has the new secret already: cut over keys that have no deliver command")
    .option("--secret-stdin", "the new key's secret is on stdin; with one --key")
    .option("--secret-env <variable>", "the new key's secret is in this variable; with one --key")
    .option("--ics <file>", "write the days on which keys are due as a calendar");
  addApiOptions(command)
    .addHelpText(
      "after",
      `
A key is rotated over several runs: made in the Console as NAME@next, cut over, left to overlap, disabled, left to soak, archived.
Any machine can make the next run: all that is remembered is in the names of the keys. Running twice does nothing twice.

Examples:
  anth-rbac rotate --status                        where each key stands, and what comes next
  anth-rbac rotate --workspace prod                on a terminal: waits for the new key and asks for its secret
  vault read -field=key new-key | anth-rbac rotate --key prod-auth --secret-stdin --yes
  anth-rbac rotate --key prod-auth --delivered     the service has the new secret already
  anth-rbac rotate --key prod-auth --leaked        disables it now
  anth-rbac rotate --archive --confirm prod-auth   ends what has soaked
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
