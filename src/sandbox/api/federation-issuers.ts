import type { FederationIssuer } from "@anthropic-ai/sdk/resources/organization/federation";
import * as z from "zod/mini";
import { badRequest, failure, notFound } from "../http/errors.ts";
import { integer, text } from "../http/schema.ts";
import { type Call, idAt, type Route, readBody } from "../state/call.ts";
import { iso } from "../state/clock.ts";
import { nextId } from "../state/state.ts";
import { getRow, putRow, rowsBy } from "../state/table.ts";
import { MACHINE_QUERY, MACHINE_ROUTE, machinePage, refuseTaken, slug } from "./machine-list.ts";
import { API_SCOPES, namesTenant } from "./tenants.ts";

const path = "/v1/organizations/federation_issuers";
const one = `${path}/{federation_issuer_id}`;

/** `/v1/organizations/federation_issuers`. Source: admin-api-1.14.md 3.2. */
export const federationIssuerRoutes: readonly Route[] = [
  {
    ...MACHINE_ROUTE,
    method: "GET",
    path,
    query: [...MACHINE_QUERY],
    handle: (call) => machinePage(call, call.state.federationIssuers),
  },
  { ...MACHINE_ROUTE, method: "POST", path, handle: createIssuer },
  { ...MACHINE_ROUTE, method: "GET", path: one, handle: (call) => issuerOf(call, idAt(call, 0)) },
  { ...MACHINE_ROUTE, method: "POST", path: one, handle: updateIssuer },
  { ...MACHINE_ROUTE, method: "POST", path: `${one}/archive`, handle: archiveIssuer },
];

const certificate = z.exactOptional(z.nullable(text(1)));
const jwks = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("discovery"),
    discovery_base: z.exactOptional(z.nullable(text(1))),
    ca_cert_pem: certificate,
  }),
  z.strictObject({ type: z.literal("explicit_url"), url: text(1), ca_cert_pem: certificate }),
  z.strictObject({ type: z.literal("inline"), keys: z.array(z.record(z.string(), z.unknown())).check(z.minLength(1)) }),
]);
const lifetime = integer(1, 176_400);

/** The issuer with an id, archived or not; 404 where there is none. */
function issuerOf({ state }: Call, id: string): FederationIssuer {
  const issuer = getRow(state.federationIssuers, id);
  if (issuer === undefined) throw notFound("Federation issuer", id);
  return issuer;
}

/** What Anthropic fetches is https on port 443, under a public name. */
function refusePrivate(url: string, keys: FederationIssuer["jwks"]): void {
  const fetched =
    keys.type === "explicit_url" ? keys.url : keys.type === "discovery" ? (keys.discovery_base ?? url) : undefined;
  if (fetched !== undefined && !/^https:\/\/[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::443)?(?:\/|$)/i.test(fetched)) {
    throw badRequest(`jwks: ${fetched} must be an https URL on port 443 with a public host name`);
  }
}

function createIssuer(call: Call): FederationIssuer {
  const { state, now } = call;
  const wanted = readBody(
    call,
    z.strictObject({
      name: slug,
      issuer_url: text(1, 2000),
      jwks: z.exactOptional(jwks),
      check_jti: z.exactOptional(z.nullable(z.boolean())),
      max_jwt_lifetime_seconds: z.exactOptional(z.nullable(lifetime)),
    }),
  );
  const keys = wanted.jwks ?? { type: "discovery" as const };
  refusePrivate(wanted.issuer_url, keys);
  refuseTaken(state.federationIssuers, "federation issuer", { name: wanted.name });
  const at = iso(now);
  const issuer: FederationIssuer = {
    id: nextId(state, "fdis"),
    archived_at: null,
    archived_by_actor_id: null,
    check_jti: wanted.check_jti ?? true,
    created_at: at,
    created_by_actor_id: null,
    issuer_url: wanted.issuer_url,
    jwks: keys,
    jwks_polling_disabled_at: null,
    max_jwt_lifetime_seconds: wanted.max_jwt_lifetime_seconds ?? 3600,
    name: wanted.name,
    poll_status: null,
    type: "federation_issuer",
    updated_at: at,
    updated_by_actor_id: null,
  };
  putRow(state.federationIssuers, issuer);
  return issuer;
}

function updateIssuer(call: Call): FederationIssuer {
  const { state, now } = call;
  const wanted = readBody(
    call,
    z.strictObject({
      name: z.exactOptional(z.nullable(slug)),
      issuer_url: z.exactOptional(z.nullable(text(1, 2000))),
      jwks: z.exactOptional(z.nullable(jwks)),
      check_jti: z.exactOptional(z.nullable(z.boolean())),
      max_jwt_lifetime_seconds: z.exactOptional(z.nullable(lifetime)),
      jwks_polling_disabled: z.exactOptional(z.nullable(z.boolean())),
    }),
  );
  const before = issuerOf(call, idAt(call, 0));
  if (before.archived_at !== null) throw badRequest(`Federation issuer ${before.id} is archived`);
  if (wanted.jwks_polling_disabled === true) throw badRequest("jwks_polling_disabled: only false is accepted");
  const rules = rowsBy(state.federationRules, "issuer", before.id).filter(({ archived_at: at }) => at === null);
  if (rules.some((rule) => rule.oauth_scope.split(" ").some((word) => !API_SCOPES.has(word)))) {
    throw failure(403, "This issuer backs a rule with a scope that requires a Console session");
  }
  const issuer: FederationIssuer = {
    ...before,
    name: wanted.name ?? before.name,
    issuer_url: wanted.issuer_url ?? before.issuer_url,
    jwks: wanted.jwks ?? before.jwks,
    check_jti: wanted.check_jti ?? before.check_jti,
    max_jwt_lifetime_seconds: wanted.max_jwt_lifetime_seconds ?? before.max_jwt_lifetime_seconds,
    jwks_polling_disabled_at: wanted.jwks_polling_disabled === false ? null : before.jwks_polling_disabled_at,
    updated_at: iso(now),
  };
  refusePrivate(issuer.issuer_url, issuer.jwks);
  refuseTaken(state.federationIssuers, "federation issuer", { name: issuer.name, but: issuer.id });
  if (issuer.issuer_url !== before.issuer_url && rules.some(({ match }) => !namesTenant(issuer.issuer_url, match))) {
    throw badRequest("issuer_url: a live rule of this issuer would not constrain tenant identity");
  }
  putRow(state.federationIssuers, issuer);
  return issuer;
}

function archiveIssuer(call: Call): FederationIssuer {
  const { state, now } = call;
  const before = issuerOf(call, idAt(call, 0));
  if (before.archived_at !== null) return before;
  if (rowsBy(state.federationRules, "issuer", before.id).some(({ archived_at: at }) => at === null)) {
    throw badRequest("This issuer is referenced by live federation rules; archive those first");
  }
  const issuer: FederationIssuer = { ...before, archived_at: iso(now), updated_at: iso(now) };
  putRow(state.federationIssuers, issuer);
  return issuer;
}
