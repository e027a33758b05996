import { describe, expect, test } from "vitest";
import type { PolicyTestFile, PolicyTestReport } from "../../src/core/policy-test/report.ts";
import { createStyle } from "../../src/report/formats/colour.ts";
import { policyTestForms } from "../../src/report/policy-test.ts";
import { policyWith } from "../support/policy-seed.ts";
import { fileOf, POLICY, parsed, reportOf } from "../support/policy-tests.ts";
import { shapeOf } from "../support/shape.ts";

const plain = createStyle(false);
const RUN = { exitCode: 2 };
const GOOD =
  "{ name: good, role: user, request: { model: claude-haiku-5-5, max_tokens: 4000 }, expect: allow, max_tokens: 512 }";
const MIXED = [
  "tests:",
  `  - ${GOOD}`,
  "  - { name: viewers may, role: viewer, request: { model: claude-haiku-5-5 }, expect: allow }",
  "  - { name: bob may not, user: bob@acme.example, request: { model: claude-sonnet-5-5 }, expect: deny, code: role-not-allowed }",
  "  - { name: typo, rol: user, request: { model: claude-haiku-5-5 }, expect: allow }",
  '  - { name: "bad \\e[2J <&> %", role: user, request: { model: claude-haiku-5-5 }, expect: deny }',
  "",
].join("\n");

const outcome = (text: string, more: Partial<Omit<PolicyTestReport, "passed">> = {}) => ({
  kind: "test" as const,
  report: reportOf(POLICY, [parsed(text).file], more),
});

describe("text", () => {
  test("is what went wrong, at its line, then what no test asks for, then the count", () => {
    expect(policyTestForms.text(outcome(MIXED, { minCoverage: 50 }), plain)).toMatchInlineSnapshot(`
      "rbac.test.yaml:5:5: error: the test names neither a role nor a user; say who asks: add "role: …" or "user: …" [test-subject]
      rbac.test.yaml:5:19: error: unknown field "rol"; did you mean "role"? [unknown-field]
      rbac.test.yaml:3: failed: viewers may: expected "allow", but it is denied with "role-not-allowed" by roles.viewer.allowed: Role does not allow API access
      rbac.test.yaml:4: failed: bob may not: expected the code "role-not-allowed", but it is "model-not-allowed" by roles.user.models: Role cannot access model: claude-sonnet-5-5
      rbac.test.yaml:6: failed: bad \\u{1b}[2J <&> %: expected "deny", but it is allowed by roles.user.models[0]
      no test asks for:
        viewer  claude-sonnet-5-5
        power   claude-haiku-5-5, claude-sonnet-5-5
        admin   claude-haiku-5-5, claude-sonnet-5-5
      1 passed, 3 failed, 2 errors · coverage 37 % (3 of 8 pairs), below the minimum of 50 %
      "
    `);
  });

  test("of a good run is one line, but for what no test asks for", () => {
    const all = ["viewer", "user", "power", "admin"].flatMap((role) =>
      ["claude-haiku-5-5", "claude-sonnet-5-5"].map((model) => ({
        name: `${role} ${model}`,
        role,
        request: { model },
        expect:
          role === "viewer" || (role === "user" && model !== "claude-haiku-5-5")
            ? ("deny" as const)
            : ("allow" as const),
      })),
    );
    const report = reportOf(POLICY, [fileOf(all)]);
    expect(policyTestForms.text({ kind: "test", report }, plain)).toBe("8 passed · coverage 100 % (8 of 8 pairs)\n");
  });

  test("shows the matrix where it is asked for, and marks what is not tested", () => {
    expect(policyTestForms.text(outcome(`tests:\n  - ${GOOD}\n`, { showMatrix: true }), plain)).toMatchInlineSnapshot(`
      "        claude-haiku-5-5  claude-sonnet-5-5
      viewer  deny *            deny *
      user    allow 512         deny *
      power   allow 1024 *      allow 1024 *
      admin   allow 1024 *      allow 1024 *

      allow: the max_tokens sent where a request names none; *: no test asks

      no test asks for:
        viewer  claude-haiku-5-5, claude-sonnet-5-5
        user    claude-sonnet-5-5
        power   claude-haiku-5-5, claude-sonnet-5-5
        admin   claude-haiku-5-5, claude-sonnet-5-5
      1 passed · coverage 12 % (1 of 8 pairs)
      "
    `);
  });

  test("cuts a matrix that is too wide into tables, and a list of pairs that is too long", () => {
    const models = Array.from({ length: 30 }, (_, index) => `a-model-of-our-own-${index}`);
    const file = fileOf([{ name: "t", role: "user", request: { model: "a-model-of-our-own-0" }, expect: "allow" }]);
    const report = reportOf(policyWith([{ name: "user", models }]), [file], { showMatrix: true });
    const text = policyTestForms.text({ kind: "test", report }, plain);
    expect(
      Math.max(
        ...text
          .split("\n")
          .filter((line) => !line.startsWith("  user"))
          .map((line) => line.length),
      ),
    ).toBeLessThan(115);
    for (const model of models) expect(text).toContain(model);
    expect(text).toContain("and 9 more; --format json lists them all");
    expect(text).toMatch(/1 passed · coverage 3 % \(1 of 30 pairs\)\n$/);
  });

  test("of a file that could not be understood speaks of nothing else", () => {
    const text = policyTestForms.text(outcome("version: 1\nroles: {}\n", { showMatrix: false }), plain);
    expect(text).toMatch(/^rbac\.test\.yaml:1:1: error: the file holds an rbac\.yaml .*\nno test was run: 1 error\n$/);
  });

  test("says nothing by colour alone, and shows what a name hides", () => {
    const coloured = policyTestForms.text(outcome(MIXED, { showMatrix: true }), createStyle(true));
    expect(coloured.replaceAll(new RegExp(`${"\u001b"}\\[\\d+m`, "g"), "")).toBe(
      policyTestForms.text(outcome(MIXED, { showMatrix: true }), plain),
    );
    expect(coloured).toContain("bad \\u{1b}[2J");
  });
});

