import { compilePolicy } from "../core/policy/compiled-policy.ts";
import { decide as decideModel } from "../core/policy/decide.ts";
import type { Decision, Denied, Policy, PolicyRequest } from "../core/policy/policy.ts";
import { isObject } from "../core/text/text.ts";

/** Who asks, and by which policy. */
export interface PolicyContext {
  readonly policy: Policy | undefined;
  readonly role: string | null | undefined;
}

type Body = Readonly<Record<string, unknown>>;

/** A request as it may be sent, or why it may not. */
export type Decided = { readonly decision: "allow"; readonly request: Body } | Denied;

/**
 * Decides a request of the Messages API by every model that it names: its own, those of `fallbacks`, of a tool that asks a model of
 * its own (advisor), and whatever a later version of the API calls a model. Each must be allowed, and each `max_tokens` is lowered,
 * with the thinking budget that has to fit below it. Never throws: what cannot be read to its end is denied.
 * Source: MessageCreateParams of the SDK, beta included.
 */
export function decide<Request extends PolicyRequest>(
  policy: Policy | undefined,
  role: string | null | undefined,
  request: Request,
): Decision<Request> {
  const decision = decideModel(policy, role, request);
  if (decision.decision === "deny") return decision;
  try {
    const others = decideOthers({ policy, role }, bodyOf({ ...decision.request }), bodyOf(request));
    if (others.decision === "deny") return others;
    return { ...decision, request: others.request as unknown as typeof decision.request };
  } catch {
    const { model } = decision;
    const message = "The request cannot be read to its end";
    return { decision: "deny", code: "invalid-request", role: decision.role, model, message };
  }
}

/** Whatever else a request holds, for what looks at all of it. */
function bodyOf(request: PolicyRequest): Body {
  return request as unknown as Body;
}

/** As `decide`, of a body whose form is not known yet. */
export function decideRequest({ policy, role }: PolicyContext, body: Body): Decided {
  return decide<PolicyRequest & Body>(policy, role, body as PolicyRequest & Body);
}

/** As `decideRequest` for what generates nothing, and takes no `max_tokens`. */
export function decideCount(context: PolicyContext, body: Body): Decided {
  const decision = decideModel(context.policy, context.role, { model: body.model } as PolicyRequest);
  return decision.decision === "deny" ? decision : decideOthers(context, body);
}

/**
 * What people and programs say themselves: a `model` in there is a word like any other. `messages` is not one of them: a block there
 * can add a tool, with a model of its own (tool_addition).
 */
const OWN_WORDS: ReadonlySet<string> = new Set(["system", "metadata", "stop_sequences"]);
/** Below a tool or a format: a JSON Schema, and examples of what fits it. Below a message: what a tool was called with. */
const FREE_FORM: ReadonlySet<string> = new Set(["input_schema", "input_examples", "schema", "description", "input"]);
/** Which models have answered already, in a block of type `fallback`: none is asked again. */
const ECHOED: ReadonlySet<string> = new Set(["from", "to"]);
const NAMES_MODELS = /^(?:.+_)?models?$/;

/** `asked`: the request before it was lowered, where it generates anything. */
function decideOthers(context: PolicyContext, { model, ...rest }: Body, asked?: Body): Decided {
  const { fallbacks } = rest;
  if (typeof fallbacks === "string" && !mayUseAny(context)) {
    return {
      decision: "deny",
      code: "call-not-guarded",
      role: context.role ?? null,
      model: typeof model === "string" ? model : null,
      message: `fallbacks: ${JSON.stringify(fallbacks)} leaves the choice of a model to the API`,
      fix: "list the models to fall back to: each is decided like the request's own",
    };
  }
  const denials: Denied[] = [];
  const others = Object.entries(rest).filter(([name]) => !OWN_WORDS.has(name) && name !== "fallbacks");
  const lowered = {
    ...(lowerIn(Object.fromEntries(others), context, denials) as Body),
    ...(fallbacks !== undefined && { fallbacks: lowerIn(fallbacks, context, denials, asked) }),
  };
  const [denied] = denials;
  return denied ?? { decision: "allow", request: { model, ...rest, ...lowered } };
}

function mayUseAny({ policy, role }: PolicyContext): boolean {
  const compiled = compilePolicy(policy);
  const known = compiled.state === "ready" && role ? compiled.roles.get(role) : undefined;
  return known?.anyModel ?? false;
}

/**
 * A value with every `max_tokens` beside a model lowered; what is denied of the models in it goes to `denials`. `inherited`: the request
 * whose `max_tokens` hold where the value has none, as with a fallback.
 */
function lowerIn(value: unknown, context: PolicyContext, denials: Denied[], inherited?: Body): unknown {
  if (Array.isArray(value)) return value.map((item) => lowerIn(item, context, denials, inherited));
  if (!isObject(value)) return value;
  const free = value.type === "fallback" ? ECHOED : FREE_FORM;
  let tokens: number | undefined;
  let fitted: unknown;
  const fields = Object.entries(value).map(([name, field]) => {
    if (free.has(name)) return [name, field];
    for (const model of NAMES_MODELS.test(name) ? [field ?? []].flat() : []) {
      const own = value.max_tokens ?? (isAdvisor(value) ? UNBOUNDED : undefined);
      const asked = own ?? inherited?.max_tokens;
      const isBounded = own !== undefined || inherited !== undefined;
      // Whatever it is: what names no model as we know it is denied.
      const request = {
        model,
        ...(asked !== undefined && { max_tokens: asked }),
        // Null is the model's own way of thinking (BetaFallbackParam).
        ...(isBounded && value.thinking != null && { thinking: fitted ?? value.thinking }),
      } as PolicyRequest;
      const decision = decideModel(context.policy, context.role, request);
      if (decision.decision === "deny") {
        denials.push(decision);
        continue;
      }
      fitted = decision.request.thinking;
      if (own !== undefined) tokens = decision.request.max_tokens;
    }
    return [name, lowerIn(field, context, denials)];
  });
  return {
    ...Object.fromEntries(fields),
    ...(tokens !== undefined && tokens !== UNBOUNDED && { max_tokens: tokens }),
    ...(fitted !== undefined && { thinking: fitted }),
  };
}

/** Lowered to what the role may, and where that has no limit, not sent. */
const UNBOUNDED = Number.MAX_SAFE_INTEGER;

/** An advisor that is given no max_tokens may write as much as its model can; a fallback has those of its request. */
function isAdvisor({ type }: Body): boolean {
  return typeof type === "string" && type.startsWith("advisor_");
}
