import type { Member } from "../config/config.ts";
import { canHold } from "../config/schema.ts";
import { type ExportEntry, type ExportValue, line } from "../document/document.ts";
import { isAddress, type LeftOut, leftOutComment } from "../document/left-out.ts";
import type { ApiCall } from "../model/call.ts";
import type { Change } from "../model/change.ts";
import { finding } from "../model/finding.ts";
import { SPEND_PERIODS, type SpendPeriod } from "../model/limit.ts";
import { currencyOf, toMajor, toMinor } from "../model/money.ts";
import { itemsOf, type OrgSnapshot, type User } from "../model/org.ts";
import type { MemberSpendLimit } from "../model/spend-limit.ts";
import { parseTarget, target } from "../model/target.ts";
import { hasPassed } from "../model/time.ts";
import { emailIdentity } from "../text/identity.ts";
import { groupBy } from "../text/text.ts";
import { leaves } from "./group-member.ts";
import { pendingInvites } from "./invite.ts";
import { collection, type ExportFacts, emptyKindPlan, type Kind, type KindPlan, type PlanInput } from "./kind.ts";
import { surplusOf } from "./spend-limit.ts";

/** What single people of Claude Enterprise may spend, beside what their seat, their groups and the organization allow. */
export const member_spend_limit: Kind<"member_spend_limit"> = {
  manage: "spend_limits",
  order: 13,
  endsAt: 6,
  writtenBy: "api",
  only: "enterprise",
  needs: ["users", "memberSpendLimits"],
  scope: ({ whole, ofPeople }) => (whole && ofPeople ? { users: true, invites: true, memberSpendLimits: true } : {}),
  lists: { memberSpendLimits: "spend_limits" },
  parts: ({ effectiveSpendLimits, spendIncreaseRequests }) => [
    ["spend_limits", effectiveSpendLimits],
    ["spend_limit_requests", spendIncreaseRequests],
  ],
  count: (live) => ofPeople(live).length,
  feed: { names: ["person"], says: /spend_limit/ },
  isPlace: false,
  plan: planLimits,
  named: (at) => {
    const { email } = parseTarget(at) ?? {};
    return email === undefined
      ? undefined
      : { is: "person", place: "spend_limit", name: email, path: ["members", email] };
  },
  confirmedBy: ({ target: at }) => at,
  reduces: ({ action, before, after }) =>
    action === "update" && SPEND_PERIODS.some((period) => isLower(before[period], after[period])),
  calls: (change, ids) => {
    const userId = change.id ?? ids.userId(parseTarget(change.target)?.email ?? "");
    if (userId === undefined) return undefined;
    const { before, after } = change;
    return SPEND_PERIODS.flatMap((period): readonly ApiCall[] => {
      const wanted = after?.[period];
      const spendLimitId = ids.memberSpendLimitId(userId, period) ?? null;
      if (typeof wanted === "number") {
        const amount = String(toMinor(wanted, ids.currency));
        return [{ name: "set-member-spend-limit", userId, period, amount, spendLimitId }];
      }
      const isCleared = (after === null ? before : after)?.[period] !== undefined;
      return isCleared && spendLimitId !== null
        ? [{ name: "delete-member-spend-limit", userId, period, spendLimitId }]
        : [];
    });
  },
  exported: [{ in: "file", field: "members", section: alone }],
};

/** The limits that single people have; the organization's other ones tell no more than the currency. */
function ofPeople({ memberSpendLimits }: OrgSnapshot): readonly (MemberSpendLimit & { readonly userId: string })[] {
  return itemsOf(memberSpendLimits).flatMap((limit) =>
    limit.userId === undefined ? [] : { ...limit, userId: limit.userId },
  );
}

/** An amount in the major unit; nobody's limit where the API says so in so many words. */
type Amount = number | "unlimited";
type Amounts = Partial<Record<SpendPeriod, Amount>>;

function amountsOf(limits: readonly MemberSpendLimit[]): Amounts {
  return Object.fromEntries(
    limits.map(({ period, amountMinor, currency }) => [
      period,
      amountMinor === undefined ? "unlimited" : toMajor(amountMinor, currency),
    ]),
  );
}

function planLimits(input: PlanInput): KindPlan {
  const planned = emptyKindPlan();
  const { config, live, matches } = input;
  if (config.manage.spend_limits === "off" || !live.memberSpendLimits.known || !live.users.known) return planned;
  const byUser = groupBy(ofPeople(live), ({ userId }) => userId);
  for (const user of live.users.items) {
    if (matches.people.user(user.email) !== user || leaves(input, user.email)) continue;
    planPerson(planned, input, user, amountsOf(byUser.get(user.id) ?? []));
  }
  for (const member of config.members.values()) {
    const { email, spendLimit } = member;
    if (matches.people.usersOf(email).length > 0) continue;
    const at = { path: ["members", email], target: target.memberSpendLimit(email) };
    planned.missing.push({ is: "person", place: "spend_limit", name: email, ...at });
    if (spendLimit) planNewcomer(planned, input, member);
  }
  return planned;
}

