import type { Denied } from "./policy.ts";

/** Whose calls are counted together. */
export interface RateScope {
  /** The organization's id, or "". */
  readonly organization: string;
  readonly role: string;
  /** The e-mail in lower case, or the name of whoever runs the program where no identity is known. */
  readonly user: string;
}

/** Whether a call may be made now. */
export type RateAnswer =
  | { readonly allowed: true }
  /**
   * `retryAt`: epoch ms from which on there is room again, if nobody else takes it. `mayHaveForgotten`: the store was restarted or
   * dropped entries within the window, so nobody can say how many calls there were.
   */
  | { readonly allowed: false; readonly retryAt: number; readonly mayHaveForgotten?: true };

/** The variable that holds the password of a store on a server, which rbac.yaml must not. */
export const RATE_STORE_PASSWORD = "ANTH_RBAC_RATE_STORE_PASSWORD";

/** The span that `rpm_limit` counts in, in milliseconds. It slides: any 60 seconds hold at most so many calls. */
export const RATE_WINDOW = 60_000;

/** A store of the calls of the last minute, shared by every process that names the same one. */
export interface RateWindow {
  /**
   * Counts a call if there is room for it in the window that ends now, in one step that nobody can come between; or `count` calls,
   * all of them or none (one where it is left out). Throws Failure `rate-store-unreachable`: whoever asks has to deny then.
   */
  readonly take: (scope: RateScope, limit: number, count?: number) => Promise<RateAnswer>;
  /**
   * By which policy the store drops entries where its memory is full, in its own word; undefined where it never does, or nobody can tell.
   * Throws as `take`.
   */
  readonly evictsBy: () => Promise<string | undefined>;
  /** Ends connections. */
  readonly close: () => Promise<void>;
}

/** Why there is no room: whose limit, what the store answered, and when (epoch ms). */
interface NoRoom {
  readonly role: string;
  readonly limit: number;
  readonly answer: Exclude<RateAnswer, { readonly allowed: true }>;
  readonly now: number;
}

/** The denial of a call that finds no room. What to do about it depends on who asks. */
export function noRoom({ role, limit, answer, now }: NoRoom, { model, fix }: Pick<Denied, "model" | "fix">): Denied {
  const { retryAt } = answer;
  const seconds = Math.max(1, Math.ceil((retryAt - now) / 1000));
  const why = answer.mayHaveForgotten
    ? `, and the rate store may have forgotten calls of the last minute (it is new, was restarted, or evicts keys)`
    : "";
  const message = `The role ${role} allows ${callsAMinute(limit)}${why}; there is room again in ${seconds} s`;
  const denied = {
    decision: "deny",
    code: "rate-limited",
    role,
    model,
    message,
    rule: `roles.${role}.rpm_limit`,
    retryAt,
  } as const;
  return fix === undefined ? denied : { ...denied, fix };
}

/** A role's rpm_limit in words. */
export function callsAMinute(limit: number): string {
  return `${limit} ${limit === 1 ? "call" : "calls"} a minute`;
}
