import { Command, CommanderError } from "commander";
import { VERSION } from "../core/model/version.ts";
import { suggest } from "../core/text/suggest.ts";
import { cutAt, quoted } from "../core/text/text.ts";
import { addApply } from "./apply.ts";
import { addAudit } from "./audit.ts";
import { addCompletion, COMPLETE } from "./completion.ts";
import { addDrift } from "./drift.ts";
import { addExport } from "./export.ts";
import { HELP_COLUMNS, helpText } from "./help-text.ts";
import { addInit } from "./init.ts";
import type { Invocation, Start } from "./options.ts";
import { globalOptions } from "./options.ts";
import { addPrompt } from "./prompt.ts";
import { addReview } from "./review.ts";
import { addRevoke } from "./revoke.ts";
import { addRotate } from "./rotate.ts";
import { addSandbox } from "./sandbox.ts";
import { addSchema } from "./schema.ts";
import { addStatus } from "./status.ts";
import { addTest } from "./test.ts";
import { TOPICS, type Topic } from "./topics.ts";
import { addValidate } from "./validate.ts";
import { addWhoami } from "./whoami.ts";

export type Parsed =
  | { readonly kind: "run"; readonly invocation: Invocation }
  /** Help or version was printed. */
  | { readonly kind: "answered" }
  /** `json`: whether the answer was asked for as JSON, as far as a command line that is wrong can tell. `help`: what to type for the flags. */
  | { readonly kind: "invalid"; readonly message: string; readonly json: boolean; readonly help: string };

