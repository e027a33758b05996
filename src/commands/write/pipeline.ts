import type { Config } from "../../core/config/config.ts";
import { matchLive } from "../../core/match/matches.ts";
import type { Change } from "../../core/model/change.ts";
import type { Locate } from "../../core/model/finding.ts";
import type { Organization, OrgSnapshot } from "../../core/model/org.ts";
import type { Plan, RunLock } from "../../core/model/plan.ts";
import type { PlanOutcome, Refusal, ResultOutcome } from "../../core/outcome/outcome.ts";
import { type Moved, movedSince } from "../../core/plan/saved-plan.ts";
import { checkReadAgain } from "../../core/plan/unread.ts";
import { applyAndVerify, type Look } from "./apply-and-verify.ts";
import { type Consent, confirm, guardrailRefusal } from "./confirm.ts";
import { authorOf, loggingRefusals, refuse, type WritingRun } from "./refuse.ts";
import { closeUnfinished, findUnfinished } from "./unfinished.ts";

/** A plan, and what it was made from. */
export interface Planned {
  readonly plan: Plan;
  readonly live: OrgSnapshot;
  /** The person was shown this very plan, by a question about it. */
  readonly seen?: true;
}

/** What a command that writes brings to the pipeline. Everything may throw Failure. */
export interface Planner<Made extends Planned> {
  /** Reads the organization and plans. */
  readonly plan: () => Promise<Made>;
  /** Asks what only a person knows and the plan depends on, where somebody can be asked; the plan with their answers. */
  readonly ask?: (made: Made) => Promise<Made>;
  /** Reads and plans once more, with the answers that were given. Nothing may be asked: the lock is held. */
  readonly again: (agreed: Made) => Promise<Made>;
  /** Why the plan cannot be carried out, beside the guardrails. `writing`: the run was to write, not only to show. */
  readonly refusal?: (made: Made, writing: boolean) => Refusal | undefined;
  /** What is shown beside the plan. */
  readonly shown?: (made: Made) => Partial<Pick<PlanOutcome, "deliveries">>;
  /** Tries, before anything is asked, what is needed when everything is done. */
  readonly rehearse?: (made: Made) => Promise<void>;
  /** What has to succeed before a change may be written. A Failure that it throws fails the change. */
  readonly prepare?: (made: Made) => (change: Change) => Promise<void>;
  /** Plans once more, of as much as this plan can have changed: what is still in it is not done. */
  readonly look: (made: Made) => Promise<Look>;
  /** What follows the writing. */
  readonly conclude?: (outcome: ResultOutcome, made: Made) => Promise<ResultOutcome>;
}

export interface Pipeline<Made extends Planned> extends WritingRun, Planner<Made> {
  readonly consent: Consent;
  readonly organization: Organization;
  readonly config: Config;
  readonly locate: Locate;
  /** Unmanaged objects do not count for the exit code of what is only shown. */
  readonly ignoreUnmanaged: boolean;
}

/**
 * The one way to write: plan, show, guardrails, confirm, lock and plan again, apply, verify, record. No question is asked under the
 * lock, and what was agreed to is what is done: where the organization has moved meanwhile, the plan is refused as stale. Throws
 * Failure where it cannot begin; what goes wrong after the first write is in the outcome.
 */
export async function runPipeline<Made extends Planned>(run: Pipeline<Made>): Promise<PlanOutcome | ResultOutcome> {
  if (run.dryRun) {
    const made = await run.plan();
    const refusal = refusalOf(run, made, false);
    return { ...outcomeOf(run, made), ...(refusal && { refusal }) };
  }
  return loggingRefusals(run, run.organization, () => write(run));
}

async function write<Made extends Planned>(run: Pipeline<Made>): Promise<PlanOutcome | ResultOutcome> {
  const { context, consent } = run;
  if (consent.yes && !context.prompt.canAsk) {
    // Nobody waits for an answer, so the lock can be had at once, and one plan is enough.
    return underLock(run, async (lock) => {
      const made = await run.plan();
      return (await refused(run, made)) ?? finish(run, made, { lock });
    });
  }
  if ((await findUnfinished(run)).length > 0) await underLock(run, async () => {});
  const planned = await run.plan();
  const made = run.ask && !refusedByGuardrail(planned) && context.prompt.canAsk ? await run.ask(planned) : planned;
  const refusal = await refused(run, made);
  if (refusal) return refusal;
  if (isNothingToDo(made.plan)) return finish(run, made, {});
  return underLock(run, async (lock) => {
    const fresh = await run.again(made);
    const moved = movedSince(made.plan, fresh.plan);
    if (moved.length > 0) {
      checkReadAgain(made.plan, fresh.plan);
      return refuse(run, outcomeOf(run, fresh), staleRefusal(moved));
    }
    const broken = refusalOf(run, fresh, true);
    if (broken) return refuse(run, outcomeOf(run, fresh), broken);
    return finish(run, fresh, { lock, shown: true });
  });
}

