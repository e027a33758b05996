import type { Context } from "../../context.ts";
import { Failure } from "../../core/model/failure.ts";
import type { ChangeResult } from "../../core/model/plan.ts";
import type { AnyPlan, Outcome, RotationOutcome } from "../../core/outcome/outcome.ts";
import { isOwnCalendar } from "../../core/rotation/calendar.ts";
import { rotationTable, stepsLeft } from "../../core/rotation/rotation.ts";
import type { KeyToCreate, RotationKey, RotationPlan } from "../../core/rotation/rotation-key.ts";
import { printable, shellWord } from "../../core/text/printable.ts";
import { quotedPath } from "../../core/text/text.ts";
import { obeyed, validConfig } from "../config.ts";
import { openOrganization } from "../write/organization.ts";
import { runPipeline } from "../write/pipeline.ts";
import { refusing, type WritingRun } from "../write/refuse.ts";
import { deliverFirst, plannedDeliveries } from "./delivery.ts";
import { handOverByFlags, handOverByHand, secretOf } from "./hand-over.ts";
import {
  checkRotateFlags,
  type RotateOptions,
  type RotateRun,
  type Rotation,
  readAfter,
  readKeysAgain,
  readRotation,
  withHandOver,
} from "./read.ts";

/**
 * Takes each declared key of the scope one step further in its rotation. Where it stands is read off the live organization, so any
 * machine can make the next run. Throws Failure where it cannot begin; what goes wrong after the first write is in the outcome.
 */
export async function rotate(context: Context, options: RotateOptions): Promise<Outcome> {
  checkRotateFlags(options);
  await checkCalendarFile(context, options.calendar);
  const found = await validConfig(context);
  const shows = options.dryRun || options.status;
  const valid = found.kind === "config" ? obeyed(context, found, shows) : found;
  if (valid.kind === "validation") return valid;
  const { reading, config } = valid;
  const writing: WritingRun = { context, command: "rotate", dryRun: shows };
  const { org, organization } = await openOrganization(writing, { config, file: reading.file });
  const run = { context, options, reading, config, org };
  if (options.status) return status(run);
  const secret = await secretOf(run);
  const asks = !options.leaked && !options.delivered && secret === undefined;
  let after: RotationPlan | undefined;
  const outcome = await runPipeline<Rotation>({
    ...writing,
    consent: options,
    organization,
    config,
    locate: reading.locate,
    ignoreUnmanaged: false,
    plan: async () => handOverByFlags(run, await readRotation(run), secret),
    ...(asks && { ask: async (rotation) => handOverByHand(run, await awaitReplacements(run, rotation)) }),
    again: async ({ handOver }) => withHandOver(run, await readRotation(run), handOver),
    shown: (rotation) => ({ deliveries: plannedDeliveries(config, rotation) }),
    rehearse: () =>
      refusing(async () => {
        if (options.calendar) await context.files.tryToWrite(options.calendar);
      }),
    prepare: (rotation) => deliverFirst(run, rotation),
    look: async (rotation) => {
      const read = await readAfter(run, rotation);
      after = read.plan;
      return { ...after, changes: stepsLeft(rotation.plan, after, read.live), manualFollows: true };
    },
    conclude: async (result, { plan }) => ({
      ...result,
      plan: { ...result.plan, keys: keysAfter(plan, after, result.results) },
    }),
  });
  const isDone = outcome.kind === "result";
  if (isDone || options.dryRun) await writeCalendar(run, outcome.plan);
  if (isDone && options.leaked && secret === undefined) {
    const keys = outcome.plan.keys ?? [];
    const leaks = keys.some((key) => key.leaks);
    const next = leaks ? "what leaked is still active; to try again" : "next, to replace it";
    const command = `${replacementCommand(options)}${leaks ? " --leaked" : ""}`;
    if (leaks || keys.some(needsReplacement)) context.terminal.notice(`${next}: ${printable(command)}`);
  }
  return outcome;
}

/** Makes sure that a calendar replaces nothing but an earlier one of its own. Throws Failure `file-exists`. */
async function checkCalendarFile({ files }: Context, file: string | undefined): Promise<void> {
  if (file === undefined || !(await files.exists(file))) return;
  // What cannot be read as text is no calendar.
  const text = await files.read(file).catch(() => "");
  if (isOwnCalendar(text)) return;
  throw new Failure("file-exists", {
    message: `${quotedPath(file)} is there already, and is no calendar that rotate made`,
    fix: "name another file",
  });
}

async function status(run: RotateRun): Promise<RotationOutcome> {
  const { plan, input } = await readRotation(run);
  const { organization, takenAt, unknown } = plan;
  const keys = rotationTable(input);
  await writeCalendar(run, { organization, keys });
  return { kind: "rotation", organization, takenAt, keys, unknown };
}

