import type { RateWindow } from "../../core/policy/rate-window.ts";
import { openLocalRateWindow, type RateWindowOptions } from "./local.ts";

/** The window of a policy's `rate_store`. Connects to nothing yet; the library for Redis is loaded only where it is needed. */
export async function openRateWindow(store: string, options: RateWindowOptions): Promise<RateWindow> {
  if (store === "local") return openLocalRateWindow(options);
  const { openRedisRateWindow } = await import("./redis.ts");
  return openRedisRateWindow(store, options);
}
