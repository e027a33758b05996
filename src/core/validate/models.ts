import {
  findModel,
  isModelPattern,
  lifecycleFindings,
  matchesModel,
  modelNames,
  replacementForUnknownModel,
} from "../config/models.ts";
import { type RuleContext, rolesOf, suggestion } from "../kinds/rule-context.ts";
import { type Finding, finding } from "../model/finding.ts";
import { suggester } from "../text/suggest.ts";

/** The models of a role exist, and will for a while. A dated table judges: what it does not know may be newer than it. */
export function modelLifecycle(facts: RuleContext): Finding[] {
  const nearest = suggester(modelNames());
  return rolesOf(facts).flatMap(([name, { models }]) =>
    facts.itemsOf(models).flatMap(([index, model]) => {
      const path = ["roles", name, "models", index];
      if (findModel(model) || replacementForUnknownModel(model) !== undefined)
        return lifecycleFindings(model, facts.now, path);
      const known = isModelPattern(model) && modelNames().some((other) => matchesModel(model, other));
      if (known) return [];
      return [finding("model-unknown", { model, ...suggestion(nearest(model)) }, { path })];
    }),
  );
}
