import type { IncomingHttpHeaders } from "node:http";
import { badRequest, failure, notFound } from "../http/errors.ts";
import type { Caller, Route } from "../state/call.ts";
import { keyStatus } from "../state/keys.ts";
import { workspaceRoleOf } from "../state/roles.ts";
import type { SeedKey } from "../state/seed.ts";
import type { AccessToken, SandboxState } from "../state/state.ts";
import { getRow, rowsBy } from "../state/table.ts";

/**
 * The caller of a request, when the credential is good for this access.
 * 401 for none, an unknown, disabled, archived or expired one; 401 or 403 (a switch) for one of the wrong kind.
 * Source: admin-api.md 1.1, 3.4, 3.5.
 */
export function authorise(
  state: SandboxState,
  headers: IncomingHttpHeaders,
  { access, method, scope }: Pick<Route, "access" | "method" | "scope">,
  now: number,
): Caller {
  if (access === "public") return { kind: "nobody", key: null, workspaceId: null };
  const secret = secretIn(headers);
  if (secret === null) throw failure(401, "x-api-key or Authorization header is required");
  const given = getRow(state.accessTokens, secret);
  if (given !== undefined) return workload(state, given, access, now);
  const known = callerOf(state, secret);
  if (known === null) throw failure(401, "invalid x-api-key or bearer token");
  if (known.key !== null) refuseDeadKey(known.key, now);
  if (access === "inference") return inferenceCaller(state, headers, known);
  if (access === "activity") return feedReader(state, known);
  if (known.kind === "enterprise_key") {
    refuseScope(known, method, scope);
    return known;
  }
  if (known.kind === "api_key" && !isAdministrator(state, known.key)) {
    throw failure(state.settings.wrongCredentialStatus, "This API key cannot be used with the Admin API");
  }
  if (access === "oauth" && known.kind !== "oauth") {
    throw failure(403, "This endpoint requires an OAuth access token with the org:admin scope");
  }
  return known;
}

function secretIn(headers: IncomingHttpHeaders): string | null {
  const bearer = /^Bearer\s+(\S+)\s*$/i.exec(headers.authorization ?? "")?.[1];
  if (bearer !== undefined) return bearer;
  const key = headers["x-api-key"];
  return typeof key === "string" && key !== "" ? key : null;
}

function callerOf(state: SandboxState, secret: string): Caller | null {
  if (secret === state.credentials.admin_key) return { kind: "admin_key", key: null, workspaceId: null };
  if (secret === state.credentials.oauth_token) return { kind: "oauth", key: null, workspaceId: null };
  const { enterprise_key, activity_key } = state.credentials;
  if (secret === enterprise_key?.secret) {
    return { kind: "enterprise_key", scopes: enterprise_key.scopes, key: null, workspaceId: null };
  }
  if (secret === activity_key) {
    const kind = secret.startsWith("sk-ant-admin") ? "admin_key" : "enterprise_key";
    return { kind, scopes: [FEED_SCOPE], forFeed: true, key: null, workspaceId: null };
  }
  const key = rowsBy(state.keys, "secret", secret)[0];
  return key === undefined ? null : { kind: "api_key", key, workspaceId: null };
}

const FEED_SCOPE = "read:compliance_activities";

/**
 * The feed is read with a key that has its scope: of Admin keys only those that were made after it was switched on, and none while it is
 * off. Source: admin-api-1.14.md 3.3.
 */
function feedReader(state: SandboxState, known: Caller): Caller {
  const scopes = known.scopes ?? [];
  const may = known.kind === "admin_key" || known.kind === "enterprise_key";
  const isOn = state.settings.compliance === "enabled";
  if (isOn && may && [FEED_SCOPE, "read:org_audit"].some((scope) => scopes.includes(scope))) return known;
  const got = isOn ? scopes : [];
  throw failure(403, `Missing required scopes. Got: [${got.join(", ")}] Needed: [${FEED_SCOPE}]`);
}

