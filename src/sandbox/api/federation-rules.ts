import type { PageCursorResponse } from "@anthropic-ai/sdk/pagination";
import type { FederationRule, FederationRuleMatch } from "@anthropic-ai/sdk/resources/organization/federation";
import * as z from "zod/mini";
import { badRequest, failure, notFound } from "../http/errors.ts";
import { param } from "../http/query.ts";
import { integer, text } from "../http/schema.ts";
import { type Call, idAt, type Route, readBody } from "../state/call.ts";
import { CelError, parseCondition } from "../state/cel.ts";
import { iso } from "../state/clock.ts";
import { nextId } from "../state/state.ts";
import { getRow, putRow } from "../state/table.ts";
import { MACHINE_QUERY, MACHINE_ROUTE, machinePage, refuseTaken, slug } from "./machine-list.ts";
import { API_SCOPES, namesTenant } from "./tenants.ts";

const path = "/v1/organizations/federation_rules";
const one = `${path}/{federation_rule_id}`;

/** `/v1/organizations/federation_rules`. Source: admin-api-1.14.md 3.2. */
export const federationRuleRoutes: readonly Route[] = [
  { ...MACHINE_ROUTE, method: "GET", path, query: [...MACHINE_QUERY, "issuer_id"], handle: listRules },
  { ...MACHINE_ROUTE, method: "POST", path, handle: createRule },
  { ...MACHINE_ROUTE, method: "GET", path: one, handle: ruleAt },
  { ...MACHINE_ROUTE, method: "POST", path: one, handle: updateRule },
  { ...MACHINE_ROUTE, method: "POST", path: `${one}/archive`, handle: archiveRule },
];

const matchShape = z.strictObject({
  audience: z.exactOptional(z.nullable(text())),
  claims: z.exactOptional(z.nullable(z.record(z.string(), text()))),
  condition: z.exactOptional(z.nullable(text())),
  subject_prefix: z.exactOptional(z.nullable(text())),
});
const targetShape = z.strictObject({
  type: z.literal("service_account"),
  service_account_id: text(1),
  service_account_name: z.exactOptional(z.nullable(text())),
});
const lifetime = integer(60, 86_400);

function listRules(call: Call): PageCursorResponse<FederationRule> {
  const issuerId = param(call.query, "issuer_id");
  return machinePage(call, call.state.federationRules, {
    where: (rule) => issuerId === undefined || rule.issuer_id === issuerId,
    show: (rule) => present(call, rule),
  });
}

/** The names are those of the moment. */
function present({ state }: Pick<Call, "state">, rule: FederationRule): FederationRule {
  const { service_account_id: account } = rule.target;
  return {
    ...rule,
    issuer_name: getRow(state.federationIssuers, rule.issuer_id)?.name ?? null,
    target: { ...rule.target, service_account_name: getRow(state.serviceAccounts, account)?.name ?? null },
  };
}

function ruleAt(call: Call): FederationRule {
  return present(call, ruleOf(call, idAt(call, 0)));
}

/** The rule with an id, archived or not; 404 where there is none. */
export function ruleOf({ state }: Call, id: string): FederationRule {
  const rule = getRow(state.federationRules, id);
  if (rule === undefined) throw notFound("Federation rule", id);
  return rule;
}

/** The same, where something is to be written about it: 400 for an archived one, 403 for one of the Console. */
export function writableRule(call: Call, id: string): FederationRule {
  const rule = ruleOf(call, id);
  if (rule.archived_at !== null) throw badRequest(`Federation rule ${id} is archived`);
  refuseScope(rule.oauth_scope);
  return rule;
}

function refuseScope(scope: string): void {
  if (scope.split(" ").every((word) => API_SCOPES.has(word))) return;
  throw failure(403, "OAuth callers may only manage rules with workspace:developer or workspace:inference");
}

/** What a match has to be, whatever the issuer. */
function refuseMatch(match: FederationRuleMatch): void {
  const { subject_prefix: subject, claims, condition } = match;
  const asks = (subject && subject !== "*") || (claims && Object.keys(claims).length > 0) || condition;
  if (!asks) throw badRequest("match: at least one of subject_prefix, claims or condition is required");
  if (!condition) return;
  try {
    parseCondition(condition);
  } catch (error) {
    if (error instanceof CelError) throw badRequest(`match.condition: ${error.message}`);
    throw error;
  }
}

function refuseTenant({ state }: Call, issuerId: string, match: FederationRuleMatch): void {
  const issuer = getRow(state.federationIssuers, issuerId);
  if (issuer && !namesTenant(issuer.issuer_url, match)) {
    throw badRequest("match: rules on shared issuers must constrain tenant identity");
  }
}

function refuseTarget({ state }: Call, accountId: string): void {
  const account = getRow(state.serviceAccounts, accountId);
  if (account === undefined || account.archived_at !== null)
    throw badRequest(`target.service_account_id: ${accountId} is no live service account`);
}

/** A workspace of this organization, archived or not. */
export function refuseWorkspace({ state }: Call, id: string): void {
  if (getRow(state.workspaces, id) === undefined) throw badRequest(`workspace_id: ${id} is no workspace`);
}

