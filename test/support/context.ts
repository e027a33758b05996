import type { Context } from "../../src/context.ts";

/** As much of a Context as a command may touch: whatever else it reaches for is not there, and fails the test. */
export type ContextParts = { readonly [Port in keyof Context]?: Partial<Context[Port]> };

/** A Context that has nothing but what is given. */
export function contextOf(parts: ContextParts): Context {
  return parts as Context;
}
