import { findModel, isModelName, isModelPattern, resolveModel } from "../config/models.ts";
import { quoted } from "../text/text.ts";
import { indexPatterns, type PatternIndex, type PatternRule } from "./pattern-index.ts";
import type { Policy } from "./policy.ts";

/** A role made ready for many decisions: every string that a decision needs is there already. */
export interface CompiledRole {
  readonly allowed: boolean;
  readonly maxTokens: number | undefined;
  /** Calls a minute. */
  readonly rpmLimit: number | undefined;
  /** Paths in rbac.yaml. */
  readonly paths: { readonly allowed: string; readonly models: string; readonly maxTokens: string };
  /** The path of the entry that names each model; keys are entries as written, and the ids that they stand for. */
  readonly exact: ReadonlyMap<string, string>;
  /** Whether one of its entries is `*`. */
  readonly anyModel: boolean;
  /** What is said of a model by name, made when it is first asked for. */
  readonly verdictOf: (model: string) => Verdict;
}

/** What a role says of a model, whatever else is asked for: every string of the answer that depends on the two alone. */
export type Verdict =
  /** The path of the entry that allows it. */
  | { readonly state: "allowed"; readonly rule: string }
  | { readonly state: "not-allowed"; readonly message: string }
  | { readonly state: "not-a-name"; readonly message: string };

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
/** The one that was asked for last: whoever decides much asks for one, and the look into the map is an eighth of a decision. */
let latest: Policy | undefined;
let latestCompiled: CompiledPolicy = MISSING;

/**
 * The policy made ready, once for each. A policy is a value: one that is changed afterwards is not looked at again. Whatever is
 * passed, it does not throw: what is no policy is invalid.
 */
export function compilePolicy(policy: Policy | undefined): CompiledPolicy {
  if (policy === latest) return latestCompiled;
  if (policy === undefined || policy === null) return MISSING;
  if (typeof policy !== "object") return { state: "invalid", message: "The policy is no object" };
  const known = COMPILED.get(policy);
  const compiled = known ?? compile(policy);
  if (!known) COMPILED.set(policy, compiled);
  latest = policy;
  latestCompiled = compiled;
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
  const patterns: PatternRule[] = [];
  for (const [index, model] of models.entries()) {
    if (typeof model !== "string" || model === "") return undefined;
    const rule = `${path}.models[${index}]`;
    if (isModelPattern(model)) patterns.push({ pattern: model, rule });
    // The first entry that names a model is the one that is said to allow it.
    else for (const key of [model, resolveModel(model)]) if (!exact.has(key)) exact.set(key, rule);
  }
  const anyModel = patterns.some(({ pattern }) => pattern === "*");
  const paths = { allowed: `${path}.allowed`, models: `${path}.models`, maxTokens: `${path}.max_tokens` };
  return { allowed, maxTokens, rpmLimit, paths, exact, anyModel, verdictOf: rememberVerdicts(exact, patterns) };
}

/** So many verdicts are kept for a role; after that it begins anew. */
const VERDICTS = 1024;
/** The most characters that the name of a model or a role has: the API knows no longer one, nor does rbac.yaml. */
export const LONGEST_NAME = 256;

/** The same answer as `verdict` gives, kept for each model: it depends on nothing else. */
function rememberVerdicts(
  exact: ReadonlyMap<string, string>,
  patterns: readonly PatternRule[],
): CompiledRole["verdictOf"] {
  const known = new Map<string, Verdict>();
  let index: PatternIndex | undefined;
  return (model) => {
    const kept = known.get(model);
    if (kept !== undefined) return kept;
    index ??= indexPatterns(patterns);
    const made = verdict(exact, index, model);
    if (known.size >= VERDICTS) known.clear();
    // Whoever asks for what is no name asks once.
    if (model.length <= LONGEST_NAME) known.set(model, made);
    return made;
  };
}

/** What a role's entries say of a model. The id and the aliases of a model are always decided alike. */
function verdict(exact: ReadonlyMap<string, string>, patternFor: PatternIndex, model: string): Verdict {
  if (!isModelName(model)) {
    const message = `${quoted(model)} is no name of a model: it has letters, digits and . - _ : @ only`;
    return { state: "not-a-name", message };
  }
  if (model.length > LONGEST_NAME) {
    const message = `${quoted(model)} is no name of a model: it has ${model.length} characters, and none has more than ${LONGEST_NAME}`;
    return { state: "not-a-name", message };
  }
  const known = findModel(model);
  const named = exact.get(model) ?? exact.get(known?.id ?? model);
  const rule = named ?? patternFor(known ? [model, known.id, ...known.aliases] : [model]);
  if (rule !== undefined) return { state: "allowed", rule };
  return { state: "not-allowed", message: `Role cannot access model: ${model}` };
}

/** Whether a value is a positive whole number. */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) > 0;
}
