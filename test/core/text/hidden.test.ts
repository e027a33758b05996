import fc from "fast-check";
import { expect, test } from "vitest";
import { hiddenInName, hiddenInText } from "../../../src/core/text/hidden.ts";
import { printable, printableLines } from "../../../src/core/text/printable.ts";
import { anyCharacter } from "../../support/any-character.ts";

const HIDING = ["00AD", "034F", "061C", "115F", "180E", "200B", "200C", "200D", "200E", "200F", "2028", "202E", "2060"];
const MORE = [
  "2061",
  "2064",
  "2066",
  "206F",
  "3164",
  "FE00",
  "FE0F",
  "FEFF",
  "FFA0",
  "FFF9",
  "2800",
  "1160",
  "13441",
  "13442",
  "16FE4",
  "1D159",
  "1D173",
  "E0001",
  "E0041",
];

test.each([...HIDING, ...MORE])("U+%s in a name is found, shown escaped, and found in a text", (code) => {
  const character = String.fromCodePoint(Number.parseInt(code, 16));
  const name = `ad${character}a@acme.example`;
  expect(hiddenInName(name)).toEqual({ offset: 2, name: `U+${code}` });
  expect([...hiddenInText(`x: 1\n${name}`)]).toEqual([{ offset: 7, name: `U+${code}` }]);
  expect(printable(name)).toBe(`ad\\u{${Number.parseInt(code, 16).toString(16)}}a@acme.example`);
});

test("what emoji and scripts are written with is no hidden character of a text", () => {
  for (const text of ["👩‍💻 team", "❤️", "👍🏽", "🏳️‍🌈", "می‌خواهم", "क्‍ष", "⠓⠊⠀⠓⠕", "a\r\nb\tc\n"]) {
    expect([...hiddenInText(text)], text).toEqual([]);
    expect(printableLines(text), text).toBe(text);
  }
  expect(hiddenInName("👩‍💻 team ❤️")).toBeUndefined();
  // Letters need none: whoever compares two names does not see it.
  expect(hiddenInName("می‌خواهم")).toEqual({ offset: 2, name: "U+200C" });
  expect(hiddenInName("⠓⠀⠓")).toEqual({ offset: 1, name: "U+2800" });
  // A digit is an emoji by property, but shows the same without its style.
  expect(hiddenInName("1️")).toEqual({ offset: 1, name: "U+FE0F" });
});

test("text of several lines keeps its breaks, and nothing that steers", () => {
  expect(printableLines("a\r\nb\rc\u00ad\u202e\u001b[0m")).toBe("a\r\nb\\u{d}c\\u{ad}\\u{202e}\\u{1b}[0m");
  // What a model draws with braille stays a picture.
  expect(printableLines("⠀⠀⣿\n")).toBe("⠀⠀⣿\n");
});

test("nothing that is printable holds what does not show, and letters stay as they are", () => {
  fc.assert(
    fc.property(fc.string({ unit: anyCharacter, maxLength: 40 }), (text) => {
      expect(hiddenInName(printable(text).replaceAll(/\ufe0f|\u200d/g, ""))).toBeUndefined();
    }),
  );
  expect(printable("Zoë Ωmega 日本")).toBe("Zoë Ωmega 日本");
});
