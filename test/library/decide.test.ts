/** `decide` of the library: the same word as the guarded client's, about the whole request. */
import { describe, expect, test } from "vitest";
import { decide } from "../../src/index.ts";
import { HAIKU, OPUS, POLICY } from "../support/guarded.ts";

const advisor = (model: string, more: object = {}) => ({ type: "advisor_20260301", name: "advisor", model, ...more });
const ask = (more: object) => decide(POLICY, "user", { model: HAIKU, max_tokens: 100, ...more });

describe("a request that names more than one model", () => {
  test.each<[string, object, string]>([
    ["a fallback", { fallbacks: [{ model: OPUS }] }, "model-not-allowed"],
    ["an advisor", { tools: [advisor(OPUS)] }, "model-not-allowed"],
    ["the API's own choice", { fallbacks: "default" }, "call-not-guarded"],
  ])("is denied for %s that the role may not use", (_, more, code) => {
    expect(ask(more)).toMatchObject({ decision: "deny", code, role: "user" });
  });

  test("has each max_tokens lowered, and says of its own what it would say alone", () => {
    const { tool, run } = { tool: { name: "look", input_schema: { type: "object" } }, run: () => "done" };
    expect(
      ask({
        max_tokens: 9000,
        fallbacks: [{ model: HAIKU, max_tokens: 9000 }],
        tools: [advisor(HAIKU), { ...tool, run }],
      }),
    ).toMatchObject({
      decision: "allow",
      rule: "roles.user.models[0]",
      lowered: { asked: 9000, sent: 512 },
      request: {
        max_tokens: 512,
        fallbacks: [{ model: HAIKU, max_tokens: 512 }],
        tools: [advisor(HAIKU, { max_tokens: 512 }), { ...tool, run }],
      },
    });
  });

  test("is denied, and nothing is thrown, where it cannot be read to its end", () => {
    const endless: Record<string, unknown> = {};
    endless.again = endless;
    const throwing = {
      get model(): string {
        throw new Error("not to be read");
      },
    };
    for (const more of [{ messages: [endless] }, { fallbacks: [throwing] }])
      expect(ask(more)).toMatchObject({ decision: "deny", code: "invalid-request", model: HAIKU });
  });
});
