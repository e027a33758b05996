import type { Context } from "../../context.ts";
import { Failure } from "../../core/model/failure.ts";
import type { Locate } from "../../core/model/finding.ts";
import { target } from "../../core/model/target.ts";
import { NO_CONFIG } from "../../core/offboarding/input.ts";
import { undecidedKeys } from "../../core/offboarding/offboarding.ts";
import type { KeyDecision, OffboardingPlan } from "../../core/offboarding/revocation.ts";
import type { Outcome, Refusal, ResultOutcome } from "../../core/outcome/outcome.ts";
import { printable } from "../../core/text/printable.ts";
import { obeyed, validConfigIfAny } from "../config.ts";
import type { WriteFlags } from "../write/flags.ts";
import { openOrganization } from "../write/organization.ts";
import { runPipeline } from "../write/pipeline.ts";
import { refusing, type WritingRun } from "../write/refuse.ts";
import { type Acted, checkEvidenceFile, type WitnessFlags, writeEvidence } from "./evidence.ts";
import { planRevocation, planUnlisted, type RevokePlan, type RevokeRequest } from "./plan.ts";
import { askedFor, type SubjectFlags } from "./subject.ts";
import { checkConfigEdit, declaredPeople, updateConfig } from "./update-config.ts";

export interface RevokeOptions
  extends SubjectFlags,
    WriteFlags,
    WitnessFlags,
    Pick<RevokeRequest, "ifExists" | "only"> {
  /** What becomes of keys that a person made. */
  readonly keys?: KeyDecision;
  /** Takes people out of rbac.yaml. */
  readonly updateConfig: boolean;
  /** The most people of one run; one unless said. */
  readonly max?: number;
}

/**
 * Ends everything that gives a person, or a key, access: shows it, checks guardrails, asks for confirmation, takes it away, verifies,
 * and writes down the evidence. Throws Failure where it cannot begin; what goes wrong after the first write is in the outcome.
 */
export async function revoke(context: Context, options: RevokeOptions): Promise<Outcome> {
  const { only, allow, ifExists, max = 1, dryRun, updateConfig: editsFile } = options;
  const asked = await askedFor(context, options);
  const found = await validConfigIfAny(context);
  const valid = found?.kind === "config" ? obeyed(context, found, dryRun) : found;
  if (valid?.kind === "validation") return valid;
  const reading = valid?.reading;
  if (editsFile && (!reading || context.options.config === "-")) {
    throw new Failure("usage", { message: "--update-config needs an rbac.yaml", fix: "name it: --config FILE" });
  }
  if (editsFile && only.length > 0) {
    const fix = "leave out the one or the other";
    throw new Failure("usage", {
      message: "--update-config takes people out of the whole file, and --only leaves access",
      fix,
    });
  }
  const config = valid?.config ?? NO_CONFIG;
  const request = {
    context,
    asked,
    config,
    only,
    allow,
    max,
    ifExists,
    updateConfig: editsFile,
    ...(reading && { reading }),
  };
  if (asked.kind === "secret" && asked.secretKind !== "api" && asked.secretKind !== "foreign") {
    return byHand(planUnlisted(request), dryRun);
  }
  const { because } = options;
  const run: WritingRun = {
    ...{ context, command: "revoke", dryRun },
    ...(because !== undefined && { because }),
    ...(asked.kind === "people" && { about: asked.people.map(target.member) }),
  };
  const { org, organization } = await openOrganization(run, { config, file: reading?.file ?? "rbac.yaml" });
  const planner = { ...request, org, organization };
  const locate = reading?.locate ?? nowhere;
  return runPipeline<RevokePlan>({
    ...run,
    consent: options,
    organization,
    config,
    locate,
    ignoreUnmanaged: true,
    plan: () => planRevocation(planner, options.keys),
    ask: (made) => decideKeys(context, made, locate),
    // Whoever is gone meanwhile has moved, and is no mistake of whoever asked.
    again: ({ keys }) => planRevocation({ ...planner, ifExists: true }, keys),
    refusal: ({ plan }, writing) =>
      undecidedRefusal(plan, writing ? "nothing was changed" : "a revoke would be refused"),
    rehearse: ({ plan }) =>
      refusing(async () => {
        await checkEvidenceFile(context, options.evidence);
        if (editsFile && reading) await checkConfigEdit(context, reading.file, plan);
      }),
    look: (made) => made.look(),
    conclude: (outcome, made) => conclude({ context, options, outcome, made, ...(reading && { file: reading.file }) }),
  });
}