function createRule(call: Call): FederationRule {
  const { state, now } = call;
  const wanted = readBody(
    call,
    z.strictObject({
      name: slug,
      issuer_id: text(1),
      match: matchShape,
      oauth_scope: text(1),
      target: targetShape,
      workspace_id: z.exactOptional(z.nullable(text(1))),
      applies_to_all_workspaces: z.exactOptional(z.boolean()),
      description: z.exactOptional(z.nullable(text(0, 2000))),
      token_lifetime_seconds: z.exactOptional(lifetime),
    }),
  );
  const issuer = getRow(state.federationIssuers, wanted.issuer_id);
  if (issuer === undefined || issuer.archived_at !== null)
    throw badRequest(`issuer_id: ${wanted.issuer_id} is no live federation issuer`);
  refuseScope(wanted.oauth_scope);
  refuseTarget(call, wanted.target.service_account_id);
  refuseMatch(wanted.match);
  refuseTenant(call, issuer.id, wanted.match);
  const { workspace_id: workspaceId, applies_to_all_workspaces: all = false } = wanted;
  if (workspaceId == null && !all) throw badRequest("workspace_id: required unless applies_to_all_workspaces is true");
  if (workspaceId != null) refuseWorkspace(call, workspaceId);
  refuseTaken(state.federationRules, "federation rule", { name: wanted.name });
  const at = iso(now);
  const rule: FederationRule = {
    id: nextId(state, "fdrl"),
    applies_to_all_workspaces: all,
    archived_at: null,
    archived_by_actor_id: null,
    created_at: at,
    created_by_actor_id: null,
    description: wanted.description ?? null,
    issuer_id: issuer.id,
    issuer_name: null,
    match: wanted.match,
    name: wanted.name,
    oauth_scope: wanted.oauth_scope,
    target: { type: "service_account", service_account_id: wanted.target.service_account_id },
    token_lifetime_seconds: wanted.token_lifetime_seconds ?? 3600,
    type: "federation_rule",
    updated_at: at,
    updated_by_actor_id: null,
    workspace_ids: workspaceId == null ? [] : [workspaceId],
  };
  putRow(state.federationRules, rule);
  return present(call, rule);
}

function updateRule(call: Call): FederationRule {
  const { state, now } = call;
  const wanted = readBody(
    call,
    z.strictObject({
      name: z.exactOptional(z.nullable(slug)),
      match: z.exactOptional(z.nullable(matchShape)),
      oauth_scope: z.exactOptional(z.nullable(text(1))),
      target: z.exactOptional(z.nullable(targetShape)),
      workspace_id: z.exactOptional(z.nullable(text(1))),
      applies_to_all_workspaces: z.exactOptional(z.nullable(z.boolean())),
      description: z.exactOptional(z.nullable(text(0, 2000))),
      token_lifetime_seconds: z.exactOptional(z.nullable(lifetime)),
    }),
  );
  const before = writableRule(call, idAt(call, 0));
  const { workspace_id: workspaceId } = wanted;
  if (workspaceId != null && before.workspace_ids.length > 1) {
    throw badRequest("workspace_id: this rule is enabled for several workspaces; use its workspaces sub-resource");
  }
  if (workspaceId != null) refuseWorkspace(call, workspaceId);
  const rule: FederationRule = {
    ...before,
    name: wanted.name ?? before.name,
    match: wanted.match ?? before.match,
    oauth_scope: wanted.oauth_scope ?? before.oauth_scope,
    target: wanted.target
      ? { type: "service_account", service_account_id: wanted.target.service_account_id }
      : before.target,
    applies_to_all_workspaces: wanted.applies_to_all_workspaces ?? before.applies_to_all_workspaces,
    workspace_ids: workspaceId == null ? before.workspace_ids : [workspaceId],
    // What is cleared is stored as an empty text.
    description: wanted.description === undefined ? before.description : (wanted.description ?? ""),
    token_lifetime_seconds: wanted.token_lifetime_seconds ?? before.token_lifetime_seconds,
    updated_at: iso(now),
  };
  refuseScope(rule.oauth_scope);
  refuseTarget(call, rule.target.service_account_id);
  refuseMatch(rule.match);
  // Of every update, of another description too: what is stored has to name the tenant.
  refuseTenant(call, rule.issuer_id, rule.match);
  if (!rule.applies_to_all_workspaces && rule.workspace_ids.length === 0)
    throw badRequest("applies_to_all_workspaces: no workspace would remain enabled");
  refuseTaken(state.federationRules, "federation rule", { name: rule.name, but: rule.id });
  putRow(state.federationRules, rule);
  return present(call, rule);
}

function archiveRule(call: Call): FederationRule {
  const { state, now } = call;
  const before = ruleOf(call, idAt(call, 0));
  refuseScope(before.oauth_scope);
  if (before.archived_at !== null) return present(call, before);
  const at = iso(now);
  const rule: FederationRule = { ...before, archived_at: at, updated_at: at, workspace_ids: [] };
  putRow(state.federationRules, rule);
  return present(call, rule);
}
