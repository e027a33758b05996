import type { ConfigPath, Position } from "./finding.ts";
import type { Organization } from "./org.ts";
import type { UnknownKind } from "./plan.ts";

/** What is worth a look about a grant, the gravest first: the order in which flags are shown, and in which grants are ranked. */
export const REVIEW_FLAGS = [
  "not-in-people",
  "owner-left",
  "unused",
  "stale-invite",
  "admin",
  "wide-rule",
  "no-owner",
  "shared-key",
  "undeclared",
  "overdue-rotation",
  "limit-never-reached",
] as const;
export type ReviewFlag = (typeof REVIEW_FLAGS)[number];

/** What the facts speak for. `ask`: they do not carry more than the question. */
export const ADVICE = ["keep", "lower", "remove", "ask"] as const;
export type Advice = (typeof ADVICE)[number];

/** Who, or what, has access. */
export interface ReviewSubject {
  readonly type: "person" | "invite" | "service_account" | "key" | "federation_rule" | "group";
  readonly id: string | null;
  readonly name: string | null;
  /** Of a person, or of whom a key acts as: as it is compared. */
  readonly email: string | null;
}

/** What gives the right: the role itself, the organization role that brings it along, a group, a key or a rule. */
export interface ReviewThrough {
  readonly type: "direct" | "inherited" | "group" | "key" | "rule";
  readonly id: string | null;
  readonly name: string | null;
}

/** Why something is advised, by code; the sentence is made in report. Days are UTC, times epoch ms. */
export interface ReviewReasonArgs {
  /** `standing`: absent from the file, or there as somebody who has left, on a day where that is written. */
  "not-in-people": { readonly email: string; readonly standing: "absent" | "left"; readonly day?: string };
  disabled: { readonly key: string };
  "unknown-status": { readonly status: string };
  unused: { readonly days: number };
  "stale-invite": { readonly days: number };
  "owner-left": { readonly who: string; readonly declared: boolean };
  "use-not-known": Record<never, never>;
  "no-owner": Record<never, never>;
  "shared-key": { readonly holder: string; readonly maker: string };
  "wide-rule": Record<never, never>;
  undeclared: Record<never, never>;
  "overdue-rotation": { readonly days: number; readonly every: number; readonly flags: string };
  /** Nothing in the span needed the role. */
  "role-not-needed": { readonly days: number; readonly role: string; readonly enough?: string };
  "limit-never-reached": { readonly limiter: string; readonly limit: number; readonly peak: number };
  admin: Record<never, never>;
  /** In the API's words. */
  "admin-rights": { readonly group: string; readonly rights: readonly string[] };
  used: { readonly day: string };
  "never-used": Record<never, never>;
  nothing: Record<never, never>;
}

export type ReviewReason = {
  readonly [Code in keyof ReviewReasonArgs]: { readonly code: Code; readonly args: ReviewReasonArgs[Code] };
}[keyof ReviewReasonArgs];

/** One way to one right. */
export interface ReviewGrant {
  readonly subject: ReviewSubject;
  /** `organization`, `workspaces.W`, `workspaces.*` or `groups.NAME`, and what people call it. */
  readonly on: { readonly target: string; readonly name: string | null };
  /** The API's word; null where what gives the right has none. */
  readonly role: string | null;
  readonly through: ReviewThrough;
  /** Epoch ms; null: not known. */
  readonly since: number | null;
  readonly by: {
    readonly type: string;
    readonly id: string | null;
    readonly email: string | null;
    readonly name: string | null;
  } | null;
  /** `at`: a UTC day; null with `known`: not in the span that was asked for. `asOf`: epoch ms, how far the report goes. */
  readonly lastUsed: { readonly at: string | null; readonly known: boolean; readonly asOf: number | null };
  /** Where rbac.yaml declares it, as a path in words; null: nowhere. */
  readonly declared: { readonly path: string; readonly at: ConfigPath; readonly position: Position | null } | null;
  /** In the order of REVIEW_FLAGS. */
  readonly flags: readonly ReviewFlag[];
  readonly advice: Advice;
  readonly reason: ReviewReason;
  /** Who decides about it: an e-mail as it is compared; null where there is nobody. */
  readonly reviewer: string | null;
  /** The word of `manage` that the file manages it by. */
  readonly manage?: string;
  /**
   * Why `full` leaves it as it is where nothing declares it: it is disabled already, in a workspace that the file does not speak of, or
   * the identity provider's.
   */
  readonly leftByFull?: "disabled" | "workspace-not-declared" | "identity-provider";
  /** Of a key: the service account that it acts as, by its name, or its id where that was not read. */
  readonly account?: string;
  /** Of a key: how old it may become, in days; absent where nothing says. */
  readonly rotateEvery?: number;
}

