import type { FailureCode } from "../model/failure.ts";
import type { Change } from "../model/plan.ts";

/** What became of one change of a plan. */
export interface ChangeResult {
  readonly change: Change;
  readonly status: "done" | "failed" | "skipped" | "manual";
  /** The live object's id, also of one that was just created; null where there is none. */
  readonly id: string | null;
  /** The API's id for the last request that wrote; null where none did. */
  readonly requestId: string | null;
  /** Null where it is done or manual. */
  readonly error: ResultError | null;
}

/** Why a change is not done: what failed, or what it waited for. */
export interface ResultError {
  /** `blocked`: a change that it depends on was not carried out. */
  readonly code: FailureCode | "blocked";
  readonly message: string;
}

/** Whether a change was left undone in a way that somebody has to look at; a preview that is not switched on is only a warning. */
export function isUndone({ status, error }: ChangeResult): boolean {
  return status === "failed" || (status === "skipped" && error?.code !== "preview-not-enabled");
}
