import { isModelPattern, matchesModel, newestMatch, resolveModel } from "../config/models.ts";
import { type Finding, finding } from "../model/finding.ts";
import { roleOf } from "../policy/caller.ts";
import { decide } from "../policy/decide.ts";
import type { Policy } from "../policy/policy.ts";
import { compareText } from "../text/text.ts";
import type { Matrix, MatrixCell, PolicyTest, PolicyTestReport } from "./report.ts";

/** So many pairs are listed in any format; the rest is counted. */
export const LISTED_PAIRS = 10_000;

/** Of more pairs than this nobody can see what is tested: that is a finding. */
const MOST_PAIRS = 100_000;

/** The matrix of a policy and its tests. The work grows with the sizes of its sides, not with their product. */
export function matrixOf(policy: Policy, tests: readonly PolicyTest[]): Matrix {
  const asked = new Map<string, Set<string>>();
  for (const test of tests) {
    const role = subjectRole(test, policy);
    if (role === undefined || !policy.roles.has(role)) continue;
    const known = asked.get(role);
    if (known) known.add(resolveModel(test.request.model));
    else asked.set(role, new Set([resolveModel(test.request.model)]));
  }
  return { policy, models: modelsOf(policy, tests), asked };
}

/** The first pairs, row by row, with what the policy says of each. */
export function* matrixCells({ policy, models, asked }: Matrix, limit = LISTED_PAIRS): Generator<MatrixCell> {
  let left = limit;
  for (const role of policy.roles.keys()) {
    for (const model of models) {
      if (left-- <= 0) return;
      const covered = asked.get(role)?.has(model) ?? false;
      yield { role, model, decision: decide(policy, role, { model }), covered };
    }
  }
}

/** The first pairs that no test asks for. */
export function* uncoveredPairs(
  { policy, models, asked }: Matrix,
  limit = LISTED_PAIRS,
): Generator<{ readonly role: string; readonly model: string }> {
  let left = limit;
  for (const role of policy.roles.keys()) {
    const known = asked.get(role);
    for (const model of models) {
      if (left <= 0) return;
      if (known?.has(model)) continue;
      left -= 1;
      yield { role, model };
    }
  }
}

/** The finding for a matrix that is too large to be looked at; it stands at the roles of the rbac.yaml. */
export function matrixFindings(matrix: Matrix): readonly Finding[] {
  const { total: pairs } = coverageOf(matrix);
  if (pairs <= MOST_PAIRS) return [];
  const args = { roles: matrix.policy.roles.size, models: matrix.models.length, pairs };
  return [finding("matrix-too-large", args, { path: ["roles"], atKey: true })];
}

/** Comparisons of patterns with models that may be spent on finding out whether a pattern stands for a model that is there. */
const COMPARISONS = 2_000_000;

/**
 * The ids of the models that the policy names, in its order, then those that only tests ask for; and for a pattern that matches none
 * of them the newest model that it stands for, or nothing would speak of that line.
 */
function modelsOf(policy: Policy, tests: readonly PolicyTest[]): readonly string[] {
  const written = [...policy.roles.values()].flatMap(({ models }) => models);
  const models = new Set(written.filter((model) => !isModelPattern(model)).map(resolveModel));
  const ofTests = tests.map(({ request }) => resolveModel(request.model));
  for (const model of ofTests.sort(compareText)) models.add(model);
  let left = COMPARISONS;
  for (const pattern of new Set(written.filter(isModelPattern))) {
    const model = newestMatch(pattern);
    if (model === undefined || models.has(model)) continue;
    left -= models.size;
    // A line too many at worst: there are no more of them than models in the table.
    if (left < 0 || ![...models].some((known) => matchesModel(pattern, known))) models.add(model);
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
export function coverageOf({ policy, models, asked }: Matrix): Coverage {
  const covered = [...asked.values()].reduce((sum, known) => sum + known.size, 0);
  const total = policy.roles.size * models.length;
  return { covered, total, percent: total === 0 ? 100 : Math.floor((covered / total) * 100) };
}

/** Whether every test passed, every file was valid, and enough was covered. */
export function hasPassed({ files, results, matrix, minCoverage }: Omit<PolicyTestReport, "passed">): boolean {
  return (
    results.every(({ failures }) => failures.length === 0) &&
    files.every(({ findings }) => findings.every(({ severity }) => severity !== "error")) &&
    (minCoverage === undefined || coverageOf(matrix).percent >= minCoverage)
  );
}
