import type { Fields } from "../model/change.ts";
import { type IssuerKeys, scopeWords } from "../model/federation.ts";
import { parseLifetime } from "../model/time.ts";
import type { FederationRule, Issuer } from "./config.ts";
import type { WrittenFederation, WrittenIssuer, WrittenRule } from "./federation-schema.ts";

/** What the section means. */
export function federationOf(written: WrittenFederation): {
  readonly issuers: ReadonlyMap<string, Issuer>;
  readonly rules: ReadonlyMap<string, FederationRule>;
} {
  const issuers = Object.entries(written.issuers ?? {}).map(([name, entry]) => [name, issuerOf(name, entry)] as const);
  const rules = Object.entries(written.rules ?? {}).map(([name, entry]) => [name, ruleOf(name, entry)] as const);
  return Object.freeze({ issuers: new Map(issuers), rules: new Map(rules) });
}

function issuerOf(name: string, { url, jwks: keys, check_jti, max_jwt_lifetime }: WrittenIssuer): Issuer {
  const longest = max_jwt_lifetime === undefined ? undefined : parseLifetime(max_jwt_lifetime);
  return Object.freeze({
    name,
    url,
    ...(keys !== undefined && { jwks: keysOf(keys) }),
    ...(check_jti !== undefined && { checkJti: check_jti }),
    ...(longest !== undefined && { maxJwtLifetime: longest }),
  });
}

/** Where keys come from, in the file or in a change. */
interface KeySource {
  readonly url?: string | undefined;
  readonly keys?: readonly Fields[] | undefined;
  readonly discovery_base?: string | undefined;
  readonly ca_cert_pem?: string | undefined;
}

/** Where keys come from, from how the file says it. */
export function keysOf(written: "discovery" | KeySource): IssuerKeys {
  if (written === "discovery") return { type: "discovery" };
  const { url, keys, discovery_base, ca_cert_pem } = written;
  const certificate = ca_cert_pem === undefined ? {} : { ca_cert_pem };
  if (keys) return { type: "inline", keys };
  if (url !== undefined) return { type: "explicit_url", url, ...certificate };
  return { type: "discovery", ...(discovery_base !== undefined && { discovery_base }), ...certificate };
}

/** How the file says where keys come from. */
export function writtenKeys(keys: IssuerKeys) {
  if (keys.type === "inline") return { keys: keys.keys };
  const { type, ...rest } = keys;
  return type === "discovery" && Object.keys(rest).length === 0 ? ("discovery" as const) : rest;
}

function ruleOf(name: string, written: WrittenRule): FederationRule {
  const { issuer: from, service_account, oauth_scope, workspaces, token_lifetime, ...rest } = written;
  const { subject, claims, condition, audience, description } = rest;
  const lasts = token_lifetime === undefined ? undefined : parseLifetime(token_lifetime);
  return Object.freeze({
    name,
    issuer: from,
    serviceAccount: service_account,
    oauthScope: scopeWords(oauth_scope).join(" "),
    workspaces: workspaces === "all" ? workspaces : Object.freeze([...new Set(workspaces)]),
    ...(subject !== undefined && { subject }),
    // None asked is none, in whichever way it is written.
    ...(claims !== undefined && { claims: claims && Object.keys(claims).length > 0 ? claims : null }),
    ...(condition !== undefined && { condition }),
    ...(audience !== undefined && { audience }),
    ...(lasts !== undefined && { tokenLifetime: lasts }),
    ...(description !== undefined && { description }),
  });
}
