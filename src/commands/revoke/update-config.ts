import type { Context } from "../../context.ts";
import { Failure } from "../../core/model/failure.ts";
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
  try {
    const { before, text, said } = await editOf(context, file, people);
    if (text !== before) await context.files.write(file, text);
    for (const line of said) terminal.notice(line);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    // The organization is in order by now, and the outcome says so.
    terminal.notice(`${file} was left as it is: ${error.details.message}`);
    return outcome;
  }
  const gone = new Set(people);
  const findings = plan.findings.filter((found) => found.code !== "still-declared" || !gone.has(found.args.person));
  return { ...outcome, plan: { ...plan, findings } };
}

function declaredPeople({ revocations = [] }: AnyPlan): readonly string[] {
  return revocations.flatMap(({ subject, declaredAt }) =>
    subject.kind === "person" && declaredAt.length > 0 ? subject.email : [],
  );
}

/** The file's text as it is and without these people, and what is said of it. */
async function editOf({ files, config }: Context, file: string, people: readonly string[]) {
  const before = await files.read(file);
  const said: string[] = [];
  let text = before;
  for (const email of people) {
    const edited = await config.removePerson(text, email);
    text = edited.text;
    if (edited.removed.length > 0) said.push(`${file}: took out ${edited.removed.join(", ")}`);
    if (edited.left.length > 0) said.push(`${file}: still names them at ${edited.left.join(", ")}`);
  }
  return { before, text, said };
}
