import { bytesOfBase64, fold, formsOf } from "./encodings.ts";

/** Characters in a row that are too much of a secret to be shown. */
const TELLING = 8;
/** In hex each takes two. */
const HEX = /^[0-9a-f]*$/;

/** The beginning that every credential of its kind has, and that says nothing of the secret. */
const COMMON = /^sk-ant-[a-z]{2,10}\d{2}-/i;

/**
 * Whether a text that somebody else wrote still has eight characters of the secret in a row: as they are, percent-encoded, as
 * base64 at each offset or as hex, in any case, and broken by whatever is neither letter nor digit (lines, blanks, marks of a
 * diff, escape sequences); as escapes or numbers of characters; as base32, or backwards; and whatever of that is in base64 once more, as in the credentials of
 * a registry. What was cut off from the text counts as far as it is there.
 */
export function holdsTraces(text: string, secret: string): boolean {
  const traces = tracesOf(secret.replace(COMMON, ""));
  return [text, ...decodings(text)].flatMap(readings).some((reading) => {
    for (let at = 0; at + TELLING <= reading.length; at += 1) {
      if (traces.short.has(reading.slice(at, at + TELLING)) || traces.hex.has(reading.slice(at, at + 2 * TELLING))) {
        return true;
      }
    }
    return false;
  });
}

interface Traces {
  readonly short: ReadonlySet<string>;
  readonly hex: ReadonlySet<string>;
}

function tracesOf(secret: string): Traces {
  const short = new Set<string>();
  const hex = new Set<string>();
  for (const form of formsOf(secret)) {
    // The last way is the plain one.
    const plain = form.map((ways) => ways.at(-1) ?? "").join("");
    const isHex = form.length >= 2 * TELLING && HEX.test(plain) && plain !== fold(secret);
    const size = isHex ? 2 * TELLING : TELLING;
    for (const written of new Set([bare(plain), solid(plain)])) {
      for (let at = 0; at + size <= written.length; at += 1) (isHex ? hex : short).add(written.slice(at, at + size));
    }
  }
  return { short, hex };
}

/** What a text says where characters stand in it as escapes or numbers, or runs of it as base64, which may hold the like. */
function decodings(text: string): readonly string[] {
  const numbers = (digits: RegExp, base: number) =>
    (text.match(digits) ?? []).map((found) => characterOf(found.replace(/^0x/i, ""), base)).join("");
  const inside = base64Texts(text);
  return [
    text.replace(ESCAPES, (_, hex: string | undefined, decimal: string | undefined, octal: string | undefined) =>
      characterOf(hex ?? decimal ?? octal ?? "", hex !== undefined ? 16 : decimal !== undefined ? 10 : 8),
    ),
    numbers(/(?<![0-9a-z])\d{2,3}(?![0-9a-z])/gi, 10),
    numbers(/(?<![0-9a-z])[0-7]{2,3}(?![0-9a-z])/gi, 8),
    numbers(/(?<![0-9a-z])0x[0-9a-f]{2}(?![0-9a-z])/gi, 16),
    ...inside,
    ...inside.flatMap(base64Texts),
    ...base32Texts(text),
    [...text].reverse().join(""),
  ];
}

/** In hex `\x73`, `\u0073`, `\u{73}` and `&#x73;`, in decimal `&#115;`, in octal `\163`. */
const ESCAPES = /(?:\\x|\\u\{?0*|&#x0*)([0-9a-f]{2})(?:\}|;)?|&#0*(\d{2,3});|\\0?([0-7]{3})/gi;

function characterOf(digits: string, base: number): string {
  const code = Number.parseInt(digits, base);
  return code < 128 ? String.fromCharCode(code) : "";
}

/** Shorter runs of base64 hold too little. */
const RUN = /[a-z0-9+/_-]{12,}/gi;

/** What the runs of base64 in a text say, lines taken together; what stands before a run may shift it by one, two or three. */
function base64Texts(text: string): readonly string[] {
  const runs = text.replace(/\s+/g, "").match(RUN) ?? [];
  return runs.flatMap((run) => [0, 1, 2, 3].map((shift) => String.fromCharCode(...bytesOfBase64(run.slice(shift)))));
}

/** Shorter runs of base32 (RFC 4648) hold too little. */
const RUN_32 = /[a-z2-7]{13,}/gi;
const BASE_32 = "abcdefghijklmnopqrstuvwxyz234567";

/** What the runs of base32 in a text say, lines taken together; what stands before a run may shift it by up to seven. */
function base32Texts(text: string): readonly string[] {
  const runs = text.replace(/\s+/g, "").match(RUN_32) ?? [];
  return runs.flatMap((run) =>
    Array.from({ length: 8 }, (_, shift) => String.fromCharCode(...bytesOfBase32(run.slice(shift).toLowerCase()))),
  );
}

function bytesOfBase32(run: string): readonly number[] {
  const bytes: number[] = [];
  let [held, bits] = [0, 0];
  for (const digit of run) {
    held = ((held << 5) | BASE_32.indexOf(digit)) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((held >> bits) & 0xff);
  }
  return bytes;
}

/** The text in each of the ways in which somebody may have broken a secret, without the breaks. */
function readings(text: string): readonly string[] {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one.
  const plain = fold(text.replace(/\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|.)/g, ""));
  const decoded = plain.replace(/%([0-9a-f]{2})/g, (_, byte: string) =>
    fold(String.fromCharCode(Number.parseInt(byte, 16))),
  );
  const unescaped = plain.replace(/\\(?:u\{[0-9a-f]+\}|u[0-9a-f]{4}|x[0-9a-f]{2}|[nrtbfv])/g, "");
  return [...new Set([plain, decoded, unescaped].flatMap((reading) => [bare(reading), solid(reading)]))];
}

/** Letters and digits alone. */
function bare(text: string): string {
  return text.replace(/[^\p{L}\p{N}]+/gu, "");
}

/** All but what does not show: for a secret that has few letters. */
function solid(text: string): string {
  return text.replace(/[\s\p{C}]+/gu, "");
}
