import { target } from "../../core/model/target.ts";
import { isoTime } from "../../core/model/time.ts";
import type { IssuerStatus, RuleStatus } from "../../core/status/federation.ts";
import { refJson } from "./workspace-ref-json.ts";

/** An issuer in our JSON. */
export function issuerJson({
  id,
  name,
  url,
  jwks,
  checkJti,
  maxJwtLifetime,
  pollingStoppedAt,
  declared,
}: IssuerStatus) {
  return {
    id,
    name,
    target: target.federationIssuer(name),
    url,
    jwks: jwks.type === "unknown" ? jwks.word : jwks.type,
    check_jti: checkJti,
    max_jwt_lifetime_seconds: maxJwtLifetime,
    polling_stopped_at: pollingStoppedAt === undefined ? null : isoTime(pollingStoppedAt),
    declared,
  };
}

/** A rule in our JSON. */
export function ruleJson({ rule, issuer, account, workspaces, declared }: RuleStatus) {
  const { subject = null, claims = {}, audience = null, condition = null, others = [] } = rule.match;
  return {
    id: rule.id,
    name: rule.name,
    target: target.federationRule(rule.name),
    issuer: { id: rule.issuerId, name: issuer ?? null },
    service_account: account
      ? { id: account.id, name: account.name ?? null, archived: account.archived ?? null }
      : null,
    oauth_scope: rule.oauthScope,
    token_lifetime_seconds: rule.tokenLifetime,
    every_workspace: workspaces === "all",
    workspaces: workspaces === "all" ? [] : workspaces.map(refJson),
    match: { subject, claims, audience, condition, others },
    declared,
  };
}
