import type { RuleCreateParams, RuleUpdateParams } from "@anthropic-ai/sdk/resources/organization/federation";
import * as z from "zod/mini";
import type { Fields } from "../../../core/model/change.ts";
import { type FederationRule, type RuleMatch, scopeWords } from "../../../core/model/federation.ts";
import { ruleFacts } from "../../../core/plan/facts.ts";
import { canonicalText } from "../../../core/text/text.ts";
import { byType, count, present, type RowSchema, readRow, row, text, timeOrNone } from "../rows.ts";
import { type ApiKind, type ApiReader, foundIf, orGone } from "./kind.ts";
import { MACHINE_PAGE } from "./service-account.ts";

const WHAT = "federation rules";

interface ListedRule extends FederationRule {
  readonly archived: boolean;
}

const said = z.optional(z.nullable(z.string()));

/** What a token has to say. What is empty asks nothing; a rule that asks nothing at all is none (SDK: federation rules). */
const match = z.pipe(
  z.looseObject({
    subject_prefix: said,
    claims: z.optional(z.nullable(z.record(z.string(), z.string()))),
    condition: said,
    audience: said,
  }),
  z.transform(({ subject_prefix, claims, condition, audience, ...rest }, context): RuleMatch => {
    const others = Object.keys(rest).filter((name) => rest[name] !== null && rest[name] !== undefined);
    const asked = {
      ...present("subject", subject_prefix || null),
      ...present("claims", claims && Object.keys(claims).length > 0 ? claims : null),
      ...present("condition", condition || null),
      ...(others.length > 0 && { others: others.sort() }),
    };
    if (Object.keys(asked).length === 0)
      context.issues.push({ code: "custom", message: "asks nothing", input: undefined });
    return { ...asked, ...present("audience", audience || null) };
  }),
);

const target = byType({
  service_account: z.pipe(
    z.object({ type: z.literal("service_account"), service_account_id: text }),
    z.transform(({ type, service_account_id: id }) => ({ type, id })),
  ),
});

/** A rule. What is cleared is stored as an empty description. */
const ruleRow: RowSchema<ListedRule> = row(
  {
    id: text,
    name: text,
    description: z.nullable(z.string()),
    issuer_id: text,
    match,
    oauth_scope: text,
    target,
    applies_to_all_workspaces: z.boolean(),
    workspace_ids: z.array(text),
    token_lifetime_seconds: count,
    archived_at: timeOrNone,
  },
  ({ id, name, description, ...rest }) => ({
    id,
    name,
    ...present("description", description || null),
    issuerId: rest.issuer_id,
    match: rest.match,
    oauthScope: scopeWords(rest.oauth_scope).join(" "),
    target: rest.target,
    workspaces: rest.applies_to_all_workspaces ? "all" : rest.workspace_ids,
    tokenLifetime: rest.token_lifetime_seconds,
    archived: rest.archived_at !== null,
  }),
);

async function listRules({ client, options, list }: ApiReader): Promise<readonly FederationRule[]> {
  const rules = await list({
    what: WHAT,
    style: "cursor",
    most: MACHINE_PAGE,
    ask: (page) => client.organization.federation.rules.list(page, options),
    row: ruleRow,
    idOf: ({ id }) => id,
  });
  return rules.filter(({ archived }) => !archived).map(({ archived: _, ...rule }) => rule);
}

async function findRule({ client, options }: ApiReader, id: string | null): Promise<FederationRule | undefined> {
  if (id === null) return undefined;
  const found = await orGone(client.organization.federation.rules.retrieve(id, options), ruleRow, WHAT);
  return found && !found.archived ? found : undefined;
}

async function seenRule(api: ApiReader, { ruleId }: { readonly ruleId: string | null }) {
  const found = await findRule(api, ruleId);
  return found && ruleFacts(found);
}

