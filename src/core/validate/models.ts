import {
  findModel,
  isModelPattern,
  MODELS_AS_OF,
  matchesModel,
  modelNames,
  replacementForUnknownModel,
} from "../config/models.ts";
import { type RuleContext, rolesOf, suggestion } from "../kinds/rule-context.ts";
import { type ConfigPath, type Finding, finding } from "../model/finding.ts";
import { DAY, daysBetween, startOfDay } from "../model/time.ts";
import { suggester } from "../text/suggest.ts";

/** From so many days before a model's end it is spoken of. */
const SOON_DAYS = 60;

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

/** What the table says of a model's life: invented, retired, or soon to be. */
export function lifecycleFindings(model: string, now: number, path: ConfigPath, atKey?: boolean): Finding[] {
  const where = atKey ? { path, atKey } : { path };
  const instead = replacementForUnknownModel(model);
  if (instead !== undefined) return [finding("model-never-existed", { model, successor: instead }, where)];
  const known = findModel(model);
  const day = known?.retires ?? known?.retiresNotBefore;
  if (!known || day === undefined) return [];
  const successor = known.successor === undefined ? {} : { successor: known.successor };
  const days = daysBetween(now - (now % DAY), startOfDay(day));
  if (days > SOON_DAYS) return [];
  if (known.retires === undefined) {
    return [finding("model-retires-soon", { model, day, days, earliest: true, ...successor }, where)];
  }
  // What had not come when the table was made may have been put off since: only the API knows.
  if (days < 0 && day > MODELS_AS_OF)
    return [finding("model-retires-soon", { model, day, days, earliest: true, ...successor }, where)];
  if (days <= 0) return [finding("model-retired", { model, day, ...successor }, where)];
  return [finding("model-retires-soon", { model, day, days, ...successor }, where)];
}
