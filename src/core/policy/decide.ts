import { cutAt, isObject } from "../text/text.ts";
import { compilePolicy, isCount, LONGEST_NAME } from "./compiled-policy.ts";
import {
  DEFAULT_MAX_TOKENS,
  type Decision,
  type DenialCode,
  type Denied,
  type Policy,
  type PolicyRequest,
} from "./policy.ts";

/**
 * Whether a role may make a request, and the request as it may be sent. Pure, and it never throws: everything unknown or invalid is
 * denied, also what only a JavaScript caller can pass. What it allows is a copy, decided on as copied: a getter cannot answer with
 * another model afterwards.
 */
export function decide<Request extends PolicyRequest>(
  policy: Policy | undefined,
  role: string | null | undefined,
  request: Request,
): Decision<Request> {
  const compiled = compilePolicy(policy);
  const sent = copyOf(request);
  const given = sent?.model;
  const model = typeof given === "string" ? given : null;
  const name = typeof role === "string" ? role : null;
  if (compiled.state === "missing") {
    return denied("policy-missing", name, model, "There is no role policy", {
      fix: "declare roles in rbac.yaml, or name the file with --config",
    });
  }
  if (compiled.state === "invalid") {
    return denied("policy-invalid", name, model, compiled.message, {
      fix: compiled.fix ?? "run anth-rbac validate, and correct the file",
    });
  }
  const known = name === null ? undefined : compiled.roles.get(name);
  if (name === null || !known) {
    const message = name === null ? "No role is given" : `The policy has no role ${JSON.stringify(shownName(name))}`;
    return denied("unknown-role", name, model, message, { fix: `use one of ${someOf([...compiled.roles.keys()])}` });
  }
  const { maxTokens, paths } = known;
  if (!known.allowed) {
    return deniedBy(paths.allowed, "role-not-allowed", name, model, "Role does not allow API access");
  }
  if (!sent || !model) return denied("invalid-request", name, model, "The request names no model");
  const verdict = known.verdictOf(model);
  if (verdict.state === "not-a-name") return denied("invalid-request", name, model, verdict.message);
  const { max_tokens: named } = sent;
  const asked = named === undefined ? DEFAULT_MAX_TOKENS : named;
  // 0 only warms the cache (admin-api.md 5.4).
  if (asked !== 0 && !isCount(asked)) {
    return denied("invalid-request", name, model, "The request's max_tokens is not a whole number from 0 up");
  }
  if (verdict.state === "not-allowed") return deniedBy(paths.models, "model-not-allowed", name, model, verdict.message);
  const { rule } = verdict;
  const tokens = maxTokens !== undefined && maxTokens < asked ? maxTokens : asked;
  // What nobody asked for is not lowered: the role's own limit is then what is sent, as the default would be.
  const lowered = tokens < asked && named !== undefined;
  sent.max_tokens = tokens;
  if (sent.thinking !== undefined) {
    const thinking = thinkingWithin(sent.thinking, tokens, named);
    if ("wrong" in thinking) {
      if (tokens < asked) return deniedBy(paths.maxTokens, "invalid-request", name, model, thinking.wrong);
      return denied("invalid-request", name, model, thinking.wrong);
    }
    sent.thinking = thinking.sent;
  }
  // Each written out: a copy of one to make the other costs as much as all the rest.
  if (!lowered) return { decision: "allow", code: "allowed", role: name, model, request: sent, rule };
  const limit = { asked, sent: tokens };
  return { decision: "allow", code: "allowed", role: name, model, request: sent, rule, lowered: limit };
}

/** The smallest budget that the API takes. Source: ThinkingConfigEnabled of the SDK. */
const LEAST_BUDGET = 1024;

/**
 * The thinking of a request whose answer may have so many tokens: the API takes a budget below `max_tokens` only, so where that was
 * lowered or filled in (`named` is what the request said) the budget is lowered in proportion. What is wrong where that cannot be, or
 * where its form is not known.
 */