/** Whether a rule is as a call wants it; its match as a whole, for it is replaced as a whole. */
function isAs(rule: FederationRule, fields: Fields): boolean {
  const { subject, ...asked } = rule.match;
  const is: Fields = {
    name: rule.name,
    issuer_id: rule.issuerId,
    match: { ...present("subject_prefix", subject), ...asked },
    oauth_scope: rule.oauthScope,
    target: rule.target.type === "unknown" ? null : { type: rule.target.type, service_account_id: rule.target.id },
    token_lifetime_seconds: rule.tokenLifetime,
    description: rule.description ?? null,
    applies_to_all_workspaces: rule.workspaces === "all",
  };
  return Object.entries(fields).every(([field, wanted]) =>
    field === "workspace_id"
      ? rule.workspaces !== "all" && rule.workspaces.includes(String(wanted))
      : canonicalText(is[field]) === canonicalText(wanted),
  );
}

/** Whether a rule is good in a workspace. One that was to be made just before is known by its name alone. */
async function isIn(api: ApiReader, call: { ruleId: string | null; rule?: string; workspaceId: string }) {
  const rule =
    call.ruleId === null
      ? (await listRules(api)).find(({ name }) => name === call.rule)
      : await findRule(api, call.ruleId);
  return rule !== undefined && rule.workspaces !== "all" && rule.workspaces.includes(call.workspaceId);
}

export const federation_rule = {
  lists: { federationRules: { what: WHAT, oauth: true, only: "console", read: listRules } },
  workspaceLists: {},
  writes: {
    "create-federation-rule": {
      oauth: true,
      creates: true,
      looks: 3,
      words: ({ fields }) => `creating the rule ${fields.name}`,
      send: ({ organization: { federation } }, { fields }, options) =>
        federation.rules.create(fields as Fields & RuleCreateParams, options).withResponse(),
      readBack: async (api, { fields }) => {
        const found = (await listRules(api)).find(({ name }) => name === fields.name);
        return found && isAs(found, fields) ? { id: found.id } : undefined;
      },
      // A name that is taken has no code of its own.
      refusals: { 409: "refused" },
    },
    "update-federation-rule": {
      oauth: true,
      words: ({ ruleId }) => `changing the rule ${ruleId}`,
      send: ({ organization: { federation } }, { ruleId, fields }, options) =>
        federation.rules.update(ruleId, fields as RuleUpdateParams, options).withResponse(),
      readBack: async (api, { ruleId, fields }) => {
        const found = await findRule(api, ruleId);
        return foundIf(found !== undefined && isAs(found, fields));
      },
      seen: seenRule,
      shows: (answer) => ruleFacts(readRow(ruleRow, answer, WHAT)),
    },
    "archive-federation-rule": {
      oauth: true,
      words: ({ ruleId }) => `archiving the rule ${ruleId}`,
      send: ({ organization: { federation } }, { ruleId }, options) =>
        federation.rules.archive(ruleId, options).withResponse(),
      readBack: async (api, { ruleId }) => foundIf((await findRule(api, ruleId)) === undefined),
      seen: seenRule,
    },
    "add-federation-rule-workspace": {
      oauth: true,
      words: ({ rule, workspaceId }) => `enabling the rule ${rule} in ${workspaceId}`,
      send: ({ organization: { federation } }, { ruleId, workspaceId }, options) =>
        federation.rules.workspaces.add(ruleId ?? "", { workspace_id: workspaceId }, options).withResponse(),
      readBack: async (api, call) => foundIf(await isIn(api, call)),
      seen: seenRule,
    },
    "remove-federation-rule-workspace": {
      oauth: true,
      words: ({ ruleId, workspaceId }) => `taking the rule ${ruleId} out of ${workspaceId}`,
      send: ({ organization: { federation } }, { ruleId, workspaceId }, options) =>
        federation.rules.workspaces.remove(workspaceId, { federation_rule_id: ruleId }, options).withResponse(),
      readBack: async (api, call) => foundIf(!(await isIn(api, call))),
      seen: seenRule,
    },
  },
} satisfies ApiKind;