function planPerson(planned: KindPlan, { config, live, matches }: PlanInput, user: User, current: Amounts): void {
  const declared = matches.people.member(user.email);
  const at = target.memberSpendLimit(user.email);
  const wanted: Readonly<Partial<Record<SpendPeriod, number>>> = declared?.spendLimit ?? {};
  const currency = currencyOf(live);
  const before: Partial<Record<SpendPeriod, Amount | null>> = {};
  const after: Partial<Record<SpendPeriod, number | null>> = {};
  const loose: Amounts = {};
  for (const period of SPEND_PERIODS) {
    const [is, amount] = [current[period], wanted[period]];
    const path = ["members", declared?.email ?? user.email, "spend_limit", period];
    const surplus = amount === undefined ? undefined : surplusOf(amount, currency, { path, target: at });
    if (surplus) {
      planned.findings.push(surplus);
    } else if (amount !== undefined && amount !== is) {
      before[period] = is ?? null;
      after[period] = amount;
    } else if (amount === undefined && is !== undefined) {
      if (config.manage.spend_limits !== "full") loose[period] = is;
      else {
        before[period] = is;
        after[period] = null;
      }
    }
  }
  if (Object.keys(loose).length > 0) {
    const item = { kind: "member_spend_limit", target: at, id: user.id, name: user.email } as const;
    planned.unmanaged.push({ ...item, details: loose });
  }
  const change = changeOf(at, user.id, current, before, after);
  if (change) planned.changes.push(change);
}

function changeOf(
  at: string,
  id: string,
  current: Amounts,
  before: Partial<Record<SpendPeriod, Amount | null>>,
  after: Partial<Record<SpendPeriod, number | null>>,
): Change | undefined {
  const periods = SPEND_PERIODS.filter((period) => after[period] !== undefined);
  if (periods.length === 0) return undefined;
  const change = { kind: "member_spend_limit", target: at, id } as const;
  const sets = periods.filter((period) => after[period] !== null);
  const isAll = Object.keys(current).every((period) => after[period as SpendPeriod] === null);
  if (sets.length === 0 && isAll) {
    const taken = Object.fromEntries(Object.entries(before)) as Amounts;
    return { action: "remove", ...change, before: taken, after: null, risk: "widening", reason: "not-declared" };
  }
  if (Object.keys(current).length === 0) {
    return { action: "create", ...change, before: null, after, risk: "safe", reason: "declared" };
  }
  const widens = periods.some((period) => isHigher(before[period], after[period]));
  return { action: "update", ...change, before, after, risk: widens ? "widening" : "safe", reason: "differs" };
}

/** Cleared, what holds is what the seat, the groups and the organization allow: that may be more. */
function isHigher(before: Amount | null | undefined, after: Amount | null | undefined): boolean {
  if (after === null) return true;
  return typeof before === "number" && typeof after === "number" && after > before;
}

function isLower(before: Amount | null | undefined, after: Amount | null | undefined): boolean {
  if (typeof after !== "number") return after === null && before !== undefined;
  return before === "unlimited" || (typeof before === "number" && after < before);
}

/** Somebody who is no member yet has no account that a limit could be set on. */
function planNewcomer(planned: KindPlan, { config, live, now }: PlanInput, member: Member): void {
  const { email, role, until } = member;
  const at = target.memberSpendLimit(email);
  if (!live.invites.known || (until !== undefined && hasPassed(until, now))) return;
  const invite = pendingInvites(live.invites.items, now).get(emailIdentity(email));
  if (!invite && (config.manage.members === "off" || role === undefined)) {
    const path = ["members", email, "spend_limit"];
    planned.findings.push(finding("not-a-member", { person: email }, { path, target: at }));
    return;
  }
  const waits = { kind: "member_spend_limit", target: at, id: null, email, role: invite?.role ?? role ?? "" } as const;
  planned.pending.push({ ...waits, ...(invite?.expiresAt !== undefined && { expiresAt: invite.expiresAt }) });
}

/** What an entry of `members` says of somebody's limits: nothing where there are none, or the kind was not asked for. */
export function limitEntry(
  facts: ExportFacts,
  user: User,
): { readonly value?: ExportValue; readonly leftOut?: LeftOut } {
  const { live } = facts;
  const own = facts.has("spend_limits") ? ofPeople(live).filter(({ userId }) => userId === user.id) : [];
  if (own.length === 0) return {};
  const amounts = amountsOf(own);
  const what = `the spend limit of ${user.email}`;
  if (!canHold.memberSpendLimit(amounts)) {
    return { leftOut: { reason: "unwritable-value", what, target: target.memberSpendLimit(user.email) } };
  }
  const fields = SPEND_PERIODS.flatMap((period) => {
    const amount = amounts[period];
    return typeof amount === "number" ? [[period, { kind: "amount", amount }] as const] : [];
  });
  return { value: line(Object.fromEntries(fields)) };
}

/** The people who have limits, where people are not exported otherwise. */
function alone(facts: ExportFacts) {
  if (facts.has("members")) return { entries: [], below: [], leftOut: [] };
  const entries: ExportEntry[] = [];
  const leftOut: LeftOut[] = [];
  for (const user of facts.people.users.values()) {
    const { value, leftOut: without } = limitEntry(facts, user);
    if (without) leftOut.push(without);
    if (value === undefined) continue;
    const at = target.memberSpendLimit(user.email);
    if (facts.people.user(user.email) !== user) leftOut.push({ reason: "person-twice", what: user.email, target: at });
    else if (!isAddress(user.email)) leftOut.push({ reason: "unwritable-name", what: user.email, target: at });
    else entries.push({ key: user.email, value: line({ spend_limit: value }) });
  }
  entries.sort((one, other) => (one.key < other.key ? -1 : 1));
  return collection("members", { entries, below: leftOut.map(leftOutComment), leftOut }, true);
}
