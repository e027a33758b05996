import type { Context } from "../../context.ts";
import type { OrgSnapshot } from "../../core/model/org.ts";
import type { Plan } from "../../core/model/plan.ts";
import type { PlanOutcome, Refusal } from "../../core/outcome/outcome.ts";
import { irreversibleChanges } from "../../core/plan/guardrails.ts";
import { nameIdentity } from "../../core/text/identity.ts";
import { printable, shellWord } from "../../core/text/printable.ts";
import { brokenRules } from "./refuse.ts";

/** What was given in advance. */
export interface Consent {
  readonly yes: boolean;
  /** The names of irreversible changes. */
  readonly confirm: readonly string[];
}

/** What became of asking. */
export interface Answer {
  /** Absent where the plan may be carried out. */
  readonly refusal?: Refusal;
  /** Whether the plan was shown. */
  readonly shown: boolean;
}

/**
 * Gets the word of the person that a plan is to be carried out: `--yes` or a question for the whole, `--confirm` or the name typed
 * for each change that cannot be undone. The plan is shown on stderr before anything is asked. Throws Failure `interrupted`.
 */
export async function confirm(
  context: Context,
  outcome: PlanOutcome,
  live: OrgSnapshot,
  { yes, confirm }: Consent,
): Promise<Answer> {
  const { prompt } = context;
  const { changes } = outcome.plan;
  const open = irreversibleChanges(changes, live).filter(
    ({ name }) => !confirm.some((given) => nameIdentity(given) === nameIdentity(name)),
  );
  if (yes && open.length === 0) return { shown: false };
  const flags = [...(yes ? [] : ["--yes"]), ...open.map(({ name }) => `--confirm ${shellWord(name)}`)].join(" ");
  const refusal = (message: string): Refusal => ({
    code: "input-needed",
    message,
    fix: `once the plan is right: ${flags}`,
  });
  if (!prompt.canAsk) {
    const message = "nothing was changed: this was not confirmed, and nobody can be asked here";
    return { refusal: refusal(message), shown: false };
  }
  context.terminal.warning(await context.render(outcome));
  if (!yes) {
    const count = changes.filter(({ action }) => action !== "manual").length;
    const question = count === 1 ? "Apply this change?" : `Apply these ${count} changes?`;
    if (!(await prompt.confirm(question))) {
      return { refusal: refusal("nothing was changed: the answer was no"), shown: true };
    }
  }
  for (const { change, name } of open) {
    const question = `Cannot be undone. To go on, type ${printable(name)}:`;
    if (!(await prompt.typeName(question, name))) {
      return { refusal: refusal(`nothing was changed: ${change.target} was not confirmed`), shown: true };
    }
  }
  return { shown: true };
}

/** The refusal of a plan that a guardrail forbids, or undefined; `writing`: the run was to write, not only to show. */
export function guardrailRefusal(
  plan: Pick<Plan, "guardrails">,
  command: string,
  writing: boolean,
): Refusal | undefined {
  const rules = brokenRules(plan);
  if (rules.length === 0) return undefined;
  const message = writing
    ? "nothing was changed: refused by"
    : `${/^[aeiou]/.test(command) ? "an" : "a"} ${command} would be refused by`;
  // An edit of the file is all that `protected` yields to.
  const overridable = rules.filter((rule) => rule !== "protected");
  const isProtected = rules.length > overridable.length;
  const file = isProtected ? "take them out of guardrails.protected in the file" : "correct the file";
  const flags = overridable.map((rule) => `--allow ${rule}=REASON`).join(" ");
  return {
    code: "guardrail",
    message: `${message} ${rules.join(", ")}`,
    fix: flags === "" ? file : `${file}${isProtected ? "; override the rest" : ", or override"}: ${flags}`,
  };
}
