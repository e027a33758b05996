import { isModelPattern, matchesModel, newestMatch, resolveModel } from "../config/models.ts";
import { roleOf } from "../policy/caller.ts";
import { decide } from "../policy/decide.ts";
import type { Policy } from "../policy/policy.ts";
import { compareText } from "../text/text.ts";
import type { MatrixCell, PolicyTest, PolicyTestReport } from "./report.ts";

/** Every role with every model that counts, row by row: what the policy says, and whether a test asks for it. */
export function matrixOf(policy: Policy, tests: readonly PolicyTest[]): readonly MatrixCell[] {
  const models = modelsOf(policy, tests);
  const asked = new Map<string, Set<string>>();
  for (const test of tests) {
    const role = subjectRole(test, policy);
    if (role === undefined) continue;
    const known = asked.get(role);
    if (known) known.add(resolveModel(test.request.model));
    else asked.set(role, new Set([resolveModel(test.request.model)]));
  }
  return [...policy.roles.keys()].flatMap((role) =>
    models.map((model) => ({
      role,
      model,
      decision: decide(policy, role, { model }),
      covered: asked.get(role)?.has(model) ?? false,
    })),
  );
}

/**
 * The ids of the models that the policy names, in its order, then those that only tests ask for; and for a pattern that matches none
 * of them the newest model that it stands for, or nothing would speak of that line.
 */
function modelsOf(policy: Policy, tests: readonly PolicyTest[]): readonly string[] {
  const written = [...policy.roles.values()].flatMap(({ models }) => models);
  const models = new Set(written.filter((model) => !isModelPattern(model)).map(resolveModel));
  const ofTests = tests.map(({ request }) => resolveModel(request.model));
  for (const model of ofTests.sort(compareText)) models.add(model);
  for (const pattern of new Set(written.filter(isModelPattern))) {
    if ([...models].some((model) => matchesModel(pattern, model))) continue;
    const model = newestMatch(pattern);
    if (model !== undefined) models.add(model);
  }
  return [...models];
}

function subjectRole({ role, user }: PolicyTest, policy: Policy): string | undefined {
  if (role !== undefined) return role;
  const caller = roleOf({ policy, user, role: undefined });
  return "decision" in caller ? undefined : caller.role;
}

/** How much of a policy its tests cover. */
export interface Coverage {
  readonly covered: number;
  readonly total: number;
  /** 0 to 100, rounded down; 100 where there is nothing to cover. */
  readonly percent: number;
}

/** The share of the matrix that a test speaks of. */
export function coverageOf(matrix: readonly MatrixCell[]): Coverage {
  const covered = matrix.filter((cell) => cell.covered).length;
  const total = matrix.length;
  return { covered, total, percent: total === 0 ? 100 : Math.floor((covered / total) * 100) };
}

/** Whether every test passed, every file was valid, and enough was covered. */
export function passed({ files, results, matrix, minCoverage }: PolicyTestReport): boolean {
  return (
    results.every(({ failures }) => failures.length === 0) &&
    files.every(({ findings }) => findings.every(({ severity }) => severity !== "error")) &&
    (minCoverage === undefined || coverageOf(matrix).percent >= minCoverage)
  );
}
