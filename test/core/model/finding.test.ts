import { describe, expect, test } from "vitest";
import { finding } from "../../../src/core/model/finding.ts";
import { TEXT_SENTENCES } from "../../../src/report/findings/sentence.ts";
import { wordsOf } from "../../../src/report/findings/sentences.ts";
import { FEDERATION_SENTENCES } from "../../../src/report/findings/sentences-federation.ts";
import { LIVE_SENTENCES } from "../../../src/report/findings/sentences-live.ts";
import { RULE_SENTENCES } from "../../../src/report/findings/sentences-rules.ts";
import { CASES } from "../../support/finding-cases.ts";
import { brief, read } from "../../support/findings.ts";

describe("every code of the file", () => {
  // The compiler keeps the table complete; this keeps what it calls live from growing in silence.
  test("is in the table or needs a live organization", () => {
    const live = new Set([
      "limit-above-organization",
      "max-tokens-above-model",
      "live-unchecked",
      "accept-unused",
      "several-files",
    ]);
    const tables = [TEXT_SENTENCES, RULE_SENTENCES, FEDERATION_SENTENCES];
    const codes = tables.flatMap((table) => Object.keys(table)).filter((code) => !live.has(code));
    expect(Object.keys(CASES).sort()).toEqual(codes.sort());
    expect(Object.keys(LIVE_SENTENCES).filter((code) => code in CASES)).toEqual([]);
  });

  test.each(Object.entries(CASES))("%s", (_, [text, expected]) => {
    expect(brief(text)).toContain(expected);
  });

  test.each(Object.entries(CASES))("%s says what is wrong and what to do, in one line", (code, [text]) => {
    const found = read(text).all.find((finding) => finding.code === code);
    const sentence = found ? wordsOf(found) : "";
    expect(sentence).toMatch(/^[^A-Z\n][^\n]*; [^\n]+[^.\n]$/);
    expect(sentence).not.toMatch(/undefined|\[object|NaN/);
  });
});

describe("the sentences", () => {
  const words = (text: string) => read(text).all.map(wordsOf);

  test.each([
    [9, 'the key "web" expires on 2026-12-02; rotate it before that day'],
    [0, 'the key "web" expires on 2026-12-02; rotate it now'],
    [-1, 'the key "web" expired on 2026-12-02; rotate it now'],
  ])("ask for nothing before a day that has come: %i days", (days, said) => {
    expect(wordsOf(finding("key-expires-soon", { key: "web", day: "2026-12-02", days }, {}))).toBe(said);
  });

  test("name the value and the fix", () => {
    const text = [
      "version: 1",
      "members:",
      "  grace@acme.example: { role: admn, app_role: powr }",
      "  alan@acme.example: { role: owner, until: 2026-11-23 }",
      "roles:",
      "  power: { allowed: true, models: [claude-haiku-4-20250514, claude-sonnet-4-20250514, claude-opus-4-5] }",
      "workspaces:",
      "  prod: { name: 2024, members: { grce@acme.example: billing } }",
      "",
    ].join("\n");
    expect(words(text)).toMatchInlineSnapshot(`
      [
        "the entry runs out today (2026-11-23); set a later day if it is still needed",
        "the role "powr" is not declared; did you mean "power"?",
        "the value "admn" is not allowed; did you mean "admin"? (user, claude_code_user, developer, billing, managed, membership_admin, admin, owner or primary_owner)",
        "the model "claude-haiku-4-20250514" never existed; use "claude-haiku-5-5"",
        "the model "claude-sonnet-4-20250514" was retired on 2026-06-15, and calls to it fail; use "claude-sonnet-4-6"",
        "the model "claude-opus-4-5" retires in 60 days (2027-01-22); use "claude-opus-5-5"",
        "the workspace role "billing" cannot be given: it comes with the organization role "billing"; take the entry out, or give another role",
        ""grce@acme.example" is not among the members; did you mean "grace@acme.example"?",
        "expected text, found the number 2024; put the value in quotes",
      ]
    `);
  });
});
