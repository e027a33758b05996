import type { Change } from "../model/change.ts";
import { formatPath, type Severity } from "../model/finding.ts";
import type { Plan } from "../model/plan.ts";
import { isoTime } from "../model/time.ts";

/** The version of every JSON object the program prints; a reader should refuse a major number it does not know. */
export const FORMAT_VERSION = "1";

/** A finding as JSON has it, but for its sentence and place, which `report` adds. */
interface FindingJson {
  readonly code: string;
  readonly severity: Severity;
  readonly path: string | null;
  readonly target: string | null;
}

/** How many of each a plan holds. */
export interface PlanSummary {
  readonly create: number;
  readonly update: number;
  readonly remove: number;
  readonly manual: number;
  readonly unmanaged: number;
  readonly accepted: number;
  readonly pending: number;
}

/** Counts a plan's changes by action, and what is beside them. */
export function summarize({ changes, unmanaged, accepted, pending }: Plan): PlanSummary {
  const count = (action: Change["action"]) => changes.filter((change) => change.action === action).length;
  return {
    create: count("create"),
    update: count("update"),
    remove: count("remove"),
    manual: count("manual"),
    unmanaged: unmanaged.length,
    accepted: accepted.length,
    pending: pending.length,
  };
}

/**
 * A plan in the shape of our JSON (design section 5): snake case, times as RFC 3339, null where there is nothing. Findings and
 * guardrails get their sentences, and findings their lines, in `report`.
 */
export function planJson(plan: Plan) {
  const { organization, config, liveDigest, takenAt, changes, unmanaged, accepted, pending, unknown, guardrails } =
    plan;
  return {
    organization: { id: organization.id ?? null, name: organization.name ?? null },
    config,
    live_digest: liveDigest,
    taken_at: isoTime(takenAt),
    changes,
    unmanaged: unmanaged.map(({ details, ...object }) => ({ ...details, ...object })),
    accepted,
    pending: pending.map(({ expiresAt, ...item }) => ({
      ...item,
      expires_at: expiresAt === undefined ? null : isoTime(expiresAt),
    })),
    unknown: unknown.map(({ kind, reason, message }) => ({ kind, reason, message: message ?? null })),
    findings: plan.findings.map(
      ({ code, severity, path, target }): FindingJson => ({
        code,
        severity,
        path: path ? formatPath(path) : null,
        target: target ?? null,
      }),
    ),
    guardrails,
    summary: summarize(plan),
  };
}
