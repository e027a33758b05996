import type { Plan } from "../core/model/plan.ts";
import type { Refusal } from "../core/outcome/outcome.ts";

/** The refusal of a plan that a guardrail forbids, or undefined; `writing`: the run was to write, not only to show. */
export function guardrailRefusal({ guardrails }: Plan, command: string, writing: boolean): Refusal | undefined {
  const rules = guardrails.filter(({ ok, overridden }) => !ok && overridden === undefined).map(({ rule }) => rule);
  if (rules.length === 0) return undefined;
  const message = writing
    ? "nothing was changed: refused by"
    : `${/^[aeiou]/.test(command) ? "an" : "a"} ${command} would be refused by`;
  return {
    code: "guardrail",
    message: `${message} ${rules.join(", ")}`,
    fix: "correct the file, or override a rule by name: --allow RULE=REASON",
  };
}
