import { findModel, isModelPattern, matchesModel, resolveModel } from "../config/models.ts";
import type { Policy } from "./policy.ts";

/** A role made ready for many decisions: every string that a decision needs is there already. */
export interface CompiledRole {
  readonly allowed: boolean;
  readonly maxTokens: number | undefined;
  /** Calls a minute. */
  readonly rpmLimit: number | undefined;
  /** The path of the role in rbac.yaml. */
  readonly path: string;
  /** The path of the entry that names each model; keys are entries as written, and the ids that they stand for. */
  readonly exact: ReadonlyMap<string, string>;
  readonly patterns: readonly { readonly pattern: string; readonly rule: string }[];
}

/** What a policy comes to. */
export type CompiledPolicy =
  | { readonly state: "missing" }
  | { readonly state: "invalid"; readonly message: string; readonly fix?: string }
  | {
      readonly state: "ready";
      readonly roles: ReadonlyMap<string, CompiledRole>;
      /** Both as given: only who counts calls asks for them. */
      readonly rateStore: unknown;
      readonly organization: unknown;
    };

const MISSING: CompiledPolicy = { state: "missing" };
const COMPILED = new WeakMap<object, CompiledPolicy>();

/**
 * The policy made ready, once for each. A policy is a value: one that is changed afterwards is not looked at again. Whatever is
 * passed, it does not throw: what is no policy is invalid.
 */
export function compilePolicy(policy: Policy | undefined): CompiledPolicy {
  if (policy === undefined || policy === null) return MISSING;
  if (typeof policy !== "object") return { state: "invalid", message: "The policy is no object" };
  const known = COMPILED.get(policy);
  if (known) return known;
  const compiled = compile(policy);
  COMPILED.set(policy, compiled);
  return compiled;
}

function compile(policy: Policy): CompiledPolicy {
  try {
    const { roles: given, rateStore, organization } = policy as Readonly<Record<keyof Policy, unknown>>;
    if (policy instanceof Promise) return { state: "invalid", message: "The policy is a promise", fix: "await it" };
    if (!(given instanceof Map)) return { state: "invalid", message: "The policy's roles are no Map" };
    if (given.size === 0) return MISSING;
    const roles = new Map<string, CompiledRole>();
    for (const [name, role] of given) {
      const compiled = typeof name === "string" ? compileRole(name, role) : undefined;
      if (!compiled) return { state: "invalid", message: `The policy's role ${JSON.stringify(name)} is not valid` };
      roles.set(name, compiled);
    }
    return { state: "ready", roles, rateStore, organization };
  } catch {
    // A getter or a Proxy of somebody's own.
    return { state: "invalid", message: "The policy cannot be read" };
  }
}

function compileRole(name: string, role: unknown): CompiledRole | undefined {
  if (typeof role !== "object" || role === null) return undefined;
  const { allowed, models, maxTokens, rpmLimit } = role as Readonly<Record<string, unknown>>;
  if (typeof allowed !== "boolean" || !Array.isArray(models)) return undefined;
  if (maxTokens !== undefined && !isCount(maxTokens)) return undefined;
  if (rpmLimit !== undefined && !isCount(rpmLimit)) return undefined;
  const path = `roles.${name}`;
  const exact = new Map<string, string>();
  const patterns: { pattern: string; rule: string }[] = [];
  for (const [index, model] of models.entries()) {
    if (typeof model !== "string" || model === "") return undefined;
    const rule = `${path}.models[${index}]`;
    if (isModelPattern(model)) patterns.push({ pattern: model, rule });
    // The first entry that names a model is the one that is said to allow it.
    else for (const key of [model, resolveModel(model)]) if (!exact.has(key)) exact.set(key, rule);
  }
  return { allowed, maxTokens, rpmLimit, path, exact, patterns };
}

/** The path of the entry that allows a model, or undefined. The id and the aliases of a model are always decided alike. */
export function ruleFor({ exact, patterns }: CompiledRole, model: string): string | undefined {
  const named = exact.get(model) ?? exact.get(resolveModel(model));
  if (named !== undefined || patterns.length === 0) return named;
  const known = findModel(model);
  for (const { pattern, rule } of patterns) {
    if (matchesModel(pattern, model)) return rule;
    if (known && [known.id, ...known.aliases].some((name) => matchesModel(pattern, name))) return rule;
  }
  return undefined;
}

/** Whether a value is a positive whole number. */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) > 0;
}
