import type { Finding } from "../model/finding.ts";
import type { ApiKey } from "../model/org.ts";
import type { Change } from "../model/plan.ts";
import type { StatusIndex } from "../status/index-live.ts";
import type { OffboardingInput } from "./offboarding-input.ts";
import type { Revocation } from "./revocation.ts";

/** What every part of the planner is given: the question, and the snapshot joined with the file. */
export interface OffboardingFacts {
  readonly input: OffboardingInput;
  readonly index: StatusIndex;
}

/** What a person, or a key, contributes to the plan. */
export interface OffboardingDraft {
  readonly revocation: Revocation;
  /** In the order in which access ends. */
  readonly changes: readonly Change[];
  readonly findings: readonly Finding[];
}

/** The live keys; none where they are not known. */
export function liveKeys({ live }: OffboardingInput): readonly ApiKey[] {
  return live.keys.known ? live.keys.items : [];
}
