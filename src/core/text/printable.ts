import { BLANKS, HIDDEN, isPlain } from "./hidden.ts";
import { once } from "./once.ts";

/** Halves of a pair show as nothing, or as anything. */
const UNPRINTABLE = `${HIDDEN}|\\p{Surrogate}`;
const unprintable = once(() => new RegExp(UNPRINTABLE, "gu"));

/** Text on one line, for a terminal or a comment: what does not show is written as `\u{1b}`. */
export function printable(text: string): string {
  return isPlain(text) ? text : text.replaceAll(unprintable(), escaped);
}

/** As above, but for what a text of several lines is made of: line breaks, tabs, joiners, the styles of emoji, and blanks. */
const steering = once(
  () => new RegExp(`\\r(?!\\n)|(?![\\r\\n\\t\\u200c\\u200d\\ufe0e\\ufe0f]|${BLANKS})(?:${UNPRINTABLE})`, "gu"),
);

/** Text of several lines for a terminal: what would steer it is written as `\u{1b}`; line breaks and tabs stay. */
export function printableLines(text: string): string {
  return isPlain(text) ? text : text.replaceAll(steering(), escaped);
}

function escaped(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

/** A name as a POSIX shell takes it for one word: names are anybody's text, and the commands we print are there to be copied. */
export function shellWord(name: string): string {
  return /^[\w@.:/+][\w@.:/+,=-]*$/.test(name) ? name : `'${name.replaceAll("'", String.raw`'\''`)}'`;
}
