import type { Context } from "../context.ts";
import type { Config } from "../core/config/config.ts";
import { Failure } from "../core/model/failure.ts";
import type { ValidationOutcome } from "../core/outcome/outcome.ts";
import { shellWord } from "../core/text/printable.ts";
import type { ConfigReading } from "../core/validate/parse.ts";

/** An rbac.yaml without errors. */
export interface ValidConfig {
  readonly kind: "config";
  readonly reading: ConfigReading;
  readonly config: Config;
}

/** The rbac.yaml of this run, or, where it has errors, what ends the run before the network. Throws Failure. */
export async function validConfig(context: Context): Promise<ValidConfig | ValidationOutcome> {
  return judged(await context.config.read());
}

/** As `validConfig`, or undefined where no file was named and none is found. */
export async function validConfigIfAny(context: Context): Promise<ValidConfig | ValidationOutcome | undefined> {
  const reading = await context.config.readIfAny();
  return reading && judged(reading);
}

/**
 * A valid config, once it is one that may be obeyed by what writes or delivers: a file that was found and not named has to be this
 * user's own, and the only one. Throws Failure `config-not-trusted`.
 */
export function obeyed(valid: ValidConfig): ValidConfig | ValidationOutcome {
  const { file, findings, locate, distrusted } = valid.reading;
  if (distrusted !== undefined) {
    throw new Failure("config-not-trusted", {
      message: `nothing was changed: "${file}" was found, not named, and ${distrusted}`,
      fix: `read it, then name it if it is meant: --config ${shellWord(file)}`,
    });
  }
  if (!findings.some(({ code }) => code === "several-files")) return valid;
  const raised = findings.map((each) =>
    each.code === "several-files" ? { ...each, severity: "error" as const } : each,
  );
  return { kind: "validation", file, findings: raised, locate, strict: false };
}

function judged(reading: ConfigReading): ValidConfig | ValidationOutcome {
  const { config, file, findings, locate } = reading;
  return config ? { kind: "config", reading, config } : { kind: "validation", file, findings, locate, strict: false };
}
