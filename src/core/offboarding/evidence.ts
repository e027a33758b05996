import type { AuditRecord } from "../audit/audit.ts";
import type { Activity } from "../model/activity.ts";
import type { Action, Change, ChangeKind } from "../model/change.ts";
import type { Organization } from "../model/org.ts";
import type { OtherApi } from "../model/other-api.ts";
import type { ChangeResult, Plan } from "../model/plan.ts";
import { parseTarget } from "../model/target.ts";
import { isoTime, parseTime } from "../model/time.ts";
import { FORMAT_VERSION } from "../plan/plan-json.ts";
import type { EndedAccess, OffboardingPlan, Revocation } from "./revocation.ts";
import { revocationJson } from "./revocation.ts";

/** What a revocation found, did and left, for whoever asks a year later. Never a secret. */
export interface Evidence extends EvidenceFacts {
  readonly organization: Partial<Organization>;
  /** Epoch ms. */
  readonly takenAt: number;
  /** What the people, or the key, reached before this run. */
  readonly before: readonly Revocation[];
  /** Oldest first; what earlier runs did is among them, so that a run that was cut off is whole again. */
  readonly actions: readonly EvidenceAction[];
  /**
   * What was over before this run and is among no action: another machine may have ended it, or somebody in the Console. An invitation leaves no such trace.
   */
  readonly alreadyRevoked: readonly EndedAccess[];
  readonly after: { readonly verified: boolean; readonly remaining: readonly Change[] };
  /** What this run left to a person, also where a second look has nothing to say of it any more. */
  readonly byHand: readonly Change[];
  /** The e-mails of those who were to leave and are members still. */
  readonly stillIn: readonly string[];
  /** RFC 3339: until then a token of somebody who was signed out may work; null where nobody was. */
  readonly tokensUntil: string | null;
}

/** What a run knows beside what it did. */
export interface EvidenceFacts {
  /** Why it was made, as whoever ran it says. */
  readonly because?: string | undefined;
  /** The API that it spoke to, where that is not the official one. */
  readonly api?: OtherApi | undefined;
  /** What each of the people did last, by the activity feed. */
  readonly activities?: readonly LastActivities[];
}

/** What one person did last, newest first, or why that is not known. */
export type LastActivities = { readonly email: string; readonly userId: string } & (
  | { readonly known: true; readonly items: readonly Activity[]; readonly more: boolean }
  | { readonly known: false; readonly reason: string; readonly message: string }
);

/** One thing that was done, or not. */
export interface EvidenceAction {
  /** RFC 3339; null where nothing was written: for a person at the Console, or not begun. */
  readonly at: string | null;
  readonly action: Action | null;
  readonly kind: ChangeKind | null;
  readonly target: string;
  readonly id: string | null;
  readonly status: string;
  readonly requestId: string | null;
  readonly error: string | null;
}

/** A revocation that was carried out, as far as it went. */
interface CarriedOut {
  readonly plan: Pick<Plan, "organization"> & Partial<Pick<OffboardingPlan, "revocations">>;
  readonly results: readonly ChangeResult[];
  readonly verified: boolean;
  readonly remaining: readonly Change[];
}

/** Puts together what a run found and did with what earlier runs did to the same targets. */
export function evidenceOf(
  { plan, results, verified, remaining }: CarriedOut,
  earlier: readonly AuditRecord[],
  now: number,
  facts: EvidenceFacts = {},
): Evidence {
  const before = plan.revocations ?? [];
  const actions = [...earlier.map(actionOfRecord), ...results.map(actionOfResult)];
  return {
    ...facts,
    organization: plan.organization,
    takenAt: now,
    before,
    actions,
    alreadyRevoked: before.flatMap(({ ended }) =>
      ended.filter((one) => !actions.some((action) => hasEnded(action, one))),
    ),
    after: { verified, remaining },
    byHand: results.flatMap(({ change, status }) => (status === "manual" ? change : [])),
    tokensUntil: tokensUntil(actions),
    stillIn: stillIn(before, results, remaining),
  };
}

