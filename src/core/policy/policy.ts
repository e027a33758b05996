import type { Config, Role, Unmapped } from "../config/config.ts";
import { DEFAULTS } from "../config/defaults.ts";
import type { ConfigPath } from "../model/finding.ts";
import { hasPassed } from "../model/time.ts";

/** The role policy of an rbac.yaml: all that is needed to decide, and nothing about the organization. */
export interface Policy {
  readonly roles: ReadonlyMap<string, Role>;
  /** The role that each person has, by e-mail in lower case. */
  readonly people: ReadonlyMap<string, string>;
  /** The people whose entry has ended, with its last day (`2027-01-31`): they may not pick a role as strangers may. */
  readonly former?: ReadonlyMap<string, string>;
  /** The role of whoever `people` does not name, and the roles that they may ask for; absent: they are denied. */
  readonly unmapped?: Unmapped;
  /** `local`, or a redis:// address. */
  readonly rateStore: string;
  /** The organization's id, or "" where the file gives none: one scope of the rate window. */
  readonly organization: string;
}

/** What of a request a policy looks at; field names are the API's. */
export interface PolicyRequest {
  readonly model: string;
  readonly max_tokens?: number;
  /** Its budget is lowered with `max_tokens`. */
  readonly thinking?: unknown;
}

/** Why a request is denied. The codes are part of the contract with scripts and tests. */
export type DenialCode =
  | "role-not-allowed"
  | "model-not-allowed"
  | "unknown-role"
  /** The file gives the identity no role, or nobody knows who asks, and it says of the unmapped that they have none. */
  | "identity-unmapped"
  /** The caller's own role may not act as the one that was asked for. */
  | "role-not-assumable"
  /** No roles, or no file. */
  | "policy-missing"
  | "policy-invalid"
  /** The request itself is none: no model, or a max_tokens that is no whole number from 0 up. */
  | "invalid-request"
  | "rate-limited"
  /** The store of the rate window cannot be reached: nobody knows whether there is room. */
  | "rate-store-unreachable"
  /** The API answered with a model that the role may not use. */
  | "answer-model-not-allowed"
  /** A call of a guarded client that no rule of a policy speaks of: nobody can say what it would do. */
  | "call-not-guarded";

/** What the policy says of a request. A plain value: it can be printed, logged and tested. */
export type Decision<Request extends PolicyRequest = PolicyRequest> = Allowed<Request> | Denied;

export interface Allowed<Request extends PolicyRequest = PolicyRequest> {
  readonly decision: "allow";
  readonly code: "allowed";
  readonly role: string;
  readonly model: string;
  /** The request as it may be sent: `max_tokens` filled in, and lowered to the role's. */
  readonly request: Request & { readonly max_tokens: number };
  /** What was asked for, where it was lowered. */
  readonly lowered?: { readonly asked: number; readonly sent: number };
  /** The line of the policy that allows it, as a path in rbac.yaml: `roles.power.models[1]`. */
  readonly rule: string;
}

export interface Denied {
  readonly decision: "deny";
  readonly code: DenialCode;
  /** As given; null where there is none. */
  readonly role: string | null;
  readonly model: string | null;
  /** One sentence, without the fix. */
  readonly message: string;
  /** What to do about it. */
  readonly fix?: string;
  /** As in Allowed; absent where no line of the policy says it (unknown roles). */
  readonly rule?: string;
  /** For `rate-limited`: epoch ms from which on there is room again. */
  readonly retryAt?: number;
}

/** What a request is lowered to, or asked for, where it says nothing itself. Source: the seed's `create_message`. */
export const DEFAULT_MAX_TOKENS = DEFAULTS.maxTokens;

/** The role policy of a config on `now` (epoch ms): whoever is past the last day of their entry has no role any more. */
export function policyOf({ roles, members, unmapped, rateStore, organization }: Config, now: number): Policy {
  const people = new Map<string, string>();
  const former = new Map<string, string>();
  for (const { email, appRole, until } of members.values()) {
    if (until !== undefined && hasPassed(until, now)) former.set(email, until);
    else if (appRole !== undefined) people.set(email, appRole);
  }
  const organizationId = organization.id ?? "";
  return Object.freeze({
    roles,
    people,
    former,
    ...(unmapped && { unmapped }),
    rateStore,
    organization: organizationId,
  });
}

/**
 * The place in rbac.yaml of the rule that a decision names; undefined where it names none. A role's name and an e-mail may hold dots:
 * only what stands around them is known.
 */
export function rulePath(rule: string): ConfigPath | undefined {
  const [, email] = /^members\.(.+)\.until$/s.exec(rule) ?? [];
  if (email !== undefined) return ["members", email, "until"];
  if (rule === "unmapped.may_assume") return ["unmapped", "may_assume"];
  const [, role, field, index] =
    /^roles\.(.+)\.(allowed|models|max_tokens|rpm_limit|may_assume)(?:\[(\d+)\])?$/s.exec(rule) ?? [];
  if (role === undefined || field === undefined) return undefined;
  return ["roles", role, field, ...(index === undefined ? [] : [Number(index)])];
}
