import type { Workspace } from "../../config/config.ts";
import type { Risk } from "../../model/change.ts";
import { finding } from "../../model/finding.ts";
import { GROUP_TYPES, LIMITERS, type Limiter, type Limits } from "../../model/limit.ts";
import type { RateLimit, WorkspaceRateLimit } from "../../model/org.ts";
import { target } from "../../model/target.ts";
import { emptyKindPlan, type KindPlan, type PlanInput } from "../kind.ts";

/**
 * Rate limits of workspaces. What people write (a model, an alias, a group) is one of the organization's own groups, and
 * that group's id is what an override is written to. Source: the SDK's types for organization rate limits.
 */
export function planRateLimits({ config, live, matches }: PlanInput): KindPlan {
  const draft = emptyKindPlan();
  if (config.manage.rate_limits === "off" || !live.rateLimits.known) return draft;
  const full = config.manage.rate_limits === "full";
  for (const { declared, live: workspace } of matches.matched) {
    if (workspace?.isDefault) continue;
    const reading = workspace ? live.workspaceRateLimits.get(workspace.id) : { known: true as const, items: [] };
    if (reading?.known) planWorkspace(draft, declared, live.rateLimits.items, reading.items, full);
  }
  return draft;
}

function planWorkspace(
  draft: KindPlan,
  declared: Workspace,
  groups: readonly RateLimit[],
  overrides: readonly WorkspaceRateLimit[],
  full: boolean,
): void {
  const current = new Map(overrides.map((override) => [override.rateLimitId, override]));
  const entryOf = new Map<string, string>();
  for (const [entry, limits] of declared.rateLimits ?? []) {
    const at = {
      path: ["workspaces", declared.handle, "rate_limits", entry],
      target: target.rateLimit(declared.handle, entry),
    };
    const [group, ...others] = groupsNamed(entry, groups);
    if (!group) {
      draft.findings.push(finding("unknown-rate-limit", { entry }, at));
    } else if (others.length > 0) {
      const ids = [group, ...others].map(({ id }) => id).sort();
      draft.findings.push(finding("ambiguous-name", { kind: "rate limit", name: entry, ids }, at));
      for (const id of ids) entryOf.set(id, entry);
    } else if (entryOf.has(group.id)) {
      const args = { entry, other: entryOf.get(group.id) ?? "", family: groupName(group) };
      draft.findings.push(finding("rate-limit-collision", args, at));
    } else {
      entryOf.set(group.id, entry);
      warnAboveOrganization(draft, limits, group, at);
      planGroup(draft, at.target, limits, group, current.get(group.id)?.overrides ?? {}, full);
    }
  }
  for (const override of overrides) {
    if (entryOf.has(override.rateLimitId) || Object.keys(override.overrides).length === 0) continue;
    const at = target.rateLimit(declared.handle, groupName(override));
    if (full) {
      const [id, before] = [override.rateLimitId, override.overrides];
      draft.changes.push({
        action: "remove",
        kind: "rate_limit",
        target: at,
        id,
        before,
        after: null,
        reason: "not-declared",
        risk: "widening",
      });
    } else {
      const name = groupName(override);
      draft.unmanaged.push({
        kind: "rate_limit",
        target: at,
        id: override.rateLimitId,
        name,
        details: override.overrides,
      });
    }
  }
}

function planGroup(
  draft: KindPlan,
  at: string,
  wanted: Limits,
  group: RateLimit,
  current: Limits,
  full: boolean,
): void {
  const before: Partial<Record<Limiter, number | null>> = {};
  const after: Partial<Record<Limiter, number | null>> = {};
  let risk: Risk = "safe";
  for (const limiter of LIMITERS) {
    const from = current[limiter];
    const to = wanted[limiter];
    if (to === undefined ? !full || from === undefined : from === to) continue;
    before[limiter] = from ?? null;
    after[limiter] = to ?? null;
    // What holds without an override is the organization's own limit; no limit at all counts as the highest.
    const ceiling = group.limits[limiter] ?? Number.POSITIVE_INFINITY;
    if ((to ?? ceiling) > (from ?? ceiling)) risk = "widening";
  }
  if (Object.keys(after).length === 0) return;
  const create = Object.keys(current).length === 0;
  const change = { kind: "rate_limit", target: at, id: group.id } as const;
  draft.changes.push(
    create
      ? { action: "create", ...change, before: null, after, reason: "declared", risk }
      : { action: "update", ...change, before, after, reason: "differs", risk },
  );
}

function warnAboveOrganization(
  draft: KindPlan,
  limits: Limits,
  group: RateLimit,
  at: { readonly path: readonly string[]; readonly target: string },
): void {
  for (const limiter of LIMITERS) {
    const value = limits[limiter];
    const organization = group.limits[limiter];
    if (value === undefined || organization === undefined || value <= organization) continue;
    const path = [...at.path, limiter];
    draft.findings.push(finding("limit-above-organization", { limiter, value, organization }, { ...at, path }));
  }
}

/** The organization's groups that an entry of `rate_limits` means: a group type, else whatever serves the model or alias. */
export function groupsNamed(entry: string, groups: readonly RateLimit[]): readonly RateLimit[] {
  if ((GROUP_TYPES as readonly string[]).includes(entry)) return groups.filter(({ group }) => group.type === entry);
  return groups.filter(({ models }) => models.includes(entry));
}

function groupName({ group }: Pick<RateLimit, "group">): string {
  return group.displayName ?? group.type;
}
