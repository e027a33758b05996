import type { AuditRecord } from "../audit/audit.ts";
import type { WrittenEdit } from "../audit/begun-edits.ts";
import type { AuditReading } from "../audit/chain.ts";
import type { Declared } from "../export/answers.ts";
import type { Change } from "../model/change.ts";
import type { Failure } from "../model/failure.ts";
import type { Finding, Locate } from "../model/finding.ts";
import type { Organization } from "../model/org.ts";
import type { OtherApi } from "../model/other-api.ts";
import type { ChangeResult, Plan, UnknownKind } from "../model/plan.ts";
import type { Review } from "../model/review.ts";
import type { Evidence } from "../offboarding/evidence.ts";
import type { OffboardingPlan } from "../offboarding/revocation.ts";
import type { WhoReport } from "../plan/who.ts";
import type { Allowed, Decision } from "../policy/policy.ts";
import type { PolicyTestReport } from "../policy-test/report.ts";
import type { Answer } from "../prompt/answer.ts";
import type { ReviewStep } from "../review/finish.ts";
import type { DecidedGrant, SheetProblem } from "../review/judge-sheet.ts";
import type { NewSheet } from "../review/sheet.ts";
import type { RotationKey, RotationPlan } from "../rotation/rotation-key.ts";
import type { Status } from "../status/status.ts";
import type { Identity } from "../whoami/identity.ts";

/**
 * What a command found out or did, for `report` to show and `main` to turn into an exit code. Commands never print.
 */
export type Outcome =
  | ValidationOutcome
  | PlanOutcome
  | ResultOutcome
  | StatusOutcome
  | RotationOutcome
  | AuditOutcome
  | DecisionOutcome
  | MessageOutcome
  | PolicyTestOutcome
  | DocumentOutcome
  | InitOutcome
  | IdentityOutcome
  | ReviewOutcome
  | SheetOutcome
  | ServiceOutcome;

/** Anything that report has words for: what a command ends with, and what it shows or writes on the way. */
export type Shown = Outcome | FailureShown | EvidenceShown | CalendarShown | ReviewSheetShown | ReviewEvidenceShown;

/** A failure that ends less than the run. */
export interface FailureShown {
  readonly kind: "failure";
  readonly failure: Failure;
}

/** The evidence of a revocation, as JSON or as Markdown. */
export interface EvidenceShown {
  readonly kind: "evidence";
  readonly evidence: Evidence;
}

/** The days on which keys need somebody, as an iCalendar file. */
export interface CalendarShown {
  readonly kind: "calendar";
  /** Its id: it makes the entries' names unique. */
  readonly organization: string;
  readonly keys: readonly RotationKey[];
  /** Epoch ms. */
  readonly now: number;
}

/** Text that is the result itself: a schema, a config. Empty where it went to a file. */
export interface DocumentOutcome {
  readonly kind: "document";
  readonly text: string;
  /** What should be in it and could not be read. */
  readonly unknown?: readonly UnknownKind[];
}

/** Whose credential is in use, and what it reaches. */
export interface IdentityOutcome {
  readonly kind: "identity";
  readonly identity: Identity;
}

/** Who has what, who uses it, and what is to be asked about it. */
export interface ReviewOutcome {
  readonly kind: "review";
  readonly review: Review;
}

/** A file that a command has written. */
export interface WrittenFile {
  readonly path: string;
  /** Whether it can be read again: a pipe or a device keeps nothing, and no command that reads it is a next step. */
  readonly isKept: boolean;
}

/** What became of a sheet of decisions. */
export interface SheetOutcome {
  readonly kind: "sheet";
  /** What could not be read: nothing of it is in the sheet, and of what is nobody knows whether it is still there. */
  readonly unknown: Review["unknown"];
  readonly sheet:
    | ({ readonly step: "start"; readonly entries: number; readonly carried: number } & WrittenFile)
    | {
        readonly step: "check";
        readonly path: string;
        readonly entries: number;
        readonly decided: number;
        readonly problems: readonly SheetProblem[];
      }
    | {
        readonly step: "finish";
        readonly path: string;
        readonly entries: number;
        readonly decided: readonly DecidedGrant[];
        readonly steps: readonly ReviewStep[];
        /** The file that was edited, or would be, and its text before and after. */
        readonly config?: string;
        readonly before: string;
        readonly after: string;
        readonly written: boolean;
        readonly evidence?: string;
      };
}

/** A sheet of decisions, as the file that people fill in. */
export interface ReviewSheetShown {
  readonly kind: "review-sheet";
  readonly sheet: NewSheet;
}

/** The evidence of a review: who decided what. */
export interface ReviewEvidenceShown {
  readonly kind: "review-evidence";
  readonly evidence: {
    readonly organization: Partial<Organization>;
    /** Epoch ms. */
    readonly takenAt: number;
    readonly sheet: { readonly path: string; readonly digest: string };
    readonly decided: readonly DecidedGrant[];
    readonly edits: readonly WrittenEdit[];
    readonly steps: readonly ReviewStep[];
    readonly unknown: Review["unknown"];
    readonly api?: OtherApi | undefined;
    /** The last record of the audit log before this review's own. */
    readonly auditHead?: { readonly seq: number; readonly hash: string };
  };
}