/** Reads a command line. Prints only help and version, with `write`, for so many columns; loads no command, adapter or SDK. */
export async function parseArguments(
  argv: readonly string[],
  write: (text: string) => void,
  columns: number = HELP_COLUMNS,
): Promise<Parsed> {
  const print = (text: string) => write(helpText(text, columns));
  let invocation: Invocation | undefined;
  const program = createProgram(commandsIn(argv), (command, run) => {
    const { format, ...options } = globalOptions(command);
    invocation = { options, format, run };
  });
  const { names, words, topic, unknown } = commandFirst(program, argv);
  if (topic) {
    print(topic.text);
    return { kind: "answered" };
  }
  if (unknown !== undefined) return invalid(argv, unknown, "anth-rbac help");
  // Only help and version may be printed here: a mistake is reported by `main`, in the format that was asked for.
  const output = { writeOut: print, writeErr: () => {}, getOutHelpWidth: () => columns };
  for (const command of [program, ...program.commands, ...program.commands.flatMap(({ commands }) => commands)]) {
    command.exitOverride().configureOutput(output);
    refuseSecond(command);
  }
  program.hook("preAction", (_, command) => refuseEmpty(command));
  const help = ["anth-rbac", ...names, "--help"].join(" ");
  try {
    await program.parseAsync([...words], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { kind: "answered" };
    return invalid(argv, error.message.replace(/^error: /, "").replaceAll("\n", " "), help);
  }
  return invocation ? { kind: "run", invocation } : invalid(argv, "no command was given", help);
}

const LONGEST_MESSAGE = 400;

function invalid(argv: readonly string[], message: string, help: string): Parsed {
  const words = argv.join(" ");
  // A word may be as long as the system lets a command line be.
  return {
    kind: "invalid",
    message: cutAt(message, LONGEST_MESSAGE),
    help,
    json: /(^| )--(json|format[ =]json)( |$)/.test(words),
  };
}

/**
 * A flag that takes one value is given it once: of two only the last would count, and whoever typed `revoke --key A --key B` would leave
 * A as it is.
 */
function refuseSecond(command: Command): void {
  const given = new Map<string, string>();
  for (const option of command.options) {
    const name = option.attributeName();
    if (!option.required && !option.optional) continue;
    command.on(`option:${option.name()}`, (value: string) => {
      const first = given.get(name);
      given.set(name, value);
      // What can be repeated is collected.
      if (first === undefined || first === value || typeof command.getOptionValue(name) === "object") return;
      command.error(`${option.long} takes one value, and has two: ${quoted(first)} and ${quoted(value)}`);
    });
  }
}

/** A prompt may have no instructions. */
const MAY_BE_EMPTY: ReadonlySet<string> = new Set(["system"]);

/** An empty value is most likely a variable that is not set: it names no file, and nothing that there is. */
function refuseEmpty(command: Command): void {
  for (const option of command.options) {
    const value: unknown = command.getOptionValue(option.attributeName());
    if (MAY_BE_EMPTY.has(option.attributeName())) continue;
    if ([value].flat().some((one) => typeof one === "string" && one.trim() === ""))
      command.error(`${option.long} is empty`);
  }
}

/** A command line whose flags all stand behind its command. */
interface CommandLine {
  /** The words that name the command, as far as there are such. */
  readonly names: readonly string[];
  readonly words: readonly string[];
  /** The page that is asked for, and is no command's. */
  readonly topic?: Topic;
  /** What is wrong with what help was asked about. */
  readonly unknown?: string;
}

/**
 * Puts flags that stand before a command behind it, since commander takes them only there. Whatever names no command that does
 * something (nothing at all, or a group) asks for its help.
 */
function commandFirst(program: Command, argv: readonly string[]): CommandLine {
  const names: string[] = [];
  const flags: string[] = [];
  let command = program;
  let next = 0;
  while (next < argv.length && command.commands.length > 0) {
    const word = argv[next] ?? "";
    const named = command.commands.find((one) => one.name() === word || one.aliases().includes(word));
    if (named) {
      names.push(word);
      command = named;
    } else if (!word.startsWith("-") || isAnswered(word)) break;
    else {
      flags.push(word);
      // The next word is the flag's value, and no command, whatever it looks like.
      if (takesValue(program, word) && next + 1 < argv.length) flags.push(argv[++next] ?? "");
    }
    next += 1;
  }
  const rest = argv.slice(next);
  if (command === program && rest[0] === "help") return helpAbout(program, rest.slice(1));
  const wantsHelp = command.commands.length > 0 && rest.length === 0 && !RUN_BY_THEMSELVES.has(command.name());
  return { names, words: [...names, ...(wantsHelp ? ["--help"] : [...flags, ...rest])] };
}

/** Commands that have others below them and run by themselves too. */
const RUN_BY_THEMSELVES: ReadonlySet<string> = new Set(["review"]);

/** `help`, `help audit show`, `help exit-codes`: the same as the command's --help, or a page of its own. */
function helpAbout(program: Command, rest: readonly string[]): CommandLine {
  const words = rest.filter((word) => !word.startsWith("-"));
  const [first = ""] = words;
  const topic = words.length === 1 && Object.hasOwn(TOPICS, first) ? TOPICS[first] : undefined;
  let command: Command | undefined = program;
  for (const word of words) command = command?.commands.find((one) => one.name() === word && word !== COMPLETE);
  if (topic || command) return { names: words, words: [...words, "--help"], ...(topic && { topic }) };
  const known = [...Object.keys(COMMANDS), ...Object.keys(TOPICS)];
  const near = suggest(first, known);
  const unknown = `there is no command and no topic ${quoted(words.join(" "))}${near ? `; did you mean ${near}?` : ""}`;
  return { names: [], words: [], unknown };
}

/** Flags that the program itself answers. */
function isAnswered(word: string): boolean {
  return ["-h", "--help", "-V", "--version"].includes(word);
}

/** Whether some command has a flag of this name that takes a value which is not in the same word. */
function takesValue(program: Command, word: string): boolean {
  const commands = program.commands.flatMap((command) => [command, ...command.commands]);
  return commands.some(({ options }) =>
    options.some(({ short, long, required, optional }) => (short === word || long === word) && (required || optional)),
  );
}

const EXIT_CODES = `
Exit codes:
  0    done, nothing to report
  1    could not run, or failed
  2    ran, and found something
  3    refused: a guardrail, a stale plan
  4    credentials
  5    applied in part
  6    denied by role policy
  7    done as far as possible; a manual step is left
  64   wrong usage
  130  interrupted

Credentials come from ANTHROPIC_ADMIN_KEY, ANTHROPIC_AUTH_TOKEN or a profile of the ant CLI, never from a flag.
More: anth-rbac help exit-codes, help environment, help config.
Try it without one: anth-rbac sandbox
`;

/** In the order of the help. */
const COMMANDS: Readonly<Record<string, (program: Command, start: Start) => void>> = {
  init: addInit,
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
  review: addReview,
  audit: addAudit,
  whoami: addWhoami,
  completion: addCompletion,
  sandbox: addSandbox,
};

/** The commands that a command line may need, by their names. */
function commandsIn(argv: readonly string[]): readonly string[] {
  const [first = "", second, ...rest] = argv;
  // What is completed begins with its command, most of the time; where it does not, any may be meant.
  const completed = first === COMPLETE && second === "--" && rest.length > 1 ? [rest[0] ?? "", "completion"] : [first];
  return completed.every((name) => Object.hasOwn(COMMANDS, name)) ? completed : Object.keys(COMMANDS);
}

/**
 * The command line: names, flags, help. Each action is one lazy import and one call. Of the commands there are those of `names` alone:
 * nobody asks for the others then, and all their flags take longer to make than the one's to read.
 */
function createProgram(names: readonly string[], start: Start): Command {
  const program = new Command("anth-rbac")
    .description("One reviewed file for a Claude organization: members, workspaces, keys, limits and role policies.")
    .version(VERSION, "-V, --version")
    // A flag belongs to the command that it stands behind, whatever the one above has by that name.
    .enablePositionalOptions()
    .helpCommand("help [command]", "show help for a command or a topic")
    .showSuggestionAfterError()
    .addHelpText("after", EXIT_CODES);
  for (const name of new Set(names)) COMMANDS[name]?.(program, start);
  return program;
}

/**
 * The whole command line, for pages that are made of it.
 * @internal
 */
export function wholeProgram(): Command {
  return createProgram(Object.keys(COMMANDS), () => {});
}
