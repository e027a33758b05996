import type { IncomingHttpHeaders } from "node:http";
import { recordRead } from "../api/activities.ts";
import { findRoute } from "../api/routes.ts";
import { ApiFailure, badRequest, errorBody, failure, rateLimited } from "../http/errors.ts";
import { parseQuery } from "../http/query.ts";
import type { Call, CallEffect, EventStream, Route } from "../state/call.ts";
import { HOUR, MINUTE } from "../state/clock.ts";
import { actingAs, administrator, type FeedActor, personActor } from "../state/feed.ts";
import type { Proof } from "../state/identity-token.ts";
import type { SandboxState } from "../state/state.ts";
import { authorise } from "./credentials.ts";

const API_VERSION = "2026-10-21";

const ORGANIZATION = "anthropic-organization-id";

/** A request as it came in; `body` is the raw text. */
export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly search: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly requestId: string;
  /** What was found of the workload's token that it brings. */
  readonly proof?: Proof;
}

/** What goes back: a JSON text, or a stream of events. */
export interface ApiAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly json: string | null;
  readonly stream: EventStream | null;
}

/** Answers one API call in one synchronous step, so that changes are never seen half done. */
export function answerCall(
  state: SandboxState,
  request: ApiRequest,
  now: number,
  effect: CallEffect | null,
): ApiAnswer {
  const headers: Record<string, string> = { "request-id": request.requestId };
  try {
    const { route, ids } = findRoute(request.method, request.path);
    if (route.access !== "public") headers[ORGANIZATION] = state.organization.id;
    const caller = authorise(state, request.headers, route, now);
    if (caller.workspaceId !== null) headers["anthropic-workspace-id"] = caller.workspaceId;
    checkHeaders(route, request.headers);
    refuseOtherKind(state, route);
    paceAdmin(state, route, now);
    const query = parseQuery(request.search, route.query);
    const body = request.method === "POST" ? parseBody(request.body) : undefined;
    const { path, headers: sent, proof } = request;
    const call: Call = { state, now, path, ids, query, body, headers: sent, caller, effect, proof };
    const act = () => {
      const result = route.handle(call);
      recordRead(call, route);
      return result;
    };
    return success(actingAs(state, { actor: actorOf(call), now }, act), headers);
  } catch (error) {
    const { answer } = error instanceof ApiFailure ? error : failure(500, `The sandbox failed: ${String(error)}`);
    const json = JSON.stringify(errorBody(answer, request.requestId));
    // Whose a credential is that is not known nobody can say; of any other every refusal does.
    if (answer.status === 401) delete headers[ORGANIZATION];
    return { status: answer.status, headers: { ...headers, ...answer.headers }, json, stream: null };
  }
}

/** Who calls, in the words of the feed. Source: admin-api-1.14.md 3.3, "Actors". */
function actorOf({ state, caller, headers }: Call): FeedActor {
  const via = { ip_address: "127.0.0.1", user_agent: headers["user-agent"] ?? "" };
  const { kind, key, accountId, forFeed } = caller;
  if (kind === "admin_key")
    return {
      type: "admin_api_key_actor",
      admin_api_key_id: `adminkey_01sandbox${forFeed ? "Activity" : "Admin"}`,
      ...via,
    };
  if (kind === "enterprise_key")
    return { type: "api_actor", api_key_id: `apikey_01sandbox${forFeed ? "Activity" : "Enterprise"}`, ...via };
  if (key !== null) return { type: "api_actor", api_key_id: key.id, ...via };
  if (accountId !== undefined) return { type: "service_account_actor", service_account_id: accountId, ...via };
  return kind === "oauth" ? personActor(administrator(state), via) : { type: "system_actor", service: null };
}

function success(result: unknown, headers: Readonly<Record<string, string>>): ApiAnswer {
  if (isStream(result)) return { status: 200, headers, json: null, stream: result };
  return { status: 200, headers, json: JSON.stringify(result), stream: null };
}

function isStream(result: unknown): result is EventStream {
  return typeof result === "object" && result !== null && "stream" in result && "cut" in result;
}

function checkHeaders(route: Route, headers: IncomingHttpHeaders): void {
  if (route.access === "public") return;
  const version = headers["anthropic-version"];
  if (version === undefined) throw badRequest("anthropic-version: header is required");
  const spoken = [API_VERSION, ...(route.olderVersions ?? [])];
  if (typeof version !== "string" || !spoken.includes(version)) {
    throw badRequest(
      `anthropic-version: "${String(version)}" is not a version the sandbox speaks: ${spoken.join(", ")}`,
    );
  }
  const betas = String(headers["anthropic-beta"] ?? "").split(",");
  if (route.beta !== undefined && !betas.some((beta) => beta.trim() === route.beta)) {
    throw badRequest(`anthropic-beta: this endpoint is in beta and needs the header value ${route.beta}`);
  }
}

function refuseOtherKind(state: SandboxState, { only }: Route): void {
  if (only === undefined || only === state.settings.organizationType) return;
  throw badRequest("This organization type does not support this endpoint", "organization_type_not_supported");
}

/**
 * The limits of the Admin API, which all credentials of an organization share: calls a minute, of which new invites are counted by
 * the hour instead, and calls for spend limits a second time. Source: admin-api.md 3.6 and admin-api-1.14.md 4.
 */
function paceAdmin(state: SandboxState, route: Route, now: number): void {
  const { adminRequestsPerMinute: most } = state.settings;
  if (most === null || route.access === "inference" || route.access === "public") return;
  if (route.pace === "invites") countCall(state, "invites", 1200, HOUR, now);
  else countCall(state, "admin", most, MINUTE, now);
  if (route.pace === "spend_limits") countCall(state, "spend_limits", 60, MINUTE, now);
}

/** A sliding span of the sandbox clock. */
function countCall(state: SandboxState, bucket: string, most: number, span: number, now: number): void {
  const recent = (state.recentCalls.get(bucket) ?? []).filter((at) => at > now - span && at <= now);
  state.recentCalls.set(bucket, recent);
  if (recent.length >= most) {
    const wait = Math.ceil(((recent[0] ?? now) + span - now) / 1000);
    throw rateLimited(`More than ${most} ${bucket} requests in ${span / MINUTE} min`, wait);
  }
  recent.push(now);
}

function parseBody(text: string): unknown {
  if (text.trim() === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw badRequest("The request body is not valid JSON");
  }
}

/** One API call as the log keeps it. */
export interface LoggedRequest {
  readonly method: string;
  readonly path: string;
  /** The query string as sent, without the question mark. */
  readonly query: string;
  /** HTTP status; null when the connection was cut instead. */
  readonly status: number | null;
  readonly requestId: string;
  /** The fault that hit the call, if any. */
  readonly fault: string | null;
}

/** The latest calls of one sandbox, and how many there were in all. */
export interface RequestLog {
  readonly entries: LoggedRequest[];
  total: number;
}

/** Appends a call and forgets the oldest ones beyond `capacity`. Forgetting is done in blocks, so that it stays cheap. */
export function logRequest(log: RequestLog, entry: LoggedRequest, capacity: number): void {
  log.total += 1;
  if (capacity === 0) return;
  log.entries.push(entry);
  if (log.entries.length > capacity * 1.25 + 16) log.entries.splice(0, log.entries.length - capacity);
}
