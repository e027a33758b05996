import type { Change } from "../model/change.ts";
import type { Plan } from "../model/plan.ts";
import { canonicalText } from "./canonical.ts";

/** A change that is not what it was when somebody agreed to it. */
export interface Moved {
  readonly target: string;
  /** `gone`: not needed any more; `new`: nobody has seen it; `differs`: another one. */
  readonly how: "gone" | "new" | "differs";
}

/** What `fresh` would do otherwise than the plan that was agreed to. What only a person can do is not looked at: nothing here does it. */
export function movedSince(agreed: Pick<Plan, "changes">, fresh: Pick<Plan, "changes">): readonly Moved[] {
  const before = byObject(agreed.changes);
  const after = byObject(fresh.changes);
  const moved: Moved[] = [];
  for (const [object, change] of before) {
    const now = after.get(object);
    if (!now) moved.push({ target: change.target, how: "gone" });
    else if (canonicalText(now) !== canonicalText(change)) moved.push({ target: change.target, how: "differs" });
  }
  for (const [object, { target }] of after) if (!before.has(object)) moved.push({ target, how: "new" });
  return moved;
}

function byObject(changes: readonly Change[]): ReadonlyMap<string, Change> {
  const written = changes.filter(({ action }) => action !== "manual");
  return new Map(written.map((change) => [`${change.kind} ${change.target} ${change.id}`, change]));
}
