import fc from "fast-check";
import { parseConfigText } from "../../src/adapters/config/config-text.ts";
import type { Policy } from "../../src/core/policy/policy.ts";
import { policyOf } from "../../src/core/policy/policy.ts";
import { hasPassed, matrixOf } from "../../src/core/policy-test/matrix.ts";
import type { Subjects } from "../../src/core/policy-test/parse.ts";
import { type ParsedTests, parsePolicyTests } from "../../src/core/policy-test/parse.ts";
import type { PlacedTest, PolicyTest, PolicyTestFile, PolicyTestReport } from "../../src/core/policy-test/report.ts";
import { runPolicyTests } from "../../src/core/policy-test/run.ts";
import { declared } from "./config.ts";
import { NOW } from "./org.ts";

/** An organization with four roles and some people. */
const CONFIG = declared({
  members: {
    "ada@acme.example": { role: "developer", app_role: "power" },
    "bob@acme.example": { role: "user", app_role: "user" },
    "cleo@acme.example": { role: "user" },
    "grace@acme.example": { role: "admin", app_role: "admin" },
    "alan@acme.example": { role: "admin" },
  },
  roles: {
    viewer: { allowed: false },
    user: { allowed: true, models: ["claude-haiku-5-5"], max_tokens: 512 },
    power: { allowed: true, models: ["claude-haiku-5-5", "claude-sonnet-*"], max_tokens: 4096 },
    admin: { allowed: true, models: ["*"] },
  },
});
export const POLICY = policyOf(CONFIG, NOW);
export const SUBJECTS = { policy: POLICY, members: new Set(CONFIG.members.keys()) };

/** A text taken apart as a file of policy tests. */
export function parsed(text: string, subjects: Subjects = SUBJECTS): ParsedTests & { readonly file: PolicyTestFile } {
  const { value, findings, locate } = parseConfigText(new TextEncoder().encode(text));
  const { tests, findings: ofTests } = parsePolicyTests(value, subjects, locate);
  const all = [...findings, ...ofTests];
  return { tests, findings: all, file: { file: "rbac.test.yaml", tests, findings: all, locate } };
}

/** Tests as a file would hold them, one on each line. */
function placed(tests: readonly PolicyTest[]): readonly PlacedTest[] {
  return tests.map((test, index) => ({ ...test, line: index + 2 }));
}

export function fileOf(tests: readonly PolicyTest[]): PolicyTestFile {
  return { file: "rbac.test.yaml", tests: placed(tests), findings: [], locate: () => undefined };
}

/** A whole run. */
export function reportOf(
  policy: Policy,
  files: readonly PolicyTestFile[],
  more: Partial<Omit<PolicyTestReport, "passed">> = {},
): PolicyTestReport {
  const results = runPolicyTests(files, policy, { file: "rbac.yaml", locate: () => undefined });
  const matrix = matrixOf(
    policy,
    files.flatMap(({ tests }) => tests),
  );
  const report = { files, results, matrix, showMatrix: false, ...more };
  return { ...report, passed: hasPassed(report) };
}

const MODELS = ["claude-haiku-5-5", "claude-haiku-4-5", "claude-haiku-4-5-20251001", "claude-sonnet-5-5", "own-model"];
const NAMES = ["viewer", "user", "a.b[0]", "admin"];

/** Policies of every sort: roles with odd names, patterns, no models, people with and without a role. */
export const policies: fc.Arbitrary<Policy> = fc
  .record({
    roles: fc.uniqueArray(
      fc.record({
        name: fc.constantFrom(...NAMES),
        allowed: fc.boolean(),
        models: fc.uniqueArray(fc.constantFrom(...MODELS, "*", "claude-haiku-*", "nothing-*"), { maxLength: 4 }),
        mayAssume: fc.constant([]),
        maxTokens: fc.option(fc.integer({ min: 1, max: 9000 }), { nil: undefined }),
      }),
      { selector: ({ name }) => name },
    ),
    people: fc.dictionary(fc.constantFrom("ada@acme.example", "bob@acme.example"), fc.constantFrom(...NAMES)),
  })
  .map(({ roles, people }) => ({
    roles: new Map(
      roles.map(({ maxTokens, ...role }) => [role.name, maxTokens === undefined ? role : { ...role, maxTokens }]),
    ),
    people: new Map(Object.entries(people)),
    rateStore: "local",
    organization: "",
  }));

/** Who asks for what; what is expected of it is for the test to say. */
export const questions: fc.Arbitrary<Pick<PolicyTest, "role" | "user" | "request">> = fc
  .record({
    subject: fc.oneof(
      fc.record({ role: fc.constantFrom(...NAMES, "nobody") }),
      fc.record({ user: fc.constantFrom("ada@acme.example", "bob@acme.example", "eve@acme.example") }),
    ),
    request: fc.record(
      { model: fc.constantFrom(...MODELS), max_tokens: fc.integer({ min: 1, max: 9000 }) },
      { requiredKeys: ["model"] },
    ),
  })
  .map(({ subject, request }) => ({ ...subject, request }));
