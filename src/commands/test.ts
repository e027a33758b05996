import type { Context } from "../context.ts";
import { Failure } from "../core/model/failure.ts";
import { isError } from "../core/model/finding.ts";
import type { Outcome } from "../core/outcome/outcome.ts";
import { policyOf } from "../core/policy/policy.ts";
import { hasPassed, matrixFindings, matrixOf } from "../core/policy-test/matrix.ts";
import { firstTests } from "../core/policy-test/report.ts";
import { runPolicyTests } from "../core/policy-test/run.ts";
import { quotedPath } from "../core/text/text.ts";
import { validConfig } from "./config.ts";

export interface TestFlags {
  /** The files to run instead of the one beside the rbac.yaml; `-` is stdin. */
  readonly files: readonly string[];
  readonly matrix: boolean;
  /** Percent. */
  readonly minCoverage?: number;
}

/** Runs policy tests against the roles of the rbac.yaml, offline. Throws Failure `no-tests`, `file-unreadable`. */
export async function runTests(context: Context, { files: names, matrix, minCoverage }: TestFlags): Promise<Outcome> {
  const valid = await validConfig(context);
  if (valid.kind === "validation") return valid;
  const { config, reading } = valid;
  const { file, locate } = reading;
  const policy = policyOf(config, context.clock.now());
  const members = new Set([...config.members.values()].map(({ email }) => email));
  const files = await context.config.policyTests({ names, config: file, subjects: { policy, members } });
  const tests = files.flatMap((each) => each.tests);
  if (tests.length === 0 && !files.some((each) => each.findings.some(isError))) {
    const named = files.map((each) => `${quotedPath(each.file)}`).join(", ");
    throw new Failure("no-tests", {
      message: `${named} ${files.length === 1 ? "holds" : "hold"} no test`,
      fix: `begin with: ${firstTests(policy)}`,
    });
  }
  const pairs = matrixOf(policy, tests);
  const tooLarge = matrixFindings(pairs);
  const report = {
    files: tooLarge.length === 0 ? files : [...files, { file, tests: [], findings: tooLarge, locate }],
    results: runPolicyTests(files, policy, { file, locate }),
    matrix: pairs,
    showMatrix: matrix,
    ...(minCoverage !== undefined && { minCoverage }),
  };
  return { kind: "test", report: { ...report, passed: hasPassed(report) } };
}
