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
      // Disabled once, enabled again by somebody: the old key works beside the new one.
      if (label?.kind === "disabled") return { phase: "overlapping" };
      return currentOrDue(key, policy, now);
    default:
      return undefined;
  }
}

function currentOrDue(
  key: Pick<ApiKey, "createdAt" | "expiresAt">,
  policy: KeyPolicy | undefined,
  now: number,
): KeyPhase {
  const window = Math.max(NEAR_EXPIRY, policy?.overlap ?? 0);
  const byAge = policy ? key.createdAt + policy.rotateEvery : Number.POSITIVE_INFINITY;
  const byExpiry = key.expiresAt === undefined ? Number.POSITIVE_INFINITY : key.expiresAt - window;
  const at = Math.min(byAge, byExpiry);
  if (now <= byAge && now < byExpiry) return dated("current", at);
  return { phase: "due", at, because: now < byExpiry ? "age" : "expiry" };
}

/** A label may spell a day that the calendar does not have: then there is no date. */
function dated(phase: PhaseName, at: number | undefined): KeyPhase {
  return at !== undefined && Number.isFinite(at) ? { phase, at } : { phase };
}
