import type { ApiCall, Seen } from "../model/call.ts";
import type { Fields } from "../model/change.ts";
import type { FederationIssuer, FederationRule } from "../model/federation.ts";
import type { Limits } from "../model/limit.ts";
import type { Group, LiveWorkspace } from "../model/org.ts";
import { canonicalText, isObject } from "../text/text.ts";

/** A workspace as a whole, by the names that `workspaceFacts` has. */
export function wholeWorkspace(live: Workspace): Seen {
  const data_residency = { allowed_inference_geos: null, default_inference_geo: null };
  return workspaceFacts(live, { name: "", tags: live.tags, data_residency, external_key_id: "" });
}

type Workspace = Omit<LiveWorkspace, "isDefault">;

/** Of a workspace what an update is about to set: its name, each tag by itself, where its data may be, the key that encrypts it. */
export function workspaceFacts(live: Workspace, { name, tags, data_residency, external_key_id }: Fields): Seen {
  const { allowedInferenceGeos: geos = null, defaultInferenceGeo = null, externalKeyId = null } = live;
  const named = (fields: unknown) => Object.keys(isObject(fields) ? fields : {});
  const places: Seen = { allowed_inference_geos: geosWord(geos), default_inference_geo: defaultInferenceGeo };
  return {
    ...(name !== undefined && { name: live.name }),
    ...Object.fromEntries(named(tags).map((tag) => [`tags.${tag}`, live.tags[tag] ?? null])),
    ...Object.fromEntries(named(data_residency).map((field) => [field, places[field] ?? null])),
    ...(external_key_id !== undefined && { external_key_id: externalKeyId }),
  };
}

/** Of a workspace's limits those that a call is about to set. */
export function limitFacts(overrides: Limits, { limits }: Extract<ApiCall, { name: "update-rate-limit" }>): Seen {
  return Object.fromEntries(limits.map(({ type }) => [type, overrides[type] ?? null]));
}

/** Of an issuer what decides whose tokens are taken, and for how long. */
export function issuerFacts({ name, url, jwks, checkJti, maxJwtLifetime }: FederationIssuer): Seen {
  return { name, url, jwks: canonicalText(jwks), check_jti: checkJti, max_jwt_lifetime: maxJwtLifetime };
}

/** Of a rule what decides who gets in, as what, where, and for how long. */
export function ruleFacts(rule: FederationRule): Seen {
  const { name, match, oauthScope, target, workspaces, tokenLifetime } = rule;
  return {
    name,
    match: canonicalText(match),
    oauth_scope: oauthScope,
    target: target.type === "unknown" ? target.word : target.id,
    workspaces: canonicalText(workspaces),
    token_lifetime: tokenLifetime,
  };
}

/** Of a group what its deletion ends; roles that could not be told are not none. */
export function groupFacts({ name, source, roleIds }: Omit<Group, "members">): Seen {
  return { name, source, roles: roleIds === undefined ? "not known" : roleIds.toSorted().join(", ") || null };
}

/** Places as one value: a list in any order is one text. */
export function geosWord(geos: unknown): unknown {
  return Array.isArray(geos) ? geos.toSorted().join(", ") : geos;
}

/** The groups that an invitation brings along, as one text; null for none. */
export function groupsText(groupIds: readonly string[] = []): string | null {
  return groupIds.length === 0 ? null : groupIds.toSorted().join(", ");
}

/** The keys that end with a workspace, as one text: those that are archived have ended already. */
export function keysIn(
  workspaceId: string,
  keys: readonly {
    readonly name: string;
    readonly status: string;
    readonly scope: { readonly type: string; readonly workspaceId?: string };
  }[],
): string {
  const names = keys.flatMap(({ name, status, scope }) =>
    status !== "archived" && scope.workspaceId === workspaceId ? name : [],
  );
  return names.length === 0 ? "none" : names.sort().join(", ");
}