/** Whoever may write may read. Source: the 403 of admin-api-1.14.md 3.3. */
function refuseScope({ scopes = [] }: Caller, method: Route["method"], scope: string | undefined): void {
  if (scope === "any") return;
  const got = `Missing required scopes. Got: [${scopes.join(", ")}]`;
  if (scope === undefined) throw failure(403, got);
  const needed = method === "GET" ? [`read:${scope}`, `write:${scope}`] : [`write:${scope}`];
  if (needed.some((one) => scopes.includes(one))) return;
  throw failure(403, `${got} Needed: [${needed[0]}]`);
}

/** A workload acts in one workspace; with the scope org:admin, as an account that is an admin, it administers. */
function workload(state: SandboxState, token: AccessToken, access: Route["access"], now: number): Caller {
  const account = getRow(state.serviceAccounts, token.accountId);
  if (token.expires <= now || account === undefined || account.archived_at !== null)
    throw failure(401, "invalid bearer token");
  if (access === "inference") return { kind: "oauth", key: null, workspaceId: token.workspaceId };
  if (account.organization_role !== "admin" || !token.scope.split(" ").includes("org:admin"))
    throw failure(403, "This endpoint requires an OAuth access token with the org:admin scope");
  return { kind: "oauth", accountId: account.id, key: null, workspaceId: null };
}

function refuseDeadKey(key: SeedKey, now: number): void {
  const status = keyStatus(key, now);
  if (status !== "active") throw failure(401, `invalid x-api-key: this API key is ${status}`);
}

/** A key without a workspace acts with the rights of the person or service account behind it. */
function isAdministrator(state: SandboxState, key: SeedKey | null): boolean {
  if (key === null || key.scope.type === "workspace" || key.principal === null) return false;
  if (key.principal.type === "service_account_actor") {
    return getRow(state.serviceAccounts, key.principal.service_account_id)?.organization_role === "admin";
  }
  const role = getRow(state.users, key.principal.user_id)?.role;
  return role === "admin" || role === "owner" || role === "primary_owner";
}

function inferenceCaller(state: SandboxState, headers: IncomingHttpHeaders, known: Caller): Caller {
  const { key } = known;
  if (key === null) {
    throw failure(state.settings.wrongCredentialStatus, "This credential cannot be used for inference");
  }
  const header = headers["anthropic-workspace-id"];
  const asked = typeof header === "string" && header !== "" ? header : null;
  if (key.scope.type === "workspace") {
    const { workspace_id: workspaceId } = key.scope;
    if (asked !== null && asked !== workspaceId) throw notFound("Workspace", asked);
    refuseLeaver(state, key, workspaceId);
    return { ...known, workspaceId };
  }
  if (asked === null) throw badRequest("anthropic-workspace-id: header is required for this API key");
  const workspace = getRow(state.workspaces, asked);
  if (workspace === undefined || workspace.archived_at !== null || !reaches(state, key, asked)) {
    throw notFound("Workspace", asked);
  }
  return { ...known, workspaceId: asked };
}

/** Keys that stop working because a person left: Claude Code's with its maker, a personal one with the membership. */
function refuseLeaver(state: SandboxState, key: SeedKey, workspaceId: string): void {
  const maker = key.created_by?.type === "user" ? getRow(state.users, key.created_by.id) : undefined;
  if (getRow(state.workspaces, workspaceId)?.name === "Claude Code" && maker === undefined) {
    throw badRequest("The member who created this key has left", "claude_code_key_creator_not_member");
  }
  if (!reaches(state, key, workspaceId)) {
    throw failure(403, "The user of this API key is not a member of its workspace");
  }
}

function reaches(state: SandboxState, key: SeedKey, workspaceId: string): boolean {
  if (key.principal?.type !== "user_actor" || workspaceId === state.defaultWorkspaceId) return true;
  return workspaceRoleOf(state, workspaceId, key.principal.user_id) !== null;
}
