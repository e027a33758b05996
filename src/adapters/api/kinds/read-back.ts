import type { Fields } from "../../../core/model/change.ts";
import { canonicalText } from "../../../core/plan/canonical.ts";
import { isObject } from "../../../core/text/text.ts";

/** Whether an object of the API has these values; null is the same as absent, and objects need only hold what is asked of them. */
export function holds(found: unknown, fields: Fields): boolean {
  if (!isObject(found)) return false;
  return Object.entries(fields).every(([name, wanted]) => {
    const value = found[name] ?? null;
    return isObject(wanted) ? holds(value, wanted) : canonicalText(value) === canonicalText(wanted ?? null);
  });
}
