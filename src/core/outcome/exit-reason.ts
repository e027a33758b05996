import type { Change } from "../model/change.ts";
import { Failure, type FailureCode, isLacking } from "../model/failure.ts";
import { isUndone } from "../model/plan.ts";
import type { AnyPlan, Outcome, PlanOutcome, ResultOutcome, SheetOutcome } from "./outcome.ts";

/** What a run amounts to, for the exit code. Several can hold at once; the table says which comes first. */
export type ExitReason =
  | "interrupted"
  | "credentials"
  | "failed"
  | "partial"
  | "refused"
  | "denied"
  | "found"
  | "manual"
  | "usage";

/** The one exit table, in order of precedence: the first reason that holds decides. */
const EXIT_CODES: readonly (readonly [ExitReason, number])[] = [
  ["usage", 64],
  ["interrupted", 130],
  ["credentials", 4],
  ["failed", 1],
  ["partial", 5],
  ["refused", 3],
  ["denied", 6],
  ["found", 2],
  ["manual", 7],
];

/** The exit code of all that holds. */
export function exitCodeOf(reasons: readonly ExitReason[]): number {
  return EXIT_CODES.find(([reason]) => reasons.includes(reason))?.[1] ?? 0;
}

/** What a failure amounts to. */
export const FAILURE_EXIT_REASONS = {
  usage: "usage",
  "config-not-found": "failed",
  "config-unreadable": "failed",
  "config-not-trusted": "refused",
  "file-unreadable": "failed",
  "file-exists": "refused",
  "cannot-finish": "refused",
  "state-unusable": "failed",
  "audit-unwritable": "failed",
  "input-needed": "refused",
  "not-found": "failed",
  ambiguous: "failed",
  "credential-missing": "credentials",
  "credential-rejected": "credentials",
  "permission-denied": "credentials",
  "oauth-required": "credentials",
  "organization-type-unknown": "failed",
  "wrong-organization": "credentials",
  "base-url-refused": "usage",
  redirected: "failed",
  unreachable: "failed",
  "deadline-exceeded": "failed",
  "rate-limited": "failed",
  "rate-store-unreachable": "denied",
  "preview-not-enabled": "failed",
  "feed-off": "failed",
  "feed-key-too-old": "credentials",
  "incomplete-answer": "failed",
  "api-error": "failed",
  "not-certain": "failed",
  busy: "failed",
  "plan-edited": "refused",
  "sheet-unreadable": "failed",
  "sheet-edited": "refused",
  "no-reviewer": "found",
  "plan-stale": "refused",
  "moved-since-plan": "partial",
  "delivery-failed": "failed",
  "secret-refused": "refused",
  interrupted: "interrupted",
  "no-tests": "failed",
  "sandbox-failed": "failed",
  internal: "failed",
} as const satisfies Record<FailureCode, ExitReason>;

/** Everything that holds of an outcome; nothing where it is done with nothing to report. */
export function exitReasonsOf(outcome: Outcome): readonly ExitReason[] {
  switch (outcome.kind) {
    case "validation": {
      const counts = outcome.strict ? ["error", "warning"] : ["error"];
      return outcome.findings.some(({ severity }) => counts.includes(severity)) ? ["found"] : [];
    }
    case "plan":
      return planVerdicts(outcome);
    case "result":
      return resultVerdicts(outcome);
    case "status":
      return unknownVerdicts(outcome.status.unknown);
    case "rotation":
      return unknownVerdicts(outcome.unknown);
    case "audit":
      // `audit show` has shown what there is, and says what is wrong with it.
      return outcome.list || outcome.verification.ok ? [] : ["found"];
    case "decision":
      return outcome.decision.decision === "deny" ? ["denied"] : [];
    case "message":
      // A refusal is an answer of the API's, and not the one that was asked for.
      return outcome.answer.stopReason === "refusal" ? ["failed"] : [];
    case "test":
      return outcome.report.passed ? [] : ["found"];
    case "document":
      return unknownVerdicts(outcome.unknown ?? []);
    case "identity": {
      const { failure } = outcome.identity;
      return failure ? [FAILURE_EXIT_REASONS[failure.code]] : [];
    }
    case "init":
      return unknownVerdicts(outcome.unknown);
    case "review":
      return unknownVerdicts(outcome.review.unknown.filter(({ counts }) => counts));
    case "sheet":
      return sheetReasons(outcome.sheet);
    case "service":
      return [];
  }
}

