import type { Context } from "../context.ts";
import type { Config } from "../core/config/config.ts";
import { Failure } from "../core/model/failure.ts";
import type { Finding } from "../core/model/finding.ts";
import type { ValidationOutcome } from "../core/outcome/outcome.ts";
import { shellWord } from "../core/text/printable.ts";
import { quotedPath } from "../core/text/text.ts";
import type { ConfigReading } from "../core/validate/judge.ts";

/** An rbac.yaml without errors. */
export interface ValidConfig {
  readonly kind: "config";
  readonly reading: ConfigReading;
  readonly config: Config;
}

/** Whether what is found in the file is in the result, or has been said: then there is no notice of it. */
type Said = "shown" | "to be said";

/** The rbac.yaml of this run, or, where it has errors, what ends the run before the network. Throws Failure. */
export async function validConfig(
  context: Context,
  said: Said = "to be said",
): Promise<ValidConfig | ValidationOutcome> {
  return judged(context, await context.config.read(), said);
}

/** As `validConfig`, or undefined where no file was named and none is found. */
export async function validConfigIfAny(
  context: Context,
  said: Said = "to be said",
): Promise<ValidConfig | ValidationOutcome | undefined> {
  const reading = await context.config.readIfAny();
  return reading && judged(context, reading, said);
}

/** A notice of the files that were found beside the one that is read: they are not obeyed, and somebody may be editing them. */
export function noticeOthers({ terminal }: Context, findings: readonly Finding[]): void {
  for (const found of findings)
    if (found.code === "several-files") {
      const { file, others } = found.args;
      terminal.notice(`note: ${file} is read, and not what lies beside it: ${others.join(", ")}`);
    }
}

/**
 * A valid config, once it is one that may be obeyed by what writes: a file that was found and not named has to be this user's own, and
 * the only one. What only shows (`dryRun`) goes on with a notice: nothing is done, or sent, that the file says. Throws Failure
 * `config-not-trusted`.
 */
export function obeyed(context: Context, valid: ValidConfig, dryRun: boolean): ValidConfig | ValidationOutcome {
  const { file, findings, locate } = valid.reading;
  if (dryRun) {
    const distrust = distrustOf(valid);
    if (distrust)
      context.terminal.notice(`note: ${distrust.why}: a run that writes is refused with it; ${distrust.fix}`);
    return valid;
  }
  const own = trusted(valid, "nothing was changed");
  if (!findings.some(({ code }) => code === "several-files")) return own;
  const raised = findings.map((each) =>
    each.code === "several-files" ? { ...each, severity: "error" as const } : each,
  );
  return { kind: "validation", file, findings: raised, locate, strict: false };
}

/**
 * A valid config that decides which secret goes where, such as the key of a prompt: a file that was found and not named has to be this
 * user's own. `so` is what came of it. Throws Failure `config-not-trusted`.
 */
export function trusted(valid: ValidConfig, so: string): ValidConfig {
  const distrust = distrustOf(valid);
  if (!distrust) return valid;
  throw new Failure("config-not-trusted", { message: `${so}: ${distrust.why}`, fix: distrust.fix });
}

function distrustOf({ reading: { file, distrusted } }: ValidConfig) {
  if (distrusted === undefined) return undefined;
  return {
    why: `${quotedPath(file)} was found, not named, and ${distrusted}`,
    fix: `read it, then name it if it is meant: --config ${shellWord(file)}`,
  };
}

/** What is found in a file by the API's clock, once that has answered, and in the answers themselves. */
export function findingsNow({ clock, api }: Context, reading: ConfigReading): readonly Finding[] {
  return [...reading.findingsAt(clock.now()), ...api.findings()];
}

function judged(context: Context, reading: ConfigReading, said: Said): ValidConfig | ValidationOutcome {
  const { config, file, findings, locate } = reading;
  if (!config) return { kind: "validation", file, findings, locate, strict: false };
  if (said === "to be said") noticeOthers(context, findings);
  return { kind: "config", reading, config };
}
