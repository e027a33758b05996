import type { Config, FederationRule as Declared } from "../../config/config.ts";
import { isConsoleScope, type RuleMatch } from "../../model/federation.ts";
import { type Finding, finding, type Where } from "../../model/finding.ts";
import { formatLifetime } from "../../model/time.ts";
import { withFields } from "./match.ts";
import { pinsById, pinsTenant, sharedIssuer, unreviewedCode } from "./shared-issuers.ts";

/** A rule as it is judged, whether it stands in the file or is live. What is absent is not known, and nothing is said of it. */
export interface AuditedRule {
  readonly name: string;
  readonly issuerUrl?: string | undefined;
  readonly match: RuleMatch;
  readonly oauthScope: string;
  readonly everyWorkspace: boolean;
  /** Seconds. */
  readonly tokenLifetime?: number;
}

/** Where a finding is: at a field of the rule. */
export type Place = (field: string) => Where;

/** Tokens that live longer than an hour outlive whatever was wrong with them. */
const LONG = 3600;

/** What is loose about a rule. */
export function ruleFindings(rule: AuditedRule, at: Place): Finding[] {
  const { name, match, oauthScope, everyWorkspace, tokenLifetime = 0 } = rule;
  const found = sharedFindings(rule, at);
  if (everyWorkspace) found.push(finding("federation-every-workspace", { rule: name }, at("workspaces")));
  if (isConsoleScope(oauthScope))
    found.push(finding("federation-wide-scope", { rule: name, scope: oauthScope }, at("oauth_scope")));
  if (tokenLifetime > LONG) {
    const args = { rule: name, lifetime: formatLifetime(tokenLifetime) };
    found.push(finding("federation-long-lifetime", args, at("token_lifetime")));
  }
  if (match.audience === undefined) found.push(finding("federation-no-audience", { rule: name }, at("audience")));
  return found;
}

/** What is loose about it because everybody's workloads have tokens of that issuer. */
function sharedFindings(audited: AuditedRule, at: Place): Finding[] {
  const { name: rule, issuerUrl, match } = audited;
  const shared = issuerUrl === undefined ? undefined : sharedIssuer(issuerUrl);
  if (!shared) return [];
  const { name: platform, ids: claims } = shared;
  const { subject } = match;
  const found = unpinned(audited, at("claims"));
  if (found.length === 0 && !pinsById(shared, match)) {
    found.push(finding("federation-name-only", { rule, platform, claims }, at("claims")));
  }
  if (subject?.endsWith("*")) {
    found.push(finding("federation-subject-wildcard", { rule, subject, platform }, at("subject")));
  }
  const instead = unreviewedCode(shared, match);
  if (instead !== undefined) {
    const args = { rule, ...(subject !== undefined && { subject }), instead };
    found.push(finding("federation-pull-request", args, at("subject")));
  }
  return found;
}

/** An issuer as it is judged. */
export interface AuditedIssuer {
  readonly name: string;
  readonly checkJti?: boolean;
  /** Seconds. */
  readonly maxJwtLifetime?: number;
}

/** What is loose about an issuer. */
export function issuerFindings({ name: issuer, checkJti, maxJwtLifetime = 0 }: AuditedIssuer, at: Place): Finding[] {
  const found: Finding[] = [];
  if (checkJti === false) found.push(finding("federation-token-reuse", { issuer }, at("check_jti")));
  if (maxJwtLifetime > LONG) {
    const args = { issuer, lifetime: formatLifetime(maxJwtLifetime) };
    found.push(finding("federation-long-lifetime", args, at("max_jwt_lifetime")));
  }
  return found;
}

/** That a rule does not say whose workloads it means, on an issuer that many share: the API refuses to write such a one. */
export function unpinned(
  { name: rule, issuerUrl, match }: Pick<AuditedRule, "name" | "issuerUrl" | "match">,
  where: Where,
): Finding[] {
  const shared = issuerUrl === undefined ? undefined : sharedIssuer(issuerUrl);
  if (!shared || pinsTenant(shared, match)) return [];
  const args = { rule, platform: shared.name, claims: [...shared.ids, ...shared.names] };
  return [finding("federation-tenant-unpinned", args, where)];
}

/** A rule of the file as it is judged. */
export function declaredRule(config: Pick<Config, "federation">, rule: Declared): AuditedRule {
  const issuerUrl = config.federation.issuers.get(rule.issuer)?.url;
  return {
    name: rule.name,
    ...(issuerUrl !== undefined && { issuerUrl }),
    match: withFields({}, rule),
    oauthScope: rule.oauthScope,
    everyWorkspace: rule.workspaces === "all",
    ...(rule.tokenLifetime !== undefined && { tokenLifetime: rule.tokenLifetime }),
  };
}
