import type { Context } from "../../context.ts";
import type { AuditCommand, AuditEntry } from "../../core/audit/audit.ts";
import type { ChangeResult, Plan } from "../../core/model/plan.ts";
import type { Refusal } from "../../core/outcome/outcome.ts";

/** Writes down that a plan was refused, and by what. Throws Failure `audit-unwritable`. */
export async function recordRefusal(
  context: Context,
  command: AuditCommand,
  plan: Plan,
  { code, message }: Refusal,
): Promise<void> {
  const log = await context.state.audit();
  const base = { command, event: "refusal", outcome: "refused", organization: plan.organization } as const;
  const broken = plan.guardrails.filter(({ ok, overridden }) => !ok && overridden === undefined);
  if (code !== "guardrail") {
    await log.append({ ...base, reason: message });
    return;
  }
  for (const { rule } of broken) await log.append({ ...base, target: rule, reason: "guardrail" });
}

/** Writes down each guardrail that was overridden, with the reason given. Throws Failure `audit-unwritable`. */
export async function recordOverrides(
  context: Context,
  command: AuditCommand,
  { guardrails, organization }: Plan,
): Promise<void> {
  const log = await context.state.audit();
  for (const { rule, overridden: reason } of guardrails) {
    if (reason === undefined) continue;
    await log.append({
      command,
      event: "override",
      outcome: "overridden",
      organization,
      target: rule,
      reason,
    });
  }
}

/** The audit line of a change that was tried, or undefined where nothing was. */
export function entryOf(command: AuditCommand, result: ChangeResult, { organization }: Plan): AuditEntry | undefined {
  const { change, status, id, requestId, error } = result;
  if (status === "manual" || status === "skipped") return undefined;
  const { action, kind, target, before, after } = change;
  return {
    command,
    event: "write",
    outcome: status,
    organization,
    action,
    kind,
    target,
    ...(id !== null && { id }),
    ...(before && { before }),
    ...(after && { after }),
    ...(requestId !== null && { request_id: requestId }),
    ...(error && { reason: `${error.code}: ${error.message}` }),
  };
}
