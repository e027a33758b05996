import { isModelPattern } from "../config/models.ts";
import type { Finding, Locate } from "../model/finding.ts";
import { decide } from "../policy/decide.ts";
import type { Decision, DenialCode, Policy } from "../policy/policy.ts";

/** One test of a role policy, as a file declares it. */
export interface PolicyTest {
  readonly name: string;
  /** Exactly one of `role` and `user` is given. `user`: an e-mail in lower case, whose role decides. */
  readonly role?: string;
  readonly user?: string;
  readonly request: { readonly model: string; readonly max_tokens?: number };
  readonly expect: "allow" | "deny";
  /** For `deny`: the code that it has to be. */
  readonly code?: DenialCode;
  /** For `allow`: what the request's max_tokens has to be lowered to, or filled in as. */
  readonly max_tokens?: number;
}

/** A test file that was read. */
export interface PolicyTestFile {
  /** The path to show. */
  readonly file: string;
  readonly tests: readonly PlacedTest[];
  readonly findings: readonly Finding[];
  readonly locate: Locate;
}

export interface PlacedTest extends PolicyTest {
  /** From 1 up. */
  readonly line: number;
}

/** What became of one test. */
export interface PolicyTestResult {
  readonly file: string;
  readonly test: PlacedTest;
  readonly decision: Decision;
  /** Why it failed, one sentence each; empty where it passed. */
  readonly failures: readonly string[];
}

/** A role and a model: what the policy says, and whether a test says so too. */
export interface MatrixCell {
  readonly role: string;
  readonly model: string;
  readonly decision: Decision;
  readonly covered: boolean;
}

/** Every role with every model that counts: known by its two sides, its pairs made only where somebody looks at them. */
export interface Matrix {
  readonly policy: Policy;
  readonly models: readonly string[];
  /** For each role the models that a test asks for. */
  readonly asked: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Everything that a run of policy tests found out. */
export interface PolicyTestReport {
  /** Whether every test passed, every file was valid, and enough was covered. */
  readonly passed: boolean;
  readonly files: readonly PolicyTestFile[];
  readonly results: readonly PolicyTestResult[];
  /** Every role with every model that the policy or a test names. */
  readonly matrix: Matrix;
  /** Whether the matrix was asked for. */
  readonly showMatrix: boolean;
  /** Percent of the matrix that tests have to cover; absent: any. */
  readonly minCoverage?: number;
}

/** The smallest file of tests that holds for a policy, on one line: for whoever has none yet. */
export function firstTests(policy: Policy): string {
  const [role = "user"] = policy.roles.keys();
  const written = [...policy.roles.values()].flatMap(({ models }) => models);
  const model = written.find((name) => !isModelPattern(name)) ?? "claude-haiku-5-5";
  const { decision, code } = decide(policy, role, { model });
  const expected = decision === "allow" ? "expect: allow" : `expect: deny, code: ${code}`;
  const request = `{ model: ${JSON.stringify(model)} }`;
  return `tests: [{ name: my first test, role: ${JSON.stringify(role)}, request: ${request}, ${expected} }]`;
}
