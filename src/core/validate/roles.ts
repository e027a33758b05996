import {
  findModel,
  isModelPattern,
  lifecycleFindings,
  matchesModel,
  modelNames,
  replacementForUnknownModel,
  resolveModel,
} from "../config/models.ts";
import { type RuleContext, rolesOf, suggestion } from "../kinds/rule-context.ts";
import { type ConfigPath, type Finding, finding } from "../model/finding.ts";
import { suggester } from "../text/suggest.ts";

/** A role that is allowed but lists no model allows nothing: most likely a line is missing. */
export function roleAllowsNothing(facts: RuleContext): Finding[] {
  return rolesOf(facts)
    .filter(([name, { allowed, models }]) => allowed && !models?.length && !facts.isPartial(["roles", name]))
    .map(([name]) => finding("role-allows-nothing", { role: name }, { path: ["roles", name], atKey: true }));
}

/** Limits of a role that is not allowed have no effect. */
export function deniedRoleWithLimits(facts: RuleContext): Finding[] {
  const limits = ["models", "max_tokens", "rpm_limit"] as const;
  return rolesOf(facts)
    .filter(([, { allowed }]) => !allowed)
    .flatMap(([name, role]) =>
      limits
        .filter((field) => role[field] !== undefined && role[field] !== null)
        .map((field) =>
          finding("denied-role-with-limits", { role: name, field }, { path: ["roles", name, field], atKey: true }),
        ),
    );
}

/** A role lists a model once; an alias and its id are one model. */
export function modelListedTwice(facts: RuleContext): Finding[] {
  return rolesOf(facts).flatMap(([name, { models }]) => {
    const seen = new Map<string, string>();
    const found: Finding[] = [];
    for (const [index, model] of facts.itemsOf(models)) {
      const other = seen.get(resolveModel(model));
      if (other === undefined) seen.set(resolveModel(model), model);
      else found.push(finding("model-listed-twice", { model, other }, { path: ["roles", name, "models", index] }));
    }
    return found;
  });
}

/** `may_assume` names declared roles; so do `may_assume` and `app_role` under `unmapped`. */
export function unknownAssumedRoles(facts: RuleContext): Finding[] {
  const { roles, written } = facts;
  if (!roles) return [];
  const check = (role: string, path: ConfigPath) =>
    roles.has(role) ? [] : [finding("unknown-role", { role, ...suggestion(roles.suggest(role)) }, { path })];
  const { app_role: own, may_assume: others } = written.unmapped ?? {};
  return [
    ...rolesOf(facts).flatMap(([name, { may_assume: assumed }]) =>
      facts.itemsOf(assumed).flatMap(([index, role]) => check(role, ["roles", name, "may_assume", index])),
    ),
    ...(own === undefined ? [] : check(own, ["unmapped", "app_role"])),
    ...facts.itemsOf(others).flatMap(([index, role]) => check(role, ["unmapped", "may_assume", index])),
  ];
}

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