describe("JSON", () => {
  const json = JSON.parse(policyTestForms.json(outcome(MIXED, { minCoverage: 50 }), RUN));

  test("has the agreed shape", () => {
    expect(shapeOf(json)).toMatchInlineSnapshot(`
      {
        "coverage": {
          "covered": "number",
          "minimum": "number",
          "percent": "number",
          "total": "number",
        },
        "exit_code": "number",
        "findings": [
          {
            "code": "string",
            "column": "number",
            "file": "string",
            "line": "number",
            "message": "string",
            "path": "string",
            "severity": "string",
          },
        ],
        "format_version": "string",
        "kind": "string",
        "matrix": [
          {
            "code": "string",
            "covered": "boolean",
            "decision": "string",
            "max_tokens": "null | number",
            "model": "string",
            "role": "string",
            "rule": "string",
          },
        ],
        "matrix_more": "number",
        "summary": {
          "failed": "number",
          "passed": "number",
          "total": "number",
        },
        "tests": [
          {
            "code": "null | string",
            "decision": "object",
            "expect": "string",
            "failures": "list",
            "file": "string",
            "line": "number",
            "max_tokens": "null | number",
            "name": "string",
            "ok": "boolean",
            "request": "object",
            "role": "null | string",
            "user": "null | string",
          },
        ],
        "uncovered": [
          {
            "model": "string",
            "role": "string",
          },
        ],
        "uncovered_more": "number",
      }
    `);
  });

  test("lists passing tests too, with the decision, and every uncovered pair", () => {
    expect(json.summary).toEqual({ total: 4, passed: 1, failed: 3 });
    expect(json.tests[0]).toEqual({
      name: "good",
      file: "rbac.test.yaml",
      line: 2,
      role: "user",
      user: null,
      request: { model: "claude-haiku-5-5", max_tokens: 4000 },
      expect: "allow",
      code: null,
      max_tokens: 512,
      ok: true,
      decision: {
        decision: "allow",
        code: "allowed",
        role: "user",
        model: "claude-haiku-5-5",
        max_tokens: 512,
        rule: "roles.user.models[0]",
      },
      failures: [],
    });
    expect(json.tests[2]).toMatchObject({ user: "bob@acme.example", ok: false, decision: { role: "user" } });
    expect(json.matrix).toHaveLength(8);
    expect(json.uncovered).toHaveLength(5);
    expect(json.coverage).toEqual({ covered: 3, total: 8, percent: 37, minimum: 50 });
    expect(json.findings).toMatchObject([
      { code: "test-subject", file: "rbac.test.yaml", line: 5 },
      { code: "unknown-field", line: 5, message: 'unknown field "rol"; did you mean "role"?' },
    ]);
  });
});

