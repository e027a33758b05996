import fc from "fast-check";

/** Halves of a pair: no characters by themselves. */
const HALVES = { from: 0xd800, count: 0x800 };

/**
 * Any character of Unicode, as fast-check's own `unit: "binary"`, and for the same seed the same ones. That one makes a table of all million
 * of them in each process, which takes a second and a hundred megabytes.
 */
export const anyCharacter = fc
  .nat({ max: 0x10ffff - HALVES.count })
  .map((index) => String.fromCodePoint(index < HALVES.from ? index : index + HALVES.count), indexOf);

/** The way back, so that fast-check makes its dangerous words of them; throws for what is none of them, as fast-check wants it. */
function indexOf(text: unknown): number {
  const [character, ...more] = typeof text === "string" ? text : "";
  const code = character?.codePointAt(0) ?? -1;
  const isHalf = code >= HALVES.from && code < HALVES.from + HALVES.count;
  if (code < 0 || isHalf || more.length > 0) throw new Error("not one character");
  return code < HALVES.from ? code : code - HALVES.count;
}
