import type { Config } from "../config/config.ts";
import { isModelPattern, matchesModel } from "../config/models.ts";
import { type ConfigPath, type Finding, finding } from "../model/finding.ts";
import type { Limiter, RateLimit } from "../model/limit.ts";
import type { LiveModel } from "../model/live-model.ts";
import { DAY, dayOf, daysBetween } from "../model/time.ts";
import { suggester } from "../text/suggest.ts";

/** What the API says of models and limits. A part that could not be asked for is absent, and nothing is said of it. */
export interface LiveFacts {
  readonly models?: readonly LiveModel[];
  readonly rateLimits?: readonly RateLimit[];
  /** Epoch milliseconds. */
  readonly now: number;
}

/** What only the API knows: whether models exist, what they can do, and which rate-limit group an entry falls on. */
export function checkLive(config: Config, { models, rateLimits, now }: LiveFacts): Finding[] {
  return [
    ...(models ? roleModels(config, models, now) : []),
    ...(rateLimits ? workspaceLimits(config, rateLimits) : []),
  ];
}

/** The codes that the API answers better than the dated table: with `--live` they give way to its answers. */
export const ANSWERED_LIVE = {
  models: ["model-unknown", "model-never-existed", "model-retired", "model-retires-soon"],
  rateLimits: ["unknown-rate-limit", "rate-limit-collision"],
} as const;

const SOON_DAYS = 60;

function roleModels(config: Config, models: readonly LiveModel[], now: number): Finding[] {
  const byName = new Map(models.flatMap((model) => [model.id, ...(model.aliases ?? [])].map((name) => [name, model])));
  const usable = models.filter(({ lifecycle }) => lifecycle !== "retired");
  const nearest = suggester(usable.map(({ id }) => id));
  const found: Finding[] = [];
  for (const role of config.roles.values()) {
    for (const [index, name] of role.models.entries()) {
      const path = ["roles", role.name, "models", index];
      const model = byName.get(name);
      if (isModelPattern(name)) {
        if (usable.some(({ id }) => matchesModel(name, id))) continue;
        found.push(finding("model-unknown", { model: name, live: true }, { path }));
      } else if (!model) {
        const suggestion = nearest(name);
        const args = { model: name, live: true, ...(suggestion !== undefined && { suggestion }) };
        found.push(finding("model-unknown", args, { path, severity: "error" }));
      } else {
        found.push(...lifecycle(name, model, now, path), ...ceiling(role, model, name));
      }
    }
  }
  return found;
}

function lifecycle(name: string, model: LiveModel, now: number, path: ConfigPath): Finding[] {
  const { retiresAt } = model;
  if (model.lifecycle === "retired") {
    return [finding("model-retired", { model: name, day: retiresAt === undefined ? "" : dayOf(retiresAt) }, { path })];
  }
  if (retiresAt === undefined) return [];
  const days = daysBetween(now - (now % DAY), retiresAt);
  if (days > SOON_DAYS) return [];
  // The day is a plan: what is past it and not called retired can still be called (`ModelInfo` in the SDK's types).
  const overdue = days < 0 && { earliest: true };
  return [finding("model-retires-soon", { model: name, day: dayOf(retiresAt), days, ...overdue }, { path })];
}

function ceiling(
  role: { readonly name: string; readonly maxTokens?: number },
  model: LiveModel,
  name: string,
): Finding[] {
  const { maxTokens: value } = role;
  const { maxTokens: maximum } = model;
  if (value === undefined || maximum === undefined || value <= maximum) return [];
  const path = ["roles", role.name, "max_tokens"];
  return [finding("max-tokens-above-model", { role: role.name, model: name, value, maximum }, { path })];
}

function workspaceLimits(config: Config, rateLimits: readonly RateLimit[]): Finding[] {
  const groups = new Map<string, RateLimit>();
  for (const limit of rateLimits) {
    for (const name of [...limit.models, ...(limit.group.type === "model_group" ? [] : [limit.group.type])]) {
      groups.set(name, limit);
    }
  }
  const nearest = suggester(groups.keys());
  const found: Finding[] = [];
  for (const { handle, rateLimits: entries } of config.workspaces.values()) {
    const taken = new Map<string, string>();
    for (const entry of [...(entries?.keys() ?? [])].sort()) {
      const path = ["workspaces", handle, "rate_limits", entry];
      const group = groups.get(entry);
      if (!group) {
        const suggestion = nearest(entry);
        const args = { entry, live: true, ...(suggestion !== undefined && { suggestion }) };
        found.push(finding("unknown-rate-limit", args, { path, atKey: true, severity: "error" }));
        continue;
      }
      const other = taken.get(group.id);
      if (other === undefined) taken.set(group.id, entry);
      else {
        const family = group.group.displayName ?? group.group.type;
        found.push(finding("rate-limit-collision", { entry, other, family }, { path, atKey: true }));
      }
      for (const [limiter, value] of Object.entries(entries?.get(entry) ?? {})) {
        const organization = group.limits[limiter as Limiter];
        if (organization === undefined || value <= organization) continue;
        const args = { limiter, value, organization };
        found.push(finding("limit-above-organization", args, { path: [...path, limiter] }));
      }
    }
  }
  return found;
}
