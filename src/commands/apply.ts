import type { Context } from "../context.ts";
import type { Config } from "../core/config/config.ts";
import { handlesOf } from "../core/match/workspaces.ts";
import { Failure } from "../core/model/failure.ts";
import type { OrgReader } from "../core/model/org.ts";
import type { Plan, RunLock } from "../core/model/plan.ts";
import { parseTarget } from "../core/model/target.ts";
import type { Outcome, PlanOutcome } from "../core/outcome/outcome.ts";
import { guardOrganization } from "../core/plan/credential-owner.ts";
import { checkFresh, loadPlan, type SavedPlan } from "../core/plan/saved-plan.ts";
import { managedKindOf, type Selection } from "../core/plan/selection.ts";
import type { ConfigReading } from "../core/validate/parse.ts";
import { applyAndVerify } from "./write/apply-and-verify.ts";
import { confirm, guardrailRefusal } from "./write/confirm.ts";
import { planLive } from "./write/plan.ts";
import { recordRefusal } from "./write/record.ts";
import type { WriteFlags } from "./write/write.ts";
import { underLock } from "./write/write.ts";

export interface ApplyOptions extends WriteFlags {
  /** A saved plan to carry out, exactly. */
  readonly plan?: string;
  /** Whether anything may be taken away. */
  readonly removals: boolean;
}

/**
 * Makes the live organization what rbac.yaml says: plans, judges, asks, carries out, looks again. Throws Failure where it cannot
 * begin; what goes wrong after the first write is in the outcome.
 */
export async function apply(context: Context, options: ApplyOptions): Promise<Outcome> {
  const { plan: file, dryRun } = options;
  const selection = selectionOf(options);
  const reading = await context.config.read();
  const { config, findings, locate } = reading;
  if (!config) return { kind: "validation", file: reading.file, findings, locate, strict: false };
  const saved = file === undefined ? undefined : loadPlan(await context.files.read(file), context.files.digest, file);

  const org = await context.api.reader();
  // Before anything else is asked, and alone: whose organization is this?
  const { id } = await org.organization();
  await guardOrganization(config, org);
  if (saved) sameOrganization(saved, id);
  const run = { context, options, reading, config, org, saved, selection };
  if (dryRun) return planAndApply(run);
  return underLock(context, id, (lock) => planAndApply(run, lock));
}

interface Run {
  readonly context: Context;
  readonly options: ApplyOptions;
  readonly reading: ConfigReading;
  readonly config: Config;
  readonly org: OrgReader;
  readonly saved: SavedPlan | undefined;
  readonly selection: Selection;
}

/** Without a lock nothing is written. */
async function planAndApply(run: Run, lock?: RunLock): Promise<Outcome> {
  const { context, options, reading, config, org, saved, selection } = run;
  const { locate } = reading;
  const request = { context, reading, config, org, selection, allow: options.allow, organization: true };
  const planned = await planLive(request);
  const { plan, live, self } = planned;
  if (saved) checkFresh(saved, plan);

  const shown: PlanOutcome = { kind: "plan", plan, locate, ignoreUnmanaged: lock !== undefined };
  const broken = guardrailRefusal(plan, "apply", lock !== undefined);
  if (!lock) return { ...shown, ...(broken && { refusal: broken }) };

  const nothingToDo = plan.changes.every(({ action }) => action === "manual");
  const refusal = broken ?? (nothingToDo ? undefined : await confirm(context, shown, live, options));
  if (refusal) {
    await recordRefusal(context, "apply", plan, refusal);
    return { ...shown, refusal };
  }
  const touched = touchedBy(plan, config, selection);
  const again = async () => (await planLive({ ...request, selection: touched, ...(self && { self }) })).plan;
  const handles = handlesOf(config, live);
  const outcome = await applyAndVerify({ context, command: "apply", plan, live, handles, lock, again });
  return { ...outcome, locate };
}

/** What a plan can have changed: only that is read again, since every list costs requests of a shared limit. */
function touchedBy(plan: Plan, config: Config, selection: Selection): Selection {
  const kinds = new Set(plan.changes.map(({ target }) => managedKindOf(target)));
  // Who leaves or changes role in the organization does so in every workspace.
  if (kinds.has("members") && (selection.kinds?.has("workspace_members") ?? true)) kinds.add("workspace_members");
  const places = plan.changes.map(({ target }) => parseTarget(target)?.workspace);
  const declared = places.flatMap((place) => (place !== undefined && config.workspaces.has(place) ? place : []));
  const isWithin = declared.length === places.length;
  return { ...selection, kinds, ...(isWithin && { workspaces: [...new Set(declared)] }) };
}

function selectionOf({ plan, only, workspaces, removals }: ApplyOptions): Selection {
  if (plan !== undefined && (only.length > 0 || workspaces.length > 0 || !removals)) {
    throw new Failure("usage", {
      message: "--plan carries out a plan as it is: --only, --workspace and --no-remove do not go with it",
    });
  }
  return {
    removals,
    ...(only.length > 0 && { kinds: new Set(only) }),
    ...(workspaces.length > 0 && { workspaces }),
  };
}

function sameOrganization({ organization }: SavedPlan, id: string): void {
  if (organization.id === null || organization.id.toLowerCase() === id.toLowerCase()) return;
  const { name } = organization;
  throw new Failure("wrong-organization", {
    message: `the plan was made for the organization "${name ?? ""}" (${organization.id}), but the credential belongs to ${id}`,
    fix: "use a credential of that organization",
  });
}
