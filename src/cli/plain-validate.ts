import type { ValidateFlags } from "../commands/validate.ts";
import { DEFAULT_OPTIONS } from "./defaults.ts";
import type { Invocation } from "./options.ts";

/**
 * `validate` and `validate FILE`, which run on every save and in every hook: understood as commander would, and without it, for it takes
 * longer than the check. Undefined for every other command line.
 */
export function plainValidate(argv: readonly string[]): Invocation | undefined {
  const [command, file, ...rest] = argv;
  if (command !== "validate" || rest.length > 0 || (file !== undefined && !/^[^-]/.test(file))) return undefined;
  const { format, ...options } = DEFAULT_OPTIONS;
  return {
    options: { ...options, pager: true },
    format,
    run: runOf({ strict: false, live: false, ...(file !== undefined && { file }) }),
  };
}

/** What `validate` does under these flags. */
export function runOf(flags: ValidateFlags): Invocation["run"] {
  return async (context) => {
    const { validate } = await import("../commands/validate.ts");
    return validate(context, flags);
  };
}
