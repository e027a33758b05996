import type { ApiCall } from "../../model/call.ts";
import type { ChangeOf, Fields } from "../../model/change.ts";
import type { RuleMatch } from "../../model/federation.ts";
import { parseTarget } from "../../model/target.ts";
import { parseLifetime } from "../../model/time.ts";
import type { CallIds, Doable } from "../kind.ts";
import { MATCHERS, withFields } from "./match.ts";
import { sharedIssuer } from "./shared-issuers.ts";

/** The calls that carry out a change of a rule; undefined where something that it names does not exist. */
export function ruleCalls(change: Doable<"federation_rule">, ids: CallIds): readonly ApiCall[] | undefined {
  const name = parseTarget(change.target)?.name ?? "";
  if (change.action === "create") return creation(name, change.after, ids);
  const { id: ruleId } = change;
  if (ruleId === null) return undefined;
  if (change.action === "remove") return [{ name: "archive-federation-rule", ruleId }];
  return update(name, { ...change, id: ruleId }, ids);
}

type RuleFields = ChangeOf<"federation_rule", "update">["after"];

/** With its first workspace, and then in each other. */
function creation(rule: string, after: RuleFields, ids: CallIds): readonly ApiCall[] | undefined {
  const { issuer = "", service_account: account = "" } = after;
  const issuerId = ids.federationIssuerId(issuer);
  const places = workspaceIds(after.workspaces, ids);
  const accountId = ids.serviceAccountId(account);
  if (issuerId === undefined || accountId === undefined || !places) return undefined;
  const fields = {
    name: rule,
    issuer_id: issuerId,
    match: wireMatch(withFields({}, after)),
    target: { type: "service_account", service_account_id: accountId },
    ...plainFields(after),
    ...(places === "all" ? { applies_to_all_workspaces: true } : { workspace_id: places[0] }),
  };
  const others = places === "all" ? [] : places.slice(1);
  return [
    { name: "create-federation-rule", fields },
    ...others.map((workspaceId) => ({
      name: "add-federation-rule-workspace" as const,
      ruleId: null,
      rule,
      workspaceId,
    })),
  ];
}

/**
 * The fields that differ in one call. On an issuer that many share the whole match goes along: the API holds every update to what is
 * stored, and refuses even another description of a rule that names no tenant (SDK: federation rules). A rule is never without a
 * workspace, so the new ones come before the old ones go; where it had one alone, one call puts another in its place.
 */
function update(
  rule: string,
  { id: ruleId, before, after }: ChangeOf<"federation_rule", "update"> & { readonly id: string },
  ids: CallIds,
): readonly ApiCall[] | undefined {
  const live = ids.federationRule(ruleId);
  const accountId = after.service_account === undefined ? undefined : ids.serviceAccountId(after.service_account);
  if (!live || (after.service_account !== undefined && accountId === undefined)) return undefined;
  const isShared = live.issuerUrl !== undefined && sharedIssuer(live.issuerUrl) !== undefined;
  const hasMatch = MATCHERS.some((field) => field in after);
  const fields: Record<string, unknown> = {
    ...(accountId !== undefined && { target: { type: "service_account", service_account_id: accountId } }),
    ...plainFields(after),
    ...((hasMatch || isShared) && { match: wireMatch(withFields(live.rule.match, after)) }),
  };
  const add = (workspaceId: string) => ({ name: "add-federation-rule-workspace", ruleId, rule, workspaceId }) as const;
  const remove = (workspaceId: string) => ({ name: "remove-federation-rule-workspace", ruleId, workspaceId }) as const;
  const changed = Object.keys(fields).some((field) => field !== "match") || hasMatch;
  const send = () => [{ name: "update-federation-rule", ruleId, fields } as const];
  if (after.workspaces === undefined) return send();

  const wanted = workspaceIds(after.workspaces, ids);
  if (!wanted) return undefined;
  if (wanted === "all") {
    fields.applies_to_all_workspaces = true;
    return send();
  }
  const had = live.rule.workspaces === "all" ? [] : live.rule.workspaces;
  if (before.workspaces === "all") {
    fields.applies_to_all_workspaces = false;
    return [...wanted.map(add), ...send()];
  }
  const [only] = had;
  let missing = wanted.filter((id) => !had.includes(id));
  let leaving = had.filter((id) => !wanted.includes(id));
  if (had.length === 1 && only !== undefined && !wanted.includes(only)) {
    fields.workspace_id = missing[0];
    [missing, leaving] = [missing.slice(1), []];
    return [...send(), ...missing.map(add)];
  }
  return [...(changed ? send() : []), ...missing.map(add), ...leaving.map(remove)];
}

function workspaceIds(places: RuleFields["workspaces"], ids: CallIds): "all" | readonly string[] | undefined {
  if (places === undefined || places === "all") return places;
  const found = places.flatMap((place) => ids.workspaceId(place) ?? []);
  return found.length === places.length ? found : undefined;
}

/** A match as the API has it. */
function wireMatch({ subject, claims, condition, audience }: RuleMatch): Fields {
  return {
    ...(subject !== undefined && { subject_prefix: subject }),
    ...(claims && { claims }),
    ...(condition !== undefined && { condition }),
    ...(audience !== undefined && { audience }),
  };
}

function plainFields({ oauth_scope, token_lifetime, description }: RuleFields): Fields {
  const seconds = token_lifetime === undefined ? undefined : parseLifetime(token_lifetime);
  return {
    ...(oauth_scope !== undefined && { oauth_scope }),
    ...(seconds !== undefined && { token_lifetime_seconds: seconds }),
    ...(description !== undefined && { description }),
  };
}
