import type { Context, SandboxOptions } from "../context.ts";
import type { Outcome } from "../core/outcome/outcome.ts";

/** Starts the simulated organization and keeps it up until Ctrl-C. Throws Failure for a port in use or a bad seed. */
export async function sandbox(context: Context, options: SandboxOptions): Promise<Outcome> {
  const { url, variables, close } = await context.sandbox(options);
  const interrupted = new Promise<void>((resolve) => {
    if (context.signal.aborted) resolve();
    else context.signal.addEventListener("abort", () => resolve(), { once: true });
  });
  return { kind: "service", url, variables, ended: interrupted.then(close) };
}
