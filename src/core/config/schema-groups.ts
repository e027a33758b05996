import * as z from "zod/mini";
import { bare, email, text } from "./fields.ts";

/** The part of the schema of rbac.yaml that is about groups of Claude Enterprise. */
const group = z.strictObject({
  members: bare(z.array(email), "Who is in it: e-mails. Left out: not managed."),
});

export const groups = bare(
  z.record(text, z.nullable(group)),
  "RBAC groups of Claude Enterprise, by name. What an identity provider owns is compared, and never written.",
);

export type WrittenGroup = z.infer<typeof group>;
