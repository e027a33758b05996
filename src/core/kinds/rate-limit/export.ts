import { canHold } from "../../config/schema.ts";
import { type ExportEntry, line } from "../../document/document.ts";
import { type LeftOut, leftOutComment } from "../../document/left-out.ts";
import { LIMITERS, type Limits } from "../../model/limit.ts";
import type { LiveWorkspace, WorkspaceRateLimit } from "../../model/org.ts";
import { target } from "../../model/target.ts";
import type { ExportFacts, Section } from "../kind.ts";

/** The overrides of one workspace, each under the name by which a file means its group. */
export function rateLimitsSection(facts: ExportFacts, { id }: LiveWorkspace, handle: string): Section {
  const reading = facts.live.workspaceRateLimits.get(id);
  const entries: ExportEntry[] = [];
  const leftOut: LeftOut[] = [];
  if (!reading?.known) {
    const why = reading ? [`could not be read: ${reading.message ?? reading.reason}`] : [];
    return { entries, below: why, leftOut };
  }
  const items = reading.items.toSorted((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1));
  for (const { rateLimitId, group, overrides } of items) {
    const limits = limitsOf(overrides);
    if (Object.keys(limits).length === 0) continue;
    const name = group.displayName ?? group.type;
    const entry = facts.limitEntries.get(rateLimitId);
    const at = target.rateLimit(handle, name);
    const what = `${name}, ${JSON.stringify(limits)}`;
    if (entry === undefined) leftOut.push({ reason: "no-model", what, target: at });
    else if (!canHold.limits(overrides)) leftOut.push({ reason: "unwritable-value", what, target: at });
    else entries.push({ key: entry, value: line(limits) });
  }
  entries.sort((one, other) => (one.key < other.key ? -1 : 1));
  leftOut.sort((one, other) => (one.what < other.what ? -1 : 1));
  return { entries, below: leftOut.map(leftOutComment), leftOut };
}

/** What tells one override from another, whatever they are called. */
function nameOf({ rateLimitId, group }: WorkspaceRateLimit): string {
  return `${rateLimitId} ${group.id}`;
}

/** In one order, whatever the order of the API. */
function limitsOf(overrides: Limits): Record<string, number> {
  const limits: Record<string, number> = {};
  for (const limiter of LIMITERS) {
    const value = overrides[limiter];
    if (value !== undefined) limits[limiter] = value;
  }
  return limits;
}
