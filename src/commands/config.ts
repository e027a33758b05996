import type { Context } from "../context.ts";
import type { Config } from "../core/config/config.ts";
import type { ValidationOutcome } from "../core/outcome/outcome.ts";
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

function judged(reading: ConfigReading): ValidConfig | ValidationOutcome {
  const { config, file, findings, locate } = reading;
  return config ? { kind: "config", reading, config } : { kind: "validation", file, findings, locate, strict: false };
}
