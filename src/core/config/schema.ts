import * as z from "zod/mini";
import { GROUP_TYPES, LIMITERS } from "../model/limit.ts";
import { SERVICE_ACCOUNT_ROLES, WORKSPACE_ROLE_WORDS } from "../model/role.ts";
import { DOMAIN, LONGEST_EMAIL } from "../text/identity.ts";
import { ADVISED_ADMINS, DEFAULTS } from "./defaults.ts";
import { federation, issuer, rule } from "./federation-schema.ts";
import {
  bare,
  count,
  day,
  duration,
  email,
  keyName,
  names,
  optional,
  positive,
  prose,
  required,
  shows,
  slug,
  text,
  words,
} from "./fields.ts";
import { HANDLE, MODELS, NAMING, PLAIN_TEXT, RATE_STORE, VARIABLE } from "./formats.ts";
import { manage } from "./manage.ts";
import { groups } from "./schema-groups.ts";
import { member, memberSpendLimit, money } from "./schema-member.ts";

/**
 * The schema of rbac.yaml as people type it. It checks only what can be seen at one place; what two places say of each other
 * is in `rules/`. Editors get it as JSON Schema, and the configuration reference is generated from its descriptions.
 */

const maxRemovals = z.strictObject({
  percent: optional(
    z.number().check(z.gte(0), z.lte(100)),
    `The largest share of the live objects of a kind, in percent. Default ${DEFAULTS.maxRemovals.percent}.`,
  ),
  always_allow: optional(
    count,
    `So many removals pass whatever their share. Default ${DEFAULTS.maxRemovals.alwaysAllow}.`,
  ),
  never_exceed: optional(count, `More removals than this never pass. Default ${DEFAULTS.maxRemovals.neverExceed}.`),
});

const guardrails = z.strictObject({
  min_admins: optional(
    positive,
    `Admins that the organization must keep. Default ${DEFAULTS.minAdmins}; ${ADVISED_ADMINS} is wise.`,
  ),
  min_workspace_admins: optional(
    count,
    `Admins that each workspace must keep, organization admins included. Default ${DEFAULTS.minWorkspaceAdmins}.`,
  ),
  protected: optional(z.array(email), "People who are never removed, demoted or revoked."),
  domains: optional(
    z.array(z.string().check(z.regex(DOMAIN), z.maxLength(LONGEST_EMAIL), shows)),
    "The domains that an invitation may go to, each as it is written after the `@`. Anywhere without it.",
  ),
  max_removals: optional(maxRemovals, "How much one run may take away, per kind."),
});

const rotation = {
  rotate_every: optional(duration, `How old a key may become. Default ${DEFAULTS.rotateEvery}.`),
  overlap: optional(duration, `How long the old and the new key both work. Default ${DEFAULTS.overlap}.`),
  soak: optional(duration, `How long the old key stays disabled before it is archived. Default ${DEFAULTS.soak}.`),
};

const keyPolicy = z.strictObject({
  naming: optional(
    z.string().check(z.regex(NAMING), z.minLength(1), z.maxLength(255)),
    "The pattern of key names: text with `{workspace}` (the handle) and `{service}`. Names are free without it.",
  ),
  ...rotation,
});

const serviceAccount = z.strictObject({
  role: optional(
    z.enum(SERVICE_ACCOUNT_ROLES),
    "What it may do in the organization. `admin` is given in the Console only. Left out: not managed; a new one is a developer.",
  ),
  description: optional(z.string().check(z.regex(PLAIN_TEXT), z.maxLength(2000)), "What it is for."),
});

const dataResidency = z.strictObject({
  workspace_geo: optional(text, "Where data is stored, such as `us`. Fixed when the workspace is created."),
  allowed_inference_geos: optional(
    z.union([z.array(text).check(z.minLength(1)), z.literal("unrestricted")]),
    "Where models may run: a list of `us` and `global`, or `unrestricted`.",
  ),
  default_inference_geo: optional(text, "Where models run unless a request says otherwise: `us` or `global`."),
});

