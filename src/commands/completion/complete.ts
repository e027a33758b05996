import type { Context } from "../../context.ts";
import type { FileWord, FileWords } from "../../core/config/words.ts";
import { completionText } from "../../core/document/completion-text.ts";
import type { Outcome } from "../../core/outcome/outcome.ts";

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

/** The words that may stand where the cursor is. Reads the file where its words may stand there; reaches no network. */
export async function complete({ config }: Context, completion: Completion, typed: string): Promise<Outcome> {
  const { fromFile, config: file } = completion;
  const found = fromFile ? (await config.words(file))[fromFile] : [];
  return { kind: "document", text: completionText(completion, found, typed) };
}
