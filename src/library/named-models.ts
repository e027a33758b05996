import { isObject } from "../core/audit/audit.ts";
import { decide } from "../core/policy/decide.ts";
import type { Denied, Policy, PolicyRequest } from "../core/policy/policy.ts";

/** Who asks, and by which policy. */
export interface Standing {
  readonly policy: Policy | undefined;
  readonly role: string | null | undefined;
}

type Body = Readonly<Record<string, unknown>>;

/** A request as it may be sent, or why it may not. */
export type Decided = { readonly decision: "allow"; readonly request: Body } | Denied;

/**
 * Decides a request of the Messages API by every model that it names: its own, those of `fallbacks`, of a tool that asks a model of
 * its own (advisor), and whatever a later version of the API calls a model. Each must be allowed, and each `max_tokens` is lowered.
 * Source: MessageCreateParams of the SDK, beta included.
 */
export function decideRequest(standing: Standing, body: Body): Decided {
  const decision = decide(standing.policy, standing.role, body as unknown as PolicyRequest);
  if (decision.decision === "deny") return decision;
  return decideOthers(standing, { ...decision.request });
}

/** As `decideRequest` for what generates nothing, and takes no `max_tokens`. */
export function decideCount(standing: Standing, body: Body): Decided {
  const decision = decide(standing.policy, standing.role, { model: body.model } as PolicyRequest);
  return decision.decision === "deny" ? decision : decideOthers(standing, body);
}

/** What people and programs say themselves: a `model` in there is a word like any other. */
const OWN_WORDS: ReadonlySet<string> = new Set(["messages", "system", "metadata", "stop_sequences"]);
/** Below a tool or a format: a JSON Schema, and examples of what fits it. */
const SCHEMAS: ReadonlySet<string> = new Set(["input_schema", "input_examples", "schema", "description"]);
const NAMES_MODELS = /^(?:.+_)?models?$/;

function decideOthers(standing: Standing, { model, ...rest }: Body): Decided {
  const { policy, role } = standing;
  if (rest.fallbacks === "default" && !(role && policy?.roles.get(role)?.models.includes("*"))) {
    return {
      decision: "deny",
      code: "call-not-guarded",
      role: role ?? null,
      model: typeof model === "string" ? model : null,
      message: 'fallbacks: "default" leaves the choice of a model to the API',
      fix: "list the models to fall back to: each is decided like the request's own",
    };
  }
  const denials: Denied[] = [];
  const lowered = Object.entries(rest).map(([name, value]) => [
    name,
    OWN_WORDS.has(name) ? value : lowerIn(value, standing, denials),
  ]);
  const [denied] = denials;
  return denied ?? { decision: "allow", request: { model, ...Object.fromEntries(lowered) } };
}

/** A value with every `max_tokens` beside a model lowered; what is denied of the models in it goes to `denials`. */
function lowerIn(value: unknown, standing: Standing, denials: Denied[]): unknown {
  if (Array.isArray(value)) return value.map((item) => lowerIn(item, standing, denials));
  if (!isObject(value)) return value;
  let tokens: number | undefined;
  const fields = Object.entries(value).map(([name, field]) => {
    if (SCHEMAS.has(name)) return [name, field];
    for (const model of NAMES_MODELS.test(name) ? [field].flat() : []) {
      if (typeof model !== "string") continue;
      const asked = typeof value.max_tokens === "number" ? { max_tokens: value.max_tokens } : {};
      const decision = decide(standing.policy, standing.role, { model, ...asked });
      if (decision.decision === "deny") denials.push(decision);
      else if ("max_tokens" in asked) tokens = decision.request.max_tokens;
    }
    return [name, lowerIn(field, standing, denials)];
  });
  const copy = Object.fromEntries(fields);
  return tokens === undefined ? copy : { ...copy, max_tokens: tokens };
}