const limits = z.strictObject(
  Object.fromEntries(
    LIMITERS.map((limiter) => [
      limiter,
      optional(count, `The workspace's own limit on ${limiter.replaceAll("_", " ")}.`),
    ]),
  ) as Record<(typeof LIMITERS)[number], z.ZodMiniOptional<z.ZodMiniNumberFormat>>,
);

const spendLimit = z.strictObject({
  monthly: required(
    money,
    "The most to be spent in a calendar month, in the major unit of the organization's own currency (dollars, euros, yen).",
  ),
});

const key = z.strictObject({
  id: optional(text, "Pins the live key, where its name is not enough."),
  previously: optional(names, "Earlier live names: a key that bears one is renamed."),
  owner: optional(email, "Who answers for the key; a person under `members`."),
  deliver: optional(
    z.array(z.array(z.string().check(z.minLength(1))).check(z.minLength(1))),
    "Commands that take a new secret on stdin and put it where the service finds it. Each is a list of words.",
  ),
  ...rotation,
});

const keys = z.record(keyName, z.nullable(key));

const organization = z.strictObject({
  id: optional(
    text,
    "The organization's id. Where it is given, every command refuses when the credential belongs elsewhere.",
  ),
  name: optional(text, "The organization's name, for readers."),
  compliance: optional(
    z.enum(["enabled", "disabled"]),
    "Whether the activity feed is on, which `drift --who` reads. Switched off, what happens is never recorded, so that is confirmed by the name `compliance`. Left out: not managed.",
  ),
  keys: bare(keys, "The API keys that no workspace holds, by name."),
});

const workspace = z.strictObject({
  name: required(text, "The live name."),
  id: optional(text, "Pins the live workspace, where its name is not enough."),
  previously: optional(names, "Earlier live names: a workspace that bears one is renamed."),
  owner: optional(email, "Who reviews access to the workspace."),
  tags: bare(z.record(text, z.string().check(z.maxLength(255))), "Tags: text by name."),
  data_residency: bare(dataResidency, "Where data is stored and models run."),
  external_key_id: bare(
    text,
    "The customer-managed encryption key; null: there must be none. It can be attached once, and never changed or detached.",
  ),
  rate_limits: bare(
    z.record(text, z.nullable(limits)),
    `Overrides of rate limits, by a model, an alias or a group (${GROUP_TYPES.join(", ")}).`,
  ),
  spend_limit: optional(spendLimit, "The workspace's spend limit."),
  members: bare(
    z.record(email, words(WORKSPACE_ROLE_WORDS)),
    "Who is in the workspace: a workspace role by e-mail. Organization admins need no entry.",
  ),
  keys: bare(keys, "The API keys, by name: one for each service."),
  service_accounts: bare(
    z.record(slug, words(WORKSPACE_ROLE_WORDS)),
    "Which service accounts are in the workspace: a workspace role by the account's name.",
  ),
  prompt_key_env: optional(
    z.string().check(z.regex(VARIABLE)),
    "The environment variable that holds the key for `prompt --workspace`.",
  ),
});

/** The fields of a workspace, in the order in which a file has them. */
export const WORKSPACE_FIELDS: readonly string[] = Object.keys(workspace.shape);

const role = z.strictObject({
  allowed: required(z.boolean(), "Whether the role may use the API at all."),
  models: bare(
    z.array(z.string().check(z.regex(MODELS), z.maxLength(255))),
    'The models that the role may use: ids, aliases, or patterns such as `claude-haiku-*` and `"*"`.',
  ),
  max_tokens: optional(
    positive,
    `The most output tokens of one answer; a request for more is lowered. What a request leaves out is ${DEFAULTS.maxTokens}, or this where it is less.`,
  ),
  rpm_limit: optional(positive, "Requests a minute, for each person with the role."),
  may_assume: bare(z.array(text), "Other roles that a person with this one may ask for."),
});

const acceptedTarget = z.string().check(z.regex(PLAIN_TEXT), z.maxLength(1000));

