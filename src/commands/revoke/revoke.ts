import type { Context } from "../../context.ts";
import type { AuditRecord } from "../../core/audit/audit.ts";
import { handlesOf } from "../../core/match/workspaces.ts";
import { Failure } from "../../core/model/failure.ts";
import type { OrgReader } from "../../core/model/org.ts";
import type { RunLock } from "../../core/model/plan.ts";
import { NO_CONFIG } from "../../core/offboarding/input.ts";
import { undecidedKeys } from "../../core/offboarding/offboarding.ts";
import type { KeyDecision, OffboardingPlan } from "../../core/offboarding/revocation.ts";
import type { Outcome, PlanOutcome, Refusal, ResultOutcome } from "../../core/outcome/outcome.ts";
import { guardOrganization } from "../../core/plan/credential-owner.ts";
import { printable } from "../../core/text/printable.ts";
import { applyAndVerify } from "../write/apply-and-verify.ts";
import { confirm, guardrailRefusal } from "../write/confirm.ts";
import { recordRefusal } from "../write/record.ts";
import { underLock, type WriteFlags } from "../write/write.ts";
import { checkEvidenceFile, writeEvidence } from "./evidence.ts";
import { type RevokeHistory, readHistory } from "./history.ts";
import { planUnlisted, type RevokePlanRequest, readRevocation } from "./plan.ts";
import { askedFor, type SubjectFlags } from "./subject.ts";

export interface RevokeOptions extends SubjectFlags, WriteFlags, Pick<RevokePlanRequest, "ifExists"> {
  /** What becomes of keys that a person made. */
  readonly keys?: KeyDecision;
  /** Where the evidence goes; else into the state directory. */
  readonly evidence?: string;
  /** Takes people out of rbac.yaml. */
  readonly updateConfig: boolean;
  /** The most people of one run; one unless said. */
  readonly max?: number;
}

interface Run extends RevokePlanRequest {
  readonly options: RevokeOptions;
  readonly org: OrgReader;
  readonly organizationId: string;
}

/**
 * Ends everything that gives a person, or a key, access: shows it, judges it, asks, carries it out, looks again, and writes down
 * the evidence. Throws Failure where it cannot begin; what goes wrong after the first write is in the outcome.
 */
export async function revoke(context: Context, options: RevokeOptions): Promise<Outcome> {
  const { only, allow, ifExists, max = 1, dryRun } = options;
  if (options.workspaces.length > 0) {
    throw new Failure("usage", {
      message: "--workspace does not go with revoke: who leaves one workspace is for apply",
    });
  }
  const asked = await askedFor(context, options);
  const reading = await context.config.readIfAny();
  if (reading && !reading.config) {
    const { file, findings, locate } = reading;
    return { kind: "validation", file, findings, locate, strict: false };
  }
  if (options.updateConfig && (!reading || context.options.config === "-")) {
    throw new Failure("usage", { message: "--update-config needs an rbac.yaml", fix: "name it: --config FILE" });
  }
  const config = reading?.config ?? NO_CONFIG;
  const request = { context, asked, config, only, allow, max, ifExists, ...(reading && { reading }) };
  if (asked.kind === "secret" && asked.secretKind !== "api" && asked.secretKind !== "foreign") {
    return byHand(planUnlisted(request), dryRun);
  }
  const org = await context.api.reader();
  // Before anything else is asked, and alone: whose organization is this?
  const { id } = await org.organization();
  await guardOrganization(config, org);
  const run = { ...request, options, org, organizationId: id };
  if (dryRun) return planAndRevoke(run);
  return underLock(context, id, (lock) => planAndRevoke(run, lock));
}

/** Without a lock nothing is written. */
async function planAndRevoke(run: Run, lock?: RunLock): Promise<Outcome> {
  const { context, options, org, config, reading } = run;
  const locate = reading?.locate ?? nowhere;
  const history = await readHistory(context, run.organizationId);
  const planner = await readRevocation(run, org, history);
  const { live } = planner;
  const shownAs = (shown: OffboardingPlan): PlanOutcome => ({
    kind: "plan",
    plan: shown,
    locate,
    ignoreUnmanaged: true,
  });

  let keys = options.keys;
  let plan = planner.plan(keys);
  const undecided = undecidedKeys(plan);
  const broken = guardrailRefusal(plan, "revoke", lock !== undefined);
  if (!lock) {
    const refusal = broken ?? undecidedRefusal(plan, "a revoke would be refused");
    return { ...shownAs(plan), ...(refusal && { refusal }) };
  }
  if (!broken && undecided.length > 0 && context.prompt.canAsk) {
    context.terminal.warning(await context.render(shownAs(plan)));
    keys = await askAboutKeys(context, plan);
    plan = planner.plan(keys);
  }
  const nothingToDo = plan.changes.every(({ action }) => action === "manual");
  let refusal = broken ?? undecidedRefusal(plan, "nothing was changed") ?? guardrailRefusal(plan, "revoke", true);
  if (!refusal && !nothingToDo) {
    await checkEvidenceFile(context, options.evidence);
    refusal = await confirm(context, shownAs(plan), live, options);
  }
  if (refusal) {
    await recordRefusal(context, "revoke", plan, refusal);
    return { ...shownAs(plan), refusal };
  }
  const again = () => planner.again(keys);
  const handles = handlesOf(config, live);
  const carried = await applyAndVerify({ context, command: "revoke", plan, live, handles, lock, again });
  return conclude(run, history.writesOf(plan, live), history, { ...carried, locate });
}

