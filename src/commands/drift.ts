import type { Context } from "../context.ts";
import { savePlan } from "../core/apply/saved-plan.ts";
import { guardOrganization } from "../core/organization-guard.ts";
import type { Outcome } from "../core/outcome.ts";
import { planLive } from "./plan-live.ts";

export interface DriftOptions {
  /** Where to save the plan for `apply --plan`. */
  readonly out?: string;
  readonly ignoreUnmanaged: boolean;
}

/** What differs between rbac.yaml and the live organization. Reads only. Throws Failure where the organization cannot be read. */
export async function drift(context: Context, { out, ignoreUnmanaged }: DriftOptions): Promise<Outcome> {
  const reading = await context.config();
  const { config, file, findings, locate } = reading;
  if (!config) return { kind: "validation", file, findings, locate, strict: false };
  const org = await context.org();
  await guardOrganization(config, org);
  const { plan } = await planLive({ context, reading, config, org, organization: out !== undefined });
  if (out !== undefined) await context.terminal.writeFile(out, savePlan(plan, context.digest), 0o600);
  return { kind: "plan", plan, locate, ignoreUnmanaged, ...(out !== undefined && { savedTo: out }) };
}
