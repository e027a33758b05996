import type { Organization } from "../../../core/model/org.ts";
import { readJson } from "../pages.ts";
import { caption, type RowSchema, readRow, row, text } from "../rows.ts";
import type { ApiReader } from "./kind.ts";

/** What the organization is called in messages. */
export const ORGANIZATION = "the organization";

const organizationRow: RowSchema<Organization> = row({ id: text, name: caption }, ({ id, name }) => ({
  id,
  name: name ?? "",
}));

/** The organization that the credential belongs to. Throws what the SDK throws, and Failure `incomplete-answer`. */
export async function readOrganization({ client, options }: Pick<ApiReader, "client" | "options">) {
  return readRow(organizationRow, await readJson(client.organization.retrieve(options), ORGANIZATION), ORGANIZATION);
}