/**
 * Where each key stands after the run; what waits for a person stays as it was shown, since nothing was done about it. Where one that
 * was changed could not be read again, that is not known, and nothing is said of it.
 */
function keysAfter(
  { keys, changes }: RotationPlan,
  after: RotationPlan | undefined,
  results: readonly ChangeResult[],
): readonly RotationKey[] {
  const manual = new Set(changes.filter(({ action }) => action === "manual").map(({ target }) => target));
  const leaked = new Set(changes.filter(({ reason }) => reason === "leaked").map(({ id }) => id));
  const done = new Set(results.flatMap(({ status, change }) => (status === "done" ? [change.id] : [])));
  const fresh = new Map(after?.keys.map((key) => [key.target, key]));
  return keys.flatMap((key) => {
    const now = fresh.get(key.target);
    if (!now && !manual.has(key.target) && key.live.some(({ id }) => done.has(id))) return [];
    const leaks = now?.live.some(({ id, status }) => status === "active" && leaked.has(id)) ?? false;
    return { ...(manual.has(key.target) ? key : (now ?? key)), ...(leaks && { leaks }) };
  });
}

async function writeCalendar(
  { context, options }: RotateRun,
  plan: Pick<AnyPlan, "organization" | "keys">,
): Promise<void> {
  const { calendar } = options;
  if (!calendar) return;
  const organization = plan.organization.id ?? "organization";
  const days = { kind: "calendar", organization, keys: plan.keys ?? [], now: context.clock.now() } as const;
  await context.files.write(calendar, await context.render(days));
  context.terminal.notice(`wrote ${calendar}`);
}

/** Whether the key that leaked is still to be replaced; another may be in its place already. */
function needsReplacement({ next }: RotationKey): boolean {
  return next === "create-replacement" || next === "hand-over" || next === "cut-over";
}

function replacementCommand({ keys, workspaces }: RotateOptions): string {
  const given = (flag: string, names: readonly string[]) => names.map((name) => `${flag} ${shellWord(name)}`);
  return ["anth-rbac rotate", ...given("--workspace", workspaces), ...given("--key", keys)].join(" ");
}

const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 15_000;

/**
 * Sends the person to the Console for each key that has to be made there, and waits for it to appear where they want that.
 * Answers with the organization as it is then. Throws Failure `interrupted` and `deadline-exceeded`.
 */
async function awaitReplacements(run: RotateRun, first: Rotation): Promise<Rotation> {
  const { terminal, prompt } = run.context;
  let rotation = first;
  for (const { target, create } of keysIn(first)) {
    if (!create) continue;
    const { name, workspace, url } = create;
    const place = workspace === null ? "the organization itself" : `the workspace "${printable(workspace)}"`;
    terminal.notice(
      `${printable(target)} needs a new key. Create it in the Console, in ${place}${actingWords(create)}, with exactly this name:\n\n  ${url}\n  ${printable(name)}\n`,
    );
    if (await prompt.confirm("Wait for it to appear?")) rotation = await appear(run, rotation, target, name);
  }
  return rotation;
}

/** As whom a new key has to act, which nobody can change later. */
function actingWords({
  user,
  user_email: email,
  service_account: id,
  service_account_name: name,
}: KeyToCreate): string {
  const person = email ?? user;
  if (person !== undefined) return `, acting as ${printable(person)}, who alone can make it`;
  if (id === undefined) return "";
  return `, acting as the service account ${name === undefined ? id : `${printable(name)} (${id})`}`;
}

async function appear(run: RotateRun, first: Rotation, target: string, replacementName: string): Promise<Rotation> {
  const { context } = run;
  const deadline = context.clock.deadline();
  const spinner = context.terminal.spin(`waiting for ${printable(replacementName)}`);
  try {
    let rotation = first;
    for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
      await context.clock.sleep(pause, deadline);
      if (deadline.aborted) throw ended(deadline, replacementName);
      rotation = await readKeysAgain(run, rotation);
      const key = keysIn(rotation).find((row) => row.target === target);
      // A list that cannot be read says nothing: the plan will.
      if (!rotation.live.keys.known || !key || !isMissing(key)) return rotation;
    }
  } finally {
    spinner.stop();
  }
}

function keysIn({ plan }: Rotation): readonly RotationKey[] {
  return plan.keys;
}

function isMissing(key: RotationKey): boolean {
  return key.next === "create-replacement";
}

function ended({ reason }: AbortSignal, replacementName: string): Failure {
  return reason instanceof Failure
    ? reason
    : new Failure("interrupted", { message: `stopped waiting for ${replacementName}` });
}
