import type { Completion } from "../commands/completion/complete.ts";
import { DEFAULT_OPTIONS } from "./defaults.ts";
import type { Invocation } from "./options.ts";

/** The rest of a `__complete` that was understood without the program (bin/anth-rbac.js): the words of the file, without commander. */
export function plainComplete(completion: Completion, typed: string): Invocation {
  const { format, ...options } = DEFAULT_OPTIONS;
  return {
    options: { ...options, pager: true },
    format,
    run: async (context) => {
      const { complete } = await import("../commands/completion/complete.ts");
      return complete(context, completion, typed);
    },
  };
}
