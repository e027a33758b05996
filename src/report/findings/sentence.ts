import type { FindingArgs, FindingCode } from "../../core/model/finding.ts";

/** What is wrong, and what to do about it: both without a full stop, the subject first. */
export interface Sentence {
  readonly message: string;
  readonly fix: string;
}

/** How the codes of a group are put into words. */
export type Sentences<Code extends FindingCode> = { readonly [One in Code]: (args: FindingArgs[One]) => Sentence };

/** A value in quotes, cut where it would fill the screen. */
export function quoted(value: string): string {
  return `"${value.length > 100 ? `${value.slice(0, 99)}…` : value}"`;
}

/** The fix for a misspelt name, or `otherwise` where nothing is near. */
export function didYouMean(suggestion: string | undefined, otherwise: string): string {
  return suggestion === undefined ? otherwise : `did you mean ${quoted(suggestion)}?`;
}

/** `1 day`, `3 days`. */
export function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}

/** `a, b or c`. */
export function anyOf(words: readonly string[]): string {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}
