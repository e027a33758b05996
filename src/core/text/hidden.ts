import { once } from "./once.ts";

/**
 * Signs and letters by their properties, whose picture is empty: the braille pattern without dots, a musical note without a head, the
 * blanks of hieroglyphs, a filler of another script. Source: the code charts of Unicode; no property gathers them.
 */
const BLANK = String.raw`\u2800\u{1d159}\u{13441}\u{13442}\u{16fe4}`;

/**
 * Characters that do not show, or that steer what shows them: by their Unicode properties controls, format characters (Cf: the
 * bidirectional marks of CVE-2021-42574, joiners, tags), whatever a renderer ignores by default (variation selectors, the fillers of
 * Hangul, zero-width spaces), and the separators of lines and paragraphs; and those that are blank. Whatever looks for such
 * characters does it by this one table, a part of an expression.
 */
export const HIDDEN = `[\\p{Cc}\\p{Cf}\\p{Default_Ignorable_Code_Point}\\p{Zl}\\p{Zp}${BLANK}]`;
/** Those that no text of several lines needs escaped: a blank steers nothing, and pictures of braille are drawn with it. */
export const BLANKS = `[${BLANK}]`;

/** Made for a text that is not plain: to get classes of Unicode ready takes longer than most runs have a use for. */
const forms = once(() => ({
  hidden: new RegExp(HIDDEN, "gu"),
  /** The style of an emoji, and the joiner of two: without them another picture is drawn. */
  emojiPart:
    /(?<=\p{Extended_Pictographic})\ufe0f|(?<=\p{Extended_Pictographic}|\ufe0f|\p{Emoji_Modifier})\u200d(?=\p{Extended_Pictographic})/gu,
  /** The joiners that scripts such as Persian and Hindi are written with; in these three they change nothing. */
  scriptJoiner: /(?<=(?![\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}])[\p{L}\p{M}])[\u200c\u200d](?=\p{L})/gu,
  /** The space of a text in braille. */
  brailleSpace: /(?<=[\u2801-\u28ff])\u2800|\u2800(?=[\u2801-\u28ff])/gu,
  /** Line breaks and tabs; a carriage return by itself overwrites a line. U+0085 is a line break of older systems. */
  lineBreak: /\r?\n|\t|\u0085/gu,
}));

/**
 * All but letters, signs and punctuation of Latin text with its line breaks, none of which hides: the classes of Unicode above take
 * longer to get ready than most files to read.
 */
const MAY_HIDE = /[^\t\n\r\x20-\x7e\xa0-\xac\xae-\u02ff\u2010-\u2027]|\r(?!\n)/;

/** A character that does not show, and where. */
export interface HiddenCharacter {
  /** UTF-16 offset. */
  readonly offset: number;
  /** As Unicode names it: `U+200B`. */
  readonly name: string;
}

/** The first character of an identifier that does not show, or undefined. Of joiners and styles only those of emoji may be in one. */
export function hiddenInName(name: string): HiddenCharacter | undefined {
  return isPlain(name) ? undefined : (hiddenBut(name, [forms().emojiPart]).next().value ?? undefined);
}

/** The characters of running text that do not show, in their order: not line breaks and tabs, nor what emoji and scripts need. */
export function hiddenInText(text: string): Iterable<HiddenCharacter> {
  if (!MAY_HIDE.test(text)) return [];
  const { emojiPart, scriptJoiner, brailleSpace, lineBreak } = forms();
  return hiddenBut(text, [emojiPart, scriptJoiner, brailleSpace, lineBreak]);
}

function* hiddenBut(text: string, fine: readonly RegExp[]): Generator<HiddenCharacter, undefined> {
  const allowed = new Set<number>();
  for (const form of fine) {
    for (const { 0: part, index } of text.matchAll(form)) {
      for (let at = 0; at < part.length; at++) allowed.add(index + at);
    }
  }
  for (const { 0: character, index } of text.matchAll(forms().hidden)) {
    if (allowed.has(index)) continue;
    const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
    yield { offset: index, name: `U+${code}` };
  }
}

/** Whether there is nothing but printable ASCII: most text has nothing else, and is done with at once. */
export function isPlain(text: string): boolean {
  return !/[^\x20-\x7e]/.test(text);
}
