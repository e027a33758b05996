import fc from "fast-check";
import { expect, test } from "vitest";
import { matchesModel } from "../../../src/core/config/models.ts";
import { decide } from "../../../src/core/policy/decide.ts";
import { indexPatterns } from "../../../src/core/policy/pattern-index.ts";
import { policyWith } from "../../support/policy-seed.ts";

/** Few letters, so that patterns match, overlap and share pieces; long ones, so that they are cut into pieces. */
const word = fc.oneof(
  fc.string({ unit: fc.constantFrom("a", "b", "-"), maxLength: 4 }),
  fc
    .array(fc.constantFrom("claude-", "haiku-", "opus-", "5-5", "4-5", "-20251101"), { maxLength: 5 })
    .map((parts) => parts.join("")),
);
const pattern = fc.array(word, { minLength: 2, maxLength: 4 }).map((parts) => parts.join("*"));

test("the first of many patterns that matches is found, as if each had been tried", () => {
  fc.assert(
    fc.property(
      fc.array(pattern, { maxLength: 40 }),
      fc.array(word, { minLength: 1, maxLength: 3 }),
      (patterns, names) => {
        const rules = patterns.map((each, index) => ({ pattern: each, rule: `models[${index}]` }));
        const tried = rules.find((each) => names.some((name) => matchesModel(each.pattern, name)));
        expect(indexPatterns(rules)(names)).toBe(tried?.rule);
      },
    ),
    { numRuns: 2000 },
  );
});

test("a decision is the same whether it is the first about a model or the thousandth", () => {
  const entry = fc.oneof(
    pattern,
    word.filter((name) => name !== ""),
  );
  const request = fc.record({ model: word, max_tokens: fc.integer({ min: -1, max: 600 }) });
  fc.assert(
    fc.property(
      fc.array(entry, { maxLength: 12 }),
      fc.array(request, { minLength: 1, maxLength: 20 }),
      (models, requests) => {
        const make = () =>
          policyWith([
            { name: "user", models, maxTokens: 512 },
            { name: "viewer", allowed: false, models },
          ]);
        const asked = make();
        for (const role of ["user", "viewer", "user"]) {
          // A policy of its own has been asked nothing yet.
          for (const each of requests) expect(decide(asked, role, each)).toEqual(decide(make(), role, each));
        }
      },
    ),
    { numRuns: 300 },
  );
});

test("more models than are remembered are decided as well, the first ones again too", () => {
  const policy = policyWith([{ name: "user", models: ["m-*-1", "n-7"] }]);
  const codeOf = (model: string) => decide(policy, "user", { model }).code;
  for (const _ of [1, 2]) {
    for (let at = 0; at < 3000; at += 1) {
      expect(codeOf(`m-${at}-1`)).toBe("allowed");
      expect(codeOf(`m-${at}-2`)).toBe("model-not-allowed");
    }
    expect(codeOf("n-7")).toBe("allowed");
  }
});

test("of 200,000 patterns few are tried, wherever their letters stand", () => {
  const shapes = [
    (n: number) => `claude-${n}-*`,
    (n: number) => `claude-*-${n}-*-5`,
    (n: number) => `*x${n}y*`,
    (n: number) => `*-${n}-aaaaaaaaaaaaaaaaaaaaaaaaa`,
  ];
  for (const shape of shapes) {
    const patterns = Array.from({ length: 200_000 }, (_, n) => ({ pattern: shape(n), rule: `${n}` }));
    let tried = 0;
    const find = indexPatterns(patterns, (pattern, name) => {
      tried += 1;
      return matchesModel(pattern, name);
    });
    for (let n = 0; n < 200_000; n += 200) {
      const name = shape(n).replaceAll("*", "");
      expect(Number(find([name]))).toBeLessThanOrEqual(n);
      expect(find([shape(300_000 + n).replaceAll("*", "")])).toBeUndefined();
    }
    // Two thousand look-ups; each pattern tried in each, it is 400 million.
    expect(tried).toBeLessThan(2_000 * 100);
  }
});
