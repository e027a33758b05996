import type { FileWord } from "../config/words.ts";
import { printable } from "../text/printable.ts";

/** What may stand where the cursor is, but for the words of the file. */
interface Offered {
  readonly candidates: readonly FileWord[];
  readonly files: boolean;
  readonly prefix: string;
}

/**
 * The words that begin with what is `typed`, for a completion script: a line for each, with a tab and what it means, and at last `:files`
 * where a file may be named.
 */
export function completionText(
  { candidates, files, prefix }: Offered,
  found: readonly FileWord[],
  typed: string,
): string {
  const lines = [...candidates, ...found]
    .map(({ word, about }) => ({ word: `${prefix}${word}`, about }))
    .filter(({ word }) => word.startsWith(typed))
    .map(({ word, about }) => `${word}\t${printable(about)}`);
  return [...lines, ...(files ? [":files"] : []), ""].join("\n");
}
