import { canHold } from "../config/schema.ts";
import { type ExportValue, line } from "../document/document.ts";
import { type LeftOut, leftOutComment } from "../document/left-out.ts";
import { type ConfigPath, type Finding, finding } from "../model/finding.ts";
import { currencyOf, surplusDecimals, toMajor, toMinor } from "../model/money.ts";
import { itemsOf, type LiveWorkspace } from "../model/org.ts";
import type { SpendLimit } from "../model/spend-limit.ts";
import { parseTarget, target } from "../model/target.ts";
import {
  type ExportFacts,
  emptyKindPlan,
  type Kind,
  type KindPlan,
  type PlanInput,
  type Section,
  sizeOf,
  workspaceScope,
} from "./kind.ts";

/** Monthly spend limits of workspaces. The API is a preview: without it, that is one warning. */
export const spend_limit: Kind<"spend_limit"> = {
  manage: "spend_limits",
  order: 5,
  endsAt: 6,
  writtenBy: "preview",
  needs: ["workspaces", "spendLimits"],
  scope: (request) => ({ ...workspaceScope(request), spendLimits: true }),
  lists: { spendLimits: "spend_limits" },
  // The usage tier's is nobody's to take away.
  count: ({ spendLimits }) =>
    spendLimits.known
      ? spendLimits.items.filter(({ workspaceId }) => workspaceId !== undefined).length
      : sizeOf(spendLimits),
  feed: { names: ["workspace"], says: /spend_limit/ },
  isPlace: false,
  plan: planSpendLimits,
  confirmedBy: ({ target: at }) => at,
  reduces: ({ action, before, after }) => action === "update" && after.monthly < before.monthly,
  calls: (change, ids) => {
    if (change.action === "remove") {
      return change.id === null ? undefined : [{ name: "delete-spend-limit", spendLimitId: change.id }];
    }
    const workspace = parseTarget(change.target)?.workspace;
    const workspaceId = workspace && ids.workspaceId(workspace);
    if (workspaceId === undefined) return undefined;
    return [{ name: "set-spend-limit", workspaceId, amount: String(toMinor(change.after.monthly, ids.currency)) }];
  },
  exported: [{ in: "workspace", field: "spend_limit", section: spendLimitSection }],
};

/** In the major unit people write, against the minor unit the API counts in. */
/** What is wrong with an amount that has more decimals than the currency, and so cannot be sent as it is; undefined where it can. */
export function surplusOf(
  amount: number,
  currency: string,
  where: { readonly path: ConfigPath; readonly target: string },
): Finding | undefined {
  const surplus = surplusDecimals(amount, currency);
  if (!surplus) return undefined;
  const expected = `an amount with at most ${surplus.most} decimals: the organization is billed in ${currency}`;
  return finding("invalid-format", { value: String(amount), expected }, where);
}

function planSpendLimits({ config, live, matches }: PlanInput): KindPlan {
  const planned = emptyKindPlan();
  if (config.manage.spend_limits === "off") return planned;
  const { spendLimits } = live;
  if (!spendLimits.known) {
    if (spendLimits.reason === "preview-not-enabled") {
      planned.findings.push(finding("preview-not-enabled", { feature: "spend limits" }));
    }
    return planned;
  }
  const currency = currencyOf(live);
  const byWorkspace = new Map(spendLimits.items.map((limit) => [limit.workspaceId, limit]));
  for (const { declared, live: workspace } of matches.matched) {
    const current = workspace && byWorkspace.get(workspace.id);
    const at = target.spendLimit(declared.handle);
    const path = ["workspaces", declared.handle, "spend_limit", "monthly"];
    const surplus = declared.spendLimit && surplusOf(declared.spendLimit.monthly, currency, { path, target: at });
    if (surplus) {
      planned.findings.push(surplus);
    } else if (declared.spendLimit && !workspace?.isDefault) {
      planLimit(planned, at, toMinor(declared.spendLimit.monthly, currency), current, currency);
    } else if (current?.amountMinor !== undefined) {
      planUndeclared(planned, at, current, current.amountMinor, config.manage.spend_limits === "full");
    }
  }
  return planned;
}

function planLimit(
  planned: KindPlan,
  at: string,
  wanted: number,
  current: SpendLimit | undefined,
  currency: string,
): void {
  if (current?.amountMinor === wanted) return;
  const after = { monthly: toMajor(wanted, currency) };
  const change = { kind: "spend_limit", target: at, id: current?.id ?? null } as const;
  if (current?.amountMinor === undefined) {
    planned.changes.push({ action: "create", ...change, before: null, after, risk: "safe", reason: "declared" });
    return;
  }
  const before = { monthly: toMajor(current.amountMinor, currency) };
  const risk = wanted > current.amountMinor ? "widening" : "safe";
  planned.changes.push({ action: "update", ...change, before, after, risk, reason: "differs" });
}

function planUndeclared(planned: KindPlan, at: string, limit: SpendLimit, amountMinor: number, full: boolean): void {
  const details = { monthly: toMajor(amountMinor, limit.currency) };
  if (!full) {
    planned.unmanaged.push({ kind: "spend_limit", target: at, id: limit.id, name: "monthly", details });
    return;
  }
  planned.changes.push({
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

/** The monthly spend limit of one workspace, in the currency's major unit. */
function spendLimitSection({ live }: ExportFacts, { id, isDefault }: LiveWorkspace, handle: string): Section {
  const limits = itemsOf(live.spendLimits);
  const found = limits.find(({ workspaceId }) => workspaceId === id);
  if (found?.amountMinor === undefined) return { entries: [], below: [], leftOut: [] };
  const amount = toMajor(found.amountMinor, found.currency);
  const at = target.spendLimit(handle);
  const what = `a spend limit of ${amount} ${found.currency}`;
  const reason = isDefault ? "default-workspace" : canHold.monthly(amount) ? undefined : "unwritable-value";
  if (reason === undefined) {
    const monthly: ExportValue = { kind: "amount", amount };
    const comment = found.currency === "USD" ? {} : { comment: found.currency };
    return { entries: [{ key: "spend_limit", value: line({ monthly }), ...comment }], below: [], leftOut: [] };
  }
  const item: LeftOut = { reason, what, target: at };
  return { entries: [], below: [leftOutComment(item)], leftOut: [item] };
}