const acceptance = z.strictObject({
  target: required(acceptedTarget, "The object, as `drift` names it: `workspaces.prod.keys.legacy-batch`."),
  until: required(day, "The last day on which the difference is accepted."),
  owner: required(email, "Who answers for it."),
  reason: required(prose, "Why it is accepted."),
});

/** The schema of the whole file. */
export const writtenConfig = z.strictObject({
  $schema: optional(z.string(), "The address of this schema, for editors that read it from the file."),
  version: required(z.literal(1), "The version of this format."),
  organization: bare(organization, "Which organization the file is about."),
  manage: bare(
    manage,
    `How far each kind is managed: \`off\`, \`additive\` or \`full\` (what is not declared is taken away). Default for a kind of which something is declared: \`${DEFAULTS.mode}\`.`,
  ),
  guardrails: bare(guardrails, "What no run may do."),
  key_policy: bare(keyPolicy, "Defaults for every key."),
  members: bare(z.record(email, member), "The people of the organization, by e-mail."),
  workspaces: bare(
    z.record(z.string().check(z.regex(HANDLE), z.maxLength(100)), workspace),
    "The workspaces, by the handle that commands and targets use.",
  ),
  service_accounts: bare(
    z.record(slug, z.nullable(serviceAccount)),
    "Machines that act without a person, by the name that is fixed for good.",
  ),
  groups,
  federation: bare(federation, "How a workload's own token (OIDC) becomes access, without a key."),
  roles: bare(z.record(text, role), "The application-level policy, by role."),
  unmapped: bare(
    z.strictObject({
      app_role: optional(text, "Their role under `roles`. Left out: they are denied."),
      may_assume: bare(z.array(text), "The roles that they may ask for with `--role`."),
    }),
    "The application-level policy for whoever `members` gives no role. Left out: they are denied.",
  ),
  rate_store: optional(
    z.string().check(z.regex(RATE_STORE)),
    `Where requests are counted: \`local\`, or \`redis://host:port\` for several machines, its password in ANTH_RBAC_RATE_STORE_PASSWORD. Default ${DEFAULTS.rateStore}.`,
  ),
  audit: bare(
    z.strictObject({
      prompts: optional(z.boolean(), `Whether the audit log keeps prompt text. Default ${DEFAULTS.auditPrompts}.`),
    }),
    "What the audit log keeps.",
  ),
  review: bare(
    z.strictObject({ default_reviewer: optional(email, "Who reviews what nobody owns.") }),
    "The access review.",
  ),
  accept: bare(z.array(acceptance), "Known differences that are fine for now."),
});

const holds = (schema: z.ZodMiniType) => (value: unknown) => schema.safeParse(value).success;

/** Whether a file can hold a value in a place of that sort: for whoever writes one. */
export const canHold = {
  text: holds(text),
  email: holds(email),
  keyName: holds(keyName),
  tagValue: holds(z.string().check(z.maxLength(255))),
  allowedGeos: holds(dataResidency.shape.allowed_inference_geos),
  limits: holds(limits),
  slug: holds(slug),
  issuer: holds(issuer),
  federationRule: holds(rule),
  prose: holds(prose),
  accountDescription: holds(serviceAccount.shape.description),
  monthly: holds(spendLimit.shape.monthly),
  memberSpendLimit: holds(memberSpendLimit),
  target: holds(acceptedTarget),
} as const;

/** What people type, once the schema has no complaint. */
export type WrittenConfig = z.infer<typeof writtenConfig>;
export type WrittenWorkspace = z.infer<typeof workspace>;
export type WrittenKey = z.infer<typeof key>;
export type WrittenServiceAccount = z.infer<typeof serviceAccount>;
export type WrittenRole = z.infer<typeof role>;

/** The schema as JSON Schema, for editors: draft 7, which all of them know. `x-…` fields are free in every mapping. */
export function jsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(writtenConfig, {
    target: "draft-7",
    io: "input",
    override: ({ jsonSchema: node }) => {
      if (node.additionalProperties === false) node.patternProperties = { "^x-": {} };
    },
  });
  const { $schema, ...rest } = schema;
  return { $schema, title: "rbac.yaml of anth-rbac", ...rest };
}
