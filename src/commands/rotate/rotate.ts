import type { Context } from "../../context.ts";
import { handlesOf } from "../../core/match/workspaces.ts";
import type { RunLock } from "../../core/model/plan.ts";
import type { Outcome, PlanOutcome, RotationOutcome } from "../../core/outcome/outcome.ts";
import { guardOrganization } from "../../core/plan/credential-owner.ts";
import { planRotation, rotationTable } from "../../core/rotation/rotation.ts";
import type { RotationKey, RotationPlan } from "../../core/rotation/rotation-key.ts";
import { printable, shellWord } from "../../core/text/printable.ts";
import { applyAndVerify } from "../write/apply-and-verify.ts";
import { confirm, guardrailRefusal } from "../write/confirm.ts";
import { recordRefusal } from "../write/record.ts";
import { underLock } from "../write/write.ts";
import { deliverFirst } from "./delivery.ts";
import { type HandOver, handOverByFlags, handOverByHand } from "./hand-over.ts";
import { checkRotateFlags, type RotateOptions, type RotateRun, type RotationView, viewAgain, viewOf } from "./view.ts";
import { awaitReplacements } from "./wait.ts";

/**
 * Takes each declared key of the scope one step further in its rotation. Where it stands is read off the live organization, so any
 * machine can make the next run. Throws Failure where it cannot begin; what goes wrong after the first write is in the outcome.
 */
export async function rotate(context: Context, options: RotateOptions): Promise<Outcome> {
  checkRotateFlags(options);
  const reading = await context.config.read();
  const { config, findings, locate } = reading;
  if (!config) return { kind: "validation", file: reading.file, findings, locate, strict: false };
  const org = await context.api.reader();
  // Before anything else is asked, and alone: whose organization is this?
  const { id } = await org.organization();
  await guardOrganization(config, org);
  const run = { context, options, reading, config, org };
  if (options.status) return status(run);
  if (options.dryRun) return stepFurther(run);
  return underLock(context, id, (lock) => stepFurther(run, lock));
}

async function status(run: RotateRun): Promise<RotationOutcome> {
  const view = await viewOf(run);
  const { organization, takenAt, unknown } = planRotation(view).plan;
  const keys = rotationTable(view);
  await writeCalendar(run, { organization, keys });
  return { kind: "rotation", organization, takenAt, keys, unknown };
}

/** Without a lock nothing is written. */
async function stepFurther(run: RotateRun, lock?: RunLock): Promise<Outcome> {
  const { context, options, reading, config } = run;
  const { locate } = reading;
  const { view, handOver } = await handedOver(run, await viewOf(run), lock !== undefined);
  const planned = planRotation({ ...view, handover: handOver.states });
  const plan = { ...planned.plan, findings: [...reading.findings, ...planned.plan.findings] };
  const shown: PlanOutcome = { kind: "plan", plan, locate, ignoreUnmanaged: lock !== undefined };
  const broken = guardrailRefusal(plan, "rotate", lock !== undefined);
  if (!lock) {
    await writeCalendar(run, plan);
    return { ...shown, ...(broken && { refusal: broken }) };
  }

  const nothingToDo = plan.changes.every(({ action }) => action === "manual");
  const refusal = broken ?? (nothingToDo ? undefined : await confirm(context, shown, view.live, options));
  if (refusal) {
    await recordRefusal(context, "rotate", plan, refusal);
    return { ...shown, refusal };
  }
  let after: RotationPlan | undefined;
  const again = async () => {
    after = planRotation(await viewAgain(run, view)).plan;
    return after;
  };
  const outcome = await applyAndVerify({
    context,
    command: "rotate",
    plan,
    live: view.live,
    handles: handlesOf(config, view.live),
    lock,
    again,
    prepare: deliverFirst({ context, config, plan, gates: planned.gates, secrets: handOver.secrets }),
  });
  const result = { ...outcome, plan: { ...outcome.plan, keys: keysAfter(plan, after) }, locate };
  await writeCalendar(run, result.plan);
  if (options.leaked) context.terminal.notice(`next, to replace it: ${printable(replacementCommand(options))}`);
  return result;
}

/** What was handed over, by flags or by the person, who may first have made a key for it. */
async function handedOver(
  run: RotateRun,
  first: RotationView,
  writing: boolean,
): Promise<{ readonly view: RotationView; readonly handOver: HandOver }> {
  const { context, options } = run;
  const flagged = options.secretStdin || options.secretEnv !== undefined || options.delivered;
  const asks = writing && context.prompt.canAsk && !options.leaked && !flagged;
  if (!asks) return { view: first, handOver: await handOverByFlags(run, first) };
  const view = await awaitReplacements(run, first);
  return { view, handOver: await handOverByHand(run, view) };
}

/** Where each key stands after the run; what waits for a person stays as it was shown, since nothing was done about it. */
function keysAfter({ keys, changes }: RotationPlan, after: RotationPlan | undefined): readonly RotationKey[] {
  const manual = new Set(changes.filter(({ action }) => action === "manual").map(({ target }) => target));
  const fresh = new Map(after?.keys.map((key) => [key.target, key]));
  return keys.map((key) => (manual.has(key.target) ? key : (fresh.get(key.target) ?? key)));
}

async function writeCalendar(
  { context, options }: RotateRun,
  plan: Pick<RotationPlan, "organization" | "keys">,
): Promise<void> {
  const { calendar } = options;
  if (!calendar) return;
  const organization = plan.organization.id ?? "organization";
  const days = { kind: "calendar", organization, keys: plan.keys, now: context.clock.now() } as const;
  await context.files.write(calendar, await context.render(days));
  context.terminal.notice(`wrote ${calendar}`);
}

function replacementCommand({ keys, workspaces }: RotateOptions): string {
  const given = (flag: string, names: readonly string[]) => names.map((name) => `${flag} ${shellWord(name)}`);
  return ["anth-rbac rotate", ...given("--workspace", workspaces), ...given("--key", keys)].join(" ");
}
