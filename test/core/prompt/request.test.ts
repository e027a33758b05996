import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findModel, modelNames } from "../../../src/core/config/models.ts";
import { startOfDay } from "../../../src/core/model/time.ts";
import { decide } from "../../../src/core/policy/decide.ts";
import { turnText } from "../../../src/core/prompt/answer.ts";
import { checkSize, defaultModel, promptKey, promptWorkspace } from "../../../src/core/prompt/request.ts";
import { declared } from "../../support/config.ts";
import { NOW } from "../../support/org.ts";
import { policyWith } from "../../support/policy-seed.ts";

const roleWith = (models: readonly string[]) => policyWith([{ name: "r", models }]);

describe("the model of a role that is asked for none", () => {
  test.each([
    [["claude-opus-5-5", "claude-haiku-5-5"], "claude-opus-5-5"],
    [["claude-haiku-*", "claude-sonnet-5-5"], "claude-sonnet-5-5"],
    [["*"], "claude-haiku-5-5"],
    [["claude-opus-*", "claude-sonnet-*"], "claude-sonnet-5-5"],
    [["claude-opus-4-*"], "claude-opus-4-8"],
    [["claude-haiku-4-5*"], "claude-haiku-4-5-20251001"],
    [["claude-fable-*"], undefined],
    [["claude-opus-4-1-*"], undefined],
    [["other-*"], undefined],
    [[], undefined],
  ])("%j: %s", (models, expected) => {
    expect(defaultModel(roleWith(models), "r", NOW)).toBe(expected);
  });

  test("a role that there is not, or that is not allowed, has none", () => {
    expect(defaultModel(roleWith(["*"]), "x", NOW)).toBeUndefined();
    expect(defaultModel(policyWith([{ name: "r", allowed: false, models: ["*"] }]), "r", NOW)).toBeUndefined();
  });

  test("is one that the policy lets through, and of patterns none that is retired on that day", () => {
    const patterns = fc.constantFrom(
      "*",
      "claude-*",
      "claude-sonnet-*",
      "claude-*-4-*",
      "*-20250929",
      "claude-opus-4-1*",
    );
    const entries = fc.array(fc.oneof(patterns, fc.constantFrom(...modelNames())), { minLength: 1 });
    fc.assert(
      fc.property(entries, fc.integer({ min: 0, max: 800 }), (models, days) => {
        const now = NOW + (days - 400) * 86_400_000;
        const policy = roleWith(models);
        const model = defaultModel(policy, "r", now);
        if (model === undefined) {
          expect(models.every((name) => name.includes("*"))).toBe(true);
          return;
        }
        expect(decide(policy, "r", { model }).decision).toBe("allow");
        const retires = findModel(model)?.retires;
        if (!models.includes(model) && retires) expect(startOfDay(retires)).toBeGreaterThan(now);
      }),
    );
  });
});

test("what is logged of a turn is its text, and of files only the name", () => {
  const data = { type: "base64", data: "AAAA" } as const;
  expect(
    turnText({
      role: "user",
      content: [
        { type: "document", title: "a.pdf", source: { ...data, media_type: "application/pdf" } },
        { type: "image", source: { ...data, media_type: "image/png" } },
        { type: "text", text: "what?" },
      ],
    }),
  ).toBe("[document a.pdf]\n\n[image/png]\n\nwhat?");
});

test("a request is as large as the bytes it is sent as", () => {
  const request = (text: string) => ({ model: "m", messages: [{ role: "user", content: text } as const] });
  expect(() => checkSize(request("a".repeat(31_900_000)))).not.toThrow();
  expect(() => checkSize(request("ä".repeat(16_100_000)))).toThrow("32.2 MB");
});

describe("the workspace whose key is used", () => {
  const config = declared({
    workspaces: {
      dev: { name: "prod", id: "wrkspc_1", prompt_key_env: "DEV" },
      prod: { name: "Production", prompt_key_env: "PROD" },
      bare: { name: "Bare" },
    },
  });
  test.each([
    ["dev", "DEV"],
    ["wrkspc_1", "DEV"],
    ["Production", "PROD"],
  ])("%s: %s", (word, variable) => {
    expect(promptKey(promptWorkspace(config, word)).variable).toBe(variable);
  });

  test.each([
    // It is the handle of one and the live name of another.
    ["prod", '"prod" fits 2 workspaces'],
    ["Prodution", "declares no workspace"],
    ["", "declares no workspace"],
    ["__proto__", "declares no workspace"],
    ["bare", "where the key for prompting"],
  ])("%j fails: %s", (word, message) => {
    expect(() => promptWorkspace(config, word)).toThrow(message);
  });
});
