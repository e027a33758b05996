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
  expect(shellWord("a'\u001b[31m\n\u200bz")).toBe(String.raw`$'a\'\x1B[31m\x0A\xE2\x80\x8Bz'`);
});

test.skipIf(process.platform === "win32")("a shell takes any name for one word, as it is", () => {
  const unit = fc.constantFrom(..."ab $`\"'\\!*?~#&|;<>(){}[]=\n\t-é\u001b\u009b\u200b\u202e\u{e0041}0af");
  const names = fc.array(fc.string({ unit }), { minLength: 1, maxLength: 50 });
  fc.assert(
    fc.property(names, (words) => {
      const script = `printf '%s\\0' ${words.map(shellWord).join(" ")}`;
      expect(execFileSync("bash", ["-c", script], { encoding: "utf8" })).toBe(
        words.map((word) => `${word}\0`).join(""),
      );
    }),
    { numRuns: 20 },
  );
});
