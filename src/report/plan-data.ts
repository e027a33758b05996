import { revocationJson } from "../core/offboarding/revocation.ts";
import type { PlanOutcome, ResultOutcome } from "../core/outcome/outcome.ts";
import { FORMAT_VERSION, planJson } from "../core/plan/plan-json.ts";
import { rotationKeyJson } from "../core/rotation/rotation-key.ts";
import { locatedFindings } from "./findings/located.ts";
import { sarif } from "./formats/sarif.ts";
import { guardrailWords } from "./guardrails.ts";
import { changeWords, unmanagedWords } from "./kinds/changes.ts";

/** A plan for programs (design section 5): findings with their lines and sentences, guardrails with theirs. */
export function renderPlanJson(outcome: PlanOutcome, exitCode: number): string {
  const { refusal } = outcome;
  const object = {
    format_version: FORMAT_VERSION,
    kind: "plan",
    exit_code: exitCode,
    ...planFields(outcome),
    ...(refusal && { refusal }),
  };
  return `${JSON.stringify(object, null, 2)}\n`;
}

/** The fields of a plan, which a result has as well. */
export function planFields({ plan, locate }: Pick<PlanOutcome, "plan" | "locate">) {
  const { findings: _codes, guardrails, ...rest } = planJson(plan);
  return {
    ...rest,
    ...(plan.revocations && { revocations: plan.revocations.map(revocationJson) }),
    ...(plan.keys && { keys: plan.keys.map(rotationKeyJson) }),
    findings: locatedFindings(plan.findings, locate),
    guardrails: guardrails.map((result) => ({
      rule: result.rule,
      ok: result.ok,
      message: guardrailWords(result),
      ...(result.overridden !== undefined && { overridden: result.overridden }),
    })),
  };
}

/** A plan for a code scanner: each change and each unmanaged object is a result about its live object. */
export function planSarif({ plan, locate }: PlanOutcome): string {
  const file = plan.config.path;
  const changes = plan.changes.map((change) => {
    const { what, why } = changeWords(change);
    const message = `${change.target}: ${what}${why && ` (${why})`}`;
    return { ruleId: `drift-${change.action}`, level: "error", message, file, logicalLocation: change.target } as const;
  });
  const unmanaged = plan.unmanaged.map((item) => {
    const message = `${item.target}: nothing declares it (${unmanagedWords(item)})`;
    return { ruleId: "drift-unmanaged", level: "warning", message, file, logicalLocation: item.target } as const;
  });
  const findings = locatedFindings(plan.findings, locate).map((finding) => ({
    ruleId: finding.code,
    level: finding.severity === "info" ? ("note" as const) : finding.severity,
    message: finding.message,
    file,
    ...(finding.line !== null && { line: finding.line }),
    ...(finding.column !== null && { column: finding.column }),
    ...(finding.target !== null && { logicalLocation: finding.target }),
  }));
  return sarif([...changes, ...unmanaged, ...findings]);
}

/** What was carried out, for programs (design section 5): all of the plan, and what became of each change. */
export function resultJson(outcome: ResultOutcome, exitCode: number): string {
  const { results, verified, remaining, stopped } = outcome;
  const object = {
    format_version: FORMAT_VERSION,
    kind: "result",
    exit_code: exitCode,
    ...planFields(outcome),
    results: results.map(({ change, status, id, requestId, error }) => ({
      target: change.target,
      id,
      status,
      request_id: requestId,
      error,
    })),
    verified,
    remaining,
    ...(stopped && { stopped: { code: stopped.code, message: stopped.details.message } }),
  };
  return `${JSON.stringify(object, null, 2)}\n`;
}
