import type { Context } from "../context.ts";
import type { Outcome } from "../core/outcome/outcome.ts";
import { guardOrganization } from "../core/plan/credential-owner.ts";
import { savePlan } from "../core/plan/saved-plan.ts";
import { validConfig } from "./config.ts";
import { checkOutputBesideConfig } from "./export.ts";
import { whoChanged } from "./who.ts";
import { planLive } from "./write/plan.ts";

export interface DriftOptions {
  /** Where to save the plan for `apply --plan`. */
  readonly out?: string;
  /** The file may be there already. */
  readonly force: boolean;
  readonly ignoreUnmanaged: boolean;
  /** Who made each difference is asked of the activity feed. */
  readonly who: boolean;
}

/** What differs between rbac.yaml and the live organization. Reads only. Throws Failure where the organization cannot be read. */
export async function drift(context: Context, options: DriftOptions): Promise<Outcome> {
  const { out, force, ignoreUnmanaged, who } = options;
  await checkOutputBesideConfig(context, out, force);
  const valid = await validConfig(context, "shown");
  if (valid.kind === "validation") return valid;
  const { reading, config } = valid;
  const org = await context.api.reader();
  await guardOrganization(config, org, reading.file);
  const { plan, live } = await planLive({ context, reading, config, org, organization: out !== undefined || who });
  const isKept =
    out !== undefined &&
    (await context.files.write(out, savePlan(plan, context.files.digest, context.api.spokenTo()), 0o600));
  const report = who ? await whoChanged({ context, org, config, plan, live }) : undefined;
  return {
    kind: "plan",
    plan,
    locate: reading.locate,
    ignoreUnmanaged,
    ...(out !== undefined && { saved: { path: out, isKept } }),
    ...(report && { who: report }),
  };
}
