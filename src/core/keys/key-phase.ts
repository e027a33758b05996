import type { KeyContradiction } from "../model/key-finding.ts";
import type { ApiKey } from "../model/org.ts";
import { DAY, startOfDay } from "../model/time.ts";
import { parseKeyName } from "./key-name.ts";

/**
 * Where a key stands in its rotation. `awaiting-replacement` and `draining` are never read off one key: the first is what
 * a rotation says of a due key once it was asked for, the second needs the usage report.
 */
export type PhaseName =
  | "current"
  | "due"
  | "awaiting-replacement"
  | "replacement-ready"
  | "overlapping"
  | "draining"
  | "soaking"
  /** Its name, status and age contradict each other: what is to become of it is for a person to say. */
  | "unsettled"
  // not in a rotation, and of no use to anybody
  | "disabled"
  | "expired"
  | "archived";

/** A key's phase. */
export interface KeyPhase {
  readonly phase: PhaseName;
  /** When the phase is over, or for a due key when it fell due; epoch ms. Absent where nothing sets a date. */
  readonly at?: number;
  /** What makes a key due; where both do, the expiry, because it stops the key. */
  readonly because?: "age" | "expiry";
}

/** What rbac.yaml declares of a key's rotation, in milliseconds. */
export interface KeyPolicy {
  readonly rotateEvery: number;
  readonly overlap: number;
  readonly soak: number;
}

/** How long before its expiry a key falls due, unless the overlap is longer. */
const NEAR_EXPIRY = 14 * DAY;

/** When a key falls due because it expires; epoch ms, infinite for one that never does. `policy` is absent where nothing declares it. */
function nearEndAt({ expiresAt }: Pick<ApiKey, "expiresAt">, policy: Pick<KeyPolicy, "overlap"> | undefined): number {
  if (expiresAt === undefined) return Number.POSITIVE_INFINITY;
  return expiresAt - Math.max(NEAR_EXPIRY, policy?.overlap ?? 0);
}

/** Whether a key is so near its expiry that it has to be replaced. */
export function isNearEnd(
  key: Pick<ApiKey, "expiresAt">,
  policy: Pick<KeyPolicy, "overlap"> | undefined,
  now: number,
): boolean {
  return now >= nearEndAt(key, policy);
}

/** Whether a key is older than its `rotate_every`. */
export function isOverdue({ createdAt }: Pick<ApiKey, "createdAt">, { rotateEvery }: KeyPolicy, now: number): boolean {
  return now - createdAt > rotateEvery;
}

/**
 * The phase of one live key, from its own name, status, age and expiry. `policy` is absent for a key that nothing declares:
 * then only its expiry can make it due, and its labels bear no dates. Undefined where the API reports a status we do not know.
 */
export function keyPhase(
  key: Pick<ApiKey, "name" | "status" | "createdAt" | "expiresAt">,
  policy: KeyPolicy | undefined,
  now: number,
): KeyPhase | undefined {
  const { label } = parseKeyName(key.name);
  if (contradictionIn(key, policy, now)) return { phase: "unsettled" };
  switch (key.status) {
    case "archived":
      return { phase: "archived" };
    case "expired":
      return dated("expired", key.expiresAt);
    case "inactive":
      // A superseded key that somebody disabled by hand soaks as well, but from a day that nobody wrote down.
      if (label?.kind === "disabled") return dated("soaking", policy && startOfDay(label.day) + policy.soak);
      return { phase: label?.kind === "previous" ? "soaking" : "disabled" };
    case "active":
      if (label?.kind === "next") return { phase: "replacement-ready" };
      if (label?.kind === "previous") return dated("overlapping", policy && startOfDay(label.day) + policy.overlap);
      return currentOrDue(key, policy, now);
    default:
      return undefined;
  }
}

/** What contradicts what in one live key: its label, its status, the day it was made, today. Undefined where all is in order. */
export function contradictionIn(
  { name, status, createdAt }: Pick<ApiKey, "name" | "status" | "createdAt">,
  policy: Pick<KeyPolicy, "overlap"> | undefined,
  now: number,
): KeyContradiction | "label-no-day" | undefined {
  const { label } = parseKeyName(name);
  if (!label) return undefined;
  if (label.kind === "next") {
    return status === "inactive" || status === "expired" ? "replacement-not-active" : undefined;
  }
  const since = startOfDay(label.day);
  if (status === "archived") {
    // An archived key cannot be renamed, so it counts only as long as it was to work beside the new one.
    const inOverlap = label.kind === "previous" && now >= since && now < since + (policy?.overlap ?? 0);
    return inOverlap ? "archived-in-overlap" : undefined;
  }
  if (Number.isNaN(since)) return "label-no-day";
  if (since > now) return "label-after-today";
  if (since + DAY <= createdAt) return "label-before-key";
  return label.kind === "disabled" && status === "active" ? "disabled-but-active" : undefined;
}

function currentOrDue(
  key: Pick<ApiKey, "createdAt" | "expiresAt">,
  policy: KeyPolicy | undefined,
  now: number,
): KeyPhase {
  const byAge = policy ? key.createdAt + policy.rotateEvery : Number.POSITIVE_INFINITY;
  const byExpiry = nearEndAt(key, policy);
  const at = Math.min(byAge, byExpiry);
  if (isNearEnd(key, policy, now)) return { phase: "due", at, because: "expiry" };
  return policy && isOverdue(key, policy, now) ? { phase: "due", at, because: "age" } : dated("current", at);
}

/** A phase of which nobody may know when it is over. */
function dated(phase: PhaseName, at: number | undefined): KeyPhase {
  return at !== undefined && Number.isFinite(at) ? { phase, at } : { phase };
}
