import { CHANGE, type Change } from "../../src/core/model/change.ts";

/** A change as a saved plan could hold it; fails where no plan ever holds such a one. */
export function changeWith(rest: Record<string, unknown>): Change {
  return CHANGE.parse({ id: null, before: null, after: null, risk: "safe", reason: "declared", ...rest });
}