function thinkingWithin(
  thinking: unknown,
  tokens: number,
  named: number | undefined,
): { readonly sent: unknown } | { readonly wrong: string } {
  if (!isObject(thinking) || typeof thinking.type !== "string") {
    return { wrong: "The request's thinking has a form that is not known" };
  }
  const { budget_tokens: budget } = thinking;
  if (budget === undefined) return { sent: { ...thinking } };
  if (!isCount(budget)) return { wrong: "The request's thinking budget is not a whole number from 1 up" };
  // Whoever asks for both themselves hears it from the API.
  if (budget < tokens || tokens === named) return { sent: { ...thinking } };
  const lowered = Math.max(LEAST_BUDGET, Math.floor(budget * (tokens / (named ?? budget))));
  if (lowered < tokens) return { sent: { ...thinking, budget_tokens: lowered } };
  const whose = named === undefined ? "the default" : "the role's limit";
  return {
    wrong: `A thinking budget of ${budget} tokens does not fit below max_tokens ${tokens}, ${whose}, and the least budget is ${LEAST_BUDGET}`,
  };
}

/**
 * Whether an answer of this model may be used by the role: the models that it may ask for, and the dated snapshots of those that it
 * lists by name, whether or not our table knows them yet. Never throws.
 */
export function mayAnswer(policy: Policy | undefined, role: string | null | undefined, model: string): boolean {
  const compiled = compilePolicy(policy);
  if (compiled.state !== "ready" || typeof role !== "string" || typeof model !== "string") return false;
  const known = compiled.roles.get(role);
  if (!known?.allowed) return false;
  const { state } = known.verdictOf(model);
  return state === "allowed" || (state === "not-allowed" && known.exact.has(model.replace(/-\d{8}$/, "")));
}

function denied(
  code: DenialCode,
  role: string | null,
  model: string | null,
  message: string,
  more?: { readonly fix: string },
): Denied {
  return { decision: "deny", code, role: shownName(role), model: shownName(model), message, ...more };
}

/** A name of a role or a model as a denial holds it, in its message, in JSON and in the audit log: cut where it is longer than any. */
export function shownName<Name extends string | null>(name: Name): Name | string {
  return name === null ? name : cutAt(name, LONGEST_NAME);
}

/** A denial that a line of the policy says. */
function deniedBy(rule: string, code: DenialCode, role: string, model: string | null, message: string): Denied {
  return { decision: "deny", code, role, model: shownName(model), message, rule };
}

/** So many names are said in full. */
const NAMES_SHOWN = 20;

function someOf(names: readonly string[]): string {
  const more = names.length - NAMES_SHOWN;
  return `${names.slice(0, NAMES_SHOWN).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

/** What a decision may change of it. */
type Copied<Request> = Request & { max_tokens: number; thinking?: unknown };

/** A copy of what the request itself holds, nothing inherited; undefined for what is no request. */
function copyOf<Request extends PolicyRequest>(request: Request): Copied<Request> | undefined {
  if (typeof request !== "object" || Array.isArray(request)) return undefined;
  try {
    return { ...request } as Copied<Request>;
  } catch {
    return undefined;
  }
}

/** A denial with what the person can do about it, where the decision itself does not say it. */
export function withFix(denied: Denied, policy: Policy): Denied {
  if (denied.fix !== undefined) return denied;
  const fix = fixFor(denied, policy);
  return fix === undefined ? denied : { ...denied, fix };
}

function fixFor({ code, role, model }: Denied, { roles }: Policy): string | undefined {
  const known = role === null ? undefined : roles.get(role);
  switch (code) {
    case "role-not-allowed": {
      const others = known?.mayAssume ?? [];
      const assume = others.length > 0 ? `act as ${others.join(" or ")} with --role, or ` : "";
      return `${assume}ask whoever keeps rbac.yaml for another app_role`;
    }
    case "model-not-allowed":
      return known && `the role may use ${known.models.join(", ")}`;
    case "invalid-request":
      return model ? undefined : "name one with --model";
    default:
      return undefined;
  }
}
