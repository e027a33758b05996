import { expect, test } from "vitest";
import { canonicalText, canonicalTexts } from "../../../src/core/text/text.ts";

test("one text for one value, whatever the order of its fields and entries", () => {
  expect(canonicalText({ b: [2, 1], a: new Map([["y", "é"]]), c: undefined, d: {}, e: new Set(["q"]) })).toBe(
    '{"a":{"y":"é"},"b":[1,2],"d":{},"e":["q"]}',
  );
  expect(canonicalText({ a: 1, b: { c: null } })).toBe(canonicalText({ b: { c: null }, a: 1 }));
});

test("the texts of many are those of each, though their fields be named alike", () => {
  const values = [
    { "a,b": 1 },
    { a: 1, b: 2 },
    { b: 2, a: 1 },
    { a: 1 },
    {},
    { a: 1, b: undefined },
    'a"b',
    null,
    [3, 1],
    { a: { b: 1, c: "\u2028" }, b: undefined, d: null, e: true, f: Number.NaN },
    { a: { c: 1, b: 2 }, d: "in order but for what is in it" },
    { a: [2, 1], b: new Set([2, 1]), c: new Map([["z", 1]]) },
    { 10: "before 9", 9: "as texts" },
    { a: () => "no value", b: new Date(0) },
  ];
  expect(canonicalTexts(values)).toEqual(values.map(canonicalText));
  expect(canonicalTexts(values).slice(0, 3)).toEqual(['{"a,b":1}', '{"a":1,"b":2}', '{"a":1,"b":2}']);
});
