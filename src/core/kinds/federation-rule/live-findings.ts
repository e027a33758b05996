import type { FederationRule as Declared } from "../../config/config.ts";
import type { FederationIssuer, FederationRule } from "../../model/federation.ts";
import { type Finding, finding, type Where } from "../../model/finding.ts";
import type { LiveWorkspace, ServiceAccount } from "../../model/org.ts";
import { target } from "../../model/target.ts";
import type { PlanInput } from "../kind.ts";
import { declaredRule, ruleFindings } from "./audit.ts";
import { withFields } from "./match.ts";

/** What the planner of rules looks things up in, each by its id. */
export interface RuleFacts extends PlanInput {
  readonly issuers: ReadonlyMap<string, FederationIssuer>;
  readonly accounts: ReadonlyMap<string, ServiceAccount>;
  /** The same by their names, which no two bear. */
  readonly accountsByName: ReadonlyMap<string, ServiceAccount>;
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
  // Where a declared one leads, the file says.
  if (declared) return admin;
  const places = rule.workspaces === "all" ? [] : rule.workspaces;
  const known = places.map((id) => ({ id, handle: facts.matches.handles.get(id) }));
  return [...admin, ...withoutRole(facts, rule.name, name, known, at)];
}

/** Where a rule of the file leads its account without a role: it has none there, and is given none. Under `full` the file alone tells. */
export function declaredWithoutRole(
  facts: RuleFacts,
  { name, serviceAccount, workspaces }: Declared,
): readonly Finding[] {
  const { config, matches } = facts;
  if (workspaces === "all" || config.manage.service_accounts === "full") return [];
  const matched = matches.matched.filter(({ declared }) => workspaces.includes(declared.handle));
  const places = matched.map(({ declared: { handle }, live }) => ({ handle, id: live?.id }));
  const path = ["federation", "rules", name, "workspaces"];
  return withoutRole(facts, name, serviceAccount, places, { path, target: target.federationRule(name) });
}

/** A workspace: its id, unless it is to be made, and its handle, where it is declared. */
interface RulePlace {
  readonly id: string | undefined;
  readonly handle: string | undefined;
}

/** The places of a rule where its account has no role, and is given none by the file. Of what was not read nothing is said. */
function withoutRole(
  { config, live, accountsByName, workspaces }: RuleFacts,
  rule: string,
  account: string,
  places: readonly RulePlace[],
  at: Where,
): readonly Finding[] {
  const accountId = accountsByName.get(account)?.id;
  return places.flatMap(({ id, handle }) => {
    const isGiven = handle !== undefined && config.workspaces.get(handle)?.serviceAccounts?.has(account);
    const members = id === undefined ? { known: true as const, items: [] } : live.workspaceServiceAccounts.get(id);
    if (isGiven || !members?.known || workspaces?.get(id ?? "")?.isDefault) return [];
    if (members.items.some(({ serviceAccountId }) => serviceAccountId === accountId)) return [];
    return [finding("federation-target-unusable", { rule, account, workspace: handle ?? id ?? "" }, at)];
  });
}
