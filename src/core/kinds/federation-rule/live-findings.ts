import type { FederationRule as Declared } from "../../config/config.ts";
import type { FederationIssuer, FederationRule } from "../../model/federation.ts";
import { type Finding, finding } from "../../model/finding.ts";
import type { LiveWorkspace, ServiceAccount } from "../../model/org.ts";
import { target } from "../../model/target.ts";
import type { PlanInput } from "../kind.ts";
import { declaredRule, ruleFindings } from "./audit.ts";
import { withFields } from "./match.ts";

/** What the planner of rules looks things up in, each by its id. */
export interface RuleFacts extends PlanInput {
  readonly issuers: ReadonlyMap<string, FederationIssuer>;
  readonly accounts: ReadonlyMap<string, ServiceAccount>;
  /** Absent where the workspaces are not known. */
  readonly workspaces?: ReadonlyMap<string, LiveWorkspace>;
}

/** What is loose about a live rule, or keeps it from working, as far as the file does not say it itself: of that, `validate` speaks. */
export function liveFindings(
  facts: RuleFacts,
  rule: FederationRule,
  declared: Declared | undefined,
): readonly Finding[] {
  const said = new Set(declared ? ruleFindings(declaredRule(facts.config, declared), () => ({})).map(codeOf) : []);
  const at = { target: target.federationRule(rule.name) };
  const { match, oauthScope, workspaces, tokenLifetime } = rule;
  const issuerUrl = facts.issuers.get(rule.issuerId)?.url;
  const loose = ruleFindings(
    {
      name: rule.name,
      issuerUrl,
      match: declared ? withFields(match, declared) : match,
      oauthScope: declared?.oauthScope ?? oauthScope,
      everyWorkspace: (declared?.workspaces ?? workspaces) === "all",
      tokenLifetime: declared?.tokenLifetime ?? tokenLifetime,
    },
    () => at,
  );
  return [...loose.filter((found) => !said.has(codeOf(found))), ...targetFindings(facts, rule, declared)];
}

function codeOf({ code }: Finding): string {
  return code;
}

/** As whom a rule lets in: an admin, nobody any more, or somebody who has no role where it leads. */
function targetFindings(facts: RuleFacts, rule: FederationRule, declared: Declared | undefined): readonly Finding[] {
  // Of one that is to be another account, the plan speaks.
  if (rule.target.type === "unknown") return [];
  const account = facts.accounts.get(rule.target.id);
  const at = { target: target.federationRule(rule.name) };
  if (declared && account?.name !== declared.serviceAccount) return [];
  if (!account) return [finding("federation-target-unusable", { rule: rule.name, account: rule.target.id }, at)];
  const { name } = account;
  const isSaid = declared && facts.config.serviceAccounts.get(name)?.role === "admin";
  const admin =
    account.role === "admin" && !isSaid
      ? [finding("federation-admin-target", { rule: rule.name, account: name }, at)]
      : [];
  const places = rule.workspaces === "all" ? [] : rule.workspaces;
  return [
    ...admin,
    ...places.flatMap((id) => {
      const members = facts.live.workspaceServiceAccounts.get(id);
      const handle = facts.matches.handles.get(id);
      const workspace = handle === undefined ? undefined : facts.config.workspaces.get(handle);
      if (!members?.known || facts.workspaces?.get(id)?.isDefault) return [];
      const isIn = members.items.some(({ serviceAccountId }) => serviceAccountId === account.id);
      if (isIn || workspace?.serviceAccounts?.has(name)) return [];
      return [finding("federation-target-unusable", { rule: rule.name, account: name, workspace: handle ?? id }, at)];
    }),
  ];
}
