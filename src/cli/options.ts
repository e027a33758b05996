import { Argument, type Command, InvalidArgumentError, Option } from "commander";
import type { GlobalOptions } from "../adapters/host.ts";
import type { ScopeFlags, WriteFlags } from "../commands/write/flags.ts";
import type { Context } from "../context.ts";
import { MANAGED_KINDS, type ManagedKind } from "../core/config/config.ts";
import { GUARDRAIL_RULES, type GuardrailRule } from "../core/model/guardrail.ts";
import { parseDays, parseTimeout } from "../core/model/time.ts";
import type { Outcome } from "../core/outcome/outcome.ts";
import { parseEmail } from "../core/text/identity.ts";
import { suggest } from "../core/text/suggest.ts";
import type { Format } from "../report/formats/forms.ts";
import { DEFAULT_OPTIONS } from "./defaults.ts";

/** What commander makes of the shared flags, before defaults that depend on one another. */
interface ParsedOptions {
  readonly config?: string;
  readonly json?: true;
  readonly format?: Format;
  readonly quiet?: true;
  readonly debug?: true;
  readonly input?: boolean;
  readonly pager?: boolean;
  readonly color: boolean;
  readonly timeout?: number;
  readonly baseUrl?: string;
  readonly profile?: string;
  readonly apiRpm?: number;
}

/** Flags that several commands share, and that mean nothing in others. */
const SHARED = {
  /** Where an rbac.yaml is read. */
  config: ["-c, --config <file>", "the rbac.yaml to use (default: found upwards from here)"],
  /** Where more is said than the result. */
  quiet: ["-q, --quiet", "print only the result, no notices"],
  /** Where a result may be longer than a screen. */
  pager: ["--no-pager", "print a long result at once (also: ANTH_RBAC_PAGER, PAGER)"],
  /** Where something may be asked. */
  input: ["--no-input", "never prompt: whatever needs an answer is refused"],
} as const;

/** Adds the flags that every command takes, `--format` where there is a choice, and those of `shared` that mean something here. */
export function addSharedOptions(
  command: Command,
  formats: readonly Format[],
  ...shared: readonly (keyof typeof SHARED)[]
): Command {
  if (formats.length > 1) {
    command
      .addOption(new Option("--format <format>", "how to print the result").choices([...formats]).default("text"))
      .addOption(new Option("--json", "the same as --format json").implies({ format: "json" }));
  } else {
    command.addOption(new Option("--json").hideHelp());
  }
  for (const name of shared) {
    const [flags, description] = SHARED[name];
    command.option(flags, description);
  }
  return command
    .option("--debug", "log API requests and the causes of errors to stderr (secrets are masked)")
    .option("--no-color", "no colour (also: NO_COLOR; FORCE_COLOR forces it)");
}

/** Adds the flags of every command that reaches the API. */
export function addApiOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        "--timeout <duration>",
        "give up after this long, waiting included (30s, 10m; default 10m, or as long as reading needs)",
      ).argParser(timeout),
    )
    .option("--base-url <url>", "another host than api.anthropic.com: https, or http on loopback")
    .option("--profile <name>", "a profile of the ant CLI to take the credential from")
    .addOption(
      new Option("--api-rpm <n>", "at most this many requests a minute (default 100; 0: no limit)").argParser(
        wholeNumber,
      ),
    );
}

/** Flags of some commands that write, each repeatable. */
const WRITING = {
  /** Where more than one kind is written. */
  only: (command: Command) =>
    command.option("--only <kind>", `only this kind (${MANAGED_KINDS.join(", ")}); repeatable`, collected(managedKind)),
  /** Where a run can be held to some workspaces. */
  workspace: (command: Command) =>
    command.option(
      "--workspace <workspace>",
      "only this workspace: its handle, live name or id; repeatable",
      collected(String),
    ),
  /** Where something is done that cannot be undone. */
  confirm: (command: Command) =>
    command.option(
      "--confirm <name>",
      "confirm the irreversible change of the object with this live name; repeatable",
      collected(String),
    ),
};

/** Adds the flags of every command that writes, and those of `more` that mean something here. */
export function addWriteOptions(command: Command, ...more: readonly (keyof typeof WRITING)[]): Command {
  command
    .option("--dry-run", "show what would be done, and change nothing")
    .option(
      "-y, --yes",
      more.includes("confirm")
        ? "do not ask whether to go on; irreversible changes still need --confirm"
        : "do not ask whether to go on",
    )
    .addOption(
      new Option(
        "--allow <rule=reason>",
        "override one guardrail; the reason goes into the audit log; repeatable",
      ).argParser(
        (text: string, before: ReadonlyMap<GuardrailRule, string> = new Map()) => new Map([...before, override(text)]),
      ),
    );
  for (const name of more) WRITING[name](command);
  return command;
}

/** The flags of a command that writes, with their defaults. */
export function writeFlags(command: Command): WriteFlags & ScopeFlags {
  const { dryRun = false, only = [], workspace = [], yes = false, confirm = [], allow = new Map() } = command.opts();
  return { dryRun, only, workspaces: workspace, yes, confirm, allow };
}

/** A parser for a flag that may be given several times. */
export function collected<Value>(
  parse: (text: string) => Value,
): (text: string, before?: readonly Value[]) => readonly Value[] {
  return (text, before = []) => [...before, parse(text)];
}