/** What follows the writing: the evidence, and the file. */
async function conclude(
  { context, options, reading }: Run,
  writes: readonly AuditRecord[],
  history: RevokeHistory,
  outcome: ResultOutcome,
) {
  const wrote = outcome.results.some(({ status }) => status === "done" || status === "failed");
  // A run that was cut off left none, or one that says that it is not finished.
  const due = wrote || (writes.length > 0 && !history.hasEvidence(writes));
  const isAsked = options.evidence !== undefined && (outcome.plan.revocations ?? []).length > 0;
  const witnessed = due || isAsked ? await writeEvidence(context, outcome, writes, options.evidence) : outcome;
  if (!options.updateConfig || !reading) return witnessed;
  return updateConfig(context, reading.file, witnessed);
}

/** What only a person can end, as the outcome of a run that has nothing to write. */
function byHand(plan: OffboardingPlan, dryRun: boolean): Outcome {
  if (dryRun) return { kind: "plan", plan, locate: nowhere, ignoreUnmanaged: true };
  const results = plan.changes.map((change) => ({
    change,
    status: "manual" as const,
    id: null,
    requestId: null,
    error: null,
  }));
  return { kind: "result", plan, locate: nowhere, results, verified: true, remaining: plan.changes };
}

function undecidedRefusal(plan: OffboardingPlan, effect: string): Refusal | undefined {
  const names = undecidedKeys(plan).map(({ name }) => name);
  if (names.length === 0) return undefined;
  return {
    code: "input-needed",
    message: `${effect}: somebody has to decide about keys that are in use, or may be: ${names.join(", ")}`,
    fix: "--keys disable|rotate|keep",
  };
}

/**
 * One answer, for every key that they made: which ones it is for is in the question. No is the harmless answer: a service goes
 * on, and the person still knows the secret.
 */
async function askAboutKeys({ terminal, prompt }: Context, plan: OffboardingPlan): Promise<KeyDecision> {
  const made = plan.revocations.flatMap(({ keys }) => keys.filter(({ relation }) => relation === "created"));
  const names = made.map(({ name, decision, workspace }) => {
    const use = decision === "undecided" ? "in use, or may be" : "not in use";
    return `  ${printable(name)} (${printable(workspace ?? "the organization")}; ${use})`;
  });
  const all = made.length === 1 ? "it" : `all ${made.length}`;
  const about = made.length === 1 ? "A key that they made:" : `One answer holds for ${all} keys that they made:`;
  // Part of the question, and so shown under --quiet too.
  terminal.warning([about, ...names].join("\n"));
  if (await prompt.confirm(`Disable ${all} at once?`)) return "disable";
  const rotates = await prompt.confirm(`Leave ${all} active until rotated? No: nothing is done about ${all}`);
  return rotates ? "rotate" : "keep";
}

function nowhere(): undefined {
  return undefined;
}

/**
 * Takes everybody who was offboarded out of the file, its comments kept, and says what was taken out and what was left. Whom it
 * cannot take out the outcome still warns of.
 */
async function updateConfig(context: Context, file: string, outcome: ResultOutcome): Promise<ResultOutcome> {
  const { terminal } = context;
  const { plan } = outcome;
  const declared = (plan.revocations ?? []).flatMap(({ subject, declaredAt }) =>
    subject.kind === "person" && declaredAt.length > 0 ? subject.email : [],
  );
  if (declared.length === 0) return outcome;
  if (!outcome.verified) {
    terminal.notice(`${file} was left as it is: run again once everything is carried out`);
    return outcome;
  }
  const gone = new Set<string>();
  try {
    const before = await context.files.read(file);
    let text = before;
    for (const email of declared) {
      const edited = await context.config.removePerson(text, email);
      text = edited.text;
      gone.add(email);
      if (edited.removed.length > 0) terminal.notice(`${file}: took out ${edited.removed.join(", ")}`);
      if (edited.left.length > 0) terminal.notice(`${file}: still names them at ${edited.left.join(", ")}`);
    }
    if (text !== before) await context.files.write(file, text);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    // The organization is in order by now, and the outcome says so.
    terminal.notice(`${file} was left as it is: ${error.details.message}`);
    return outcome;
  }
  const findings = plan.findings.filter((found) => found.code !== "still-declared" || !gone.has(found.args.person));
  return { ...outcome, plan: { ...plan, findings } };
}
