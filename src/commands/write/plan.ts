import type { Context } from "../../context.ts";
import { cancelledInvites, isInvitation, withGroupsOfCancelled } from "../../core/audit/cancelled-invites.ts";
import type { Config } from "../../core/config/config.ts";
import {
  EMPTY_SCOPE,
  itemsOf,
  type OrgReader,
  type OrgSnapshot,
  type ServiceAccount,
  type UsageResult,
} from "../../core/model/org.ts";
import type { Plan } from "../../core/model/plan.ts";
import { DAY } from "../../core/model/time.ts";
import { lacksAccountNames, withAccountNames } from "../../core/plan/account-names.ts";
import { writeAhead } from "../../core/plan/canonical.ts";
import { findSelf, type Self } from "../../core/plan/credential-owner.ts";
import { endsKeys, withUseOfEndingKeys } from "../../core/plan/ending.ts";
import type { GuardrailInput } from "../../core/plan/guardrails.ts";
import { readScopeOf } from "../../core/plan/read-scope.ts";
import { reconcile } from "../../core/plan/reconcile.ts";
import type { Selection } from "../../core/plan/selection.ts";
import type { ConfigReading } from "../../core/validate/judge.ts";
import { findingsNow } from "../config.ts";
import { saysWhyNot } from "../feed.ts";

export interface PlanRequest {
  readonly context: Context;
  /** A reading without errors, and its config. */
  readonly reading: ConfigReading;
  readonly config: Config;
  readonly org: OrgReader;
  readonly selection?: Selection;
  readonly allow?: GuardrailInput["allow"];
  /** Whose credential this is, where it has been found out already. */
  readonly self?: Self;
  /** Whether the plan has to name its organization. */
  readonly organization: boolean;
}

/** A plan, and what it was made from. */
export interface LivePlan {
  readonly plan: Plan;
  readonly live: OrgSnapshot;
  readonly self?: Self;
}

/** Reads the live organization as far as it is asked for, and plans. Throws Failure. */
export async function planLive(request: PlanRequest): Promise<LivePlan> {
  const { context, reading, config, org, selection, allow, organization } = request;
  const scope = readScopeOf(config, selection);
  const live = await org.read({ ...scope, organization: scope.organization || organization }, (items) => {
    // The first place that is asked for takes the time to find them all: that is now, while answers are waited for.
    reading.locate([], false);
    return writeAhead(items);
  });
  const self = request.self ?? (await findSelf(await context.api.owner(), org, live));
  const planned = reconcile({
    config,
    live,
    now: context.clock.now(),
    file: { path: reading.file, digest: reading.digest },
    digest: context.files.digest,
    ...(selection && { selection }),
    ...(allow && { allow }),
    ...(self && { self }),
  });
  const now = context.clock.now();
  const resumed = planned.changes.some(isInvitation) ? await resumeInvitations(request, planned, live) : planned;
  const used = endsKeys(resumed) ? withUseOfEndingKeys(resumed, await readUsage(org, 7 * DAY, now)) : resumed;
  const plan = lacksAccountNames(used, live) ? withAccountNames(used, await accountsOf(org)) : used;
  return {
    plan: { ...plan, findings: [...findingsNow(context, reading), ...plan.findings] },
    live,
    ...(self && { self }),
  };
}

/**
 * The plan with the groups of the invitations that a run of this machine cancelled and did not make anew: the API has lost them, the log
 * has not. Throws Failure.
 */
async function resumeInvitations({ context, org }: PlanRequest, plan: Plan, live: OrgSnapshot): Promise<Plan> {
  // Only there an invitation brings groups along.
  if (live.type === "console") return plan;
  const log = await context.state.audit();
  const cancelled = cancelledInvites(context.api.spokenTo()?.host);
  await log.scan(({ text }) => cancelled.visit(text));
  if (cancelled.isNone()) return plan;
  const { id } = live.organization ?? (await org.organization());
  return withGroupsOfCancelled(plan, cancelled.found(id, context.clock.now()));
}

/** The service accounts, as far as this credential may read them: their names are a help, and no run fails for want of them. */
async function accountsOf(org: OrgReader): Promise<readonly ServiceAccount[]> {
  const { serviceAccounts } = await org.read({ ...EMPTY_SCOPE, serviceAccounts: true });
  return itemsOf(serviceAccounts);
}

/** What was used in the `span` before `to` (milliseconds, epoch ms), or why that is not known: no run fails for want of a report. */
export async function readUsage(org: OrgReader, span: number, to: number): Promise<UsageResult> {
  try {
    return { known: true, report: await org.usage({ from: to - span, to }) };
  } catch (error) {
    if (!saysWhyNot(error)) throw error;
    return { known: false, reason: error.code, message: error.details.message };
  }
}
