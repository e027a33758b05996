import { findModel, insteadOfInvented, isModelPattern, modelNames } from "../config/models.ts";
import { type ConfigPath, type Finding, finding } from "../model/finding.ts";
import type { Policy } from "../policy/policy.ts";
import { suggest } from "../text/suggest.ts";

/** The model of a request is one model; and one that looks misspelt is said, for the denial of a typo proves nothing. */
export function checkModel(model: string, path: ConfigPath, policy: Policy): readonly Finding[] {
  if (isModelPattern(model)) return [finding("test-model-pattern", { model }, { path })];
  if (findModel(model) || insteadOfInvented(model) !== undefined) return [];
  for (const { models } of policy.roles.values()) if (models.includes(model)) return [];
  const suggestion = suggest(model, modelNames());
  return suggestion === undefined ? [] : [finding("test-model-misspelt", { model, suggestion }, { path })];
}
