/**
 * One way in which a secret may be written: for each of its characters the texts that may stand for it, the longest first. Letters
 * are in lower case; whoever compares folds them.
 */
export type Form = readonly (readonly string[])[];

/** A secret as it is, percent-encoded or escaped for JSON, HTML or Markdown; as base64 at each offset; as hex. */
export function formsOf(secret: string): readonly Form[] {
  const bytes = [...new TextEncoder().encode(secret)];
  const base64 = [0, 1, 2].map((offset) => [...base64Of(bytes, offset)].map(ofBase64));
  return [[...secret].map(ofText), ...base64, [...hexOf(bytes)].map((digit) => [digit])];
}

const NAMED: Readonly<Record<string, readonly string[]>> = {
  "&": ["&amp;"],
  "<": ["&lt;"],
  ">": ["&gt;"],
  '"': ["&quot;"],
  "'": ["&#39;", "&apos;"],
};

function ofText(character: string): readonly string[] {
  const percent = [...new TextEncoder().encode(character)].map((byte) => `%${hexOf([byte])}`).join("");
  const own = fold(character);
  if (/[a-z0-9]/.test(own)) return [percent, own];
  const code = character.length === 1 ? [`\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`] : [];
  return [...code, ...(NAMED[character] ?? []), percent, `\\${own}`, own];
}

/** URL-safe base64 has other characters for two of them; a URL encodes those. */
function ofBase64(character: string): readonly string[] {
  if (character === "+") return ["%2b", "+", "-"];
  if (character === "/") return ["%2f", "\\/", "/", "_"];
  return [fold(character)];
}

/** Letters of ASCII in lower case, and so each character in its place. */
export function fold(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

function hexOf(bytes: readonly number[]): string {
  return bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** The base64 characters that are these bytes' own, where so many others come before them: three offsets are all there are. */
function base64Of(bytes: readonly number[], offset: number): string {
  const bits = 8 * (offset + bytes.length);
  let text = "";
  for (let at = Math.ceil((8 * offset) / 6); 6 * (at + 1) <= bits; at += 1) {
    const bit = 6 * at - 8 * offset;
    const [first, next] = [bytes[Math.floor(bit / 8)] ?? 0, bytes[Math.floor(bit / 8) + 1] ?? 0];
    text += ALPHABET[(((first << 8) | next) >> (10 - (bit % 8))) & 63];
  }
  return text;
}

/** The bytes that base64 stands for, in either alphabet; what is of none is left out. */
export function bytesOfBase64(text: string): readonly number[] {
  const bytes: number[] = [];
  let [bits, held] = [0, 0];
  for (const character of text) {
    const value = ALPHABET.indexOf(character === "-" ? "+" : character === "_" ? "/" : character);
    if (value < 0) continue;
    held = ((held << 6) | value) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((held >> bits) & 255);
  }
  return bytes;
}

/** What stands at a place of a text, as far as a form goes. */
export interface Found {
  /** Where the longest text of this form ends; undefined where there is none. */
  readonly end?: number;
  /** The text is over before the form is: more of it may be to come. */
  readonly isCutOff: boolean;
}

/** What of a form stands in `text` at `at`. The letters of both are folded. Time grows with the form, not with the text. */
export function findForm(text: string, at: number, form: Form): Found {
  let ends: readonly number[] = [at];
  let isCutOff = false;
  for (const ways of form) {
    const next: number[] = [];
    for (const end of ends) {
      for (const way of ways) {
        if (text.length - end < way.length) isCutOff ||= way.startsWith(text.slice(end));
        else if (text.startsWith(way, end) && !next.includes(end + way.length)) next.push(end + way.length);
      }
    }
    if (next.length === 0) return { isCutOff };
    ends = next;
  }
  return { end: Math.max(...ends), isCutOff };
}