/** How far back the activity feed was read for who gave what, or why it was not. `since`: epoch ms; absent where that is its beginning. */
export type FeedReading =
  | { readonly known: true; readonly stopped: "found" | "limit" | "switched-on" | "beginning"; readonly since?: number }
  | { readonly known: false; readonly reason: string; readonly message: string };

/** What was used on each day, by workspace. */
export interface ReviewUse {
  readonly counts: "requests" | "tokens";
  /** The UTC day of the first value. */
  readonly from: string;
  readonly workspaces: readonly {
    readonly target: string;
    readonly name: string;
    readonly values: readonly number[];
  }[];
}

/** Who has what, who uses it, and what is to be asked about it. */
export interface Review {
  readonly organization: Partial<Organization>;
  /** Epoch ms. */
  readonly takenAt: number;
  /** `ofKeysAlone`: the report names no person and no account. */
  readonly usage: { readonly days: number; readonly asOf: number | null; readonly ofKeysAlone?: true };
  /** Where not the whole organization was asked about: what reaches one workspace, or one person's (an e-mail as it is compared). */
  readonly only?: { readonly workspace?: ReviewGrant["on"]; readonly user?: string };
  readonly grants: readonly ReviewGrant[];
  /** Absent where there is no report. */
  readonly daily?: ReviewUse;
  /** Absent where the activity feed was not asked. */
  readonly feed?: FeedReading;
  /** What could not be read. `counts`: the file manages it, so the review is not whole. */
  readonly unknown: readonly (UnknownKind & { readonly counts: boolean })[];
}

/** How many grants there are of each flag and each advice; those that no grant has are 0. */
export function summarizeReview({ grants }: Pick<Review, "grants">) {
  const countOf = <Word extends string>(words: readonly Word[], has: (grant: ReviewGrant, word: Word) => boolean) =>
    Object.fromEntries(words.map((word) => [word, grants.filter((grant) => has(grant, word)).length])) as Readonly<
      Record<Word, number>
    >;
  return {
    grants: grants.length,
    byFlag: countOf(REVIEW_FLAGS, ({ flags }, flag) => flags.includes(flag)),
    byAdvice: countOf(ADVICE, ({ advice }, word) => advice === word),
  };
}

/** Whether somebody has to say what becomes of a grant: whatever is flagged, or advised to be anything but kept. */
export function needsDecision({ flags, advice }: ReviewGrant): boolean {
  return advice !== "keep" || flags.length > 0;
}

/** The gravest first: what is advised, then its flags; of the same weight in the order in which they came. */
export function riskiest(grants: readonly ReviewGrant[]): readonly ReviewGrant[] {
  return grants
    .map((grant) => ({ grant, weight: weightOf(grant) }))
    .toSorted((one, other) => other.weight - one.weight)
    .map(({ grant }) => grant);
}

const ADVICE_WEIGHT: Readonly<Record<Advice, number>> = { remove: 3, ask: 2, lower: 1, keep: 0 };

/** A grave flag weighs more than all the lighter ones together. */
function weightOf({ flags, advice }: ReviewGrant): number {
  const heaviest = REVIEW_FLAGS.length;
  const flagged = flags.reduce((sum, flag) => sum + 2 ** (heaviest - REVIEW_FLAGS.indexOf(flag)), 0);
  // What is advised to be kept comes after everything that somebody has to decide.
  const open = advice === "keep" ? 0 : 2 ** (heaviest + 1);
  return (open + flagged) * 4 + ADVICE_WEIGHT[advice];
}
