import type { Access } from "../kinds/access.ts";
import { type Advice, REVIEW_FLAGS, type ReviewFlag, type ReviewReason } from "../model/review.ts";
import { DAY } from "../model/time.ts";
import type { FarLimit } from "./limits.ts";
import type { People } from "./people.ts";
import { standingOf } from "./people.ts";
import type { LastUse } from "./use.ts";

/** What is asked of a grant beside what its own kind says of it. */
export interface AdviceInput {
  readonly access: Access;
  readonly lastUsed: LastUse;
  /** Days of use that were asked for. */
  readonly days: number;
  /** Epoch ms. */
  readonly now: number;
  readonly people?: People;
  /** Whether the file manages its kind, and does not declare it. */
  readonly isUndeclared: boolean;
  /** Whether some key of the workspace acts as the person, or was made by them. */
  readonly hasKeyThere: boolean;
  /** A limit of the workspace that is far above whatever was used. */
  readonly farLimit?: FarLimit;
}

export interface Advised {
  readonly flags: readonly ReviewFlag[];
  readonly advice: Advice;
  readonly reason: ReviewReason;
}

/** The flags of a grant, and what they speak for: never more than the facts carry. */
export function adviseOn(input: AdviceInput): Advised {
  const said = remarksOf(input);
  const flags = REVIEW_FLAGS.filter((flag) => said.some((remark) => remark.flag === flag));
  const [first] = said.toSorted((one, other) => rankOf(one.reason) - rankOf(other.reason));
  const reason = first?.reason ?? quiet(input.lastUsed);
  const advice = ADVISED[reason.code];
  if (input.lastUsed.known || advice === "ask") return { flags, advice, reason };
  // Nobody knows whether it is used: whatever else is so, somebody has to be asked.
  return { flags, advice: "ask", reason: first ? reason : { code: "use-not-known", args: {} } };
}

/** What each reason speaks for, the gravest first: one grant has one reason. */
const ADVISED: { readonly [Code in ReviewReason["code"]]: Advice } = {
  "not-in-people": "remove",
  disabled: "keep",
  "unknown-status": "ask",
  unused: "remove",
  "stale-invite": "remove",
  "owner-left": "ask",
  "no-owner": "ask",
  "shared-key": "ask",
  "wide-rule": "ask",
  undeclared: "ask",
  "overdue-rotation": "ask",
  "role-not-needed": "lower",
  "limit-never-reached": "keep",
  admin: "keep",
  "admin-rights": "keep",
  "use-not-known": "ask",
  used: "keep",
  "never-used": "keep",
  nothing: "keep",
};

const ORDER = Object.keys(ADVISED);

function rankOf({ code }: ReviewReason): number {
  return ORDER.indexOf(code);
}

interface Remark {
  readonly flag?: ReviewFlag;
  readonly reason: ReviewReason;
}

function remarksOf(input: AdviceInput): readonly Remark[] {
  const { access, isUndeclared, farLimit } = input;
  return [
    ...(access.remarks ?? []),
    ...goneFrom(input),
    ...unused(input),
    ...(isUndeclared ? [{ flag: "undeclared", reason: { code: "undeclared", args: {} } } as const] : []),
    ...notNeeded(input),
    ...(farLimit
      ? [{ flag: "limit-never-reached", reason: { code: "limit-never-reached", args: farLimit } } as const]
      : []),
  ];
}

function goneFrom({ people, access: { subject } }: AdviceInput): readonly Remark[] {
  if (!people || subject.email === null) return [];
  const standing = standingOf(people, subject.email);
  if (standing?.works) return [];
  const args = {
    email: subject.email,
    standing: standing ? ("left" as const) : ("absent" as const),
    ...(standing?.until !== undefined && { day: standing.until }),
  };
  return [{ flag: "not-in-people", reason: { code: "not-in-people", args } }];
}

/** A key that is older than the span and was not used in it. */
function unused({ access: { use }, lastUsed, days, now }: AdviceInput): readonly Remark[] {
  if (use?.by !== "key" || !lastUsed.known || lastUsed.at !== null) return [];
  return now - use.since > days * DAY ? [{ flag: "unused", reason: { code: "unused", args: { days } } }] : [];
}

/** What a role in a workspace allows beyond the Workbench; an admin's is not told by requests. */
const BEYOND_WORKBENCH: ReadonlySet<string | null> = new Set(["developer", "restricted_developer"]);

/** A role in a workspace that no request and no key needed in the span: the Workbench alone would do. */
function notNeeded({ access, lastUsed, days, hasKeyThere }: AdviceInput): readonly Remark[] {
  const { subject, on, role, through } = access;
  if (subject.type !== "person" || on.type !== "workspace" || through.type !== "direct") return [];
  if (!lastUsed.known || lastUsed.at !== null || hasKeyThere || !BEYOND_WORKBENCH.has(role)) return [];
  return [{ reason: { code: "role-not-needed", args: { days, role: role ?? "", enough: "user" } } }];
}

/** Why a grant about which there is nothing to say is kept. */
function quiet({ at, known }: LastUse): ReviewReason {
  if (at !== null) return { code: "used", args: { day: at } };
  return known ? { code: "never-used", args: {} } : { code: "use-not-known", args: {} };
}
