import type { Argument, Command, Option } from "commander";
import type { Completion } from "../commands/completion/complete.ts";
import { MANAGED_KINDS } from "../core/config/config.ts";
import type { FileWord, FileWords } from "../core/config/words.ts";
import { GUARDRAIL_RULES } from "../core/model/guardrail.ts";

/** What the name of a value says of the words that it takes. */
const FROM_FILE: Readonly<Record<string, keyof FileWords>> = {
  workspace: "workspaces",
  email: "people",
  key: "keys",
  account: "serviceAccounts",
  role: "roles",
  model: "models",
};
const CONFIRMED = "--confirm";
const CONFIG = "--config";

const NOTHING: Completion = { candidates: [], files: false, prefix: "" };

/**
 * What may stand at the last of `words`, which may be empty: commands, flags, the values that a flag takes. Pure: the words of the file
 * are asked for by name.
 */
export function completionOf(program: Command, words: readonly string[], topics: readonly FileWord[]): Completion {
  const line = readLine(program, words.slice(0, -1));
  const current = words.at(-1) ?? "";
  return { ...completionAt(line, current, topics), ...(line.config !== undefined && { config: line.config }) };
}

/** What stands before the cursor. */
interface Line {
  readonly program: Command;
  readonly command: Command;
  /** Words that are neither a command nor a flag nor its value. */
  readonly positional: number;
  /** A flag that waits for its value. */
  readonly waiting?: Option;
  /** Nothing is a flag any more. */
  readonly isOver: boolean;
  /** Help is asked for, and not yet of what. */
  readonly isHelp: boolean;
  readonly config?: string;
}

function readLine(program: Command, words: readonly string[]): Line {
  let line: Line = { program, command: program, positional: 0, isOver: false, isHelp: false };
  for (const word of words) line = afterWord(line, word);
  return line;
}

function afterWord({ waiting, ...line }: Line, word: string): Line {
  const { command, positional, isOver, program } = line;
  if (waiting) return { ...line, ...(waiting.long === CONFIG && { config: word }) };
  if (!isOver && word === "--") return { ...line, isOver: true };
  if (!isOver && word.startsWith("-")) return { ...line, ...afterFlag(line, word) };
  if (positional > 0) return { ...line, positional: positional + 1 };
  const named = command.commands.find((one) => one.name() === word);
  if (named) return { ...line, command: named };
  if (command === program && !line.isHelp && word === "help") return { ...line, isHelp: true };
  return { ...line, positional: positional + 1 };
}

function afterFlag({ program, command }: Line, word: string): Partial<Line> {
  const [flag = "", value] = splitFlag(word);
  const option = flagsOf(program, command).find(({ short, long }) => short === flag || long === flag);
  if (!option || !takesValue(option)) return {};
  if (value === undefined) return { waiting: option };
  return option.long === CONFIG ? { config: value } : {};
}

function splitFlag(word: string): readonly (string | undefined)[] {
  const at = word.startsWith("--") ? word.indexOf("=") : -1;
  return at === -1 ? [word] : [word.slice(0, at), word.slice(at + 1)];
}

/** Flags stand before the command too: those of every command, then. */
function flagsOf(program: Command, command: Command): readonly Option[] {
  if (command.commands.length === 0) return command.options;
  return [program, ...program.commands, ...program.commands.flatMap(({ commands }) => commands)].flatMap(
    ({ options }) => options,
  );
}

function takesValue({ required, optional }: Option): boolean {
  return required || optional;
}

function completionAt(line: Line, current: string, topics: readonly FileWord[]): Completion {
  const { program, command, waiting, isOver, isHelp, positional } = line;
  if (waiting) return valuesOf(waiting, "");
  if (!isOver && current.startsWith("-")) {
    const [flag, value] = splitFlag(current);
    if (value === undefined) return { ...NOTHING, candidates: flagCandidates(command) };
    const option = flagsOf(program, command).find(({ long }) => long === flag);
    return option && takesValue(option) ? valuesOf(option, `${flag}=`) : NOTHING;
  }
  if (isHelp && command === program) return { ...NOTHING, candidates: [...subcommands(program), ...topics] };
  if (command.commands.length === 0) {
    return isHelp ? NOTHING : argumentCompletion(command.registeredArguments, positional);
  }
  return positional > 0 ? NOTHING : { ...NOTHING, candidates: subcommands(command) };
}

function subcommands(command: Command): readonly FileWord[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .map((one) => ({ word: one.name(), about: one.summary() || one.description() }));
}

function flagCandidates(command: Command): readonly FileWord[] {
  return command
    .createHelp()
    .visibleOptions(command)
    .flatMap(({ long, short, description }) => {
      const word = long ?? short;
      return word === undefined ? [] : { word, about: description };
    });
}

function valuesOf(option: Option, prefix: string): Completion {
  const name = /<([^>.]+)/.exec(option.flags)?.[1] ?? "";
  if (option.argChoices) return { ...NOTHING, prefix, candidates: option.argChoices.map(plain) };
  if (name === "kind") return { ...NOTHING, prefix, candidates: MANAGED_KINDS.map(plain) };
  if (name === "rule=reason")
    return { ...NOTHING, prefix, candidates: GUARDRAIL_RULES.map((rule) => plain(`${rule}=`)) };
  const fromFile = option.long === CONFIRMED ? "names" : FROM_FILE[name];
  return { candidates: [], prefix, files: name === "file" || name === "seed", ...(fromFile && { fromFile }) };
}

function argumentCompletion(taken: readonly Argument[], position: number): Completion {
  const last = taken.at(-1);
  const argument = taken[position] ?? (last?.variadic ? last : undefined);
  if (!argument) return NOTHING;
  if (argument.argChoices) return { ...NOTHING, candidates: argument.argChoices.map(plain) };
  return { ...NOTHING, files: /^files?$/.test(argument.name()) };
}

function plain(word: string): FileWord {
  return { word, about: "" };
}
