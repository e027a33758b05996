import { expect, test } from "vitest";
import { planOffboarding } from "../../../src/core/offboarding/offboarding.ts";
import { reconcile } from "../../../src/core/plan/reconcile.ts";
import { policyOf } from "../../../src/core/policy/policy.ts";
import { coverageOf, matrixFindings, matrixOf, uncoveredPairs } from "../../../src/core/policy-test/matrix.ts";
import { runPolicyTests } from "../../../src/core/policy-test/run.ts";
import { planRotation } from "../../../src/core/rotation/rotation.ts";
import { assembleStatus } from "../../../src/core/status/status.ts";
import { declared } from "../../support/config.ts";
import { NOW } from "../../support/org.ts";
import { asked } from "../../support/rotation.ts";
import { SIZES, type Sized } from "../../support/sizes.ts";
import { countSteps } from "../../support/steps.ts";

const WORK: Readonly<Record<string, (sized: Sized) => unknown>> = {
  reconcile: ({ config, live }) =>
    reconcile({ config, live, now: NOW, file: { path: "rbac.yaml", digest: "" }, digest: () => "" }),
  rotation: ({ config, live }) => planRotation(asked(live, { config })),
  status: ({ config, live }) => assembleStatus({ config, live, now: NOW, selection: { view: "organization" } }),
  offboarding: ({ config, live }) =>
    planOffboarding({
      config,
      live,
      now: NOW,
      digest: () => "",
      people: ["p7@acme.example"],
      max: 1,
      formerIds: new Map([["p7@acme.example", ["user_p7"]]]),
    }),
};

/** Each role may use a model of its own, and each test asks for one of them: the matrix is a product, the work on it is not. */
function testedPolicy(count: number) {
  const numbers = Array.from({ length: count }, (_, index) => index);
  const roles = Object.fromEntries(numbers.map((n) => [`role-${n}`, { allowed: true, models: [`claude-own-${n}`] }]));
  const tests = numbers.map((n) => ({
    ...{ name: `test ${n}`, role: `role-${n}`, request: { model: `claude-own-${n}` }, line: n + 1 },
    expect: "allow" as const,
  }));
  return { policy: policyOf(declared({ roles }), NOW), tests };
}

function testPolicy({ policy, tests }: ReturnType<typeof testedPolicy>): unknown {
  const source = { file: "rbac.yaml", locate: () => undefined };
  const results = runPolicyTests(
    [{ file: "rbac.test.yaml", tests, findings: [], locate: () => undefined }],
    policy,
    source,
  );
  const matrix = matrixOf(policy, tests);
  return [results, coverageOf(matrix), matrixFindings(matrix), [...uncoveredPairs(matrix, tests.length)]];
}

const SMALL = 100;
/** To sort ten times as much takes 15 times as long; a product of two lists would take up to a hundred times. */
const MOST = 18;

test("policy tests: the work grows as the policy and its tests do, not as their matrix", () => {
  testPolicy(testedPolicy(SMALL));
  const [small, large] = [testedPolicy(SMALL), testedPolicy(10 * SMALL)];
  const few = countSteps(() => testPolicy(small));
  expect(few).toBeGreaterThan(SMALL);
  expect(countSteps(() => testPolicy(large)) / few).toBeLessThan(MOST);
});

for (const [what, sizeOf] of Object.entries(SIZES)) {
  test.each(Object.entries(WORK))(`${what}: the work of %s grows as the lists do`, (_, work) => {
    // What is made once for the process is made now; what is kept for an organization is not of the next.
    work(sizeOf(SMALL));
    const [small, large] = [sizeOf(SMALL), sizeOf(10 * SMALL)];
    const few = countSteps(() => work(small));
    expect(few).toBeGreaterThan(SMALL);
    expect(countSteps(() => work(large)) / few).toBeLessThan(MOST);
  });
}
