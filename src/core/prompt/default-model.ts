import { findModel, isModelPattern, modelNames } from "../config/models.ts";
import { startOfDay } from "../model/time.ts";
import { decide } from "../policy/decide.ts";
import type { Policy } from "../policy/policy.ts";

/** The lines of models from the cheapest up, as far as a prompt should go by itself. */
const LINES = ["claude-haiku-", "claude-sonnet-", "claude-opus-"];

/**
 * The model that a role uses where none is asked for: the first that it lists by name; where it lists patterns only, the newest known
 * one of the cheapest line that they match and that is not retired on `now` (epoch ms). Undefined where that says nothing.
 */
export function defaultModel(policy: Policy, role: string, now: number): string | undefined {
  const listed = policy.roles.get(role)?.models.find((model) => !isModelPattern(model));
  if (listed !== undefined) return listed;
  const usable = modelNames().filter((name) => {
    const model = findModel(name);
    const retired = model?.retires !== undefined && startOfDay(model.retires) <= now;
    return model?.id === name && !retired && decide(policy, role, { model: name }).decision === "allow";
  });
  for (const line of LINES) {
    // The table has the newest of a line first.
    const found = usable.find((name) => name.startsWith(line));
    if (found !== undefined) return found;
  }
  return undefined;
}
