import type { ConfigPath, Finding, Position } from "./finding.ts";
import type { Plan } from "./plan.ts";
import type { Status } from "./status.ts";

/**
 * What a command found out or did, for `report` to show and `main` to turn into an exit code. Commands never print.
 */
export type Outcome =
  | ValidationOutcome
  | PlanOutcome
  | StatusOutcome
  /** Text that is the result itself: a schema, a config. */
  | { readonly kind: "document"; readonly text: string }
  /** The command said all it had to say while it ran. */
  | { readonly kind: "done" };

/** Where something in the file stands; undefined where the file has no such place. */
export type Locate = (path: ConfigPath, atKey: boolean) => Position | undefined;

export interface ValidationOutcome {
  readonly kind: "validation";
  /** The file as the user may open it, relative to the working directory where it is below it. */
  readonly file: string;
  readonly findings: readonly Finding[];
  readonly locate: Locate;
  /** Warnings count as errors for the exit code. */
  readonly strict: boolean;
}

export interface PlanOutcome {
  readonly kind: "plan";
  readonly plan: Plan;
  readonly locate: Locate;
  /** Unmanaged objects do not count for the exit code. */
  readonly ignoreUnmanaged: boolean;
  /** Where the plan was saved, if it was. */
  readonly savedTo?: string;
}

export interface StatusOutcome {
  readonly kind: "status";
  readonly status: Status;
}
