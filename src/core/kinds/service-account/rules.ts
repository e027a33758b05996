import { type Finding, finding } from "../../model/finding.ts";
import { type RuleContext, suggestion, workspacesOf } from "../rule-context.ts";

/**
 * Whatever a workspace names must be among the service accounts, where the file declares them whole; where it declares some, another
 * may well be there that it leaves alone, and only a name that is nearly a declared one is spoken of.
 */
export function unknownServiceAccounts(facts: RuleContext): Finding[] {
  const { serviceAccounts, config } = facts;
  if (!serviceAccounts) return [];
  const whole = config.manage.service_accounts === "full";
  return workspacesOf(facts).flatMap(([handle]) => {
    const path = ["workspaces", handle, "service_accounts"];
    return facts.namesAt(path).flatMap((account) => {
      if (serviceAccounts.has(account)) return [];
      const near = serviceAccounts.suggest(account);
      if (!whole && near === undefined) return [];
      const where = { path: [...path, account], atKey: true, severity: whole ? "error" : "warning" } as const;
      return [finding("unknown-service-account", { account, ...suggestion(near) }, where)];
    });
  });
}
