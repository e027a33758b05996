import { formatPath, type Locate } from "../model/finding.ts";
import { roleOf } from "../policy/caller.ts";
import { decide } from "../policy/decide.ts";
import type { Decision, Policy } from "../policy/policy.ts";
import { rulePath } from "../policy/policy.ts";
import type { PolicyTest, PolicyTestFile, PolicyTestResult } from "./report.ts";

/** The rbac.yaml whose policy is tested, so that a failure can name the line that decided. */
export interface PolicySource {
  readonly file: string;
  readonly locate: Locate;
}

/** Runs the tests of every file, in their order. Pure: one test says nothing of another. */
export function runPolicyTests(
  files: readonly PolicyTestFile[],
  policy: Policy,
  source: PolicySource,
): readonly PolicyTestResult[] {
  return files.flatMap(({ file, tests }) =>
    tests.map((test) => {
      const decision = decisionFor(test, policy);
      return { file, test, decision, failures: failuresOf(test, decision, policy, source) };
    }),
  );
}

/**
 * What the policy says of a test's request: under the role that is given, or under the user's own.
 * @internal
 */
export function decisionFor({ role, user, request }: PolicyTest, policy: Policy): Decision {
  if (role !== undefined) return decide(policy, role, request);
  const caller = roleOf({ policy, user, role: undefined });
  return "decision" in caller ? { ...caller, model: request.model } : decide(policy, caller.role, request);
}

function failuresOf(test: PolicyTest, decision: Decision, policy: Policy, source: PolicySource): readonly string[] {
  const { expect, code, max_tokens: expected } = test;
  const by = (field?: string) => ruleWords(decision, source, field);
  if (decision.decision === "deny") {
    const why = `"${decision.code}"${by()}: ${decision.message}`;
    if (expect === "allow") return [`expected "allow", but it is denied with ${why}`];
    return code === undefined || code === decision.code ? [] : [`expected the code "${code}", but it is ${why}`];
  }
  const sent = decision.request.max_tokens;
  if (expect === "deny") {
    return [`expected "deny"${code === undefined ? "" : ` with "${code}"`}, but it is allowed${by()}`];
  }
  if (expected === undefined || expected === sent) return [];
  const limited = sent === policy.roles.get(decision.role)?.maxTokens;
  return [`expected max_tokens ${expected}, but ${sent} would be sent${limited ? by("max_tokens") : ""}`];
}

/** ` by roles.user.models[0] (rbac.yaml:76)`: the entry that decided; empty where none did. */
function ruleWords(decision: Decision, { file, locate }: PolicySource, field?: string): string {
  const { role, rule } = decision;
  if (rule === undefined || role === null) return "";
  const path = field === undefined ? rulePath(rule) : ["roles", role, field];
  if (!path) return "";
  const line = locate(path, false)?.line;
  return ` by ${formatPath(path)}${line === undefined ? "" : ` (${file}:${line})`}`;
}
