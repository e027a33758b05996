import type { Context } from "../../context.ts";
import { Failure } from "../../core/model/failure.ts";
import { isoTime } from "../../core/model/time.ts";
import type { Allowed, Denied } from "../../core/policy/policy.ts";
import { callsAMinute, noRoom, type RateAnswer, type RateScope } from "../../core/policy/rate-window.ts";
import type { Session } from "./session.ts";

/** Whoever waits looks again after no less than this many milliseconds. */
const SHORTEST_WAIT = 50;

/**
 * Counts a call in the role's window. A denial where there is no room, or nobody knows; undefined where it may be made. With `wait`,
 * and without room, `waited` when there should be some: whoever waited asks again, by the rules as they are then.
 */
export async function acquireRateSlot(
  context: Context,
  { policy, caller, wait }: Session,
  { role, model }: Allowed,
  signal: AbortSignal,
): Promise<Denied | "waited" | undefined> {
  const limit = policy.roles.get(role)?.rpmLimit;
  if (limit === undefined) return undefined;
  const scope = { organization: policy.organization, role, user: caller.user ?? context.machine.operator() };
  try {
    const answer = await takeOrWait(context, { scope, limit, wait, signal, store: policy.rateStore });
    if (answer === "waited") return answer;
    if (answer.allowed) return undefined;
    const facts = { role, limit, answer, now: context.clock.machine() };
    const fix = wait
      ? "try again then, or give more time with --timeout"
      : "try again then, or wait for it with --wait";
    return noRoom(facts, { model, fix });
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== "rate-store-unreachable") throw error;
    const { message, fix } = error.details;
    const denied = { decision: "deny", role, model, rule: `roles.${role}.rpm_limit` } as const;
    return { ...denied, code: "rate-store-unreachable", message, ...(fix !== undefined && { fix }) };
  }
}

interface Taking {
  readonly store: string;
  readonly scope: RateScope;
  readonly limit: number;
  readonly wait: boolean;
  readonly signal: AbortSignal;
}

/** What the store says: that there was room, which is taken now, or that there is none; `waited` after as long as that takes to change. */
async function takeOrWait(
  context: Context,
  { store, wait, signal, scope, limit }: Taking,
): Promise<RateAnswer | "waited"> {
  const window = await context.state.rateWindow(store);
  try {
    signal.throwIfAborted();
    const answer = await window.take(scope, limit);
    if (answer.allowed || !wait) return answer;
    const { retryAt } = answer;
    const pause = Math.max(SHORTEST_WAIT, retryAt - context.clock.machine());
    // Whoever cannot wait so long gets to know that now, and not when the time is over.
    if (pause > context.options.timeout) return answer;
    context.terminal.notice(
      `waiting ${Math.ceil(pause / 1000)} s, until ${isoTime(retryAt).slice(11, 19)} UTC: the role ${scope.role} allows ${callsAMinute(limit)}`,
    );
    await context.clock.sleep(pause, signal);
    return signal.aborted ? answer : "waited";
  } finally {
    await window.close();
  }
}
