import type { World } from "./context.ts";

/** NO_COLOR and FORCE_COLOR decide where they are set and not empty; else a terminal that is not dumb has colour. */
export function wantsColour(stream: World["stdout"] | World["stderr"], env: World["env"]): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== "0" && env.FORCE_COLOR !== "false";
  return stream.isTTY === true && env.TERM !== "dumb";
}