/** The plan once the person has decided about the keys that are in use, or may be. */
async function decideKeys(context: Context, made: RevokePlan, locate: Locate): Promise<RevokePlan> {
  if (undecidedKeys(made.plan).length === 0) return made;
  context.terminal.warning(await context.render({ kind: "plan", plan: made.plan, locate, ignoreUnmanaged: true }));
  const decision = await askAboutKeys(context, made.plan);
  // Nobody decided: the refusal says about which keys.
  return decision === "stop" ? { ...made, seen: true } : made.decide(decision);
}

interface Conclusion {
  readonly context: Context;
  readonly options: RevokeOptions;
  readonly outcome: ResultOutcome;
  readonly made: RevokePlan;
  /** The rbac.yaml, where there is one. */
  readonly file?: string;
}

/** What follows the writing: the evidence, and the file. */
async function conclude({ context, options, outcome, made, file }: Conclusion): Promise<ResultOutcome> {
  const { history } = made;
  const writes = history.writesOf(made.plan, made.live);
  const wrote = outcome.results.some(({ status }) => status === "done" || status === "failed");
  // A run that was cut off left none, or one that says that it is not finished.
  const isCutOff = writes.length > 0 && !history.hasEvidence(writes);
  // Taken out of the file they would be known to nobody, and a second run would not find them.
  const isLastTrace = options.updateConfig && declaredPeople(outcome.plan).some((one) => !history.formerIds.has(one));
  const due = wrote || isCutOff || isLastTrace;
  const isAsked = options.evidence !== undefined && (outcome.plan.revocations ?? []).length > 0;
  const acted = (outcome.plan.revocations ?? []).flatMap(({ subject }): readonly Acted[] => {
    if (subject.kind !== "person") return [];
    const userId = subject.userId ?? history.formerIds.get(subject.email)?.at(-1);
    return userId === undefined ? [] : [{ email: subject.email, userId }];
  });
  const witnessed =
    due || isAsked ? await writeEvidence(context, outcome, writes, { ...options, due }, acted) : outcome;
  return options.updateConfig && file !== undefined ? updateConfig(context, file, witnessed) : witnessed;
}

/** What only a person can end, as the outcome of a run that has nothing to write. */
function byHand(plan: OffboardingPlan, dryRun: boolean): Outcome {
  if (dryRun) return { kind: "plan", plan, locate: nowhere, ignoreUnmanaged: true };
  const results = plan.changes.map((change) => ({
    change,
    status: "manual" as const,
    id: null,
    requestId: null,
    at: null,
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

/** One answer, for every key that they made: which ones it is for is in the question. Without an answer nothing is done at all. */
async function askAboutKeys({ terminal, prompt }: Context, plan: OffboardingPlan): Promise<KeyDecision | "stop"> {
  const made = plan.revocations.flatMap(({ keys }) => keys.filter(({ relation }) => relation === "created"));
  const names = made.map(({ name, decision, workspace }) => {
    const use = decision === "undecided" ? "in use, or may be" : "not in use";
    return `  ${printable(name)} (${printable(workspace ?? "the organization")}; ${use})`;
  });
  const all = made.length === 1 ? "it" : `all ${made.length}`;
  const about = made.length === 1 ? "A key that they made:" : `One answer holds for ${all} keys that they made:`;
  // Part of the question, and so shown under --quiet too.
  terminal.warning([about, ...names].join("\n"));
  const answer = await prompt.choose(`What becomes of ${all}?`, [
    { value: "disable", name: `disable: ${all} at once; what uses ${made.length === 1 ? "it" : "them"} stops` },
    { value: "rotate", name: "rotate: stays active until a rotation replaces it, which is then yours to run" },
    { value: "keep", name: "keep: nothing is done, and the person still knows the secret" },
    { value: "stop", name: "stop: change nothing" },
  ]);
  return answer ?? "stop";
}

function nowhere(): undefined {
  return undefined;
}
