import type { PlanOutcome } from "../core/outcome/outcome.ts";
import { FORMAT_VERSION, planJson } from "../core/plan/plan-json.ts";
import { locatedFindings } from "./findings/located.ts";
import { guardrailWords } from "./guardrails.ts";

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
    findings: locatedFindings(plan.findings, locate),
    guardrails: guardrails.map((result) => ({
      rule: result.rule,
      ok: result.ok,
      message: guardrailWords(result),
      ...(result.overridden !== undefined && { overridden: result.overridden }),
    })),
  };
}