/** The refusal of a plan by the guardrails, by the command, or by the person, in the audit log; undefined where it may be done. */
async function refused<Made extends Planned>(run: Pipeline<Made>, made: Made): Promise<PlanOutcome | undefined> {
  const outcome = outcomeOf(run, made);
  const before = refusalOf(run, made, true);
  if (before) return refuse(run, { ...outcome, ...(made.seen && { shown: true }) }, before);
  if (isNothingToDo(made.plan)) return undefined;
  await run.rehearse?.(made);
  const { refusal, shown } = await confirm(run.context, outcome, made.live, run.consent);
  return refusal && refuse(run, { ...outcome, shown }, refusal);
}

function refusalOf<Made extends Planned>(run: Pipeline<Made>, made: Made, writing: boolean): Refusal | undefined {
  return guardrailRefusal(made.plan, run.command, writing) ?? run.refusal?.(made, writing);
}

function refusedByGuardrail({ plan }: Planned): boolean {
  return guardrailRefusal(plan, "", true) !== undefined;
}

function outcomeOf<Made extends Planned>(run: Pipeline<Made>, made: Made): PlanOutcome {
  const { locate, dryRun, ignoreUnmanaged } = run;
  return { kind: "plan", plan: made.plan, locate, ignoreUnmanaged: ignoreUnmanaged || !dryRun, ...run.shown?.(made) };
}

function isNothingToDo({ changes }: Plan): boolean {
  return changes.every(({ action }) => action === "manual");
}

interface Finish {
  /** Absent where there is nothing to write. */
  readonly lock?: RunLock;
  /** Whether the person has seen the plan. */
  readonly shown?: boolean;
}

async function finish<Made extends Planned>(
  run: Pipeline<Made>,
  made: Made,
  { lock, shown = false }: Finish,
): Promise<ResultOutcome> {
  const { context, config, locate } = run;
  const { plan, live } = made;
  const outcome = await applyAndVerify({
    context,
    author: authorOf(run),
    plan,
    live,
    matches: matchLive(config, live),
    look: () => run.look(made),
    ...(lock && { lock }),
    ...(run.prepare && { prepare: run.prepare(made) }),
  });
  const result = { ...outcome, locate, ...(shown && { shown: plan.findings }) };
  return run.conclude ? run.conclude(result, made) : result;
}

/**
 * Runs `work` while no other run of this machine writes to the organization, once what a run that was killed left open in the log is
 * closed: under the lock nothing that is open can be under way. Throws Failure where the lock cannot be had.
 */
async function underLock<Result>(
  run: Pick<WritingRun, "context"> & { readonly organization: Organization },
  work: (lock: RunLock) => Promise<Result>,
): Promise<Result> {
  const lock = await run.context.state.lock(run.organization.id);
  try {
    await closeUnfinished(run);
    return await work(lock);
  } finally {
    // Whatever becomes of the lock, what was carried out is to be said; a lock that stays is broken after some seconds.
    await lock.release().catch(() => {});
  }
}

const HOW: Readonly<Record<Moved["how"], string>> = {
  gone: "is not needed any more",
  new: "is needed now",
  differs: "is another change now",
};
/** As many are named: the new plan shows them all. */
const NAMED = 5;

function staleRefusal(moved: readonly Moved[]): Refusal {
  const named = moved.slice(0, NAMED).map(({ target, how }) => `${target} ${HOW[how]}`);
  const rest = moved.length > NAMED ? [`and ${moved.length - NAMED} more`] : [];
  return {
    code: "plan-stale",
    message: `nothing was changed: the organization has changed since this plan was shown: ${[...named, ...rest].join(", ")}`,
    fix: "look at the new plan, and run again",
  };
}
