import type { Command } from "commander";
import { commandWords } from "./command-words.ts";
import { completionOf } from "./complete.ts";
import type { KnownWords } from "./fixed-words.ts";
import type { Start } from "./options.ts";
import { addArgumentChoice, addSharedOptions } from "./options.ts";
import { TOPICS } from "./topics.ts";

/** What completion scripts ask for words: no command for people. */
export const COMPLETE = "__complete";

/** Adds `completion`, and the command that its scripts call. */
export function addCompletion(program: Command, start: Start): void {
  const command = program
    .command("completion")
    .summary("print a completion script for bash, zsh or fish")
    .description(
      "Prints the script with which a shell completes commands, flags, formats, and the names in your rbac.yaml: workspaces, people, keys, service accounts, roles.",
    );
  addArgumentChoice(command, "<shell>", "the shell", ["bash", "zsh", "fish"]);
  addSharedOptions(command, [])
    .addHelpText(
      "after",
      `
Examples:
  source <(anth-rbac completion bash)              in ~/.bashrc
  source <(anth-rbac completion zsh)               in ~/.zshrc, after compinit
  anth-rbac completion fish > ~/.config/fish/completions/anth-rbac.fish
`,
    )
    .action((shell: "bash" | "zsh" | "fish") =>
      start(command, async () => {
        const { completion } = await import("../commands/completion/completion.ts");
        return completion(shell);
      }),
    );
  const asked = program.command(COMPLETE, { hidden: true }).argument("[words...]");
  addSharedOptions(asked, []).action((words: readonly string[]) =>
    start(asked, async (context) => {
      const { complete } = await import("../commands/completion/complete.ts");
      const known = knownWords(program);
      return complete(context, completionOf(known.program, words, known.topics), words.at(-1) ?? "");
    }),
  );
}

/** The words of a program: of its commands, and of what there is help for. @internal for the build */
export function knownWords(program: Command): KnownWords {
  return {
    program: commandWords(program),
    topics: Object.entries(TOPICS).map(([word, { summary }]) => ({ word, about: summary })),
  };
}
