import { fold, formsOf } from "./encodings.ts";

/** Characters in a row that are too much of a secret to be shown. */
const TELLING = 8;
/** In hex each takes two. */
const HEX = /^[0-9a-f]*$/;

/** The beginning that every credential of its kind has, and that says nothing of the secret. */
const COMMON = /^sk-ant-[a-z]{2,10}\d{2}-/i;

/**
 * Whether a text that somebody else wrote still has eight characters of the secret in a row: as they are, percent-encoded, as
 * base64 at each offset or as hex, in any case, and broken by whatever is neither letter nor digit (lines, blanks, marks of a
 * diff, escape sequences). What was cut off from the text counts as far as it is there.
 */
export function holdsTraces(text: string, secret: string): boolean {
  const traces = tracesOf(secret.replace(COMMON, ""));
  return readings(text).some((reading) => {
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
