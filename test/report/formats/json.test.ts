import fc from "fast-check";
import { expect, test } from "vitest";
import { jsonObject, jsonObjectPieces, jsonText } from "../../../src/report/formats/json.ts";
import { anyCharacter } from "../../support/any-character.ts";

const RUN = { exitCode: 2 };
const envelope = { format_version: "1", kind: "plan", exit_code: 2 };

test("an object that is written piece by piece is the one that is written whole", () => {
  const lists = fc.array(fc.oneof(fc.jsonValue(), fc.constant(undefined), fc.string({ unit: anyCharacter })));
  const fields = fc.dictionary(
    fc.oneof(fc.string(), fc.constantFrom("message", "reason", "accepted", "1")),
    fc.oneof(fc.jsonValue(), lists, fc.constant(undefined), fc.constant({ at: new Date(0) })),
  );
  fc.assert(
    fc.property(fields, (one) => {
      expect(jsonObject("plan", RUN, one)).toBe(jsonText({ ...envelope, ...one }));
    }),
  );
});

test("a long list comes in pieces, none of which is much longer than it has to be", () => {
  const items = Array.from({ length: 5000 }, (_, index) => ({ target: `workspaces.w${index}`, text: "x\u202ey" }));
  const pieces = [...jsonObjectPieces("plan", RUN, { items, none: [] })];
  expect(pieces.length).toBeGreaterThan(5);
  expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(100_000);
  expect(pieces.join("")).toBe(jsonText({ ...envelope, items, none: [] }));
});

test("an entry that is made as it is written is written like any other, and none is made before its piece", () => {
  let made = 0;
  const items = Array.from({ length: 5000 }, (_, index) => ({ message: `m${index} ${"x".repeat(100)}` }));
  const makers = items.map((item) => () => {
    made += 1;
    return item;
  });
  const pasteable = (text: string) => `${text}!`;
  const pieces = jsonObjectPieces("plan", { ...RUN, pasteable }, { items: makers })[Symbol.iterator]();
  const first = pieces.next().value ?? "";
  expect(made).toBeGreaterThan(0);
  expect(made).toBeLessThan(1000);
  const whole = { ...envelope, items: items.map(({ message }) => ({ message: `${message}!` })) };
  expect(first + [...{ [Symbol.iterator]: () => pieces }].join("")).toBe(jsonText(whole));
  expect(made).toBe(5000);
});

test("sentences of ours get the flags of the run, wherever they stand, and what somebody else wrote stays", () => {
  const pasteable = (text: string) => `${text}!`;
  const fields = {
    message: "a",
    reason: ["b"],
    findings: [{ message: "c", path: null, before: { message: "d" } }],
    accepted: [{ reason: "e" }],
    refusal: { fix: "f", tags: { fix: "g" } },
  };
  expect(JSON.parse(jsonObject("plan", { ...RUN, pasteable }, fields))).toEqual({
    ...envelope,
    message: "a!",
    reason: ["b"],
    findings: [{ message: "c!", path: null, before: { message: "d" } }],
    accepted: [{ reason: "e" }],
    refusal: { fix: "f!", tags: { fix: "g" } },
  });
});
