import { describe, expect, test } from "vitest";
import { formatPath } from "../../../src/core/model/finding.ts";
import { TEST_SENTENCES, wordsOf } from "../../../src/report/findings/sentences.ts";
import { parsed } from "../../support/policy-tests.ts";

/** Findings as short lines: `3:5 error unknown-field tests[0].a`. */
function brief(text: string): readonly string[] {
  const { findings, file } = parsed(text);
  return findings.map(({ code, severity, path, atKey = false, position }) => {
    const place = position ?? (path && file.locate(path, atKey));
    return [place ? `${place.line}:${place.column}` : "-", severity, code, formatPath(path ?? [])].join(" ").trim();
  });
}

const GOOD = "{ name: a, role: user, request: { model: claude-haiku-5-5 }, expect: allow }";
const one = (entry: string) => `tests:\n  - ${entry}\n`;
const asking = (who: string, rest: string) => one(`{ name: a, ${who}, request: { model: claude-haiku-5-5 }, ${rest} }`);
const request = (fields: string, rest = "expect: allow") =>
  one(`{ name: a, role: user, request: { ${fields} }, ${rest} }`);

/** What no file of tests shows, but the policy beside it: policy-test.test.ts. */
const OF_THE_POLICY = "matrix-too-large";

/** For each code of such a file: the smallest text that shows it, and how `brief` writes it down. */
const CASES: Readonly<Record<Exclude<keyof typeof TEST_SENTENCES, typeof OF_THE_POLICY>, readonly [string, string]>> = {
  "not-policy-tests": ["version: 1\nroles: {}\n", "1:1 error not-policy-tests"],
  "no-policy-tests": ["version: 1\ntests: []\n", "2:1 warning no-policy-tests tests"],
  "test-subject": [asking("role: user, user: bob@acme.example", "expect: allow"), "2:5 error test-subject tests[0]"],
  "test-field-misplaced": [
    asking("role: user", "expect: deny, max_tokens: 5"),
    "2:80 error test-field-misplaced tests[0].max_tokens",
  ],
  "test-model-pattern": [request('model: "claude-haiku-*"'), "2:46 error test-model-pattern tests[0].request.model"],
  "test-model-misspelt": [
    request("model: claude-haiku-5-6", "expect: deny"),
    "2:46 warning test-model-misspelt tests[0].request.model",
  ],
  "test-name-twice": [`tests:\n  - ${GOOD}\n  - ${GOOD}\n`, "3:13 warning test-name-twice tests[1].name"],
  "person-without-app-role": [
    asking("user: cleo@acme.example", "expect: allow"),
    "2:22 error person-without-app-role tests[0].user",
  ],
};

