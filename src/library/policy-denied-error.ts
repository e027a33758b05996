import { messageWithFix } from "../core/model/failure.ts";
import type { DenialCode, Denied } from "../core/policy/policy.ts";

/** Any copy of this library knows the errors of any other. */
const BRAND = Symbol.for("anth-rbac.PolicyDeniedError");

/**
 * A call that the policy denies. It never reached the API, but for the code `answer-model-not-allowed`. `instanceof` goes by a mark
 * on the error and not by its class: see `denialOf`.
 */
export class PolicyDeniedError extends Error {
  /** Why: part of the contract with scripts. */
  readonly code: DenialCode;
  /** The role as it was given; null where there was none. */
  readonly role: string | null;
  /** The model that was asked for, or that answered; null where the call names none. */
  readonly model: string | null;
  /** The line of the policy that denies, as a path in rbac.yaml: `roles.user.models`. */
  readonly rule?: string;
  /** What to do about it. */
  readonly fix?: string;
  /** For `rate-limited`: epoch ms from which on there is room again, where waiting helps. */
  readonly retryAt?: number;
  /** What `decide` answered, or would have. */
  readonly decision: Denied;

  constructor(denied: Denied) {
    super(messageWithFix(denied));
    this.name = "PolicyDeniedError";
    const { code, role, model } = denied;
    this.code = code;
    this.role = role;
    this.model = model;
    this.decision = denied;
    Object.assign(this, extras(denied), { [BRAND]: true });
  }
}

Object.defineProperty(PolicyDeniedError, Symbol.hasInstance, {
  value: function (this: unknown, value: unknown): boolean {
    // A class of somebody's own that extends this one is asked for by its own name.
    if (this !== PolicyDeniedError) return Function.prototype[Symbol.hasInstance].call(this as never, value);
    return typeof value === "object" && value !== null && BRAND in value;
  },
});

type ErrorClass = new (message: string) => Error;
const CLASSES = new WeakMap<ErrorClass, (denied: Denied) => PolicyDeniedError>();

/**
 * How denials of a client are made. The SDK's streams put every error that is no AnthropicError of their own copy of the SDK inside
 * another one. So the denials of such a client extend that very class, and `instanceof PolicyDeniedError` goes by their mark.
 */
export function denialOf(client: unknown): (denied: Denied) => PolicyDeniedError {
  const base = anthropicErrorOf(client);
  if (!base) return (denied) => new PolicyDeniedError(denied);
  const known = CLASSES.get(base);
  if (known) return known;
  class SdkPolicyDeniedError extends base {
    readonly decision: Denied;

    constructor(denied: Denied) {
      super(messageWithFix(denied));
      this.name = "PolicyDeniedError";
      this.decision = denied;
      const { code, role, model } = denied;
      Object.assign(this, { code, role, model }, extras(denied), { [BRAND]: true });
    }

    /** The SDK takes an error for a timeout, and tries again, where its text says `timeout`; so may the name of a model. */
    override toString(): string {
      const text = super.toString();
      return /timed? ?out/i.test(text) ? `${this.name}: ${this.decision.code}` : text;
    }
  }
  const make = (denied: Denied) => new SdkPolicyDeniedError(denied) as unknown as PolicyDeniedError;
  CLASSES.set(base, make);
  return make;
}

/** A class of the client has the errors as statics, and so its own copy's. Source: BaseAnthropic of the SDK. */
function anthropicErrorOf(client: unknown): ErrorClass | undefined {
  const { constructor: made } = Object(client) as { readonly constructor?: { readonly AnthropicError?: unknown } };
  const found = made?.AnthropicError;
  return typeof found === "function" && found.prototype instanceof Error ? (found as ErrorClass) : undefined;
}

function extras({ rule, fix, retryAt }: Denied) {
  return {
    ...(rule !== undefined && { rule }),
    ...(fix !== undefined && { fix }),
    ...(retryAt !== undefined && { retryAt }),
  };
}
