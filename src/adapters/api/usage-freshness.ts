import { isoTime, parseTime } from "../../core/model/time.ts";
import { incomplete } from "./rows.ts";

/** The thing read, for messages. */
export const WHAT = "the usage report";

/** How much later than its calls the legacy report is (admin-api-1.14.md 4.1). */
export const LEGACY_LAG = 5 * 60_000;

/** By how much the clocks of the API's own servers may be apart, and its `Date`, which has whole seconds. */
const SAME_TIME = 60_000;

/**
 * What is later is not in the report yet. Null says that nothing of the span is in it for sure. A time that has not come contradicts
 * the `Date` of the answer: nothing can be said of how far such a report goes, and no key may seem unused by it.
 */
export function refreshedAt(written: unknown, from: number, now: number): number {
  if (written === null) return from;
  const instant = typeof written === "string" ? parseTime(written) : undefined;
  if (instant === undefined) throw incomplete(WHAT, 'an answer without a usable "data_refreshed_at"');
  if (instant > now + SAME_TIME) {
    throw incomplete(WHAT, `"data_refreshed_at" is ${isoTime(instant)}, and by the API's clock it is ${isoTime(now)}`);
  }
  return instant;
}
