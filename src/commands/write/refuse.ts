import type { Context } from "../../context.ts";
import type { AuditCommand } from "../../core/audit/audit.ts";
import { Failure } from "../../core/model/failure.ts";
import type { Organization } from "../../core/model/org.ts";
import type { Plan } from "../../core/model/plan.ts";
import { FAILURE_EXIT_REASONS } from "../../core/outcome/exit-reason.ts";
import type { PlanOutcome, Refusal } from "../../core/outcome/outcome.ts";

/** A run that was to write, as far as a refusal is about it. */
export interface WritingRun {
  readonly context: Context;
  /** Who was to write, for the audit log. */
  readonly command: AuditCommand;
  /** The run only shows: nothing is refused, and nothing is in the log. */
  readonly dryRun: boolean;
}

/** The outcome of a plan that is not carried out, with the refusal in the audit log. Throws Failure `audit-unwritable`. */
export async function refuse(
  { context, command }: WritingRun,
  shown: PlanOutcome,
  refusal: Refusal,
): Promise<PlanOutcome> {
  const { plan } = shown;
  const targets = refusal.code === "guardrail" ? brokenRules(plan) : [undefined];
  for (const target of targets) {
    await record(
      context,
      command,
      plan.organization,
      refusal.code === "guardrail" ? "guardrail" : refusal.message,
      target,
    );
  }
  return { ...shown, refusal };
}

/**
 * Does `work`, and writes down in the audit log where it is refused: a plan that is stale or edited, another organization, an answer
 * that is missing. Throws what `work` throws, and Failure `audit-unwritable`.
 */
export async function loggingRefusals<Result>(
  { context, command, dryRun }: WritingRun,
  organization: Partial<Organization> | undefined,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!dryRun && error instanceof Failure && isRefusal(error)) {
      await record(context, command, organization, `${error.code}: ${error.message}`);
    }
    throw error;
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
  context: Context,
  command: AuditCommand,
  organization: Partial<Organization> | undefined,
  reason: string,
  target?: string,
): Promise<void> {
  const log = await context.state.audit();
  await log.append({
    command,
    event: "refusal",
    outcome: "refused",
    reason,
    ...(organization && { organization }),
    ...(target !== undefined && { target }),
  });
}
