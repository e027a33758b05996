import type { Context } from "../../context.ts";
import type { FileWord, FileWords } from "../../core/config/words.ts";
import type { Outcome } from "../../core/outcome/outcome.ts";
import { printable } from "../../core/text/printable.ts";

/** What may stand where the cursor is. */
export interface Completion {
  /** Whole words, as they would stand on the command line, whatever is typed already. */
  readonly candidates: readonly FileWord[];
  /** The words of the file that may stand there as well. */
  readonly fromFile?: keyof FileWords;
  /** The name of a file may stand there. */
  readonly files: boolean;
  /** What stands before the value in the same word: `--format=`. */
  readonly prefix: string;
  /** The file that the command line names with --config. */
  readonly config?: string;
}

/**
 * The words that may stand where the cursor is and begin with what is `typed`, for a completion script: a line for each, with a tab and
 * what it means, and at last `:files` where a file may be named. Reads the file where its words may stand there; reaches no network.
 */
export async function complete({ config }: Context, completion: Completion, typed: string): Promise<Outcome> {
  const { candidates, fromFile, files, prefix, config: file } = completion;
  const found = fromFile ? (await config.words(file))[fromFile] : [];
  const lines = [...candidates, ...found]
    .map(({ word, about }) => ({ word: `${prefix}${word}`, about }))
    .filter(({ word }) => word.startsWith(typed))
    .map(({ word, about }) => `${word}\t${printable(about)}`);
  return { kind: "document", text: [...lines, ...(files ? [":files"] : []), ""].join("\n") };
}
