/** Why a command could not run. A closed union: `report` has a sentence for each, `main` an exit code. */
export type FailureCode =
  | "usage"
  | "config-not-found"
  | "config-unreadable"
  | "config-not-trusted"
  | "file-unreadable"
  | "file-exists"
  | "cannot-finish"
  | "state-unusable"
  | "audit-unwritable"
  | "input-needed"
  | "not-found"
  | "ambiguous"
  | "credential-missing"
  | "credential-rejected"
  | "permission-denied"
  /** Only a token of OAuth may, and there is none. */
  | "oauth-required"
  /** Whether this sort of organization has such objects at all could not be found out. */
  | "organization-type-unknown"
  | "wrong-organization"
  | "base-url-refused"
  | "redirected"
  | "unreachable"
  | "deadline-exceeded"
  | "rate-limited"
  | "rate-store-unreachable"
  | "preview-not-enabled"
  /** The activity feed is off, or the Admin key is older than it. */
  | "feed-off"
  | "feed-key-too-old"
  | "incomplete-answer"
  | "api-error"
  | "not-certain"
  | "busy"
  | "plan-edited"
  /** A sheet of decisions that is none, one whose facts were edited, and one for a grant that nobody may decide about. */
  | "sheet-unreadable"
  | "sheet-edited"
  | "no-reviewer"
  | "plan-stale"
  | "moved-since-plan"
  | "delivery-failed"
  | "secret-refused"
  | "interrupted"
  | "no-tests"
  | "sandbox-failed"
  | "internal";

/** What another credential would mend. */
const LACKING = [
  "permission-denied",
  "oauth-required",
  "credential-rejected",
] as const satisfies readonly FailureCode[];

/** Whether something could not be read for want of another credential. */
export function isLacking(reason: string): reason is (typeof LACKING)[number] {
  return LACKING.some((code) => code === reason);
}

/** What is known of a failure beside its code: plain data, never a secret. */
export interface FailureDetails {
  /** What happened, in words, from whoever knows best (the API's own message, the system's error). */
  readonly message: string;
  /** What to do about it. */
  readonly fix?: string;
  /** The HTTP status, where there was an answer. */
  readonly status?: number;
  /** The API's id for the request, for its support. */
  readonly requestId?: string;
  /** The API's own code for the error (`already_member`). */
  readonly errorCode?: string;
  /** Milliseconds that the API asks to wait. */
  readonly retryAfter?: number;
  /** The run ended before anything of the request was sent. */
  readonly isUnsent?: true;
}

/** What went wrong and what to do about it, as one text. */
export function messageWithFix({ message, fix }: Pick<FailureDetails, "message" | "fix">): string {
  return fix === undefined ? message : `${message}; ${fix}`;
}

/** The one error type that is thrown on purpose; anything else that reaches `main` is a bug. */
export class Failure extends Error {
  readonly code: FailureCode;
  readonly details: FailureDetails;

  constructor(code: FailureCode, details: FailureDetails, options?: ErrorOptions) {
    super(details.message, options);
    this.name = "Failure";
    this.code = code;
    this.details = details;
  }
}
