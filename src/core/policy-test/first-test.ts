import { isModelPattern } from "../config/models.ts";
import { decide } from "../policy/decide.ts";
import type { Policy } from "../policy/policy.ts";

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
