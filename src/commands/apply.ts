import type { Context } from "../context.ts";
import type { Config } from "../core/config/config.ts";
import { kindOf } from "../core/kinds/kinds.ts";
import type { Change } from "../core/model/change.ts";
import { Failure } from "../core/model/failure.ts";
import { parseTarget } from "../core/model/target.ts";
import type { Outcome } from "../core/outcome/outcome.ts";
import { checkApi, checkFresh, checkNoConfig, loadPlan, type SavedPlan } from "../core/plan/saved-plan.ts";
import type { Selection } from "../core/plan/selection.ts";
import { obeyed, validConfig } from "./config.ts";
import type { ScopeFlags, WriteFlags } from "./write/flags.ts";
import { openOrganization } from "./write/organization.ts";
import { runPipeline } from "./write/pipeline.ts";
import { type LivePlan, planLive } from "./write/plan.ts";
import { loggingRefusals, type WritingRun } from "./write/refuse.ts";

export interface ApplyOptions extends WriteFlags, ScopeFlags {
  /** A saved plan to carry out, exactly. */
  readonly plan?: string;
  /** Whether anything may be taken away. */
  readonly removals: boolean;
}

/**
 * Makes the live organization what rbac.yaml says: checks guardrails, asks for confirmation, applies, verifies. Throws Failure where it
 * cannot begin; what goes wrong after the first write is in the outcome.
 */
export async function apply(context: Context, options: ApplyOptions): Promise<Outcome> {
  const { plan: file, dryRun, allow } = options;
  const selection = selectionOf(options);
  if (file === "-" && context.options.config === "-") {
    throw new Failure("usage", {
      message: "stdin cannot be both the rbac.yaml and the plan",
      fix: "name one of the two files",
    });
  }
  const found = await validConfig(context, "shown");
  const valid = found.kind === "config" ? obeyed(context, found, dryRun) : found;
  if (valid.kind === "validation") return valid;
  const { reading, config } = valid;
  const run: WritingRun = { context, command: "apply", dryRun };
  const saved = file === undefined ? undefined : await loadSaved(run, file);
  const { org, organization } = await openOrganization(
    run,
    { config, file: reading.file },
    (own) => saved && sameOrganization(saved, own.id),
  );

  const request = { context, reading, config, org, selection, allow, organization: true };
  const plan = async (known?: LivePlan): Promise<LivePlan> => {
    const made = await planLive({ ...request, ...(known?.self && { self: known.self }) });
    if (saved) checkFresh(saved, made.plan);
    return made;
  };
  return runPipeline<LivePlan>({
    ...run,
    consent: options,
    organization,
    config,
    locate: reading.locate,
    ignoreUnmanaged: false,
    plan,
    again: plan,
    look: async ({ plan: { changes }, self }) => {
      const touched = touchedBy(changes, config, selection);
      return (await planLive({ ...request, selection: touched, ...(self && { self }) })).plan;
    },
  });
}

async function loadSaved(run: WritingRun, file: string): Promise<SavedPlan> {
  const { api, config, files, prompt } = run.context;
  const text = file === "-" ? ((await prompt.readPiped()) ?? "") : await files.read(file);
  // Nothing is sent yet; what is refused has to be logged with the API that it was for.
  await api.reader();
  return loggingRefusals(run, undefined, async () => {
    await checkNoConfig(text, file, async () => (await config.check(text, file)).config !== undefined);
    const plan = loadPlan(text, files.digest, file);
    checkApi(plan, api.spokenTo());
    return plan;
  });
}

/** What a plan can have changed: only that is read again, since every list costs requests of a shared limit. */
function touchedBy(changes: readonly Change[], config: Config, selection: Selection): Selection {
  const touched = changes.map(({ kind }) => kindOf(kind)).flatMap(({ manage, reaches = manage }) => [manage, reaches]);
  const kinds = new Set(touched.filter((kind) => selection.kinds?.has(kind) ?? true));
  const places = changes.map(({ target }) => parseTarget(target)?.workspace);
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
