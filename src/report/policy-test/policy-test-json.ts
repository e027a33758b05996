import type { PolicyTestOutcome } from "../../core/outcome/outcome.ts";
import { FORMAT_VERSION } from "../../core/plan/plan-json.ts";
import type { Decision } from "../../core/policy/policy.ts";
import { coverageOf } from "../../core/policy-test/coverage.ts";
import { locatedFindings } from "../findings/located.ts";

/** A run of policy tests for programs (design section 5). */
export function policyTestJson({ report }: PolicyTestOutcome, exitCode: number): string {
  const { files, results, matrix, minCoverage } = report;
  const failed = results.filter(({ failures }) => failures.length > 0).length;
  const object = {
    format_version: FORMAT_VERSION,
    kind: "test",
    exit_code: exitCode,
    summary: { total: results.length, passed: results.length - failed, failed },
    tests: results.map(({ file, test, decision, failures }) => ({
      name: test.name,
      file,
      line: test.line,
      role: test.role ?? null,
      user: test.user ?? null,
      request: { model: test.request.model, max_tokens: test.request.max_tokens ?? null },
      expect: test.expect,
      code: test.code ?? null,
      max_tokens: test.max_tokens ?? null,
      ok: failures.length === 0,
      decision: { ...decisionJson(decision), role: decision.role, model: decision.model },
      failures,
    })),
    matrix: matrix.map(({ role, model, decision, covered }) => ({ role, model, ...decisionJson(decision), covered })),
    uncovered: matrix.filter(({ covered }) => !covered).map(({ role, model }) => ({ role, model })),
    coverage: { ...coverageOf(matrix), minimum: minCoverage ?? null },
    findings: files.flatMap(({ file, findings, locate }) =>
      locatedFindings(findings, locate).map(({ code, severity, path, line, column, message }) => ({
        code,
        severity,
        file,
        path,
        line,
        column,
        message,
      })),
    ),
  };
  return `${JSON.stringify(object, null, 2)}\n`;
}

function decisionJson(decision: Decision) {
  const { code, rule = null } = decision;
  const tokens = decision.decision === "allow" ? decision.request.max_tokens : null;
  return { decision: decision.decision, code, max_tokens: tokens, rule };
}
