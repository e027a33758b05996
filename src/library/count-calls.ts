import { operator } from "../adapters/identity/identity.ts";
import { Failure } from "../core/model/failure.ts";
import { isoTime } from "../core/model/time.ts";
import { compilePolicy } from "../core/policy/compiled-policy.ts";
import type { Denied } from "../core/policy/policy.ts";
import { noRoom, RATE_STORE_PASSWORD, type RateWindow } from "../core/policy/rate-window.ts";
import { emailIdentity } from "../core/text/identity.ts";
import type { PolicyContext } from "./named-models.ts";

/** Whose calls are counted, and where. */
export interface Counted extends PolicyContext {
  /** Whoever the calls are made for, an e-mail; whoever runs the program where it is absent. */
  readonly user?: string | undefined;
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

/** How many calls a minute a role may make; undefined where they are not counted. */
export function limitOf({ policy, role }: PolicyContext): number | undefined {
  const compiled = compilePolicy(policy);
  return compiled.state === "ready" && typeof role === "string" ? compiled.roles.get(role)?.rpmLimit : undefined;
}

/**
 * Counts so many calls in the window of the role, all of them or none. Answers with the denial where there is no room, or where nobody
 * can tell; the role must be one that `decide` allows.
 */
export async function countCalls(counted: Counted, calls: number): Promise<Denied | undefined> {
  const { role } = counted;
  const policy = compilePolicy(counted.policy);
  const limit = limitOf(counted);
  if (policy.state !== "ready" || !role || limit === undefined || calls === 0) return undefined;
  const deny = (code: Denied["code"], message: string, more?: Partial<Denied>): Denied => {
    return { decision: "deny", code, role, model: null, message, ...more };
  };
  const rule = `roles.${role}.rpm_limit`;
  if (typeof policy.rateStore !== "string") {
    const fix = "give rateStore as local or a redis:// address";
    return deny("policy-invalid", "The policy's rate_store is not valid", { fix, rule: "rate_store" });
  }
  if (calls > limit) {
    const fix = `make parts of at most ${limit} requests`;
    return deny("rate-limited", `A batch of ${calls} requests is more than the ${limit} calls a minute of ${role}`, {
      fix,
      rule,
    });
  }
  try {
    const window = await windowOf(policy.rateStore, counted.env);
    const scope = { organization: `${policy.organization ?? ""}`, role, user: userOf(counted.user) };
    const answer = await window.take(scope, limit, calls);
    if (answer.allowed) return undefined;
    const { retryAt } = answer;
    return noRoom({ role, limit, answer, now: Date.now() }, { model: null, fix: `try again at ${isoTime(retryAt)}` });
  } catch (error) {
    const details = error instanceof Failure ? error.details : { message: String(error) };
    return deny("rate-store-unreachable", details.message, { ...(details.fix && { fix: details.fix }), rule });
  }
}

function userOf(user: string | undefined): string {
  return emailIdentity(user?.trim() ?? "") || operator();
}

/** A connection for each server, for as long as the program runs: nobody closes a library, and an open one keeps nothing alive. */
const shared = new Map<string, Promise<RateWindow>>();

async function windowOf(store: string, env: Counted["env"] = process.env): Promise<RateWindow> {
  // The password is part of what opens a server, and the folder of what is counted on this machine; the map is this process's own.
  const { ANTH_RBAC_STATE_DIR, XDG_STATE_HOME, HOME } = env;
  const opener = JSON.stringify([store, env[RATE_STORE_PASSWORD], ANTH_RBAC_STATE_DIR, XDG_STATE_HOME, HOME]);
  const known = shared.get(opener);
  if (known) return known;
  const { openRateWindow } = await import("../adapters/rate/rate-window.ts");
  const opening = openRateWindow(store, { env, now: Date.now });
  shared.set(opener, opening);
  return opening;
}
