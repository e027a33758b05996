import type { Context } from "../context.ts";
import { Failure } from "../core/model/failure.ts";
import type { ValidationOutcome } from "../core/outcome/outcome.ts";

export interface ValidateFlags {
  /** The file to check instead of the one that is found; `-` is stdin. */
  readonly file?: string;
  /** Warnings fail too. */
  readonly strict: boolean;
  /** Models and rate limits are checked against the API as well. */
  readonly live: boolean;
  /** The workspace in which a key without one asks for models: a handle, a live name or an id. */
  readonly workspace?: string;
}

/** Everything that is wrong with an rbac.yaml. Offline, unless `live` asks for the API. */
export async function validate(
  context: Context,
  { file, strict, live, workspace }: ValidateFlags,
): Promise<ValidationOutcome> {
  if (workspace !== undefined && !live) throw new Failure("usage", { message: "--workspace goes with --live only" });
  const reading = await context.config.read(file);
  const config = reading.config;
  // Errors stop every command before the network.
  const findings =
    live && config
      ? await (await import("./validate-live.ts")).withLive(context, { reading, config, workspace })
      : reading.findings;
  return { kind: "validation", file: reading.file, findings, locate: reading.locate, strict };
}
