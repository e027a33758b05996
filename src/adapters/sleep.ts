import { setTimeout as wait } from "node:timers/promises";

/** Waits so many milliseconds, or until `signal` aborts; does not reject then: whoever waits looks at the signal next. */
export async function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  await wait(milliseconds, undefined, { signal }).catch(() => {});
}
