import type { Context } from "../../context.ts";
import { Failure } from "../../core/model/failure.ts";
import { isoTime } from "../../core/model/time.ts";
import type { Allowed, Denied } from "../../core/policy/policy.ts";
import { callsAMinute, noRoom, type RateScope, type RateWindow } from "../../core/policy/rate-window.ts";
import type { Session } from "./session.ts";

/** Whoever waits looks again after no less than this many milliseconds. */
const SHORTEST_WAIT = 50;

/**
 * Counts a call in the role's window. A denial where there is no room, or nobody knows; undefined where it may be made. With
 * `wait`, it is done when there is room or `signal` aborts.
 */
export async function acquireRateSlot(
  context: Context,
  { policy, caller, wait }: Session,
  { role, model }: Allowed,
  signal: AbortSignal,
): Promise<Denied | undefined> {
  const limit = policy.roles.get(role)?.rpmLimit;
  if (limit === undefined) return undefined;
  const scope = { organization: policy.organization, role, user: caller.user ?? context.machine.operator() };
  try {
    const retryAt = await untilRoom(context, { scope, limit, wait, signal, store: policy.rateStore });
    if (retryAt === undefined) return undefined;
    const facts = { role, limit, retryAt, now: context.clock.machine() };
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

/** When there is room again; undefined where there was some, and it is taken now. */
async function untilRoom(context: Context, { store, wait, signal, ...taking }: Taking): Promise<number | undefined> {
  const window = await context.state.rateWindow(store);
  try {
    for (;;) {
      signal.throwIfAborted();
      const retryAt = await takeOnce(window, taking);
      if (retryAt === undefined || !wait) return retryAt;
      const pause = Math.max(SHORTEST_WAIT, retryAt - context.clock.machine());
      // Whoever cannot wait so long gets to know that now, and not when the time is over.
      if (pause > context.options.timeout) return retryAt;
      context.terminal.notice(
        `waiting ${Math.ceil(pause / 1000)} s, until ${isoTime(retryAt).slice(11, 19)} UTC: the role ${taking.scope.role} allows ${callsAMinute(taking.limit)}`,
      );
      await context.clock.sleep(pause, signal);
      if (signal.aborted) return retryAt;
    }
  } finally {
    await window.close();
  }
}

async function takeOnce(
  window: RateWindow,
  { scope, limit }: Pick<Taking, "scope" | "limit">,
): Promise<number | undefined> {
  const answer = await window.take(scope, limit);
  return answer.allowed ? undefined : answer.retryAt;
}