/** A sheet that is not settled; steps that no file can say. */
function sheetReasons(sheet: SheetOutcome["sheet"]): readonly ExitReason[] {
  if (sheet.step === "check") return sheet.problems.length > 0 ? ["found"] : [];
  return sheet.step === "finish" && sheet.steps.length > 0 ? ["manual"] : [];
}

function planVerdicts({ plan, ignoreUnmanaged, refusal }: PlanOutcome): readonly ExitReason[] {
  const differs = plan.changes.length > 0 || (plan.unmanaged.length > 0 && !ignoreUnmanaged);
  return [
    ...(differs || hasErrors(plan) ? (["found"] as const) : []),
    ...(unsettledTargets(plan).size > 0 ? (["manual"] as const) : []),
    ...(refusal ? (["refused"] as const) : []),
    ...unknownVerdicts(plan.unknown),
  ];
}

/** How far a run got is `partial`, whatever ended it, unless that was somebody's interrupt, the credential or our own log. */
const ENDED_BY: ReadonlySet<string> = new Set([
  "interrupted",
  "credential-rejected",
  "permission-denied",
  "oauth-required",
  "wrong-organization",
  "audit-unwritable",
]);

function resultVerdicts({ plan, results, verified, remaining, stopped }: ResultOutcome): readonly ExitReason[] {
  const codes = new Set([
    stopped?.code,
    ...results.map(({ status, error }) => (status === "manual" ? undefined : error?.code)),
  ]);
  const ended = [...codes].flatMap((code) =>
    code !== undefined && code in FAILURE_EXIT_REASONS && ENDED_BY.has(code)
      ? FAILURE_EXIT_REASONS[code as FailureCode]
      : [],
  );
  return [
    ...ended,
    ...(results.some(isUndone) || !verified ? (["partial"] as const) : []),
    ...(hasErrors(plan) ? (["found"] as const) : []),
    ...(results.some(({ status }) => status === "manual") || remaining.some(isManual) || unsettledTargets(plan).size > 0
      ? (["manual"] as const)
      : []),
    ...unknownVerdicts(plan.unknown),
  ];
}

/** Also what follows for a person from what was done, as where an overlap of no days is over with the cut-over. */
function isManual({ action }: Change): boolean {
  return action === "manual";
}

/** What is said of an unsettled key asks somebody to settle it: that is its own reason, and no other. */
function hasErrors(plan: AnyPlan): boolean {
  const unsettled = unsettledTargets(plan);
  return plan.findings.some(({ severity, target }) => severity === "error" && !unsettled.has(target));
}

/** The targets of the keys of a rotation about which nothing is done before somebody has settled what is meant. */
function unsettledTargets(plan: AnyPlan): ReadonlySet<string | undefined> {
  const keys = plan.keys ?? [];
  return new Set(keys.flatMap(({ phase, target }) => (phase === "unsettled" ? target : [])));
}

function unknownVerdicts(unknown: readonly { readonly reason: string }[]): readonly ExitReason[] {
  return unknown.flatMap(({ reason }) => {
    // What the sort of the organization was to be told by could not be read, and that counts by itself.
    if (reason === "organization-type-unknown") return [];
    return isLacking(reason) ? "credentials" : "failed";
  });
}

/** What the system says where it did not take what was written. A reader that went away is another thing: nobody misses it. */
const LOST: ReadonlySet<unknown> = new Set(["ENOSPC", "EDQUOT", "EFBIG", "EIO"]);

/** The Failure for an error of stdout or stderr by which a part of the result is lost; undefined for any other. */
export function lostOutput(error: unknown): Failure | undefined {
  if (!(error instanceof Error && "code" in error && LOST.has(error.code))) return undefined;
  const message = `the result cannot be written: ${error.message}`;
  return new Failure("file-unreadable", { message, fix: "make room where it goes, and run again" }, { cause: error });
}
