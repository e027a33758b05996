import * as z from "zod/mini";
import { datetime, integer, text } from "../http/schema.ts";

/** The shapes of the rows of federation. */

const id = text(1, 200);
const actors = {
  created_by_actor_id: z.nullable(id),
  updated_by_actor_id: z.nullable(id),
  archived_by_actor_id: z.nullable(id),
};
const times = { created_at: datetime, updated_at: datetime, archived_at: z.nullable(datetime) };
const certificate = z.exactOptional(z.nullable(text()));

/** An issuer. */
export const federationIssuer = z.strictObject({
  id,
  ...actors,
  ...times,
  check_jti: z.boolean(),
  issuer_url: text(1),
  jwks: z.discriminatedUnion("type", [
    z.strictObject({
      type: z.literal("discovery"),
      discovery_base: z.exactOptional(z.nullable(text())),
      ca_cert_pem: certificate,
    }),
    z.strictObject({ type: z.literal("explicit_url"), url: text(1), ca_cert_pem: certificate }),
    z.strictObject({ type: z.literal("inline"), keys: z.array(z.record(z.string(), z.unknown())) }),
  ]),
  jwks_polling_disabled_at: z.nullable(datetime),
  max_jwt_lifetime_seconds: integer(1),
  name: text(1),
  poll_status: z.nullable(
    z.strictObject({
      consecutive_failures: integer(),
      last_fetched_at: z.nullable(datetime),
      next_poll_at: z.nullable(datetime),
    }),
  ),
  type: z.literal("federation_issuer"),
});

/** A rule. */
export const federationRule = z.strictObject({
  id,
  ...actors,
  ...times,
  applies_to_all_workspaces: z.boolean(),
  description: z.nullable(text()),
  issuer_id: id,
  issuer_name: z.nullable(text()),
  match: z.strictObject({
    audience: z.exactOptional(z.nullable(text())),
    claims: z.exactOptional(z.nullable(z.record(z.string(), text()))),
    condition: z.exactOptional(z.nullable(text())),
    subject_prefix: z.exactOptional(z.nullable(text())),
  }),
  name: text(1),
  oauth_scope: text(1),
  target: z.strictObject({
    type: z.literal("service_account"),
    service_account_id: id,
    service_account_name: z.exactOptional(z.nullable(text())),
  }),
  token_lifetime_seconds: integer(1),
  type: z.literal("federation_rule"),
  workspace_ids: z.array(id),
});
