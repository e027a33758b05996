import * as z from "zod/mini";
import { datetime, text } from "../http/schema.ts";

const id = text(1, 200);

/** What a customer's own key is with its provider. Source: the SDK's params of `externalKeys.create`. */
export const providerConfig = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("aws"), kms_arn: text(1), region: z.exactOptional(z.nullable(text(1))) }),
  z.strictObject({ type: z.literal("gcp"), key_name: text(1) }),
  z.strictObject({
    type: z.literal("azure"),
    key_name: text(1),
    tenant_id: text(1),
    vault_uri: text(1),
    client_id: z.exactOptional(z.nullable(text(1))),
  }),
]);

/** A row of the customer's own keys. */
export const externalKey = z.strictObject({
  id,
  broken: z.nullable(text(1)),
  created_at: datetime,
  display_name: z.nullable(text(1)),
  geo: text(1),
  provider_config: providerConfig,
  type: z.literal("external_key"),
  updated_at: datetime,
  user_profile_id: z.nullable(id),
});
