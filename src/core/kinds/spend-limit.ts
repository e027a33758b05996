import { finding } from "../model/finding.ts";
import { DEFAULT_CURRENCY, toMajor, toMinor } from "../model/money.ts";
import type { SpendLimit } from "../model/org.ts";
import { target } from "../model/target.ts";
import { emptyKindPlan, type KindPlan, type PlanInput } from "./kind.ts";

/**
 * Monthly spend limits of workspaces, in the major unit people write against the minor unit the API counts in. The API is a
 * preview: without it, that is one warning.
 */
export function planSpendLimits({ config, live, matches }: PlanInput): KindPlan {
  const draft = emptyKindPlan();
  if (config.manage.spend_limits === "off") return draft;
  const { spendLimits } = live;
  if (!spendLimits.known) {
    if (spendLimits.reason === "preview-not-enabled") {
      draft.findings.push(finding("preview-not-enabled", { feature: "spend limits" }));
    }
    return draft;
  }
  const currency = spendLimits.items[0]?.currency ?? DEFAULT_CURRENCY;
  const byWorkspace = new Map(spendLimits.items.map((limit) => [limit.workspaceId, limit]));
  for (const { declared, live: workspace } of matches.matched) {
    const current = workspace && byWorkspace.get(workspace.id);
    const at = target.spendLimit(declared.handle);
    if (declared.spendLimit && !workspace?.isDefault) {
      planLimit(draft, at, toMinor(declared.spendLimit.monthly, currency), current, currency);
    } else if (current?.amountMinor !== undefined) {
      planUndeclared(draft, at, current, current.amountMinor, config.manage.spend_limits === "full");
    }
  }
  return draft;
}

function planLimit(
  draft: KindPlan,
  at: string,
  wanted: number,
  current: SpendLimit | undefined,
  currency: string,
): void {
  if (current?.amountMinor === wanted) return;
  const after = { monthly: toMajor(wanted, currency) };
  const change = { kind: "spend_limit", target: at, id: current?.id ?? null } as const;
  if (current?.amountMinor === undefined) {
    draft.changes.push({ action: "create", ...change, before: null, after, risk: "safe", reason: "declared" });
    return;
  }
  const before = { monthly: toMajor(current.amountMinor, currency) };
  const risk = wanted > current.amountMinor ? "widening" : "safe";
  draft.changes.push({ action: "update", ...change, before, after, risk, reason: "differs" });
}

function planUndeclared(draft: KindPlan, at: string, limit: SpendLimit, amountMinor: number, full: boolean): void {
  const details = { monthly: toMajor(amountMinor, limit.currency) };
  if (!full) {
    draft.unmanaged.push({ kind: "spend_limit", target: at, id: limit.id, name: "monthly", details });
    return;
  }
  draft.changes.push({
    action: "remove",
    kind: "spend_limit",
    target: at,
    id: limit.id,
    before: details,
    after: null,
    risk: "widening",
    reason: "not-declared",
  });
}
