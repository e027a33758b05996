import type { FederationIssuer, FederationRule } from "@anthropic-ai/sdk/resources/organization/federation";
import * as z from "zod/mini";
import { badRequest, failure } from "../http/errors.ts";
import { read, text } from "../http/schema.ts";
import { type Call, type Route, readBody } from "../state/call.ts";
import { parseCondition } from "../state/cel.ts";
import type { Proof } from "../state/identity-token.ts";
import { memberId, type SandboxState } from "../state/state.ts";
import { getRow, putRow } from "../state/table.ts";

/** Where a workload's own token becomes access. Source: the SDK's lib/credentials/oidc-federation.ts, and the guide to the exchange. */
export const EXCHANGE_PATH = "/v1/oauth/token";

const GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer";
/** What a token has to be for where the rule asks for no audience. */
const ANTHROPIC = "https://api.anthropic.com";

export const tokenExchangeRoutes: readonly Route[] = [
  { method: "POST", path: EXCHANGE_PATH, access: "public", query: [], handle: exchange },
];

const body = z.strictObject({
  grant_type: z.literal(GRANT),
  assertion: text(1, 16 * 1024),
  federation_rule_id: text(1),
  organization_id: text(1),
  service_account_id: z.exactOptional(text(1)),
  workspace_id: z.exactOptional(text(1)),
});

/** The token that a request brings, and whose it has to be; undefined where the request is none that can be looked at. */
export function broughtToken(
  state: SandboxState,
  wanted: unknown,
): { readonly token: string; readonly issuer: FederationIssuer } | undefined {
  try {
    const { assertion: token, federation_rule_id: id } = read(body, wanted);
    const issuer = getRow(state.federationIssuers, getRow(state.federationRules, id)?.issuer_id ?? "");
    return issuer && { token, issuer };
  } catch {
    return undefined;
  }
}

/** What the exchange gives. */
interface Minted {
  readonly access_token: string;
  readonly token_type: "Bearer";
  readonly expires_in: number;
  readonly scope: string;
}

function refuse(why: string): never {
  throw failure(401, `Token exchange refused: ${why}`);
}

function exchange(call: Call): Minted {
  const { state, now, proof } = call;
  const wanted = readBody(call, body);
  if (wanted.organization_id !== state.organization.id) refuse("the organization is another one");
  const rule = getRow(state.federationRules, wanted.federation_rule_id);
  if (rule === undefined || rule.archived_at !== null) refuse("there is no such rule, or it is archived");
  const issuer = getRow(state.federationIssuers, rule.issuer_id);
  if (issuer === undefined || issuer.archived_at !== null) refuse("the issuer of the rule is archived");
  const claims = checkToken(proof, issuer, now);
  checkMatch(rule, claims);
  const account = getRow(state.serviceAccounts, rule.target.service_account_id);
  if (account === undefined || account.archived_at !== null) refuse("the service account of the rule is archived");
  if (wanted.service_account_id !== undefined && wanted.service_account_id !== account.id)
    refuse("the rule is for another service account");
  const workspaceId = workspaceOf(state, rule, wanted.workspace_id);
  const isMember = getRow(state.accountMembers, memberId(workspaceId, account.id)) !== undefined;
  if (!isMember && workspaceId !== state.defaultWorkspaceId) refuse("the service account has no role in the workspace");
  useOnce(state, issuer, claims);
  const left = Math.floor(Number(claims.exp) - now / 1000);
  const lifetime = Math.max(60, Math.min(rule.token_lifetime_seconds, 2 * left));
  const count = (state.counters.get("access_token") ?? 0) + 1;
  state.counters.set("access_token", count);
  const secret = `sk-ant-oat01-sandbox-${rule.name}-${String(count).padStart(5, "0")}`;
  const expires = now + lifetime * 1000;
  putRow(state.accessTokens, { secret, accountId: account.id, workspaceId, scope: rule.oauth_scope, expires });
  return { access_token: secret, token_type: "Bearer", expires_in: lifetime, scope: rule.oauth_scope };
}

/** The claims of a token that its issuer signed, and that lives no longer than is taken. */
function checkToken(proof: Proof | undefined, issuer: FederationIssuer, now: number) {
  if (proof === undefined) throw badRequest("assertion: not a token");
  if ("fault" in proof) return refuse(proof.fault);
  const { iat, exp } = proof.claims;
  if (typeof iat !== "number" || typeof exp !== "number") return refuse("the token has no iat, or no exp");
  if (exp - iat > issuer.max_jwt_lifetime_seconds) refuse("the token lives longer than the issuer's tokens may");
  if (iat * 1000 > now + 60_000) refuse("the token is from the future");
  return proof.claims;
}

/** All that a rule asks must hold. */
function checkMatch({ match }: FederationRule, claims: Readonly<Record<string, unknown>>): void {
  const { subject_prefix: subject, claims: asked, condition, audience } = match;
  const audiences = Array.isArray(claims.aud) ? claims.aud : [claims.aud];
  if (!audiences.includes(audience || ANTHROPIC)) refuse("the audience of the token is another one");
  const sub = String(claims.sub ?? "");
  const isSubject = !subject || (subject.endsWith("*") ? sub.startsWith(subject.slice(0, -1)) : sub === subject);
  if (!isSubject) refuse("the subject of the token does not match");
  const differs = Object.entries(asked ?? {}).find(([claim, value]) => claims[claim] !== value);
  if (differs) refuse(`the claim ${differs[0]} of the token does not match`);
  if (condition && !parseCondition(condition)(claims)) refuse("the condition does not hold");
}

function workspaceOf(state: SandboxState, rule: FederationRule, asked: string | undefined): string {
  const { applies_to_all_workspaces: all, workspace_ids: ids } = rule;
  const isIn = (id: string): boolean => all || ids.includes(id);
  const wanted = asked === "default" ? state.defaultWorkspaceId : asked;
  const sole = !all && ids.length === 1 ? ids[0] : undefined;
  const chosen = wanted ?? sole ?? (isIn(state.defaultWorkspaceId) ? state.defaultWorkspaceId : undefined);
  if (chosen === undefined) return refuse("the rule is good in several workspaces: name one");
  if (!isIn(chosen) || getRow(state.workspaces, chosen)?.archived_at !== null)
    refuse("the rule is not good in the workspace");
  return chosen;
}

/** A token with an id is taken once, where the issuer says so. */
function useOnce(state: SandboxState, issuer: FederationIssuer, { jti }: Readonly<Record<string, unknown>>): void {
  if (!issuer.check_jti || typeof jti !== "string") return;
  const used = `${issuer.id} ${jti}`;
  if (state.usedTokens.has(used)) refuse("the token was exchanged before");
  state.usedTokens.add(used);
}
