import { Command, CommanderError, Option } from "commander";
import { MANAGED_KINDS } from "../core/config/config.ts";
import { VERSION } from "../core/model/version.ts";
import { addApply } from "./apply.ts";
import { addAudit } from "./audit.ts";
import type { Invocation, Start } from "./options.ts";
import { addApiOptions, addSharedOptions, globalOptions, portNumber, wholeDays, wholeNumber } from "./options.ts";
import { addPrompt } from "./prompt.ts";
import { addRevoke } from "./revoke.ts";
import { addRotate } from "./rotate.ts";
import { addTest } from "./test.ts";

export type Parsed =
  | { readonly kind: "run"; readonly invocation: Invocation }
  /** Help or version was printed. */
  | { readonly kind: "answered" }
  /** `json`: whether the answer was asked for as JSON, as far as a command line that is wrong can tell. */
  | { readonly kind: "invalid"; readonly message: string; readonly json: boolean };

/** Reads a command line. Prints only help and version, with `print`; loads no command, adapter or SDK. */
export async function parseArguments(argv: readonly string[], print: (text: string) => void): Promise<Parsed> {
  let invocation: Invocation | undefined;
  const program = createProgram(argv[0], (command, run) => {
    const { format, ...options } = globalOptions(command);
    invocation = { options, format, run };
  });
  // Only help and version may be printed here: a mistake is reported by `main`, in the format that was asked for.
  const output = { writeOut: print, writeErr: () => {} };
  for (const command of [program, ...program.commands, ...program.commands.flatMap(({ commands }) => commands)]) {
    command.exitOverride().configureOutput(output);
  }
  try {
    await program.parseAsync([...argv], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { kind: "answered" };
    return invalid(argv, invalidMessage(error));
  }
  return invocation ? { kind: "run", invocation } : invalid(argv, "no command was given");
}

function invalid(argv: readonly string[], message: string): Parsed {
  const words = argv.join(" ");
  return { kind: "invalid", message, json: /(^| )--(json|format[ =]json)( |$)/.test(words) };
}

function invalidMessage({ code, message }: CommanderError): string {
  if (code === "commander.help") return "no command was given";
  return message.replace(/^error: /, "").replaceAll("\n", " ");
}

const EXIT_CODES = `
Exit codes:
  0   done, nothing to report              5    carried out in part
  1   could not run, or failed             6    denied by role policy
  2   ran, and found something             7    done as far as possible; a manual step is left
  3   refused: a guardrail, a stale plan   64   wrong usage
  4   credentials                          130  interrupted

Credentials come from ANTHROPIC_ADMIN_KEY, ANTHROPIC_AUTH_TOKEN or a profile of the ant CLI, never from a flag.
Try it without one: anth-rbac sandbox
`;

/** In the order of the help. */
const COMMANDS: Readonly<Record<string, (program: Command, start: Start) => void>> = {
  validate: addValidate,
  schema: addSchema,
  export: addExport,
  drift: addDrift,
  apply: addApply,
  rotate: addRotate,
  revoke: addRevoke,
  prompt: addPrompt,
  test: addTest,
  status: addStatus,
  audit: addAudit,
  sandbox: addSandbox,
};

/**
 * The command line: names, flags, help. Each action is one lazy import and one call. Where `first`, the first word, names a command, the
 * others are left out: nobody asks for them then, and all their flags take longer to make than the one's to read.
 */
function createProgram(first: string | undefined, start: Start): Command {
  const program = new Command("anth-rbac")
    .description("One reviewed file for a Claude organization: members, workspaces, keys, limits and role policies.")
    .version(VERSION, "-V, --version")
    .helpCommand("help [command]", "what a command does, with examples")
    .showSuggestionAfterError()
    .addHelpText("after", EXIT_CODES);
  const asked = first !== undefined && Object.hasOwn(COMMANDS, first) ? COMMANDS[first] : undefined;
  for (const add of asked ? [asked] : Object.values(COMMANDS)) add(program, start);
  return program;
}

function addValidate(program: Command, start: Start): void {
  const command = program
    .command("validate")
    .argument("[file]", "the file to check; - reads stdin")
    .summary("check rbac.yaml, offline")
    .description("Checks rbac.yaml and everything it refers to, and reports every problem with its line and a fix.");
  addSharedOptions(command, ["text", "json", "sarif", "junit", "github"])
    .option("--strict", "warnings fail too (exit 2)")
    .option("--live", "also check models and rate limits against the API");
  addApiOptions(command)
    .addHelpText(
      "after",
      `
Examples:
  anth-rbac validate                               the rbac.yaml found upwards from here
  anth-rbac validate --format github               annotations on a pull request
  anth-rbac validate --strict --format sarif > rbac.sarif
`,
    )
    .action((file: string | undefined, { strict = false, live = false }) =>
      start(command, async (context) => {
        const { validate } = await import("../commands/validate.ts");
        return validate(context, { strict, live, ...(file !== undefined && { file }) });
      }),
    );
}

function addSchema(program: Command, start: Start): void {
  const command = program
    .command("schema")
    .summary("print the JSON Schema of rbac.yaml")
    .description("Prints the JSON Schema of rbac.yaml, for editors and other tools.");
  addSharedOptions(command, [])
    .addHelpText(
      "after",
      `
Examples:
  anth-rbac schema > rbac.schema.json
  # first line of rbac.yaml:  # yaml-language-server: $schema=./rbac.schema.json
`,
    )
    .action(() =>
      start(command, async () => {
        const { schema } = await import("../commands/schema.ts");
        return schema();
      }),
    );
}

function addExport(program: Command, start: Start): void {
  const command = program
    .command("export")
    .summary("write the live organization as an rbac.yaml")
    .description(
      "Writes the live organization as an rbac.yaml with comments, to begin with; its own drift is empty. Reads no rbac.yaml.",
    );
  addSharedOptions(command, ["text", "json"])
    .addOption(new Option("--only <kind...>", "only these kinds; repeatable").choices(MANAGED_KINDS))
    .option(
      "--workspace <workspace>",
      "only this one, by handle, live name or id; repeatable",
      (workspace: string, others: readonly string[]) => [...others, workspace],
      [],
    )
    .option("--out <file>", "write a file instead of stdout (JSON where it ends in .json)")
    .option("--force", "overwrite the file");
  addApiOptions(command)
    .addHelpText(
      "after",
      `
Examples:
  anth-rbac export --out rbac.yaml                 then review it, and: anth-rbac drift
  anth-rbac export --only members --only workspaces
  anth-rbac export --workspace Production          one workspace, to begin with
  anth-rbac export --json | jq .workspaces
`,
    )
    .action(({ only = [], workspace, out, force = false }) =>
      start(command, async (context) => {
        const { exportConfig } = await import("../commands/export.ts");
        return exportConfig(context, { only, workspaces: workspace, force, ...(out !== undefined && { out }) });
      }),
    );
}

function addDrift(program: Command, start: Start): void {
  const command = program
    .command("drift")
    .summary("what differs between rbac.yaml and the live organization")
    .description("Plans what would make the live organization what rbac.yaml says, and writes nothing.");
  addSharedOptions(command, ["text", "json", "markdown", "sarif"])
    .option("--out <file>", "save the plan, for apply --plan")
    .option("--ignore-unmanaged", "objects that nothing declares do not count for the exit code");
  addApiOptions(command)
    .addHelpText(
      "after",
      `
Examples:
  anth-rbac drift                                  exit 0: as declared; 2: it differs
  anth-rbac drift --format markdown >> "$GITHUB_STEP_SUMMARY"
  anth-rbac drift --out plan.json && less plan.json
`,
    )
    .action(({ out, ignoreUnmanaged = false }) =>
      start(command, async (context) => {
        const { drift } = await import("../commands/drift.ts");
        return drift(context, { ignoreUnmanaged, ...(out !== undefined && { out }) });
      }),
    );
}

function addStatus(program: Command, start: Start): void {
  const command = program
    .command("status")
    .summary("the organization as a tree, or all about one person or key")
    .description("Shows the live organization: workspaces, people, keys, limits. Works without an rbac.yaml.");
  addSharedOptions(command, ["text", "json"])
    .option("--workspace <workspace>", "only this one: its handle, live name or id")
    .option("--user <email>", "everything that one person reaches, and why")
    .option(
      "--key <key>",
      "whose and where a key is: its name or id; - reads the secret from stdin and matches its hint",
    )
    .option(
      "--usage <days>",
      "requests and tokens per workspace and key over so many days (7, 30d, 12w, 3mo)",
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

function addSandbox(program: Command, start: Start): void {
  const command = program
    .command("sandbox")
    .summary("a simulated organization to try things on")
    .description("Starts a simulated Admin API on this machine and prints the variables to export. Ctrl-C ends it.");
  addSharedOptions(command, ["text", "json"])
    .option("--port <n>", "the port on 127.0.0.1 (default: a free one)", portNumber)
    .option("--seed <seed>", "small, large, or a JSON file as the control interface dumps it", "small")
    .option("--latency <ms>", "answer every call this much later", wholeNumber)
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
