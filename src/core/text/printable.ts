/** Controls, and the marks that reorder or hide text: shown, a terminal or a reader would obey them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is these that are escaped.
const UNPRINTABLE = /[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff]|[\ud800-\udfff]/gu;

/** Text on one line, for a terminal or a comment: what cannot be seen is written as `\u{1b}`. */
export function printable(text: string): string {
  return text.replaceAll(UNPRINTABLE, escaped);
}

/** As above, but for what a text of several lines is made of: line breaks, tabs, and the joiners of scripts and emoji. */
const STEERING =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is these that are escaped.
  /\r(?!\n)|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff]|[\ud800-\udfff]/gu;

/** Text of several lines for a terminal: what would steer it is written as `\u{1b}`; line breaks and tabs stay. */
export function printableLines(text: string): string {
  return text.replaceAll(STEERING, escaped);
}

function escaped(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

/** A name as a POSIX shell takes it for one word: names are anybody's text, and the commands we print are there to be copied. */
export function shellWord(name: string): string {
  return /^[\w@.:/+][\w@.:/+-]*$/.test(name) ? name : `'${name.replaceAll("'", String.raw`'\''`)}'`;
}
