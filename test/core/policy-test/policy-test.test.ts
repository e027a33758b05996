import { describe, expect, test } from "vitest";
import { parseConfigText } from "../../../src/adapters/config/config-text.ts";
import { newestMatch } from "../../../src/core/config/models.ts";
import {
  coverageOf,
  hasPassed,
  matrixCells,
  matrixFindings,
  matrixOf,
  uncoveredPairs,
} from "../../../src/core/policy-test/matrix.ts";
import type { PolicyTest } from "../../../src/core/policy-test/report.ts";
import { runPolicyTests } from "../../../src/core/policy-test/run.ts";
import { policyWith } from "../../support/policy-seed.ts";
import { fileOf, POLICY, reportOf } from "../../support/policy-tests.ts";

const HAIKU = { model: "claude-haiku-5-5" };

function failures(test: Partial<PolicyTest>, policy = POLICY): readonly string[] {
  const whole: PolicyTest = { name: "t", request: HAIKU, expect: "allow", ...test };
  return reportOf(policy, [fileOf([whole])]).results.flatMap((result) => result.failures);
}

describe("a test that fails says what was expected and what is", () => {
  test.each<[Partial<PolicyTest>, string]>([
    [
      { role: "viewer" },
      'expected "allow", but it is denied with "role-not-allowed" by roles.viewer.allowed: Role does not allow API access',
    ],
    [{ role: "user", expect: "deny" }, 'expected "deny", but it is allowed by roles.user.models[0]'],
    [
      { role: "user", expect: "deny", code: "model-not-allowed" },
      'expected "deny" with "model-not-allowed", but it is allowed by roles.user.models[0]',
    ],
    [
      { user: "eve@acme.example", expect: "deny", code: "model-not-allowed" },
      'expected the code "model-not-allowed", but it is "identity-unmapped": The policy gives eve@acme.example no role',
    ],
    [{ role: "user", max_tokens: 1024 }, "expected max_tokens 1024, but 512 would be sent by roles.user.max_tokens"],
    [
      { role: "user", request: { ...HAIKU, max_tokens: 9 }, max_tokens: 512 },
      "expected max_tokens 512, but 9 would be sent",
    ],
  ])("%j", (given, sentence) => {
    expect(failures(given)).toEqual([sentence]);
  });

  test("names the line of rbac.yaml, whatever the role is called", () => {
    const roles = { "a.b[0]": { allowed: true, models: ["x-1", "x-2"] } };
    const text = `version: 1\nroles:\n  "a.b[0]":\n    allowed: true\n    models:\n      - x-1\n      - x-2\n`;
    const { locate } = parseConfigText(new TextEncoder().encode(text));
    const policy = policyWith([{ name: "a.b[0]", ...roles["a.b[0]"] }]);
    const file = fileOf([{ name: "t", role: "a.b[0]", request: { model: "x-2" }, expect: "deny" }]);
    const [result] = runPolicyTests([file], policy, { file: "rbac.yaml", locate });
    expect(result?.failures).toEqual(['expected "deny", but it is allowed by roles.a.b[0].models[1] (rbac.yaml:7)']);
  });

  test("a user is tested in the role that members gives", () => {
    expect(failures({ user: "bob@acme.example", request: { ...HAIKU, max_tokens: 4000 }, max_tokens: 512 })).toEqual(
      [],
    );
    expect(failures({ user: "ada@acme.example", request: { ...HAIKU, max_tokens: 9000 }, max_tokens: 4096 })).toEqual(
      [],
    );
  });

  test("without roles everything is denied, and a test may say so", () => {
    expect(failures({ role: "x", expect: "deny", code: "policy-missing" }, policyWith([]))).toEqual([]);
  });
});

