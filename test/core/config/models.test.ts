import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  findModel,
  isModelPattern,
  MODELS_AS_OF,
  matchesModel,
  modelNames,
  replacementForUnknownModel,
  resolveModel,
} from "../../../src/core/config/models.ts";
import { startOfDay } from "../../../src/core/model/time.ts";

describe("the table of models", () => {
  test("names every model once, with days of the calendar and successors that exist", () => {
    expect(new Set(modelNames()).size).toBe(modelNames().length);
    for (const name of modelNames()) {
      const model = findModel(name);
      for (const day of [model?.retires, model?.retiresNotBefore, MODELS_AS_OF]) {
        if (day !== undefined) expect(startOfDay(day)).not.toBeNaN();
      }
      if (model?.successor !== undefined) expect(findModel(model.successor)?.retires).toBeUndefined();
    }
  });

  test("an alias is the model of its id", () => {
    expect(resolveModel("claude-haiku-4-5")).toBe("claude-haiku-4-5-20251001");
    expect(resolveModel("claude-opus-5-5")).toBe("claude-opus-5-5");
    expect(resolveModel("no-such-model")).toBe("no-such-model");
  });

  test("the three ids of the seed document have successors that can be used", () => {
    expect(replacementForUnknownModel("claude-haiku-4-20250514")).toBe("claude-haiku-5-5");
    expect(findModel("claude-sonnet-4-20250514")).toMatchObject({
      retires: "2026-06-15",
      successor: "claude-sonnet-4-6",
    });
    expect(findModel("claude-opus-4-20250514")).toMatchObject({ retires: "2026-06-15", successor: "claude-opus-4-8" });
  });
});

describe("patterns", () => {
  test.each([
    ["*", "anything", true],
    ["claude-haiku-*", "claude-haiku-5-5", true],
    ["claude-haiku-*", "claude-sonnet-5-5", false],
    ["claude-*-5", "claude-opus-5", true],
    ["claude-*-5", "claude-5", false],
    ["*-5-*", "claude-opus-5-5", true],
    ["claude-opus-5-5", "claude-opus-5-5", true],
    ["claude.opus", "claude-opus", false],
  ])("%s against %s: %s", (pattern, name, expected) => {
    expect(matchesModel(pattern, name)).toBe(expected);
  });

  test("agree with the regular expression that they stand for", () => {
    const piece = fc.stringMatching(/^[a-c-]{0,4}$/);
    fc.assert(
      fc.property(
        fc.array(piece, { minLength: 1, maxLength: 5 }),
        fc.stringMatching(/^[a-c-]{1,12}$/),
        (pieces, name) => {
          expect(matchesModel(pieces.join("*"), name)).toBe(new RegExp(`^${pieces.join(".*")}$`).test(name));
        },
      ),
    );
  });

  test("a pattern has a star", () => {
    expect([isModelPattern("*"), isModelPattern("claude-opus-5-5")]).toEqual([true, false]);
  });
});
