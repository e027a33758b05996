import type { Change, Unmanaged } from "../model/change.ts";
import type { OrgSnapshot, ServiceAccount } from "../model/org.ts";
import type { Plan } from "../model/plan.ts";

type Named = Pick<Plan, "changes" | "unmanaged">;

/**
 * Whether a plan speaks of a key that acts as a service account whose name nobody has asked for, because the file manages no accounts:
 * a person knows it by that.
 */
export function lacksAccountNames({ changes, unmanaged }: Named, { serviceAccounts }: OrgSnapshot): boolean {
  if (serviceAccounts.known || serviceAccounts.reason !== "not-read") return false;
  return (
    changes.some((change) => accountOf(change) !== undefined) ||
    unmanaged.some(({ kind, details }) => kind === "key" && details.service_account !== undefined)
  );
}

/** The plan with these names, and ids where they lack one. What is compared and planned stays as it was read. */
export function withAccountNames<Made extends Named>(plan: Made, accounts: readonly ServiceAccount[]): Made {
  const names = new Map(accounts.map(({ id, name }) => [id, name]));
  const changes = plan.changes.map((change): Change => {
    const name = names.get(accountOf(change) ?? "");
    if (name === undefined || change.kind !== "key" || change.action !== "manual") return change;
    return { ...change, after: { ...change.after, service_account_name: name } };
  });
  const unmanaged = plan.unmanaged.map((item): Unmanaged => {
    const name = item.kind === "key" ? names.get(item.details.service_account ?? "") : undefined;
    if (name === undefined || item.kind !== "key") return item;
    return { ...item, details: { ...item.details, service_account: name } };
  });
  return { ...plan, changes, unmanaged };
}

/** The changes without them, and without the addresses of people: whether a name could be read says nothing of what is to be done. */
export function withoutAccountNames(changes: readonly Change[]): readonly Change[] {
  return changes.map((change): Change => {
    if (change.kind !== "key" || change.action !== "manual" || !change.after) return change;
    const { service_account_name: _, user_email: __, ...after } = change.after;
    return { ...change, after };
  });
}

/** The id of the account that a key which is to be created has to act as. */
function accountOf(change: Change): string | undefined {
  return change.kind === "key" && change.action === "manual" ? change.after?.service_account : undefined;
}