test("JUnit has a suite for each file, with failures and errors apart, and one for the coverage", () => {
  expect(policyTestForms.junit(outcome(MIXED, { minCoverage: 50 }), RUN)).toMatchInlineSnapshot(`
    "<?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="anth-rbac" tests="7" failures="4" errors="2" skipped="0">
      <testsuite name="rbac.test.yaml" tests="6" failures="3" errors="2" skipped="0">
        <testcase classname="rbac.test.yaml" name="test-subject at rbac.test.yaml:5:5"><error type="test-subject" message="the test names neither a role nor a user; say who asks: add &quot;role: …&quot; or &quot;user: …&quot;">the test names neither a role nor a user; say who asks: add &quot;role: …&quot; or &quot;user: …&quot;</error></testcase>
        <testcase classname="rbac.test.yaml" name="unknown-field at rbac.test.yaml:5:19"><error type="unknown-field" message="unknown field &quot;rol&quot;; did you mean &quot;role&quot;?">unknown field &quot;rol&quot;; did you mean &quot;role&quot;?</error></testcase>
        <testcase classname="rbac.test.yaml" name="good" file="rbac.test.yaml" line="2"/>
        <testcase classname="rbac.test.yaml" name="viewers may" file="rbac.test.yaml" line="3"><failure type="policy-test-failed" message="expected &quot;allow&quot;, but it is denied with &quot;role-not-allowed&quot; by roles.viewer.allowed: Role does not allow API access">expected &quot;allow&quot;, but it is denied with &quot;role-not-allowed&quot; by roles.viewer.allowed: Role does not allow API access</failure></testcase>
        <testcase classname="rbac.test.yaml" name="bob may not" file="rbac.test.yaml" line="4"><failure type="policy-test-failed" message="expected the code &quot;role-not-allowed&quot;, but it is &quot;model-not-allowed&quot; by roles.user.models: Role cannot access model: claude-sonnet-5-5">expected the code &quot;role-not-allowed&quot;, but it is &quot;model-not-allowed&quot; by roles.user.models: Role cannot access model: claude-sonnet-5-5</failure></testcase>
        <testcase classname="rbac.test.yaml" name="bad \\u{1b}[2J &lt;&amp;&gt; %" file="rbac.test.yaml" line="6"><failure type="policy-test-failed" message="expected &quot;deny&quot;, but it is allowed by roles.user.models[0]">expected &quot;deny&quot;, but it is allowed by roles.user.models[0]</failure></testcase>
      </testsuite>
      <testsuite name="coverage" tests="1" failures="1" errors="0" skipped="0">
        <properties>
          <property name="coverage.percent" value="37"/>
          <property name="coverage.covered" value="3"/>
          <property name="coverage.total" value="8"/>
          <property name="uncovered" value="viewer claude-sonnet-5-5, power claude-haiku-5-5, power claude-sonnet-5-5, admin claude-haiku-5-5, admin claude-sonnet-5-5"/>
        </properties>
        <testcase classname="coverage" name="at least 50 %"><failure type="policy-test-coverage" message="coverage 37 % (3 of 8 pairs), below the minimum of 50 %">coverage 37 % (3 of 8 pairs), below the minimum of 50 %</failure></testcase>
      </testsuite>
    </testsuites>
    "
  `);
  const { file } = parsed(`tests:\n  - ${GOOD}\n`);
  const second: PolicyTestFile = { ...file, file: "second.yaml" };
  const two = policyTestForms.junit(
    { kind: "test", report: reportOf(POLICY, [file, second], { minCoverage: 1 }) },
    RUN,
  );
  expect(two.match(/<testsuite name="[^"]*" tests="1" failures="0" errors="0"/g)).toHaveLength(3);
  expect(two).toContain('<testcase classname="second.yaml" name="good" file="second.yaml" line="2"/>');
});

test("GitHub gets an annotation for each failed test and each finding, and one for too little coverage", () => {
  const lines = policyTestForms
    .github(outcome(MIXED, { minCoverage: 50 }), RUN)
    .trimEnd()
    .split("\n");
  expect(lines.map((line) => line.replace(/::.*$/, (end) => end.slice(0, 40)))).toHaveLength(6);
  expect(lines.every((line) => line.startsWith("::error file=rbac.test.yaml,"))).toBe(true);
  expect(lines[2]).toBe(
    '::error file=rbac.test.yaml,line=3,title=policy-test-failed::viewers may: expected "allow", but it is denied with "role-not-allowed" by roles.viewer.allowed: Role does not allow API access',
  );
  expect(lines[4]).toContain("::bad \\u{1b}[2J <&> %25: expected");
  expect(lines[5]).toBe(
    "::error file=rbac.test.yaml,title=policy-test-coverage::coverage 37 %25 (3 of 8 pairs), below the minimum of 50 %25",
  );
});
