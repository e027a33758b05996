import type { Argument, Command, Option } from "commander";
import type { Completion } from "../commands/completion/complete.ts";
import { MANAGED_KINDS } from "../core/config/config.ts";
import type { FileWord, FileWords } from "../core/config/words.ts";
import { GUARDRAIL_RULES } from "../core/model/guardrail.ts";

/** The words that may stand for a value. */
export type ValueWords = Pick<Completion, "candidates" | "fromFile" | "files">;

/** What completion knows of a flag. */
export interface FlagWords {
  readonly names: readonly string[];
  /** Absent: it takes none. */
  readonly value?: ValueWords;
}

/** What completion knows of a command: plain data, so that it can be written down where the program is built. */
export interface CommandWords {
  readonly name: string;
  readonly flags: readonly FlagWords[];
  /** Its flags, as they are offered. */
  readonly offered: readonly FileWord[];
  readonly arguments: readonly { readonly repeats: boolean; readonly value: ValueWords }[];
  readonly commands: readonly CommandWords[];
  /** Its commands, as they are offered. */
  readonly subcommands: readonly FileWord[];
}

/** What the name of a value says of the words that it takes. */
const FROM_FILE: Readonly<Record<string, keyof FileWords>> = {
  workspace: "workspaces",
  email: "people",
  key: "keys",
  account: "serviceAccounts",
  issuer: "issuers",
  role: "roles",
  model: "models",
};
const CONFIRMED = "--confirm";

/** The words of a command, and of those below it. */
export function commandWords(command: Command): CommandWords {
  const help = command.createHelp();
  return {
    name: command.name(),
    flags: command.options.map(flagWords),
    offered: help.visibleOptions(command).flatMap(({ long, short, description }) => {
      const word = long ?? short;
      return word === undefined ? [] : { word, about: description };
    }),
    arguments: command.registeredArguments.map((taken) => ({ repeats: taken.variadic, value: argumentWords(taken) })),
    commands: command.commands.map(commandWords),
    subcommands: help
      .visibleCommands(command)
      .map((one) => ({ word: one.name(), about: one.summary() || one.description() })),
  };
}

function flagWords(option: Option): FlagWords {
  const { short, long, required, optional } = option;
  return {
    names: [short, long].flatMap((name) => name ?? []),
    ...((required || optional) && { value: valueWords(option) }),
  };
}

function valueWords({ flags, long, argChoices }: Option): ValueWords {
  const name = /<([^>.]+)/.exec(flags)?.[1] ?? "";
  if (argChoices) return words(argChoices);
  if (name === "kind") return words(MANAGED_KINDS);
  if (name === "rule=reason") return words(GUARDRAIL_RULES.map((rule) => `${rule}=`));
  const fromFile = long === CONFIRMED ? "names" : FROM_FILE[name];
  return { candidates: [], files: name === "file" || name === "seed", ...(fromFile && { fromFile }) };
}

function argumentWords(argument: Argument): ValueWords {
  if (argument.argChoices) return words(argument.argChoices);
  return { candidates: [], files: /^files?$/.test(argument.name()) };
}

function words(all: readonly string[]): ValueWords {
  return { candidates: all.map((word) => ({ word, about: "" })), files: false };
}
