import { BLANKS, HIDDEN, hiddenInName } from "./hidden.ts";
import { once } from "./once.ts";

/**
 * Which names are the same name, and which only look it. Two spellings are compared by their identity everywhere (file, flags,
 * batch files, live objects); what is sent is what was written.
 */

/** A name in Unicode normal form C: the one form in which names are compared. Case, blanks and everything else count. */
export function nameIdentity(name: string): string {
  return isAscii(name) ? name : name.normalize("NFC");
}

/** An e-mail as it is compared, and as targets have it: in lower case and normal form C, its domain in ASCII (`xn--…`). */
export function emailIdentity(email: string): string {
  if (isAscii(email)) return email.toLowerCase();
  // Lower case of a letter may be two, in another form.
  const folded = email.normalize("NFC").toLowerCase().normalize("NFC");
  const at = folded.lastIndexOf("@");
  if (at === -1) return folded;
  return `${folded.slice(0, at + 1)}${domainIdentity(folded.slice(at + 1))}`;
}

/** A domain as DNS knows it: in lower case and ASCII. The parser of URLs does what UTS #46 says, and is pure; what is no domain stays. */
export function domainIdentity(domain: string): string {
  if (isAscii(domain)) return domain.toLowerCase();
  if (/[\s/?#\\@:%[\]]/.test(domain) || !URL.canParse(`http://${domain}`)) return domain;
  return new URL(`http://${domain}`).hostname;
}

const NO_ADDRESS = String.raw`\s@<>()[\],;:"\\\u0000-\u001f\u007f-\u009f`;
/** A domain: labels with dots between them, and at least one dot. */
export const DOMAIN = new RegExp(String.raw`^[^.${NO_ADDRESS}]+(?:\.[^.${NO_ADDRESS}]+)+$`);
/** An address as far as a file can tell: one `@`, a dot in the domain, no spaces or brackets. The API judges the rest. */
export const EMAIL = new RegExp(String.raw`^[^${NO_ADDRESS}]{1,64}@[^.${NO_ADDRESS}]+(?:\.[^.${NO_ADDRESS}]+)+$`);
/** Longer than any that can be delivered to. Source: RFC 5321, 4.5.3.1.3 (256, brackets included). */
export const LONGEST_EMAIL = 254;

/** The identity of an e-mail that somebody wrote (blanks around it do not count), or undefined where it is none. */
export function parseEmail(written: string): string | undefined {
  const email = written.trim();
  if (email.length > LONGEST_EMAIL || !EMAIL.test(email) || hiddenInName(email)) return undefined;
  return emailIdentity(email);
}

/**
 * What a name looks like: equal for names that a reader may take for each other, and made for nothing but comparing. Case, blanks
 * around it, compatible forms (`ａ`, `𝐚`), characters that do not show, and letters of other scripts that look like Latin ones are
 * folded; accents are not, nor what differs within ASCII (`0` and `o`).
 */
export function lookOf(name: string): string {
  if (isAscii(name)) return withoutCase(name);
  const { blanks, noSpace, latinLook } = looks();
  const lower = withoutCase(name.normalize("NFKC").replaceAll(blanks, " ").replaceAll(noSpace, ""));
  let look = "";
  for (const letter of lower.normalize("NFD")) look += latinLook.get(letter) ?? letter;
  return look.normalize("NFC");
}

function withoutCase(text: string): string {
  return text.trim().replaceAll(/\s+/gu, " ").toLowerCase();
}

/** For names that are not plain. Line breaks and tabs are spaces to a reader. */
const looks = once(() => ({
  blanks: new RegExp(BLANKS, "gu"),
  noSpace: new RegExp(`(?!\\s)${HIDDEN}`, "gu"),
  latinLook: new Map(LATIN_LOOKS.flatMap(([latin = "", ...others]) => others.map((other) => [other, latin]))),
}));

/**
 * Small letters that look like Latin ones in most fonts, after the Latin letter that they look like. Source: confusables.txt of
 * UTS #39, of which these are the letters that addresses and names are forged with: Cyrillic, Greek, Armenian, and Latin's own.
 */
const LATIN_LOOKS: readonly string[] = [
  "aаαɑ",
  "bЬьƅ",
  "cсϲᴄ",
  "dԁɗ",
  "eеєҽ",
  "gɡցƍ",
  "hһհ",
  "iіıιɩ",
  "jјϳ",
  "kкκĸ",
  "lӏⅼ",
  "mм",
  "nոռпη",
  "oоοօσᴏ",
  "pрρ",
  "qԛզ",
  "rгᴦ",
  "sѕꜱ",
  "tтτ",
  "uսυʋᴜ",
  "vνѵᴠ",
  "wԝաᴡ",
  "xхχ×",
  "yуүγʏ",
  "zᴢ",
  "-‐‑‒–−",
  "'’ʼ`´",
  ".․",
];

export function isAscii(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the whole of ASCII is meant.
  return /^[\x00-\x7f]*$/.test(text);
}
