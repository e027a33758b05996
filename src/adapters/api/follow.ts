import { setMaxListeners } from "node:events";

/** A controller that aborts with `signal`, for its reason, until it no longer needs to. */
export interface Following {
  readonly controller: AbortController;
  readonly end: () => void;
}

/**
 * Makes one. By hand, for `AbortSignal.any` takes longer than all else that is done for a request, and there may be thousands.
 */
export function follow(signal: AbortSignal | undefined): Following {
  const controller = new AbortController();
  // Each request listens to it, and a list may have hundreds.
  setMaxListeners(0, controller.signal);
  const abort = () => controller.abort(signal?.reason);
  if (signal?.aborted) abort();
  else signal?.addEventListener("abort", abort, { once: true });
  return { controller, end: () => signal?.removeEventListener("abort", abort) };
}