/** A word of `manage`. Throws commander's InvalidArgumentError. */
function managedKind(text: string): ManagedKind {
  const kind = MANAGED_KINDS.find((word) => word === text);
  if (kind) return kind;
  const near = suggest(text, MANAGED_KINDS);
  throw new InvalidArgumentError(near ? `did you mean "${near}"?` : `the kinds are ${MANAGED_KINDS.join(", ")}.`);
}

/** `RULE=REASON`. Throws commander's InvalidArgumentError. */
function override(text: string): readonly [GuardrailRule, string] {
  const at = text.indexOf("=");
  const [word, reason] = at === -1 ? [text, ""] : [text.slice(0, at), text.slice(at + 1).trim()];
  const rule = GUARDRAIL_RULES.find((known) => known === word);
  if (!rule) throw new InvalidArgumentError(`there is no such guardrail; they are ${GUARDRAIL_RULES.join(", ")}.`);
  if (reason === "") throw new InvalidArgumentError(`say why: --allow ${rule}=REASON goes into the audit log.`);
  return [rule, reason];
}

/** The flags by which a command would read less. Of one person every workspace has to be asked. */
function narrowing(command: Command): readonly string[] {
  switch (command.name()) {
    case "apply":
    case "export":
      return ["--workspace", "--only"];
    case "review":
      return ["--workspace"];
    case "status":
      return command.opts().user === undefined ? ["--workspace"] : [];
    default:
      return [];
  }
}

/** The shared flags with their defaults, from what commander parsed. */
export function globalOptions(command: Command): GlobalOptions & { readonly format: Format } {
  const parsed = command.opts<ParsedOptions>();
  return {
    json: parsed.format === "json",
    format: parsed.format ?? DEFAULT_OPTIONS.format,
    quiet: parsed.quiet ?? DEFAULT_OPTIONS.quiet,
    debug: parsed.debug ?? DEFAULT_OPTIONS.debug,
    input: parsed.input ?? DEFAULT_OPTIONS.input,
    pager: parsed.pager ?? false,
    color: parsed.color,
    timeout: parsed.timeout ?? DEFAULT_OPTIONS.timeout,
    hasTimeout: parsed.timeout !== undefined,
    apiRpm: parsed.apiRpm ?? DEFAULT_OPTIONS.apiRpm,
    narrowing: narrowing(command),
    ...(parsed.config !== undefined && { config: parsed.config }),
    ...(parsed.baseUrl !== undefined && { baseUrl: parsed.baseUrl }),
    ...(parsed.profile !== undefined && { profile: parsed.profile }),
  };
}

function timeout(text: string): number {
  const milliseconds = parseTimeout(text);
  if (!milliseconds) throw new InvalidArgumentError("write a duration such as 30s or 10m; a bare number is seconds.");
  return milliseconds;
}

/** A file to write that is something beside the result, which has stdout to itself. Throws commander's InvalidArgumentError. */
export function fileToWrite(text: string): string {
  if (text === "-") throw new InvalidArgumentError("name a file: this is not for stdout, where the result goes.");
  return text;
}

/** An e-mail address. Throws commander's InvalidArgumentError. */
export function emailAddress(text: string): string {
  const address = parseEmail(text);
  if (address === undefined) throw new InvalidArgumentError("give the address alone, such as ada@acme.example.");
  return address;
}

/** A TCP port; 0 is any free one. Throws commander's InvalidArgumentError. */
export function portNumber(text: string): number {
  const port = wholeNumber(text);
  if (port > 65_535) throw new InvalidArgumentError("write a port from 0 to 65535.");
  return port;
}

/** A whole number from 0 up. Throws commander's InvalidArgumentError. */
export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("write a whole number.");
  return Number(text);
}

/** Whole days, of a duration or of a bare number. Throws commander's InvalidArgumentError. */
export function wholeDays(text: string): number {
  const days = parseDays(text);
  if (days === undefined)
    throw new InvalidArgumentError("write a number of days, or a duration such as 30d, 12w or 3mo.");
  return days;
}

/** A whole percentage from 0 to 100. Throws commander's InvalidArgumentError. */
export function percentage(text: string): number {
  if (!/^(?:\d{1,2}|100)%?$/.test(text)) throw new InvalidArgumentError("write a whole number from 0 to 100.");
  return Number.parseInt(text, 10);
}

/** A whole number from 1 up. Throws commander's InvalidArgumentError. */
export function positiveNumber(text: string): number {
  const number = wholeNumber(text);
  if (number === 0) throw new InvalidArgumentError("write a whole number from 1 up.");
  return number;
}

/** Adds a flag that takes one of a few words. */
export function addChoice(command: Command, flags: string, description: string, words: readonly string[]): Command {
  return command.addOption(new Option(flags, description).choices([...words]));
}

/** Adds an argument that takes one of a few words. */
export function addArgumentChoice(
  command: Command,
  name: string,
  description: string,
  words: readonly string[],
): Command {
  return command.addArgument(new Argument(name, description).choices([...words]));
}

/** A command line understood: what to run, and how to show what comes of it. */
export interface Invocation {
  readonly options: GlobalOptions;
  readonly format: Format;
  readonly run: (context: Context) => Promise<Outcome>;
}

/** What a command's action calls, once, with what is to be run. */
export type Start = (command: Command, run: Invocation["run"]) => void;
