import fc from "fast-check";
import { expect, test } from "vitest";
import { decide } from "../../../src/core/policy/decide.ts";
import type { Decision, Policy } from "../../../src/core/policy/policy.ts";
import { coverageOf, hasPassed, matrixCells, matrixOf, uncoveredPairs } from "../../../src/core/policy-test/matrix.ts";
import { parsePolicyTests } from "../../../src/core/policy-test/parse.ts";
import type { PolicyTest } from "../../../src/core/policy-test/report.ts";
import { firstTests } from "../../../src/core/policy-test/report.ts";
import { decisionFor } from "../../../src/core/policy-test/run.ts";
import { fileOf, parsed, policies, questions, reportOf, SUBJECTS } from "../../support/policy-tests.ts";

type Question = Pick<PolicyTest, "role" | "user" | "request">;

/** The test that says exactly what the policy says. */
function truthful(question: Question, decision: Decision): PolicyTest {
  return decision.decision === "deny"
    ? { name: "t", ...question, expect: "deny", code: decision.code }
    : { name: "t", ...question, expect: "allow", max_tokens: decision.request.max_tokens };
}

const answered = (question: Question, policy: Policy) =>
  truthful(question, decisionFor({ name: "t", ...question, expect: "allow" }, policy));

test("a test made from the decision passes; with its expectation flipped, its code or its tokens changed, it fails", () => {
  fc.assert(
    fc.property(policies, questions, (policy, question) => {
      const good = answered(question, policy);
      const { name, role, user, request, expect: said } = good;
      const bare = { name, request, ...(role !== undefined && { role }), ...(user !== undefined && { user }) };
      const flipped: PolicyTest = { ...bare, expect: said === "allow" ? "deny" : "allow" };
      const changed: PolicyTest =
        said === "allow"
          ? { ...good, max_tokens: (good.max_tokens ?? 0) + 1 }
          : { ...good, code: good.code === "unknown-role" ? "identity-unmapped" : "unknown-role" };
      const { results } = reportOf(policy, [fileOf([good, { ...bare, expect: said }, flipped, changed])]);
      expect(results.map(({ failures }) => failures.length)).toEqual([0, 0, 1, 1]);
      expect(results[2]?.failures[0]).toContain(said === "allow" ? "it is allowed" : "it is denied");
    }),
  );
});

test("the order of tests, and how they are spread over files, changes nothing", () => {
  fc.assert(
    fc.property(policies, fc.array(questions, { maxLength: 8 }), fc.nat(), (policy, asked, seed) => {
      const tests = asked.map((question, index) => ({ ...answered(question, policy), name: `t${index}` }));
      const at = tests.length === 0 ? 0 : seed % tests.length;
      const turned = [...tests.slice(at), ...tests.slice(0, at)];
      const one = reportOf(policy, [fileOf(tests)]);
      const other = reportOf(policy, [fileOf(turned.slice(0, at)), fileOf(turned.slice(at))]);
      expect([...matrixCells(other.matrix)]).toEqual([...matrixCells(one.matrix)]);
      const outcome = ({ results }: typeof one) =>
        results.map((result) => `${result.test.name} ${result.decision.code} ${result.failures}`).sort();
      expect(outcome(other)).toEqual(outcome(one));
    }),
  );
});

test("coverage is 100 % if and only if no pair is left uncovered, and tests made from the matrix leave none", () => {
  fc.assert(
    fc.property(policies, fc.array(questions, { maxLength: 6 }), (policy, asked) => {
      const some = asked.map((question) => answered(question, policy));
      const { matrix: counted } = reportOf(policy, [fileOf(some)]);
      const matrix = [...matrixCells(counted)];
      const uncovered = matrix.filter(({ covered }) => !covered).map(({ role, model }) => ({ role, model }));
      expect([...uncoveredPairs(counted)]).toEqual(uncovered);
      expect(coverageOf(counted)).toMatchObject({ total: matrix.length, covered: matrix.length - uncovered.length });
      expect(coverageOf(counted).percent === 100).toBe(matrix.every(({ covered }) => covered));
      expect(new Set(matrix.map(({ role, model }) => `${role} ${model}`)).size).toBe(matrix.length);
      const rest = matrix
        .filter(({ covered }) => !covered)
        .map(({ role, model, decision }) => truthful({ role, request: { model } }, decision));
      const report = reportOf(policy, [fileOf([...some, ...rest])], { minCoverage: 100 });
      expect(coverageOf(report.matrix).percent).toBe(100);
      expect(hasPassed(report)).toBe(true);
      const pairs = (cells: typeof matrix) => cells.map(({ role, model }) => `${role} ${model}`).sort();
      expect(pairs([...matrixCells(report.matrix)])).toEqual(pairs(matrix));
    }),
  );
});

test("the matrix has every role, and every model that the policy names or a test asks for", () => {
  fc.assert(
    fc.property(policies, fc.array(questions, { maxLength: 4 }), (policy, asked) => {
      const tests = asked.map((question) => answered(question, policy));
      const matrix = [...matrixCells(matrixOf(policy, tests))];
      for (const { role, model, decision } of matrix) expect(decision).toEqual(decide(policy, role, { model }));
      const models = new Set(matrix.map(({ model }) => model));
      expect(matrix).toHaveLength(policy.roles.size * models.size);
      if (matrix.length > 0) expect([...new Set(matrix.map(({ role }) => role))]).toEqual([...policy.roles.keys()]);
      // Whatever a test asks for is there under its id, so that an alias is never a column of its own.
      for (const { request } of policy.roles.size === 0 ? [] : tests) {
        const id = request.model === "claude-haiku-4-5" ? "claude-haiku-4-5-20251001" : request.model;
        expect(models).toContain(id);
      }
      expect(models).not.toContain("claude-haiku-4-5");
    }),
  );
});

test("whatever a file holds, the answer is tests and findings, and no more tests than entries", () => {
  const nasty = fc.oneof(
    fc.jsonValue(),
    fc.record({
      version: fc.jsonValue(),
      tests: fc.oneof(
        fc.jsonValue(),
        fc.array(
          fc.dictionary(
            fc.constantFrom("name", "role", "user", "request", "expect", "code", "max_tokens"),
            fc.jsonValue(),
          ),
        ),
      ),
    }),
  );
  fc.assert(
    fc.property(nasty, (value) => {
      const { tests, findings } = parsePolicyTests(value, SUBJECTS, () => undefined);
      expect(tests.length + findings.length).toBeGreaterThan(0);
      for (const each of tests) expect((each.role === undefined) !== (each.user === undefined)).toBe(true);
    }),
    // A mapping whose own toString is no function has no text.
    { examples: [[{ version: { toString: [] }, tests: [] }]] },
  );
});

test("the file that is proposed to whoever has none is valid, and passes", () => {
  fc.assert(
    fc.property(policies, (policy) => {
      const { file, tests, findings } = parsed(firstTests(policy), { policy, members: new Set() });
      expect(findings).toEqual([]);
      expect(tests).toHaveLength(1);
      expect(reportOf(policy, [file]).results[0]?.failures).toEqual([]);
    }),
  );
});
