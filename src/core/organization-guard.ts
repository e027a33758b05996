import type { Config } from "./config/config.ts";
import { Failure } from "./model/failure.ts";
import type { OrgReader } from "./model/org.ts";

/**
 * Makes sure, before anything else is asked, that the credential belongs to the organization the file names. Does nothing
 * where the file names none. Throws Failure `wrong-organization`.
 */
export async function guardOrganization(config: Config, org: OrgReader): Promise<void> {
  const declared = config.organization.id;
  if (declared === undefined) return;
  const { id, name } = await org.organization();
  if (id.toLowerCase() === declared.toLowerCase()) return;
  throw new Failure("wrong-organization", {
    message: `the credential belongs to the organization "${name}" (${id}), but rbac.yaml is for ${declared}`,
    fix: "use a credential of that organization, or correct organization.id in rbac.yaml",
  });
}
