import type { Workspace } from "../../config/config.ts";
import { canHold } from "../../config/schema.ts";
import { type ExportEntry, line } from "../../document/document.ts";
import { type LeftOut, leftOutComment } from "../../document/left-out.ts";
import type { Risk } from "../../model/change.ts";
import { finding } from "../../model/finding.ts";
import type { RateLimit, WorkspaceRateLimit } from "../../model/limit.ts";
import { GROUP_TYPES, LIMITERS, type Limiter, type Limits } from "../../model/limit.ts";
import { itemsOf, type LiveWorkspace, type OrgSnapshot } from "../../model/org.ts";
import { parseTarget, target } from "../../model/target.ts";
import { groupBy, onceFor } from "../../text/text.ts";
import {
  collection,
  type ExportFacts,
  emptyKindPlan,
  type Kind,
  type KindPlan,
  type PlanInput,
  type Section,
  sizeOfAll,
  workspaceScope,
} from "../kind.ts";

/** The rate limits that workspaces set below the organization's own. */
export const rate_limit: Kind<"rate_limit"> = {
  manage: "rate_limits",
  order: 4,
  endsAt: 6,
  writtenBy: "api",
  needs: ["workspaces", "rateLimits"],
  scope: (request) => ({ ...workspaceScope(request), rateLimits: true, rateLimitsOf: request.places }),
  lists: { rateLimits: "rate_limits", workspaceRateLimits: "rate_limits" },
  count: ({ workspaceRateLimits }) => sizeOfAll(workspaceRateLimits),
  feed: { names: ["workspace"], says: /rate_limit/, fits: mayMean },
  isPlace: false,
  plan: planRateLimits,
  confirmedBy: ({ target }) => target,
  // Cleared, what holds is the organization's own limit, which may be the lower one.
  reduces: ({ action, before, after }) =>
    action === "update" && LIMITERS.some((type) => isLower(before[type], after[type])),
  calls: (change, ids) => {
    const workspace = parseTarget(change.target)?.workspace;
    const workspaceId = workspace && ids.workspaceId(workspace);
    if (workspaceId === undefined || change.id === null) return undefined;
    const { before, after } = change;
    const limits = LIMITERS.flatMap((type) => {
      const value = (after ?? before)[type];
      return value === undefined ? [] : { type, value: after === null ? null : value };
    });
    return [{ name: "update-rate-limit", workspaceId, rateLimitId: change.id, limits }];
  },
  exported: [
    {
      in: "workspace",
      field: "rate_limits",
      section: (facts, workspace, handle) => collection("rate_limits", rateLimitsSection(facts, workspace, handle)),
    },
  ],
};

/**
 * Rate limits of workspaces. What people write (a model, an alias, a group) is one of the organization's own groups, and
 * that group's id is what an override is written to. Source: the SDK's types for organization rate limits.
 */
function planRateLimits({ config, live, matches }: PlanInput): KindPlan {
  const planned = emptyKindPlan();
  if (config.manage.rate_limits === "off" || !live.rateLimits.known) return planned;
  const full = config.manage.rate_limits === "full";
  for (const { declared, live: workspace } of matches.matched) {
    if (workspace?.isDefault) continue;
    const reading = workspace ? live.workspaceRateLimits.get(workspace.id) : { known: true as const, items: [] };
    if (reading?.known) planWorkspace(planned, declared, live.rateLimits.items, reading.items, full);
  }
  return planned;
}

