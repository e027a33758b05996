import { resolveModel } from "../config/models.ts";
import { groupsNamed } from "../kinds/rate-limit/plan.ts";
import { rateLimitFindings } from "../kinds/rate-limit/rules.ts";
import { isError } from "../model/finding.ts";
import type { RateLimit } from "../model/org.ts";
import { isValue } from "./declarable.ts";

/**
 * What `rate_limits` of a file calls each of the organization's groups, by its id: the type, or a model that means this group
 * and no other. A model that will stay is better than one that retires soon; one that validation refuses is none.
 */
export function groupEntries(groups: readonly RateLimit[], now: number): ReadonlyMap<string, string> {
  const entries = new Map<string, string>();
  const models = new Set<string>();
  for (const group of groups.toSorted((one, other) => (one.id < other.id ? -1 : 1))) {
    const candidates = [group.group.type, ...group.models.toSorted().reverse()].filter((entry) => {
      const [meant, ...others] = groupsNamed(entry, groups);
      return meant === group && others.length === 0 && isValue(entry) && !models.has(resolveModel(entry));
    });
    const judged = candidates.map((entry) => ({ entry, findings: rateLimitFindings(entry, now) }));
    const found =
      judged.find(({ findings }) => findings.length === 0) ?? judged.find(({ findings }) => !findings.some(isError));
    if (!found) continue;
    entries.set(group.id, found.entry);
    models.add(resolveModel(found.entry));
  }
  return entries;
}
