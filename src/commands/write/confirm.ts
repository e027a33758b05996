import type { Context } from "../../context.ts";
import { Failure } from "../../core/model/failure.ts";
import type { OrgSnapshot } from "../../core/model/org.ts";
import type { Plan } from "../../core/model/plan.ts";
import type { PlanOutcome, Refusal } from "../../core/outcome/outcome.ts";
import { irreversibleChanges } from "../../core/plan/guardrails.ts";
import { printable, shellWord } from "../../core/text/printable.ts";

/** What was given in advance. */
export interface Consent {
  readonly yes: boolean;
  /** The names of irreversible changes. */
  readonly confirm: readonly string[];
}

/**
 * Gets the word of the person that a plan is to be carried out: `--yes` or a question for the whole, `--confirm` or the name typed
 * for each change that cannot be undone. The plan is shown on stderr before anything is asked. Answers with the refusal where
 * nobody can be asked and something is missing; throws Failure `input-needed` where the person says no.
 */
export async function confirm(
  context: Context,
  outcome: PlanOutcome,
  live: OrgSnapshot,
  { yes, confirm }: Consent,
): Promise<Refusal | undefined> {
  const { prompt, options } = context;
  const { changes } = outcome.plan;
  const open = irreversibleChanges(changes, live).filter(({ name }) => !confirm.includes(name));
  const asks = !yes || open.length > 0;
  if (asks && !prompt.canAsk) {
    const flags = [...(yes ? [] : ["--yes"]), ...open.map(({ name }) => `--confirm ${shellWord(name)}`)];
    return {
      code: "input-needed",
      message: "nothing was changed: this was not confirmed, and nobody can be asked here",
      fix: `once the plan is right: ${flags.join(" ")}`,
    };
  }
  // In a log, what was about to happen is there even if the machine is not there any more.
  if (asks || !(options.json || options.quiet)) context.terminal.warning(await context.render(outcome));
  if (!yes) {
    const count = changes.filter(({ action }) => action !== "manual").length;
    const question = count === 1 ? "Carry out this change?" : `Carry out these ${count} changes?`;
    if (!(await prompt.confirm(question))) throw declined("nothing was changed: the plan was not agreed to");
  }
  for (const { change, name } of open) {
    const question = `Cannot be undone. To go on, type ${printable(name)}:`;
    if (!(await prompt.typeName(question, name))) {
      throw declined(`nothing was changed: ${change.target} was not confirmed`);
    }
  }
  return undefined;
}

function declined(message: string): Failure {
  return new Failure("input-needed", { message });
}

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
