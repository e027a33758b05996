import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { expect, test } from "vitest";
import { shellWord } from "../../../src/core/text/printable.ts";

test("a name that needs no quotes has none", () => {
  for (const name of ["prod-auth-service", "web@next", "ada@acme.example", "a/b:c+d"])
    expect(shellWord(name)).toBe(name);
  expect([shellWord("my key"), shellWord("it's"), shellWord("-y"), shellWord("")]).toEqual([
    "'my key'",
    String.raw`'it'\''s'`,
    "'-y'",
    "''",
  ]);
});

test.skipIf(process.platform === "win32")("a shell takes any name for one word, as it is", () => {
  const unit = fc.constantFrom(..."ab $`\"'\\!*?~#&|;<>(){}[]=\n\t-é");
  const names = fc.array(fc.string({ unit }), { minLength: 1, maxLength: 50 });
  fc.assert(
    fc.property(names, (words) => {
      const script = `printf '%s\\0' ${words.map(shellWord).join(" ")}`;
      expect(execFileSync("sh", ["-c", script], { encoding: "utf8" })).toBe(words.map((word) => `${word}\0`).join(""));
    }),
    { numRuns: 20 },
  );
});
