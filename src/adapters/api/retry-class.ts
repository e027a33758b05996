import type { FailureCode, FailureDetails } from "../../core/model/failure.ts";

/**
 * What a write that failed means for the next try. A 409 or a 503 is not always "try again": the API's code decides, and the
 * status only where there is no code that is known. Source: admin-api-1.14.md 1.5.
 */
export type RetryClass =
  /** Nothing was done, and the next try may go through. */
  | "again"
  /** It may be done, in whole or in part: read back; where it is not there, the same request again is safe. */
  | "uncertain"
  /** Somebody else was at work on the object: read it; where it is not as wanted, the same request again. */
  | "conflict"
  /** Refused, and again the same; what is wanted may be there already, by another run or since before: read back, and no more. */
  | "refused"
  /** The object was changed by somebody else since: read it; where it is not as wanted, it has to be planned anew. */
  | "moved"
  /** Will not change: neither read nor tried again. */
  | "final"
  /** Made, but not all of what was asked for; its id is in the error. Sent again it would be made twice. */
  | "created-incomplete"
  /** Archived, and its external storage is still attached. */
  | "archived-with-storage";

/** What is done about each class. */
export const RETRY_CLASSES: {
  readonly [Class in RetryClass]: { readonly readBack: boolean; readonly again: boolean };
} = {
  again: { readBack: false, again: true },
  uncertain: { readBack: true, again: true },
  conflict: { readBack: true, again: true },
  refused: { readBack: true, again: false },
  moved: { readBack: true, again: false },
  final: { readBack: false, again: false },
  "created-incomplete": { readBack: false, again: false },
  "archived-with-storage": { readBack: false, again: false },
};

/** The codes that mean the same for every call; what one call alone can be answered is in its kind's file. */
const BY_CODE: Readonly<Record<string, RetryClass>> = {
  authorization_check_unavailable: "again",
  registration_pending: "again",
  concurrent_membership_change: "conflict",
  external_key_changed: "conflict",
  change_outcome_unknown: "uncertain",
  storage_changed_concurrently: "moved",
  workspace_changed_concurrently: "moved",
  storage_already_registered: "refused",
  storage_in_use: "refused",
  plugin_name_taken: "refused",
  skill_name_taken: "refused",
  gcp_project_controlled_by_another_organization: "final",
  // A monthly cap that is reached stays so (admin-api.md 3.8).
  enforced_spend_limit_reached: "final",
  contract_spend_limit_reached: "final",
};

const BY_STATUS: Readonly<Record<number, RetryClass>> = {
  // Already there, already gone: told from a real refusal by reading back.
  400: "refused",
  404: "refused",
  409: "conflict",
  429: "again",
};

/** What the failure of a write means; `refusals` are the codes, or statuses without one, of this one call. */
export function retryClassOf(
  { code, details: { status = 0, errorCode = "" } }: { readonly code: FailureCode; readonly details: FailureDetails },
  refusals: Readonly<Record<string, RetryClass>> = {},
): RetryClass {
  const named = classOf({ ...BY_CODE, ...refusals }, errorCode || String(status));
  if (named) return named;
  // A customer's own key store, which could not be asked.
  if (/^cmek_\w*_(?:unavailable|unreachable)$/.test(errorCode)) return "again";
  // No answer, a broken one, or a server that failed on the way.
  if (code === "unreachable" || code === "incomplete-answer" || status >= 500) return "uncertain";
  return BY_STATUS[status] ?? "final";
}

function classOf(table: Readonly<Record<string, RetryClass>>, code: string): RetryClass | undefined {
  return Object.hasOwn(table, code) ? table[code] : undefined;
}
