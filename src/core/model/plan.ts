import type { ApiCall, WriteRemark } from "./call.ts";
import type { Action, Change, ChangeKind, Unmanaged } from "./change.ts";
import type { FailureCode } from "./failure.ts";
import type { Finding } from "./finding.ts";
import type { GuardrailResult } from "./guardrail.ts";
import type { Organization } from "./org.ts";

/** Somebody who was invited and has not accepted yet, or what waits for that. */
export interface Pending {
  readonly kind: "invite" | "workspace_member" | "group_member" | "member_spend_limit";
  readonly target: string;
  readonly id: string | null;
  readonly email: string;
  /** Of the organization for who is to be in a group. */
  readonly role: string;
  /** Epoch ms; when the invitation runs out. */
  readonly expiresAt?: number;
}

/** A difference that the file accepts until a day. */
export interface Accepted {
  readonly target: string;
  readonly kind: ChangeKind;
  readonly action: Action | "unmanaged";
  readonly until: string;
  readonly owner: string;
  readonly reason: string;
}

/** A kind, or one workspace's part of it, that could not be read: nothing about it is planned. */
export interface UnknownKind {
  readonly kind: string;
  readonly reason: string;
  readonly message?: string;
}

/** What could not be read, with the reason: `keys (forbidden)`. */
export function gapText({ kind, reason, message }: UnknownKind): string {
  return `${kind} (${message ?? reason})`;
}

/** What differs, and everything a person needs to judge it. */
export interface Plan {
  readonly organization: Partial<Organization>;
  readonly config: { readonly path: string; readonly digest: string };
  readonly liveDigest: string;
  readonly takenAt: number;
  /** What amounts of money are in, ISO 4217; absent where no spend limit was read. For texts: JSON has it in `status`. */
  readonly currency?: string;
  readonly changes: readonly Change[];
  readonly unmanaged: readonly Unmanaged[];
  readonly accepted: readonly Accepted[];
  readonly pending: readonly Pending[];
  readonly unknown: readonly UnknownKind[];
  readonly findings: readonly Finding[];
  readonly guardrails: readonly GuardrailResult[];
}

/** What became of one change of a plan. */
export interface ChangeResult {
  readonly change: Change;
  readonly status: "done" | "failed" | "skipped" | "manual";
  /** The live object's id, also of one that was just created; null where there is none. */
  readonly id: string | null;
  /** The API's id for the last request that wrote; null where none did. */
  readonly requestId: string | null;
  /** When it was written, or tried: epoch ms. Null where nothing was. */
  readonly at: number | null;
  /** Null where it is done, or was to be done by a person from the beginning. */
  readonly error: ResultError | null;
  /** Of several calls those that are not known to be carried out, where others are, or may be. */
  readonly left?: readonly ApiCall[];
  /** What the API said of a change that it carried out, but for something. */
  readonly remark?: WriteRemark;
}

/** Why a change is not done: what failed, or what it waited for. */
export interface ResultError {
  /** `blocked`: a change that it depends on was not carried out. `workspace-incomplete`: it was carried out in part. */
  readonly code: FailureCode | "blocked" | "workspace-incomplete";
  readonly message: string;
}

/** Whether a change was left undone in a way that somebody has to look at; a preview that is not switched on is only a warning. */
export function isUndone({ status, error }: ChangeResult): boolean {
  return status === "failed" || (status === "skipped" && error?.code !== "preview-not-enabled");
}

/** The right of one run on this machine to write to an organization. */
export interface RunLock {
  /** False once another run took over, because this one was stopped or asleep for too long: it must not write any more. */
  readonly isHeld: () => boolean;
  readonly release: () => Promise<void>;
}
