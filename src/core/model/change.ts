import * as z from "zod/mini";
import { LIMITERS, type Limits, SPEND_PERIODS } from "./limit.ts";

/**
 * What each kind's change may hold. The types and the schema of a saved plan are both made from this; a field is written as in
 * rbac.yaml, and only those that differ are there.
 */

/** `manual`: what only a person at the Console can do. */
export type Action = "create" | "update" | "remove" | "manual";

/**
 * `widening` gives somebody more (access, headroom, regions), `removal` takes an object or somebody's access away (a lower role
 * included), `irreversible` cannot be undone by the API; the rest is `safe`.
 */
export type Risk = z.infer<typeof risk>;
const risk = z.enum(["safe", "widening", "removal", "irreversible"]);

/** Why a change is planned. A code: `report` has the words. */
export type Reason = z.infer<typeof reason>;
const reason = z.enum([
  "declared",
  "differs",
  "renamed",
  "not-declared",
  "until-passed",
  "console-only",
  "cancelled-before",
  "key-created-in-console",
  "key-in-other-workspace",
  "replacement-waiting",
  "key-not-active",
  // a rotation's steps
  "replacement-needed",
  "secret-needed",
  "superseded",
  "superseded-stopped",
  "cut-over",
  "overlap-over",
  "still-in-use",
  "usage-not-known",
  "disabled-by-hand",
  "soak-over",
  "leaked",
  // an offboarding's
  "acts-as-person",
  "created-by-person",
  "rotate-instead",
  "declare-to-rotate",
  "offboarded",
  "named",
  "admin-keys-unlisted",
  // of groups
  "provider-owned",
  "group-twice",
]);

const text = z.string();
const none = z.never();

/** Fields that are all there, and nothing else. Strict: whatever a saved plan holds beside them was not shown to anybody. */
function fields<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.readonly(z.strictObject(shape));
}

/**
 * The changes of one kind, by what their fields are: after its creation, before and after an update, before its removal, and
 * wherever only a person can act. `none`: there is no such change of this kind.
 */
function changes<
  const Kind extends string,
  Created extends z.ZodMiniType,
  Updated extends z.ZodMiniType,
  Removed extends z.ZodMiniType,
  Asked extends z.ZodMiniType,
>(kind: Kind, of: { create: Created; update: Updated; remove: Removed; manual: Asked }) {
  const common = {
    kind: z.literal(kind),
    target: text,
    /** The API's id of the live object; null where there is none yet. */
    id: z.nullable(text),
    risk,
    reason,
  };
  return z.discriminatedUnion("action", [
    fields({ ...common, action: z.literal("create"), before: z.null(), after: of.create }),
    fields({ ...common, action: z.literal("update"), before: of.update, after: of.update }),
    fields({ ...common, action: z.literal("remove"), before: of.remove, after: z.null() }),
    fields({ ...common, action: z.literal("manual"), before: z.nullable(of.manual), after: z.nullable(of.manual) }),
  ]);
}

/** Any word that the API may say for a role; only those that it can give are ever planned. */
const role = fields({ role: text });
/** The ids of the groups that an invitation brings along. */
const invitation = fields({ role: text, groups: z.optional(z.readonly(z.array(text))) });

const geos = z.union([z.readonly(z.array(text)), z.literal("unrestricted")]);
/** `null`: the API gave none, or one in a form that nobody can read. */
const residency = fields({
  workspace_geo: z.optional(text),
  allowed_inference_geos: z.optional(z.nullable(geos)),
  default_inference_geo: z.optional(z.nullable(text)),
});
const workspaceFields = {
  tags: z.optional(z.readonly(z.record(text, text))),
  data_residency: z.optional(residency),
  external_key_id: z.optional(text),
};
/** Null: the organization's own limit holds. */
const limits = z.readonly(z.partialRecord(z.enum(LIMITERS), z.nullable(z.number())));
/** In the major unit of the billing currency. */
const monthly = fields({ monthly: z.number() });
/** Of a person, by period, in the major unit; `unlimited`: the API says in so many words that there is none. Null: none of their own. */
const byPeriod = z.readonly(
  z.partialRecord(z.enum(SPEND_PERIODS), z.nullable(z.union([z.number(), z.literal("unlimited")]))),
);
/** A service account: what it may do in the organization, and what it is for (null: nothing is said). */
const account = fields({ role: z.optional(text), description: z.optional(z.nullable(text)) });
/** A group, by its name, and somebody in one, by their e-mail. */
const named = fields({ name: text });
const person = fields({ email: text });
/** Where an issuer's keys come from, as the file says it. */
const jwks = z.union([
  z.literal("discovery"),
  fields({
    url: z.optional(text),
    keys: z.optional(z.readonly(z.array(z.readonly(z.record(text, z.unknown()))))),
    discovery_base: z.optional(text),
    ca_cert_pem: z.optional(text),
  }),
]);
const issuer = fields({
  url: z.optional(text),
  jwks: z.optional(z.nullable(jwks)),
  check_jti: z.optional(z.boolean()),
  max_jwt_lifetime: z.optional(text),
});
/** A rule: who gets in, as what, where and for how long. Null: nothing is asked of the token there. */
const federationRule = fields({
  issuer: z.optional(text),
  service_account: z.optional(text),
  oauth_scope: z.optional(text),
  workspaces: z.optional(z.union([z.literal("all"), z.readonly(z.array(text))])),
  subject: z.optional(z.nullable(text)),
  claims: z.optional(z.nullable(z.readonly(z.record(text, text)))),
  condition: z.optional(z.nullable(text)),
  audience: z.optional(z.nullable(text)),
  token_lifetime: z.optional(text),
  description: z.optional(z.nullable(text)),
});
const keyFields = { name: z.optional(text), status: z.optional(text) };

