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
  /** `retryAt`: epoch ms from which on there is room again, if nobody else takes it. */
  | { readonly allowed: false; readonly retryAt: number };

/** The span that `rpm_limit` counts in, in milliseconds. It slides: any 60 seconds hold at most so many calls. */
export const RATE_WINDOW = 60_000;

/** A store of the calls of the last minute, shared by every process that names the same one. */
export interface RateWindow {
  /**
   * Counts a call if there is room for it in the window that ends now, in one step that nobody can come between. Throws Failure
   * `rate-store-unreachable`: whoever asks has to deny then.
   */
  readonly take: (scope: RateScope, limit: number) => Promise<RateAnswer>;
  /** Ends connections. */
  readonly close: () => Promise<void>;
}