/** A first rbac.yaml was written. */
export interface InitOutcome extends WrittenFile {
  readonly kind: "init";
  readonly from: "live" | "answers";
  readonly summary: Declared;
  /** What `validate` says of the file: no errors. */
  readonly findings: readonly Finding[];
  readonly locate: Locate;
  /** What should be in it and could not be read. */
  readonly unknown: readonly UnknownKind[];
}

export interface ValidationOutcome {
  readonly kind: "validation";
  /** The file as the user may open it, relative to the working directory where it is below it. */
  readonly file: string;
  readonly findings: readonly Finding[];
  readonly locate: Locate;
  /** Warnings count as errors for the exit code. */
  readonly strict: boolean;
  /** False where they stand in the way of a result that is kept as it comes. */
  readonly asked?: boolean;
}

/** A plan of any planner, with what a rotation or an offboarding says beside it. */
export type AnyPlan = Plan & Partial<Pick<RotationPlan, "keys"> & Pick<OffboardingPlan, "revocations">>;

export interface PlanOutcome {
  readonly kind: "plan";
  readonly plan: AnyPlan;
  readonly locate: Locate;
  /** Unmanaged objects do not count for the exit code. */
  readonly ignoreUnmanaged: boolean;
  /** Where the plan was saved, if it was. */
  readonly saved?: WrittenFile;
  /** Who made each difference, where that was asked. */
  readonly who?: WhoReport;
  /** The person has seen it on stderr: only what is new is said. */
  readonly shown?: boolean;
  /** Commands that are about to get a secret, as they will run. */
  readonly deliveries?: readonly PlannedDelivery[];
  /** Why the plan is not carried out, where it was to be, or would not be, where that was asked. */
  readonly refusal?: Refusal;
}

/** A `deliver` command, and the declared key whose new secret it gets on stdin. */
export interface PlannedDelivery {
  readonly target: string;
  readonly command: readonly string[];
}

/** What stops a plan before anything is written. */
export interface Refusal {
  readonly code: "guardrail" | "input-needed" | "plan-stale";
  readonly message: string;
  readonly fix: string;
}

/** A plan that was carried out, or needed nothing. */
export interface ResultOutcome {
  readonly kind: "result";
  readonly plan: AnyPlan;
  readonly locate: Locate;
  /** One for each change, in the order of the plan. */
  readonly results: readonly ChangeResult[];
  /** Whether a second look found everything as it should be. */
  readonly verified: boolean;
  /** The changes that are still needed. */
  readonly remaining: readonly Change[];
  /** The person has seen the plan on stderr, with these findings: only what became of it is said. */
  readonly shown?: readonly Finding[];
  /** Why nothing more was begun, where the run ended early. */
  readonly stopped?: Failure;
}

/** Something that is up: the result is shown, and the run lasts until it has ended. */
export interface ServiceOutcome {
  readonly kind: "service";
  readonly url: string;
  /** Environment variables to export. */
  readonly variables: Readonly<Record<string, string>>;
  readonly ended: Promise<void>;
}

export interface StatusOutcome {
  readonly kind: "status";
  readonly status: Status;
}

/** Where each declared key stands in its rotation. */
export interface RotationOutcome {
  readonly kind: "rotation";
  readonly organization: Partial<Organization>;
  readonly takenAt: number;
  readonly keys: readonly RotationKey[];
  readonly unknown: readonly UnknownKind[];
}

/** The audit log: whether it is whole, and for `audit show` what was asked for. */
export interface AuditOutcome extends AuditReading {
  readonly kind: "audit";
  readonly list?: AuditList;
}

export interface AuditList {
  /** Newest last. */
  readonly entries: readonly AuditRecord[];
  /** All that match, where only the newest of them are in `entries`. */
  readonly matching: number;
  /** Lines that hold no record. */
  readonly unreadable: number;
}

/** What the role policy says of a prompt: it was denied, or only the decision was asked for. */
export interface DecisionOutcome {
  readonly kind: "decision";
  readonly decision: Decision;
  /** Whether the decision is what was asked for, or stands in the way of an answer. */
  readonly asked: boolean;
  /** The e-mail of the identity; absent where none is known. */
  readonly user?: string;
  /** Calls a minute that the role allows, where it limits them. */
  readonly rpmLimit?: number;
  /** Why it is this role: the identity's own, one that it may assume, or one that the file gives to the unmapped. */
  readonly roleFrom?: RoleFrom;
  /** The file that the rule stands in, and where. */
  readonly source?: { readonly file: string; readonly locate: Locate };
}

export type RoleFrom = "identity" | "assumed" | "unmapped";

export interface MessageOutcome {
  readonly kind: "message";
  readonly answer: Answer;
  readonly decision: Allowed;
  readonly user?: string;
  readonly rpmLimit?: number;
  /** The redacted key; absent where it is none. */
  readonly keyHint?: string;
  /** Whether the text is on stdout already. */
  readonly shown: boolean;
}

/** Policy tests were run. */
export interface PolicyTestOutcome {
  readonly kind: "test";
  readonly report: PolicyTestReport;
}