describe("every code of a file of policy tests", () => {
  test.each(Object.entries(CASES))("%s", (code, [text, expected]) => {
    expect(brief(text)).toContain(expected);
    const found = parsed(text).findings.find((finding) => finding.code === code);
    const sentence = found ? wordsOf(found) : "";
    expect(sentence).toMatch(/^[^A-Z\n][^\n]*; [^\n]+[^.\n]$/);
    expect(sentence).not.toMatch(/undefined|\[object|NaN/);
  });

  test("has a case", () => {
    expect([...Object.keys(CASES), OF_THE_POLICY].sort()).toEqual(Object.keys(TEST_SENTENCES).sort());
  });
});

describe("what a file means", () => {
  test("a test is what was written, with its line; e-mails in lower case, x-… fields free, version optional", () => {
    const text = [
      "x-who: &who { role: user }",
      "tests:",
      "  - name: a",
      "    user: ' Bob@ACME.example'",
      "    x-ticket: 12",
      "    request: { model: claude-haiku-5-5, max_tokens: 9, x-y: 1 }",
      "    expect: allow",
      "    max_tokens: 9",
      "  - { name: b, role: user, request: { model: claude-opus-5-5 }, expect: deny, code: model-not-allowed }",
    ].join("\n");
    const { tests, findings } = parsed(text);
    expect(findings).toEqual([]);
    expect(tests).toEqual([
      {
        name: "a",
        user: "bob@acme.example",
        request: { model: "claude-haiku-5-5", max_tokens: 9 },
        expect: "allow",
        max_tokens: 9,
        line: 3,
      },
      {
        name: "b",
        role: "user",
        request: { model: "claude-opus-5-5" },
        expect: "deny",
        code: "model-not-allowed",
        line: 9,
      },
    ]);
  });

  test("a test with an error is left out, the others are not, and all mistakes are said at once", () => {
    const text = [
      "version: 2",
      "tests:",
      `  - ${GOOD}`,
      "  - { name: 12, role: usr, request: { modle: x }, expect: alow }",
      "  - just text",
      "  - { name: c, request: claude-haiku-5-5, expect: deny, code: rate-limited, max_tokens: 0 }",
      "test: []",
    ].join("\n");
    expect(parsed(text).tests).toMatchObject([{ name: "a", line: 3 }]);
    expect(brief(text).toSorted()).toEqual(
      [
        "1:10 error invalid-value version",
        "4:13 error wrong-type tests[1].name",
        "4:23 error unknown-role tests[1].role",
        "4:28 error missing-field tests[1].request.model",
        "4:39 error unknown-field tests[1].request.modle",
        "4:59 error invalid-value tests[1].expect",
        "5:5 error wrong-type tests[2]",
        "6:25 error wrong-type tests[3].request",
        "6:5 error test-subject tests[3]",
        "6:63 error invalid-value tests[3].code",
        "6:77 error test-field-misplaced tests[3].max_tokens",
        "6:89 error out-of-range tests[3].max_tokens",
        "7:1 error unknown-field test",
      ].toSorted(),
    );
  });

  test.each([
    ["a list", "- a\n", "1:1 error not-policy-tests"],
    ["text", "hello\n", "1:1 error not-policy-tests"],
    ["an rbac.yaml", "version: 1\nmembers: {}\n", "1:1 error not-policy-tests"],
    ["a mapping of something else", "foo: 1\n", "1:1 error missing-field tests"],
    ["tests that are no list", "tests: { a: 1 }\n", "1:8 error wrong-type tests"],
    ["tests with nothing in them", "tests:\n", "1:1 warning no-policy-tests tests"],
  ])("%s is no file of tests", (_, text, expected) => {
    expect(brief(text)).toContain(expected);
    expect(parsed(text).tests).toEqual([]);
  });

  test.each([
    ["role: usr", "unknown-role", 'did you mean "user"?'],
    ["user: bbo@acme.example", "unknown-person", 'did you mean "bob@acme.example"?'],
    ["user: cleo@acme.example", "person-without-app-role", 'code "identity-unmapped"'],
  ])("%s is a mistake, unless the test says that it is unknown on purpose", (who, code, words) => {
    const { findings } = parsed(asking(who, "expect: deny"));
    expect(findings).toMatchObject([{ code, severity: "error" }]);
    expect(findings.map(wordsOf).join()).toContain(words);
    for (const purpose of ["unknown-role", "identity-unmapped"]) {
      const { tests, findings: none } = parsed(asking(who, `expect: deny, code: ${purpose}`));
      expect([none, tests.length]).toEqual([[], 1]);
    }
  });

  test("a model that the policy or the table knows, or that resembles none, is not called misspelt", () => {
    for (const model of ["claude-haiku-4-5", "claude-sonnet-5-5", "gpt-4"])
      expect(brief(request(`model: ${model}`))).toEqual([]);
  });

  test("a file of nothing but mistakes says so a thousand times, and that there are more", () => {
    const { findings } = parsed(`tests: [${"1, ".repeat(2000)}]`);
    expect(findings).toHaveLength(1001);
    expect(findings.at(-1)).toMatchObject({ code: "too-many-errors", severity: "error" });
  });
});