function planWorkspace(
  planned: KindPlan,
  declared: Workspace,
  groups: readonly RateLimit[],
  overrides: readonly WorkspaceRateLimit[],
  full: boolean,
): void {
  const current = new Map(overrides.map((override) => [override.rateLimitId, override]));
  const entryOf = new Map<string, string>();
  // An entry that means no group, mistyped perhaps, may mean any of the undeclared ones.
  let clears = full;
  for (const [entry, limits] of declared.rateLimits ?? []) {
    const at = {
      path: ["workspaces", declared.handle, "rate_limits", entry],
      target: target.rateLimit(declared.handle, entry),
    };
    const [group, ...others] = groupsNamed(entry, groups);
    if (!group) {
      clears = false;
      planned.findings.push(finding("unknown-rate-limit", { entry }, at));
    } else if (others.length > 0) {
      const ids = [group, ...others].map(({ id }) => id).sort();
      planned.findings.push(finding("ambiguous-name", { kind: "rate limit", name: entry, ids }, at));
      for (const id of ids) entryOf.set(id, entry);
    } else if (entryOf.has(group.id)) {
      const args = { entry, other: entryOf.get(group.id) ?? "", family: groupName(group) };
      planned.findings.push(finding("rate-limit-collision", args, at));
    } else {
      entryOf.set(group.id, entry);
      warnAboveOrganization(planned, limits, group, at);
      planGroup(planned, at.target, limits, group, current.get(group.id)?.overrides ?? {}, full);
    }
  }
  for (const override of overrides) {
    if (entryOf.has(override.rateLimitId) || Object.keys(override.overrides).length === 0) continue;
    const at = target.rateLimit(declared.handle, groupName(override));
    if (clears) {
      const [id, before] = [override.rateLimitId, override.overrides];
      planned.changes.push({
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
      planned.unmanaged.push({
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
  planned: KindPlan,
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
  planned.changes.push(
    create
      ? { action: "create", ...change, before: null, after, reason: "declared", risk }
      : { action: "update", ...change, before, after, reason: "differs", risk },
  );
}

function warnAboveOrganization(
  planned: KindPlan,
  limits: Limits,
  group: RateLimit,
  at: { readonly path: readonly string[]; readonly target: string },
): void {
  for (const limiter of LIMITERS) {
    const value = limits[limiter];
    const organization = group.limits[limiter];
    if (value === undefined || organization === undefined || value <= organization) continue;
    const path = [...at.path, limiter];
    planned.findings.push(finding("limit-above-organization", { limiter, value, organization }, { ...at, path }));
  }
}

/** The organization's groups that an entry of `rate_limits` means: a group type, else whatever serves the model or alias. */
export function groupsNamed(entry: string, groups: readonly RateLimit[]): readonly RateLimit[] {
  const { byType, byModel } = limitIndex(groups);
  return ((GROUP_TYPES as readonly string[]).includes(entry) ? byType : byModel).get(entry) ?? [];
}

/** The one group that a target calls by a model, by its type or by its own name; undefined where that is none, or several. */
export function groupCalled(name: string, { rateLimits }: Pick<OrgSnapshot, "rateLimits">): RateLimit | undefined {
  const groups = itemsOf(rateLimits);
  const named = groupsNamed(name, groups);
  const [group, ...others] = named.length > 0 ? named : groups.filter((one) => groupName(one) === name);
  return others.length > 0 ? undefined : group;
}

const limitIndex = onceFor((groups: readonly RateLimit[]) => {
  const byModel = new Map<string, RateLimit[]>();
  for (const one of groups) {
    for (const model of new Set(one.models)) byModel.set(model, [...(byModel.get(model) ?? []), one]);
  }
  return { byType: groupBy(groups, ({ group }) => group.type), byModel };
});

/** Only a word that plainly means another of the organization's groups is one for another: how the feed calls them is not documented. */
function mayMean(modelGroup: string, name: string, { rateLimits }: OrgSnapshot): boolean {
  const groups = itemsOf(rateLimits);
  const isCalled = (word: string) => (limit: RateLimit) =>
    [limit.id, limit.group.id, groupName(limit), ...limit.models].includes(word) ||
    (limit.group.type === word && groupsNamed(word, groups).length === 1);
  const meant = groups.filter(isCalled(modelGroup));
  return meant.length !== 1 || meant.some(isCalled(name));
}

function groupName({ group }: Pick<RateLimit, "group">): string {
  return group.displayName ?? group.type;
}

/** The overrides of one workspace, each under the name by which a file means its group. */
function rateLimitsSection(facts: ExportFacts, { id }: LiveWorkspace, handle: string): Section {
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

/** Whether a limit is lower than it was; what a workspace does not set itself may be any. */
function isLower(before: number | null | undefined, after: number | null | undefined): boolean {
  if (before === undefined || after === undefined) return false;
  return before === null || after === null || after < before;
}
