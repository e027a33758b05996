import { type Review, type ReviewGrant, summarizeReview } from "../../core/model/review.ts";
import { isoTime } from "../../core/model/time.ts";
import { feedJson } from "../activity.ts";
import { reasonWords, unknownFields } from "./words.ts";

/** A review in the shape of our JSON: snake case, null where there is nothing. */
export function reviewFields(review: Review) {
  const { organization, takenAt, usage, only = {}, grants, feed, unknown } = review;
  const { byFlag, byAdvice } = summarizeReview(review);
  return {
    organization: { id: organization.id ?? null, name: organization.name ?? null },
    taken_at: isoTime(takenAt),
    usage: { days: usage.days, as_of: timeOrNull(usage.asOf) },
    only: { workspace: only.workspace?.target ?? null, user: only.user ?? null },
    ...(feed && { who: feedJson(feed) }),
    grants: grants.map(grantFields),
    unknown: unknownFields(unknown),
    summary: { grants: grants.length, by_flag: byFlag, by_advice: byAdvice },
  };
}

/** One grant. Its reason is a sentence. */
export function grantFields(grant: ReviewGrant) {
  const { subject, on, role, through, since, by, lastUsed, declared, flags, advice, reason } = grant;
  return {
    subject,
    on,
    role,
    through,
    since: timeOrNull(since),
    by,
    last_used: { at: lastUsed.at, known: lastUsed.known, as_of: timeOrNull(lastUsed.asOf) },
    declared: declared && { path: declared.path, line: declared.position?.line ?? null },
    flags,
    advice,
    reason: reasonWords(reason),
  };
}

function timeOrNull(instant: number | null): string | null {
  return instant === null ? null : isoTime(instant);
}
