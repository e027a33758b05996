import * as z from "zod/mini";
import { LIFETIME } from "../model/time.ts";
import { bare, optional, prose, required, slug, text } from "./fields.ts";
import { HANDLE, ISSUER_URL, PEM, PLAIN_TEXT, SCOPES } from "./formats.ts";

/** How a workload's own token becomes access: this section of the file as people type it. */

const lifetime = z.string().check(z.regex(LIFETIME));
const address = z.string().check(z.regex(ISSUER_URL), z.maxLength(2000));
const certificate = z.string().check(z.regex(PEM), z.maxLength(100_000));
const matcher = z.string().check(z.regex(PLAIN_TEXT), z.maxLength(2000));

/** A member of a key: a text, a number, or a list of texts (`key_ops`, `x5c`). */
const jwkValue = z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]);

const jwks = z.union([
  z.literal("discovery"),
  z.strictObject({
    url: optional(address, "The address of the key set, where the issuer has no discovery document."),
    keys: optional(
      z.array(z.record(z.string(), jwkValue)).check(z.minLength(1)),
      "The public keys themselves (JWK), for an issuer that cannot be reached.",
    ),
    discovery_base: optional(address, "Where the discovery document is, where that is not below `url` of the issuer."),
    ca_cert_pem: optional(certificate, "The certificate of a private authority, for fetching the keys."),
  }),
]);

export const issuer = z.strictObject({
  url: required(address, "What its tokens say in `iss`, exactly."),
  jwks: optional(
    jwks,
    "Where its keys come from: `discovery`, `{ url: … }` or `{ keys: […] }`. Default for a new one: `discovery`.",
  ),
  check_jti: optional(z.boolean(), "Whether a token can be exchanged once only. Default for a new one: true."),
  max_jwt_lifetime: optional(
    lifetime,
    "The longest life of a token that is taken, 1s to 49h. Default for a new one: 1h.",
  ),
});

export const rule = z.strictObject({
  issuer: required(text, "Whose tokens: a name under `issuers`."),
  service_account: required(slug, "As whom the workload acts: a name under `service_accounts`."),
  oauth_scope: required(
    z.string().check(z.regex(SCOPES), z.maxLength(255)),
    "What it may do: `workspace:developer` or `workspace:inference`. Any other is given in the Console only.",
  ),
  workspaces: required(
    z.union([z.literal("all"), z.array(z.string().check(z.regex(HANDLE))).check(z.minLength(1))]),
    "Where: handles under `workspaces`, or `all`, those that are made later too.",
  ),
  subject: bare(
    matcher,
    "What `sub` of the token is, exactly; ending in `*`, what it begins with. null: nothing is asked of it.",
  ),
  claims: bare(
    z.record(text, z.string().check(z.maxLength(2000))),
    "Other claims of the token, and the text that each must be. All of them: another one that is live is taken away; `{}`: none is asked for.",
  ),
  condition: bare(
    z.string().check(z.minLength(1), z.maxLength(10_000)),
    "An expression (CEL) over `claims`, for what the other fields cannot say.",
  ),
  audience: bare(matcher, "What `aud` of the token must be. null: what Anthropic expects of every token."),
  token_lifetime: optional(lifetime, "How long the access lasts, 1m to 24h. Default for a new one: 1h."),
  description: optional(prose, "What it is for."),
});

/** The section as the schema of the file has it. */
export const federation = z.strictObject({
  issuers: bare(z.record(slug, issuer), "Whose tokens are taken, by a name."),
  rules: bare(z.record(slug, rule), "Which workload gets in, as which service account, by a name."),
});

/** What people type, once the schema has no complaint. */
export type WrittenFederation = z.infer<typeof federation>;
export type WrittenIssuer = z.infer<typeof issuer>;
export type WrittenRule = z.infer<typeof rule>;
