import type { Context } from "../context.ts";
import { Failure } from "../core/model/failure.ts";
import type { ResultOutcome } from "../core/outcome/outcome.ts";

/**
 * Takes everybody who was offboarded out of the file, its comments kept, and says what was taken out and what was left. Whom it
 * cannot take out the outcome still warns of.
 */
export async function updateConfig(context: Context, file: string, outcome: ResultOutcome): Promise<ResultOutcome> {
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
    const before = await context.readText(file);
    let text = before;
    for (const email of declared) {
      const edited = await context.removePerson(text, email);
      text = edited.text;
      gone.add(email);
      if (edited.removed.length > 0) terminal.notice(`${file}: took out ${edited.removed.join(", ")}`);
      if (edited.left.length > 0) terminal.notice(`${file}: still names them at ${edited.left.join(", ")}`);
    }
    if (text !== before) await terminal.writeFile(file, text);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    // The organization is in order by now, and the outcome says so.
    terminal.notice(`${file} was left as it is: ${error.details.message}`);
    return outcome;
  }
  const findings = plan.findings.filter((found) => found.code !== "still-declared" || !gone.has(found.args.person));
  return { ...outcome, plan: { ...plan, findings } };
}
