import type { Completion } from "../commands/completion/complete.ts";
import type { FileWord } from "../core/config/words.ts";
import type { CommandWords, FlagWords, ValueWords } from "./command-words.ts";

const CONFIG = "--config";

const NOTHING: Completion = { candidates: [], files: false, prefix: "" };

/**
 * What may stand at the last of `words`, which may be empty: commands, flags, the values that a flag takes. Pure: the words of the file
 * are asked for by name.
 */
export function completionOf(program: CommandWords, words: readonly string[], topics: readonly FileWord[]): Completion {
  const line = readLine(program, words.slice(0, -1));
  const current = words.at(-1) ?? "";
  return { ...completionAt(line, current, topics), ...(line.config !== undefined && { config: line.config }) };
}

/** What stands before the cursor. */
interface Line {
  readonly program: CommandWords;
  readonly command: CommandWords;
  /** Words that are neither a command nor a flag nor its value. */
  readonly positional: number;
  /** A flag that waits for its value. */
  readonly waiting?: FlagWords;
  /** Nothing is a flag any more. */
  readonly isOver: boolean;
  /** Help is asked for, and not yet of what. */
  readonly isHelp: boolean;
  readonly config?: string;
}

function readLine(program: CommandWords, words: readonly string[]): Line {
  let line: Line = { program, command: program, positional: 0, isOver: false, isHelp: false };
  for (const word of words) line = afterWord(line, word);
  return line;
}

function afterWord({ waiting, ...line }: Line, word: string): Line {
  const { command, positional, isOver, program } = line;
  if (waiting) return { ...line, ...(isConfig(waiting) && { config: word }) };
  if (!isOver && word === "--") return { ...line, isOver: true };
  if (!isOver && word.startsWith("-")) return { ...line, ...afterFlag(line, word) };
  if (positional > 0) return { ...line, positional: positional + 1 };
  const named = command.commands.find(({ name }) => name === word);
  if (named) return { ...line, command: named };
  if (command === program && !line.isHelp && word === "help") return { ...line, isHelp: true };
  return { ...line, positional: positional + 1 };
}

function afterFlag({ program, command }: Line, word: string): Partial<Line> {
  const [flag = "", value] = splitFlag(word);
  const known = flagsOf(program, command).find(({ names }) => names.includes(flag));
  if (!known?.value) return {};
  if (value === undefined) return { waiting: known };
  return isConfig(known) ? { config: value } : {};
}

function isConfig({ names }: FlagWords): boolean {
  return names.includes(CONFIG);
}

function splitFlag(word: string): readonly (string | undefined)[] {
  const at = word.startsWith("--") ? word.indexOf("=") : -1;
  return at === -1 ? [word] : [word.slice(0, at), word.slice(at + 1)];
}

/** Flags stand before the command too: those of every command, then, behind its own. */
function flagsOf(program: CommandWords, command: CommandWords): readonly FlagWords[] {
  if (command.commands.length === 0) return command.flags;
  return [command, program, ...program.commands, ...program.commands.flatMap(({ commands }) => commands)].flatMap(
    ({ flags }) => flags,
  );
}

function completionAt(line: Line, current: string, topics: readonly FileWord[]): Completion {
  const { program, command, waiting, isOver, isHelp, positional } = line;
  if (waiting) return valuesOf(waiting.value, "");
  if (!isOver && current.startsWith("-")) {
    const [flag = "", value] = splitFlag(current);
    if (value === undefined) return { ...NOTHING, candidates: command.offered };
    const known = flagsOf(program, command).find(({ names }) => names.includes(flag));
    return valuesOf(known?.value, `${flag}=`);
  }
  if (isHelp && command === program) return { ...NOTHING, candidates: [...program.subcommands, ...topics] };
  if (command.commands.length === 0) {
    return isHelp ? NOTHING : valuesOf(argumentAt(command, positional), "");
  }
  return positional > 0 ? NOTHING : { ...NOTHING, candidates: command.subcommands };
}

function valuesOf(value: ValueWords | undefined, prefix: string): Completion {
  return value ? { ...value, prefix } : NOTHING;
}

function argumentAt({ arguments: taken }: CommandWords, position: number): ValueWords | undefined {
  const last = taken.at(-1);
  return (taken[position] ?? (last?.repeats ? last : undefined))?.value;
}
