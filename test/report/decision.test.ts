import { describe, expect, test } from "vitest";
import type { DecisionOutcome, MessageOutcome } from "../../src/core/outcome/outcome.ts";
import { decisionForms } from "../../src/report/decision.ts";
import { PLAIN } from "../../src/report/formats/style.ts";
import { render } from "../../src/report/render.ts";
import { NOW } from "../support/org.ts";

const DENIED: DecisionOutcome = {
  kind: "decision",
  asked: false,
  decision: {
    decision: "deny",
    code: "rate-limited",
    role: "r.\u001b[31m",
    model: "m\u202e",
    message: "no\u0007",
    fix: "wait\r\nor not",
    rule: "roles.r.s.models[3]",
    retryAt: NOW,
  },
  user: "a\u0000@example.com",
  rpmLimit: 1,
};

describe("a decision as text", () => {
  test("shows what anybody may have written without obeying it, and when there is room", () => {
    const text = decisionForms.text(DENIED, PLAIN);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it is these that must not be there.
    expect(text).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f\u202e]/);
    expect(text).toContain("next call from  2026-11-23 12:00:00 UTC");
    expect(text).toContain("1 call a minute");
  });

  test("names the line of the rule, also for a role with dots and brackets in its name", () => {
    const asked: unknown[] = [];
    const locate = (...question: unknown[]) => {
      asked.push(question);
      return { line: 12, column: 3 };
    };
    const outcome = { ...DENIED, source: { file: "rbac.yaml", locate } };
    expect(decisionForms.text(outcome, PLAIN)).toContain("roles.r.s.models[3] (rbac.yaml:12)");
    expect(asked).toEqual([[["roles", "r.s", "models", 3], false]]);
    const decision = { ...DENIED.decision, rule: "members.a.b@acme.example.until" };
    expect(decisionForms.text({ ...outcome, decision }, PLAIN)).toContain("until (rbac.yaml:12)");
    expect(asked[1]).toEqual([["members", "a.b@acme.example", "until"], false]);
    const lost = { ...DENIED, source: { file: "rbac.yaml", locate: () => undefined } };
    expect(decisionForms.text(lost, PLAIN)).not.toContain("rbac.yaml");
  });

  test("is one line where nobody is known", () => {
    const decision = { decision: "deny", code: "policy-missing", role: null, model: null, message: "none" } as const;
    expect(decisionForms.text({ kind: "decision", asked: true, decision }, PLAIN)).toBe(
      "denied: none [policy-missing]\n",
    );
  });
});

test("an answer that streamed is not printed twice", async () => {
  const view = { format: "text", exitCode: 0, colour: false } as const;
  const outcome: MessageOutcome = {
    kind: "message",
    shown: true,
    answer: {
      id: "msg_1",
      model: "m",
      requestId: null,
      organizationId: null,
      workspaceId: null,
      inputTokens: 1,
      text: "hi",
      stopReason: "end_turn",
      usage: { input_tokens: 1, output_tokens: 1, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 },
    },
    decision: {
      decision: "allow",
      code: "allowed",
      role: "r",
      model: "m",
      rule: "roles.r.models[0]",
      request: { model: "m", max_tokens: 1 },
    },
  };
  expect(await render(outcome, view)).toBe("");
  expect(JSON.parse(await render(outcome, { ...view, format: "json" }))).toMatchObject({ answer: "hi", user: null });
});
