import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { suggest, suggester } from "../../../src/core/text/suggest.ts";

describe("suggestions", () => {
  test.each([
    ["developr", ["user", "developer", "admin"], "developer"],
    ["DEVELOPER", ["user", "developer"], "developer"],
    ["guardrial", ["guardrails", "organization"], "guardrails"],
    ["xyz", ["organization"], undefined],
    ["", ["organization"], undefined],
    ["ab", ["ba", "zz"], "ba"],
    ["ada@acme.example", ["alan@acme.example", "bob@acme.example"], undefined],
    ["bobb@acme.example", ["alan@acme.example", "bob@acme.example"], "bob@acme.example"],
    ["bob+vpn@acme.example", ["alan@acme.example", "bob@acme.example"], "bob@acme.example"],
    ["hal@acme.exmaple", ["hal@acme.example"], "hal@acme.example"],
  ])("%j of %j is %j", (word, candidates, expected) => {
    expect(suggest(word, candidates)).toBe(expected);
  });

  test("a word is never proposed for itself, and the answer does not depend on the order", () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.string({ maxLength: 8 })), (word, candidates) => {
        const answer = suggest(word, candidates);
        expect(answer).not.toBe(word);
        expect(suggest(word, [...candidates].reverse())).toBe(answer);
        if (answer !== undefined) expect(candidates).toContain(answer);
      }),
    );
  });

  test("a word with one letter changed is found again", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-y]{6,12}$/), fc.nat(), (word, seed) => {
        const at = seed % word.length;
        expect(suggest(`${word.slice(0, at)}z${word.slice(at + 1)}`, [word, "q"])).toBe(word);
      }),
    );
  });

  test("a run of nothing but typos ends before the test is given up", () => {
    const nearest = suggester(Array.from({ length: 5000 }, (_, index) => `person-${index}@acme.example`));
    const found = Array.from({ length: 5000 }, (_, index) => nearest(`persom-${index}@acme.exmple`));
    expect(found).toHaveLength(5000);
  });
});
