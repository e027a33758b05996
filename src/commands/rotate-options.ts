import { Failure } from "../core/model/failure.ts";
import type { RotationKey } from "../core/rotation/rotation-key.ts";
import type { WriteFlags } from "./write-flags.ts";

export interface RotateOptions extends WriteFlags {
  /** Declared names; none: every key of the scope. */
  readonly keys: readonly string[];
  /** Only where each key stands. */
  readonly status: boolean;
  readonly force: boolean;
  readonly leaked: boolean;
  readonly archive: boolean;
  /** The operator's word that the services have the new secrets. */
  readonly delivered: boolean;
  readonly secretStdin: boolean;
  /** The variable that holds the new secret. */
  readonly secretEnv?: string;
  readonly calendar?: Calendar;
}

/** A calendar to be written, and how its text is made. */
interface Calendar {
  readonly file: string;
  readonly text: (organization: string, keys: readonly RotationKey[], now: number) => Promise<string>;
}

/** Throws Failure `usage` for flags that do not go together. */
export function checkRotateFlags(options: RotateOptions): void {
  const { only, keys, leaked, force, delivered, secretStdin, secretEnv, status } = options;
  const secrets = [...(secretStdin ? ["--secret-stdin"] : []), ...(secretEnv === undefined ? [] : ["--secret-env"])];
  if (only.length > 0 && !only.includes("keys")) {
    throw wrong(`rotate is about keys alone: there is nothing for it to do with --only ${only.join(", ")}`);
  }
  if (secrets.length > 1) throw wrong(`${secrets.join(" and ")} do not go together`);
  if (secrets.length > 0 && keys.length !== 1) throw wrong(`${secrets[0]} needs exactly one --key, whose secret it is`);
  if (secrets.length > 0 && delivered) throw wrong(`${secrets[0]} and --delivered do not go together`);
  if (leaked && keys.length === 0) throw wrong("--leaked needs the --key that leaked");
  const beside = [...secrets, ...(force ? ["--force"] : []), ...(delivered ? ["--delivered"] : [])];
  if (leaked && beside.length > 0) throw wrong(`--leaked and ${beside.join(", ")} do not go together`);
  if (status && (leaked || secrets.length > 0))
    throw wrong("--status only shows: it does not go with what changes keys");
}

function wrong(message: string): Failure {
  return new Failure("usage", { message });
}
