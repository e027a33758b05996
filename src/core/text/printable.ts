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

/**
 * A name as a shell takes it for one word: names are anybody's text, and the commands we print are there to be copied. What does not show
 * is written as `$'…'` has it, for bash and zsh: it steers no terminal, and the name is what it was once the command is pasted.
 */
export function shellWord(name: string): string {
  if (/^[\w@.:/+][\w@.:/+,=-]*$/.test(name)) return name;
  if (printable(name) === name) return `'${name.replaceAll("'", String.raw`'\''`)}'`;
  return `$'${name.replaceAll(/[\\']/g, String.raw`\$&`).replaceAll(unprintable(), bytes)}'`;
}

/** A path as a word of a shell that no program takes for a flag. */
export function shellPath(path: string): string {
  return shellWord(path.startsWith("-") ? `./${path}` : path);
}

/** The bytes of a character; half of a pair has none, in no file and in no name. */
function bytes(character: string): string {
  return encodeURIComponent(character.replace(/\p{Surrogate}/u, "\ufffd")).replaceAll("%", String.raw`\x`);
}
