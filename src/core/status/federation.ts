import { ruleFindings } from "../kinds/federation-rule/audit.ts";
import type { FederationIssuer, FederationRule } from "../model/federation.ts";
import type { FindingCode } from "../model/finding.ts";
import { itemsOf, type ReadResult } from "../model/org.ts";
import { compareText } from "../text/text.ts";
import type { StatusIndex, WorkspaceRef } from "./index-live.ts";

/** One issuer of workloads' tokens. */
export interface IssuerStatus extends FederationIssuer {
  /** Whether rbac.yaml has it. */
  readonly declared: boolean;
}

/** One rule: whose tokens become which account's access, and where. */
export interface RuleStatus {
  readonly rule: FederationRule;
  /** Absent: not known. */
  readonly issuer?: string;
  /** Absent: the target is of a type that is not known. */
  readonly account?: RuleAccount;
  readonly workspaces: "all" | readonly WorkspaceRef[];
  /** Whether rbac.yaml has it. */
  readonly declared: boolean;
  /** The warnings that drift gives of it, as it is live. */
  readonly loose: readonly FindingCode[];
}

/** As whom a rule lets in. */
export interface RuleAccount {
  readonly id: string;
  readonly name?: string;
  /** Whether it is archived, so that the rule lets nobody in; absent where that cannot be known. */
  readonly archived?: boolean;
}

/** The issuers, by name. */
export function issuerStatuses({ live, config }: StatusIndex): ReadResult<IssuerStatus> {
  const { federationIssuers: issuers } = live;
  if (!issuers.known) return issuers;
  const declared = config?.federation.issuers;
  const items = issuers.items.map((issuer) => ({ ...issuer, declared: declared?.has(issuer.name) ?? false }));
  return { ...issuers, items: items.toSorted((one, other) => compareText(one.name, other.name)) };
}

/** The rules, by name. */
export function ruleStatuses({ live, config, workspace }: StatusIndex): ReadResult<RuleStatus> {
  const { federationRules: rules, serviceAccounts } = live;
  if (!rules.known) return rules;
  const issuers = new Map(itemsOf(live.federationIssuers).map((issuer) => [issuer.id, issuer]));
  const accounts = new Map(itemsOf(serviceAccounts).map(({ id, name }) => [id, name]));
  const accountOf = (id: string): RuleAccount => {
    const name = accounts.get(id);
    return { id, ...(name !== undefined && { name }), ...(serviceAccounts.known && { archived: name === undefined }) };
  };
  const items = rules.items.map((rule): RuleStatus => {
    const issuer = issuers.get(rule.issuerId);
    return {
      rule,
      ...(issuer && { issuer: issuer.name }),
      ...(rule.target.type !== "unknown" && { account: accountOf(rule.target.id) }),
      workspaces: rule.workspaces === "all" ? "all" : rule.workspaces.map(workspace),
      declared: config?.federation.rules.has(rule.name) ?? false,
      loose: ruleFindings(
        { ...rule, issuerUrl: issuer?.url, everyWorkspace: rule.workspaces === "all" },
        () => ({}),
      ).flatMap(({ code, severity }) => (severity === "warning" ? code : [])),
    };
  });
  return { ...rules, items: items.toSorted((one, other) => compareText(one.rule.name, other.rule.name)) };
}
