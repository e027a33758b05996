import type { Context } from "../../context.ts";
import type { AuditEntry } from "../../core/audit/audit.ts";
import type { ApiCall } from "../../core/model/call.ts";
import type { Change } from "../../core/model/change.ts";
import type { ChangeResult, Plan } from "../../core/model/plan.ts";
import { type Author, authorOf } from "./refuse.ts";

/** Writes down each guardrail that was overridden, with the reason given. Throws Failure `audit-unwritable`. */
export async function recordOverrides(
  context: Context,
  author: Author,
  { guardrails, organization }: Plan,
): Promise<void> {
  const log = await context.state.audit();
  for (const { rule, overridden: reason } of guardrails) {
    if (reason === undefined) continue;
    await log.append({
      ...authorOf(author),
      event: "override",
      outcome: "overridden",
      organization,
      target: rule,
      reason,
    });
  }
}

/** What an audit line says of a change, whatever becomes of it. */
function written(author: Author, { action, kind, target, id, before, after }: Change, plan: Plan) {
  return {
    ...authorOf(author),
    event: "write",
    organization: plan.organization,
    action,
    kind,
    target,
    ...(id !== null && { id }),
    ...(before && { before }),
    ...(after && { after }),
  } as const;
}

/** The audit line of a change that is about to be sent, by these calls. */
export function startOf(author: Author, change: Change, calls: readonly ApiCall[], plan: Plan): AuditEntry {
  return { ...written(author, change, plan), outcome: "started", phase: "started", calls };
}

/** The audit line of how a change came out, or undefined where nothing was tried; `begun` is the number of its first line, if it has one. */
export function endOf(
  author: Author,
  { change, status, id, requestId, error, left, remark }: ChangeResult,
  begun: number | undefined,
  plan: Plan,
): AuditEntry | undefined {
  if (begun === undefined && (status === "manual" || status === "skipped")) return undefined;
  const said = error ?? remark;
  return {
    ...written(author, change, plan),
    outcome: status,
    ...(begun !== undefined && { phase: "ended", begun }),
    ...(id !== null && { id }),
    ...(requestId !== null && { request_id: requestId }),
    ...(left && { calls: left }),
    ...(said && { reason: `${said.code}: ${said.message}` }),
  };
}
