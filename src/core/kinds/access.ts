import type { ConfigPath } from "../model/finding.ts";
import type { ReviewFlag, ReviewGrant, ReviewReason, ReviewSubject, ReviewThrough } from "../model/review.ts";

/** One way to one right, as the kind of the object that gives it tells it: what a review makes a grant of. */
export interface Access {
  readonly subject: ReviewSubject;
  readonly on: AccessPlace;
  readonly role: string | null;
  readonly through: ReviewThrough;
  /** Epoch ms. */
  readonly since?: number;
  readonly by?: { readonly type: string; readonly id: string };
  /** Where the file declares it; absent: nowhere. */
  readonly path?: ConfigPath;
  /** Whether nobody expects the file to declare it: what Claude Code makes for itself. */
  readonly isExempt?: boolean;
  /** Why `full` leaves it as it is where nothing declares it; absent where it does not. */
  readonly leftByFull?: ReviewGrant["leftByFull"];
  /** What tells of its use: absent where no report does; `none` where there cannot have been any yet. */
  readonly use?: AccessUse;
  /** What is to be said of it, each with its flag; what follows from use, people and the file is added by the review. */
  readonly remarks?: readonly AccessRemark[];
  /** The service account that a key acts as, by its name, or its id where that was not read. */
  readonly account?: string;
  /** The person who knows its secret without being whom it acts as: by user id. */
  readonly knownTo?: string;
  /** Who is to answer for it, as the file says: an e-mail. */
  readonly owner?: string;
  /** How old a key may become, in days. */
  readonly rotateEvery?: number;
}

/** On what. A workspace is its live id. */
export type AccessPlace =
  | { readonly type: "organization" }
  | { readonly type: "workspaces" }
  | { readonly type: "workspace"; readonly id: string }
  | { readonly type: "group"; readonly id: string; readonly name: string };

export type AccessUse =
  | { readonly by: "none" }
  /** `since`: from when on it could be used; epoch ms. */
  | { readonly by: "key"; readonly id: string; readonly since: number }
  | { readonly by: "actor"; readonly id: string; readonly workspaceId?: string };

export interface AccessRemark {
  /** Absent: worth a sentence, and no flag. */
  readonly flag?: ReviewFlag;
  readonly reason: ReviewReason;
}

/** A subject by its type and what is known of it. */
export function subjectOf(
  type: ReviewSubject["type"],
  { id = null, name = null, email = null }: Partial<Omit<ReviewSubject, "type">>,
): ReviewSubject {
  return { type, id, name, email };
}

/** A right that is given as it is, through nothing else. */
export const DIRECT: ReviewThrough = { type: "direct", id: null, name: null };
