import type { Context } from "../../context.ts";
import type { AuditRecord } from "../../core/audit/audit.ts";
import { Failure, messageWithFix } from "../../core/model/failure.ts";
import { isoTime } from "../../core/model/time.ts";
import { evidenceOf, type LastActivities } from "../../core/offboarding/evidence.ts";
import type { RevokedSubject } from "../../core/offboarding/revocation.ts";
import type { AnyPlan, ResultOutcome } from "../../core/outcome/outcome.ts";
import { quotedPath } from "../../core/text/text.ts";
import { saysWhyNot } from "../feed.ts";
import { authorOf, subjectsOf } from "../write/refuse.ts";
import { writeWitness } from "../write/witness.ts";

/** Makes sure that the evidence can be written, and overwrites nothing. Throws Failure `file-exists`, and whatever stands in the way. */
export async function checkEvidenceFile(context: Context, named: string | undefined): Promise<void> {
  if (named !== undefined && (await context.files.exists(named))) {
    throw new Failure("file-exists", {
      message: `nothing was changed: ${quotedPath(named)} is there already, and evidence is never overwritten`,
      fix: "name another file",
    });
  }
  await context.files.tryToWrite(named ?? (await context.state.evidenceFile("trial.json")));
}

/** What was said about the evidence. */
export interface WitnessFlags {
  /** Where it goes; else into the state directory. */
  readonly evidence?: string;
  /** Why the run is made: a ticket, a sentence. */
  readonly because?: string;
  /** Whether there is something of which no evidence tells yet. */
  readonly due?: boolean;
}

/**
 * Writes the evidence of a run, to the file that was named or into the state directory, and its digest into the audit log. The
 * run is over: what goes wrong is in the outcome, beside everything that was done.
 */
export async function writeEvidence(
  context: Context,
  outcome: ResultOutcome,
  earlier: readonly AuditRecord[],
  { evidence: named, because, due = true }: WitnessFlags,
  people: readonly Acted[] = [],
): Promise<ResultOutcome> {
  const { terminal, files, clock } = context;
  const isThere = named !== undefined && (await files.exists(named));
  if (isThere && !due) {
    terminal.notice(`${named} is there already, and was left as it is`);
    return outcome;
  }
  try {
    // It tells of something else, or of a run that was not finished.
    if (isThere)
      throw new Failure("file-exists", { message: `${quotedPath(named)} is there already; name another file` });
    const file = named ?? (await context.state.evidenceFile(fileName(outcome.plan, clock.now())));
    const { activities, refusal } = await lastActivities(context, people);
    const facts = { because, api: context.api.spokenTo(), activities };
    const evidence = evidenceOf(outcome, earlier, clock.now(), facts);
    const text = await context.render({ kind: "evidence", evidence }, file.endsWith(".md") ? "markdown" : "json");
    const { revocations = [] } = outcome.plan;
    // Whoever was not found stays unknown to the next run.
    const about = subjectsOf({ revocations: revocations.filter(({ subject }) => isFound(subject)) });
    const entry = {
      ...authorOf({ command: "revoke", ...(because !== undefined && { because }) }),
      // What is not finished is told of once more, by the run that finishes it.
      outcome: outcome.verified ? "done" : "failed",
      organization: outcome.plan.organization,
      ...(about.length > 0 && { about }),
    } as const;
    await writeWitness(context, { file, text, isNamed: named !== undefined, entry });
    terminal.notice(`evidence: ${file}`);
    const stopped = outcome.stopped ?? (saysWhyNot(refusal) ? undefined : refusal);
    return stopped ? { ...outcome, stopped } : outcome;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const { message } = error.details;
    const failure = new Failure("audit-unwritable", { message: `there is no evidence: ${message}` }, { cause: error });
    return { ...outcome, stopped: outcome.stopped ?? failure };
  }
}

/** A person, and the id that they have, or had. */
export interface Acted {
  readonly email: string;
  readonly userId: string;
}

/** So many of the last activities of a person stand in the evidence. */
const LAST = 100;

/** What each of the people did last, as far as the activity feed may be read, and its refusal, which holds for all of them. */
async function lastActivities(
  context: Context,
  people: readonly Acted[],
): Promise<{ readonly activities: readonly LastActivities[]; readonly refusal: Failure | undefined }> {
  const activities: LastActivities[] = [];
  let refusal: Failure | undefined;
  for (const person of people) {
    try {
      if (refusal) throw refusal;
      const org = await context.api.reader();
      const read = await org.activities({ actorId: person.userId, pageSize: LAST, pages: 1 });
      activities.push({ ...person, known: true, items: read.activities, more: read.stopped === "pages" });
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      refusal = error;
      activities.push({
        ...person,
        known: false,
        reason: error.code,
        message: messageWithFix(error.details),
      });
    }
  }
  return { activities, refusal };
}

function isFound(subject: RevokedSubject): boolean {
  return subject.kind !== "person" || subject.standing !== "not-found";
}

/** `revoke-20261123T120000Z-ada@acme.example.json`: sorts by time, and tells of whom. */
function fileName({ revocations = [] }: AnyPlan, now: number): string {
  const [first, ...others] = revocations.map(({ subject }) => {
    if (subject.kind === "person") return subject.email;
    return subject.kind === "key" ? (subject.id ?? subject.name) : "secret";
  });
  const who = (first ?? "nobody").replaceAll(/[^\w@.+-]/g, "_").slice(0, 80);
  const instant = isoTime(now).replaceAll(/[-:]|\.\d+/g, "");
  return `revoke-${instant}-${who}${others.length > 0 ? `-and-${others.length}-more` : ""}.json`;
}
