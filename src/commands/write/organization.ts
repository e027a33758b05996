import type { Config } from "../../core/config/config.ts";
import type { Organization, OrgReader } from "../../core/model/org.ts";
import { guardOrganization } from "../../core/plan/credential-owner.ts";
import { loggingRefusals, type WritingRun } from "./refuse.ts";

/** The organization that a run writes to. */
export interface OpenOrganization {
  readonly org: OrgReader;
  readonly organization: Organization;
}

/**
 * Finds out, before anything else is asked and alone, whose organization this is, and that it is the right one. `file` is the path of
 * the config as it is shown; `check` may know more of that than the file. Throws Failure `wrong-organization`, which is in the audit log then.
 */
export async function openOrganization(
  run: WritingRun,
  { config, file }: { readonly config: Config; readonly file: string },
  check: (organization: Organization) => void = () => {},
): Promise<OpenOrganization> {
  const org = await run.context.api.reader();
  const organization = await org.organization();
  await loggingRefusals(run, organization, async () => {
    await guardOrganization(config, org, file);
    check(organization);
  });
  return { org, organization };
}
