import type { Context } from "../../context.ts";
import { Failure } from "../../core/model/failure.ts";
import { finding } from "../../core/model/finding.ts";
import type { OffboardingPlan } from "../../core/offboarding/revocation.ts";
import type { AnyPlan, ResultOutcome } from "../../core/outcome/outcome.ts";

/** Makes sure, before anything is written, that the people of a plan can be taken out of the file. Throws Failure. */
export async function checkConfigEdit(context: Context, file: string, plan: OffboardingPlan): Promise<void> {
  const { before, text } = await editOf(context, file, declaredPeople(plan));
  if (text !== before) await context.files.tryToWrite(file);
}

/**
 * Takes everybody who was offboarded out of the file, its comments kept, and says what was taken out and what was left. Whom it
 * cannot take out the outcome still warns of.
 */
export async function updateConfig(context: Context, file: string, outcome: ResultOutcome): Promise<ResultOutcome> {
  const { terminal } = context;
  const { plan } = outcome;
  const people = declaredPeople(plan);
  if (people.length === 0) return outcome;
  if (!outcome.verified) {
    terminal.notice(`${file} was left as it is: run again once everything is carried out`);
    return outcome;
  }
  const left = new Map<string, readonly string[]>();
  try {
    const { before, text, edits } = await editOf(context, file, people);
    if (text !== before) await context.files.rewrite(file, text);
    for (const { email, removed, left: rest } of edits) {
      if (removed.length > 0) terminal.notice(`${file}: took out ${removed.join(", ")}`);
      left.set(email, rest);
    }
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    // The organization is in order by now, and the outcome says so.
    terminal.notice(`${file} was left as it is: ${error.details.message}`);
    return outcome;
  }
  const findings = plan.findings.flatMap((found) => {
    const paths = found.code === "still-declared" ? left.get(found.args.person) : undefined;
    if (found.code !== "still-declared" || paths === undefined) return found;
    const { person } = found.args;
    // Without a place: lines are those of the file as it was.
    return paths.length === 0 ? [] : finding("still-named", { person, paths });
  });
  return { ...outcome, plan: { ...plan, findings } };
}

/** Those of a plan whom the file names. */
export function declaredPeople({ revocations = [] }: AnyPlan): readonly string[] {
  return revocations.flatMap(({ subject, declaredAt }) =>
    subject.kind === "person" && declaredAt.length > 0 ? subject.email : [],
  );
}

/** What was taken out of the file of one person, and what is left. */
interface Edited {
  readonly email: string;
  readonly removed: readonly string[];
  readonly left: readonly string[];
}

/** The file's text as it is and without these people, and what was taken out and left of each. */
async function editOf({ files, config }: Context, file: string, people: readonly string[]) {
  const before = await files.read(file);
  const edits: Edited[] = [];
  let text = before;
  for (const email of people) {
    const { text: edited, removed, left } = await config.removePerson(text, email);
    text = edited;
    edits.push({ email, removed, left });
  }
  return { before, text, edits };
}
