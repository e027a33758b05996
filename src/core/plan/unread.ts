import { Failure, isLacking } from "../model/failure.ts";
import { gapText, type UnknownKind } from "../model/plan.ts";

/**
 * Why nothing is decided where something could not be read; `what` begins the sentence. What a credential lacks ends with 4, everything
 * else with 1.
 */
export function unreadFailure(what: string, gaps: readonly [UnknownKind, ...UnknownKind[]]): Failure {
  const [{ reason: first }] = gaps;
  return new Failure(isLacking(first) ? first : "incomplete-answer", {
    message: `${what}, for this could not be read: ${gaps.map(gapText).join(", ")}`,
    fix: "give the credential what it lacks, or run again",
  });
}

/** Throws Failure where something cannot be read any more that could be when the plan was made: nobody knows whether it has changed. */
export function checkReadAgain(
  was: { readonly unknown: readonly Pick<UnknownKind, "kind">[] },
  now: { readonly unknown: readonly UnknownKind[] },
): void {
  const before = new Set(was.unknown.map(({ kind }) => kind));
  const [first, ...more] = now.unknown.filter(({ kind }) => !before.has(kind));
  if (first)
    throw unreadFailure("nothing was changed: the plan cannot be compared with the organization", [first, ...more]);
}