describe("the matrix", () => {
  const columns = (tests: readonly PolicyTest[] = [], policy = POLICY) => [
    ...new Set([...matrixCells(matrixOf(policy, tests))].map(({ model }) => model)),
  ];

  test("has the models that the policy names, then those of tests, then one for each pattern that matches none", () => {
    expect(columns()).toEqual(["claude-haiku-5-5", "claude-sonnet-5-5"]);
    const asked = (model: string): PolicyTest => ({ name: model, role: "user", request: { model }, expect: "deny" });
    expect(columns([asked("claude-sonnet-4-6"), asked("b"), asked("a")])).toEqual([
      "claude-haiku-5-5",
      "a",
      "b",
      "claude-sonnet-4-6",
    ]);
    expect(columns([], policyWith([{ name: "a", models: ["*"] }]))).toHaveLength(1);
    expect(columns([], policyWith([{ name: "a", models: ["no-such-*"] }]))).toEqual([]);
  });

  test("a pattern stands for the newest model that is not to be retired", () => {
    expect(newestMatch("claude-haiku-*")).toBe("claude-haiku-5-5");
    expect(newestMatch("claude-sonnet-4*")).toBe("claude-sonnet-4-6");
    expect(newestMatch("claude-opus-4-1*")).toBe("claude-opus-4-1-20250805");
    expect(newestMatch("gpt-*")).toBeUndefined();
  });

  test("is covered by role, by the user's role, and by alias", () => {
    const policy = policyWith([{ name: "a", models: ["claude-haiku-4-5"] }], { "ada@acme.example": "a" });
    const by = (who: Partial<PolicyTest>, model: string) =>
      [...matrixCells(matrixOf(policy, [{ name: "t", request: { model }, expect: "allow", ...who }]))].map(
        ({ covered }) => covered,
      );
    expect(by({ role: "a" }, "claude-haiku-4-5-20251001")).toEqual([true]);
    expect(by({ user: "ada@acme.example" }, "claude-haiku-4-5")).toEqual([true]);
    expect(by({ role: "b" }, "claude-haiku-4-5")).toEqual([false]);
    expect(by({ user: "eve@acme.example" }, "claude-haiku-4-5")).toEqual([false]);
  });
});

describe("a large matrix", () => {
  const roles = (count: number) =>
    Array.from({ length: count }, (_, at) => ({ name: `r${at}`, models: [`m${at}`, `n${at}`] }));
  const asked: PolicyTest = { name: "t", role: "r1", request: { model: "m1" }, expect: "allow" };

  test("is counted whole, and listed no further than anybody reads", () => {
    const matrix = matrixOf(policyWith(roles(2500)), [asked]);
    expect(coverageOf(matrix)).toEqual({ covered: 1, total: 12_500_000, percent: 0 });
    expect([...matrixCells(matrix)]).toHaveLength(10_000);
    expect([...uncoveredPairs(matrix, 3)]).toEqual(["m0", "n0", "m1"].map((model) => ({ role: "r0", model })));
  });

  test("is a finding beyond a hundred thousand pairs, and not at it", () => {
    const at = (count: number) => matrixFindings(matrixOf(policyWith(roles(count)), []));
    expect(at(223)).toEqual([]);
    expect(at(224)).toMatchObject([
      { code: "matrix-too-large", severity: "warning", args: { roles: 224, models: 448, pairs: 100_352 } },
    ]);
  });

  // Each held against each, this would still be at work when the test runner's patience ends.
  test("of patterns that stand for nothing that is there holds not each against each", () => {
    const models = Array.from({ length: 50_000 }, (_, at) => [`x${at}`, `*claude-haiku-*${at}`]).flat();
    expect(matrixOf(policyWith([{ name: "a", models }]), []).models.length).toBeGreaterThanOrEqual(50_000);
  });
});

describe("a run has passed", () => {
  const report = reportOf(POLICY, [fileOf([{ name: "t", role: "user", request: HAIKU, expect: "allow" }])]);

  test("where enough is covered: the percentage is rounded down", () => {
    expect(coverageOf(report.matrix)).toEqual({ covered: 1, total: 8, percent: 12 });
    expect(hasPassed(report)).toBe(true);
    expect(hasPassed({ ...report, minCoverage: 12 })).toBe(true);
    expect(hasPassed({ ...report, minCoverage: 13 })).toBe(false);
  });

  test("where there is nothing to cover, all is covered", () => {
    expect(coverageOf(reportOf(policyWith([]), []).matrix)).toEqual({ covered: 0, total: 0, percent: 100 });
  });
});
