import { groupCalled, groupsByName } from "../kinds/group.ts";
import type { CallIds } from "../kinds/kind.ts";
import type { Matches } from "../match/matches.ts";
import { currencyOf } from "../model/money.ts";
import { itemsOf, type OrgSnapshot } from "../model/org.ts";
import { target } from "../model/target.ts";

interface IdSource {
  readonly live: OrgSnapshot;
  readonly matches: Pick<Matches, "handles" | "people">;
}

/** Ids by the words that targets use; those of objects that are created on the way are added. */
export function idTable({ live, matches }: IdSource) {
  const workspaces = new Map([...matches.handles].map(([id, handle]) => [handle, id]));
  const accounts = new Map(itemsOf(live.serviceAccounts).map(({ name, id }) => [name, id]));
  const groups = groupsByName({ live });
  const invites = new Map(itemsOf(live.invites).map(({ id, groupIds }) => [id, groupIds]));
  const issuers = new Map(itemsOf(live.federationIssuers).map((issuer) => [issuer.id, issuer]));
  const issuerIds = new Map([...issuers.values()].map(({ name, id }) => [name, id]));
  const rules = new Map(itemsOf(live.federationRules).map((rule) => [rule.id, rule]));
  const limits = new Map(itemsOf(live.memberSpendLimits).map(({ id, userId, period }) => [`${userId} ${period}`, id]));
  const made = new Map<string, string>();
  const known = new Set(itemsOf(live.workspaces).map(({ id }) => id));
  const facts: CallIds = {
    workspaceId: (workspace) =>
      made.get(target.workspace(workspace)) ??
      workspaces.get(workspace) ??
      (known.has(workspace) ? workspace : undefined),
    serviceAccountId: (name) => made.get(target.serviceAccount(name)) ?? accounts.get(name),
    groupId: (name) => made.get(target.group(name)) ?? groupCalled(groups, name)?.id,
    groupsOfInvite: (id) => invites.get(id) ?? [],
    federationIssuerId: (name) => made.get(target.federationIssuer(name)) ?? issuerIds.get(name),
    federationRule: (id) => {
      const rule = rules.get(id);
      const issuerUrl = rule && issuers.get(rule.issuerId)?.url;
      return rule && { rule, ...(issuerUrl !== undefined && { issuerUrl }) };
    },
    userId: (email) => matches.people.user(email)?.id,
    memberSpendLimitId: (userId, period) => limits.get(`${userId} ${period}`),
    currency: currencyOf(live),
  };
  return { facts, created: (at: string, id: string) => made.set(at, id) };
}
