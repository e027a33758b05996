import type { Command } from "commander";
import { COMPLETE } from "../src/cli/completion.ts";
import { HELP_COLUMNS, helpText } from "../src/cli/help-text.ts";
import { TOPICS } from "../src/cli/topics.ts";
import { BASH, FISH, ZSH } from "../src/commands/completion/scripts.ts";
import { VERSION } from "../src/core/model/version.ts";

/**
 * What the command line always answers with the same text, by its file below the output folder: bin/anth-rbac.js prints it without
 * loading anything. Help is what commander makes of the program.
 */
export function pages(program: Command): ReadonlyMap<string, string> {
  const scripts = { bash: BASH, zsh: ZSH, fish: FISH };
  return new Map([
    ["pages/version.txt", `${VERSION}\n`],
    ["pages/help.txt", helpOf(program)],
    ...program.commands.flatMap((command) => commandPages(command, "pages/help")),
    ...Object.entries(TOPICS).map(
      ([topic, { text }]) => [`pages/topic/${topic}.txt`, helpText(text, HELP_COLUMNS)] as const,
    ),
    ...Object.entries(scripts).map(([shell, text]) => [`pages/completion/${shell}.txt`, text] as const),
  ]);
}

function commandPages(command: Command, folder: string): readonly (readonly [string, string])[] {
  const page = `${folder}/${command.name()}`;
  if (command.name() === COMPLETE) return [];
  return [[`${page}.txt`, helpOf(command)], ...command.commands.flatMap((inner) => commandPages(inner, page))];
}

function helpOf(command: Command): string {
  let text = "";
  command.configureOutput({ writeOut: (part) => (text += part), getOutHelpWidth: () => HELP_COLUMNS }).outputHelp();
  return helpText(text, HELP_COLUMNS);
}
