import type { Completion } from "../commands/completion/complete.ts";
import type { FileWord } from "../core/config/words.ts";
import { completionText } from "../core/document/completion-text.ts";
import type { CommandWords } from "./command-words.ts";
import { completionOf } from "./complete.ts";

/** What the command line knows by itself, as it is written down where the program is built. */
export interface KnownWords {
  readonly program: CommandWords;
  readonly topics: readonly FileWord[];
}

/**
 * What `__complete` answers, as far as no file has to be read for it; where one has, what may stand there. Bundled by itself, with the
 * words in it: a shell asks at each Tab. @internal for the build
 */
export function fixedWords({ program, topics }: KnownWords, words: readonly string[]): string | Completion {
  const completion = completionOf(program, words, topics);
  return completion.fromFile ? completion : completionText(completion, [], words.at(-1) ?? "");
}
