import type { Command } from "commander";
import type { Start } from "./options.ts";
import { addSharedOptions, portNumber, wholeNumber } from "./options.ts";

/** Adds `sandbox`. */
export function addSandbox(program: Command, start: Start): void {
  const command = program
    .command("sandbox")
    .summary("start a simulated organization to try commands on")
    .description("Starts a simulated Admin API on this machine and prints the variables to export. Ctrl-C ends it.");
  addSharedOptions(command, ["text", "json"])
    .option("--port <n>", "the port on 127.0.0.1 (default: a free one)", portNumber)
    .option(
      "--seed <seed>",
      "small, large, enterprise, review, machines, or a JSON file that the control interface dumped",
      "small",
    )
    .option("--latency <ms>", "delay every answer by this long", wholeNumber)
    .addHelpText(
      "after",
      `
Examples:
  anth-rbac sandbox --port 8787                    then, in another shell, export what it prints
  anth-rbac sandbox --seed large --latency 20
`,
    )
    .action(({ port, seed, latency }) =>
      start(command, async (context) => {
        const { sandbox } = await import("../commands/sandbox.ts");
        return sandbox(context, {
          seed,
          ...(port !== undefined && { port }),
          ...(latency !== undefined && { latency }),
        });
      }),
    );
}