/** Members whom this run has not removed, because of what failed, was left to a person, or was not asked for. */
function stillIn(
  before: readonly Revocation[],
  results: readonly ChangeResult[],
  remaining: readonly Change[],
): readonly string[] {
  const emailsOf = (changes: readonly Change[]) =>
    changes.flatMap(({ kind, target }) => (kind === "member" ? (parseTarget(target)?.email ?? []) : []));
  const left = new Set(emailsOf(results.flatMap(({ change, status }) => (status === "done" ? change : []))));
  const members = before.flatMap(({ subject }) =>
    subject.kind === "person" && subject.standing === "member" && !left.has(subject.email) ? subject.email : [],
  );
  return [...new Set([...members, ...emailsOf(remaining)])];
}

/** A sign-out ends no token that is out already: those live for up to an hour (admin-api-1.14.md 3.5). */
const TOKEN_LIFE = 3_600_000;

function tokensUntil(actions: readonly EvidenceAction[]): string | null {
  const signedOut = actions.flatMap(({ kind, status, at }) =>
    kind === "session" && status === "done" && at ? at : [],
  );
  const last = Math.max(...signedOut.map((at) => parseTime(at) ?? 0));
  return Number.isFinite(last) ? isoTime(last + TOKEN_LIFE) : null;
}

/** The evidence in the shape of our JSON. */
export function evidenceJson(evidence: Evidence) {
  const { api, because, organization, takenAt, before, actions, alreadyRevoked, after, stillIn, tokensUntil } =
    evidence;
  const { activities = [] } = evidence;
  const revocations = before.map(revocationJson);
  return {
    // First, so that nobody takes the one for the other.
    ...(api?.simulated && { simulation: true }),
    format_version: FORMAT_VERSION,
    kind: "evidence",
    verified: after.verified,
    still_in: stillIn,
    ...(api && { api: { host: api.host } }),
    reason: because ?? null,
    organization: { id: organization.id ?? null, name: organization.name ?? null },
    taken_at: isoTime(takenAt),
    subjects: revocations.map(({ subject }) => subject),
    before: revocations,
    actions: actions.map(({ requestId, ...action }) => ({ ...action, request_id: requestId })),
    found_done: alreadyRevoked,
    tokens_may_work_until: tokensUntil,
    after,
    activities: activities.map(activitiesJson),
  };
}

function activitiesJson(last: LastActivities) {
  const { email, userId: user_id, known } = last;
  if (!known) return { email, user_id, known, reason: last.reason, message: last.message };
  const items = last.items.map(({ at, id, type, ids, emails, actor }) => {
    const via = { ip_address: actor.ipAddress ?? null, user_agent: actor.userAgent ?? null };
    return { at: isoTime(at), id, type, ids, emails, via };
  });
  return { email, user_id, known, more: last.more, items };
}

/** Whether an action ended it; one that failed may have. A key keeps its id under every name, the rest is known by its target. */
function hasEnded(action: EvidenceAction, { id, target }: EndedAccess): boolean {
  if (action.status !== "done") return false;
  return id === null ? action.target === target : action.id === id;
}

function actionOfResult({ change, status, id, requestId, at, error }: ChangeResult): EvidenceAction {
  const { action, kind, target } = change;
  return {
    at: at === null ? null : isoTime(at),
    action,
    kind,
    target,
    id: id ?? change.id,
    status,
    requestId,
    error: error && `${error.code}: ${error.message}`,
  };
}

function actionOfRecord(record: AuditRecord): EvidenceAction {
  return {
    at: record.at,
    action: record.action ?? null,
    kind: record.kind ?? null,
    target: record.target ?? "",
    id: record.id ?? null,
    status: record.outcome,
    requestId: record.request_id ?? null,
    error: record.reason ?? null,
  };
}
