import type { Context } from "../../context.ts";
import type { AuditCommand, AuditEntry } from "../../core/audit/audit.ts";
import type { ChangeResult, Plan } from "../../core/model/plan.ts";

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
  const { change, status, id, requestId, error, remark } = result;
  const said = error ?? remark;
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
    ...(said && { reason: `${said.code}: ${said.message}` }),
  };
}
