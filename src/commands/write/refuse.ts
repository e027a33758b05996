import type { Context } from "../../context.ts";
import type { AuditCommand, AuditEntry } from "../../core/audit/audit.ts";
import { Failure } from "../../core/model/failure.ts";
import type { Organization } from "../../core/model/org.ts";
import type { Plan } from "../../core/model/plan.ts";
import { target as targets } from "../../core/model/target.ts";
import { FAILURE_EXIT_REASONS } from "../../core/outcome/exit-reason.ts";
import type { AnyPlan, PlanOutcome, Refusal } from "../../core/outcome/outcome.ts";

/** A run that was to write, as far as a refusal is about it. */
export interface WritingRun {
  readonly context: Context;
  /** Who was to write, for the audit log. */
  readonly command: AuditCommand;
  /** Why the run is made, as whoever runs it says. */
  readonly because?: string;
  /** The targets of whom the run is about, where that is known before anything is read. */
  readonly about?: readonly string[];
  /** The run only shows: nothing is refused, and nothing is in the log. */
  readonly dryRun: boolean;
}

/** What every audit line says of the run that it is of. */
export type Author = Pick<WritingRun, "command" | "because">;

/** The fields of it. */
export function authorOf({ command, because }: Author): Author {
  return { command, ...(because !== undefined && { because }) };
}

/** The outcome of a plan that is not carried out, with the refusal in the audit log. Throws Failure `audit-unwritable`. */
export async function refuse(run: WritingRun, shown: PlanOutcome, refusal: Refusal): Promise<PlanOutcome> {
  const { plan } = shown;
  const about = subjectsOf(plan);
  const rules = refusal.code === "guardrail" ? brokenRules(plan) : [undefined];
  for (const target of rules) {
    await record(run, plan.organization, refusal.code === "guardrail" ? "guardrail" : refusal.message, {
      ...(target !== undefined && { target }),
      ...(about.length > 0 && { about }),
    });
  }
  return { ...shown, refusal };
}

/**
 * Does `work`, and writes down in the audit log where it is refused: a plan that is stale or edited, another organization, an answer
 * that is missing. Throws what `work` throws, and Failure `audit-unwritable`.
 */
export async function loggingRefusals<Result>(
  run: WritingRun,
  organization: Partial<Organization> | undefined,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!run.dryRun && error instanceof Failure && isRefusal(error)) {
      await record(run, organization, `${error.code}: ${error.message}`);
    }
    throw error;
  }
}

/**
 * Tries what is needed when everything is done. Throws Failure: what stands in its way is a refusal, whatever it is, since nothing was
 * changed yet.
 */
export async function refusing(trial: () => Promise<void>): Promise<void> {
  try {
    await trial();
  } catch (error) {
    if (!(error instanceof Failure) || FAILURE_EXIT_REASONS[error.code] !== "failed") throw error;
    const { message, fix } = error.details;
    throw new Failure(
      "cannot-finish",
      {
        message: `nothing was changed, because the end of it could not be done: ${message}`,
        ...(fix !== undefined && { fix }),
      },
      { cause: error },
    );
  }
}

function isRefusal({ code }: Failure): boolean {
  return FAILURE_EXIT_REASONS[code] === "refused" || code === "wrong-organization";
}

/** The guardrails that a plan breaks, and nobody has overridden. */
export function brokenRules({ guardrails }: Pick<Plan, "guardrails">): readonly string[] {
  return guardrails.filter(({ refuses, overridden }) => refuses && overridden === undefined).map(({ rule }) => rule);
}

async function record(
  run: WritingRun,
  organization: Partial<Organization> | undefined,
  reason: string,
  what: Pick<AuditEntry, "target" | "about"> = run.about ? { about: run.about } : {},
): Promise<void> {
  const log = await run.context.state.audit();
  await log.append({
    ...authorOf(run),
    event: "refusal",
    outcome: "refused",
    reason,
    ...(organization && { organization }),
    ...what,
  });
}

/** The targets of the people and keys that a revocation is about; other plans are about what they change. */
export function subjectsOf({ revocations = [] }: Pick<AnyPlan, "revocations">): readonly string[] {
  return revocations.flatMap(({ subject, keys }) => {
    if (subject.kind === "person") return subject.email === null ? [] : [targets.member(subject.email)];
    return subject.kind === "key" ? keys.map((key) => key.target) : [];
  });
}