/** The schema of each kind's changes. */
const CHANGES = {
  workspace: changes("workspace", {
    create: fields({ name: text, ...workspaceFields }),
    /** A key that encrypts is attached once: before it, there is none. */
    update: fields({ name: z.optional(text), ...workspaceFields, external_key_id: z.optional(z.nullable(text)) }),
    remove: fields({ name: text }),
    manual: none,
  }),
  invite: changes("invite", { create: invitation, update: role, remove: role, manual: role }),
  member: changes("member", { create: none, update: role, remove: role, manual: role }),
  workspace_member: changes("workspace_member", { create: role, update: role, remove: role, manual: none }),
  rate_limit: changes("rate_limit", { create: limits, update: limits, remove: limits, manual: none }),
  spend_limit: changes("spend_limit", { create: monthly, update: monthly, remove: monthly, manual: none }),
  member_spend_limit: changes("member_spend_limit", {
    create: byPeriod,
    update: byPeriod,
    remove: byPeriod,
    manual: none,
  }),
  key: changes("key", {
    create: none,
    update: fields(keyFields),
    remove: fields({ status: text }),
    /**
     * `workspace`: the name of the one in which it is to be created, null for none; `service_account`: the id of the one that it has
     * to act as, `service_account_name` its name, where that was read; `user` and `user_email`: the person likewise; `rotate`: the command that is to be run instead.
     */
    manual: fields({
      ...keyFields,
      workspace: z.optional(z.nullable(text)),
      user: z.optional(text),
      user_email: z.optional(text),
      service_account: z.optional(text),
      service_account_name: z.optional(text),
      rotate: z.optional(text),
    }),
  }),
  service_account: changes("service_account", {
    create: account,
    update: account,
    remove: fields({ name: text, role: text }),
    manual: account,
  }),
  workspace_service_account: changes("workspace_service_account", {
    create: role,
    update: role,
    remove: role,
    manual: none,
  }),
  group: changes("group", { create: named, update: none, remove: named, manual: named }),
  /** Where somebody is signed in: only ended, at an offboarding. */
  session: changes("session", { create: none, update: none, remove: person, manual: none }),
  group_member: changes("group_member", { create: person, update: none, remove: person, manual: person }),
  federation_issuer: changes("federation_issuer", {
    create: issuer,
    update: issuer,
    remove: fields({ name: text, url: text }),
    manual: issuer,
  }),
  federation_rule: changes("federation_rule", {
    create: federationRule,
    update: federationRule,
    remove: fields({ name: text, issuer: text, service_account: text }),
    manual: federationRule,
  }),
  compliance: changes("compliance", { create: none, update: fields({ state: text }), remove: none, manual: none }),
  /** Admin API keys: no list has them, so nothing but a manual change is ever about them. `where` they are ended. */
  admin_key: changes("admin_key", { create: none, update: none, remove: none, manual: fields({ where: text }) }),
} as const;

/** The schema of one change, of whatever kind. */
export const CHANGE = z.union(Object.values(CHANGES));

export type ChangeKind = keyof typeof CHANGES;

/** The changes of one kind; of one action, where that is named. */
export type ChangeOf<Kind extends ChangeKind, Of extends Action = Action> = Extract<
  z.infer<(typeof CHANGES)[Kind]>,
  { readonly action: Of }
>;

/** One thing to do to one live object. Plain data: stored, compared, carried out as its kind says. */
export type Change = { [Kind in ChangeKind]: ChangeOf<Kind> }[ChangeKind];

/** Fields by name, of whatever kind. */
export type Fields = Readonly<Record<string, unknown>>;

/** What is said of a live object that no declaration names, by kind. */
interface Details {
  readonly workspace: Readonly<Record<string, never>>;
  readonly invite: { readonly role: string };
  readonly member: { readonly role: string; readonly name: string };
  readonly workspace_member: { readonly role: string };
  readonly rate_limit: Limits;
  readonly spend_limit: { readonly monthly: number };
  readonly member_spend_limit: z.infer<typeof byPeriod>;
  readonly key: {
    readonly status: string;
    readonly created_at: string;
    readonly hint: string | null;
    /** The service account that it acts as: its name, or its id where that was not read. */
    readonly service_account?: string;
    /** Only of a key that ends with a workspace; null where it could not be read. */
    readonly use_7d?: UseDetails | null;
  };
  readonly service_account: { readonly role: string; readonly description: string | null };
  readonly workspace_service_account: { readonly role: string };
  /** `source`: `direct`, or `scim` where the identity provider owns it. */
  readonly group: { readonly source: string };
  readonly group_member: { readonly email: string };
  readonly session: never;
  readonly federation_issuer: { readonly url: string };
  readonly federation_rule: {
    readonly issuer: string;
    readonly service_account: string;
    readonly oauth_scope: string;
    readonly workspaces: "all" | readonly string[];
    readonly subject: string | null;
  };
  readonly compliance: never;
  readonly admin_key: never;
}

/** What a key was used for. */
export interface UseDetails {
  /** Null where the report does not count requests. */
  readonly requests: number | null;
  readonly input_tokens: number;
  readonly output_tokens: number;
  /** Most used first. */
  readonly models: readonly string[];
}

/** A live object of one kind that no declaration names. */
export interface UnmanagedOf<Kind extends ChangeKind> {
  readonly kind: Kind;
  readonly target: string;
  readonly id: string;
  readonly name: string;
  readonly details: Details[Kind];
}

/** A live object that no declaration names. */
export type Unmanaged = { [Kind in ChangeKind]: UnmanagedOf<Kind> }[ChangeKind];
