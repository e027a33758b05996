import type { IncomingHttpHeaders } from "node:http";
import type * as z from "zod/mini";
import { badRequest } from "../http/errors.ts";
import type { Query } from "../http/query.ts";
import { read, ShapeError } from "../http/schema.ts";
import type { Proof } from "./identity-token.ts";
import type { SeedKey } from "./seed.ts";
import type { OrganizationType } from "./settings.ts";
import type { SandboxState } from "./state.ts";

/** Who is calling. For inference, `key` is the API key and `workspaceId` the workspace it works in. */
export interface Caller {
  readonly kind: "admin_key" | "oauth" | "enterprise_key" | "api_key" | "nobody";
  /** What a scoped key of Claude Enterprise may do. */
  readonly scopes?: readonly string[];
  /** The key is the one that was made for the activity feed. */
  readonly forFeed?: true;
  /** The service account that a workload's token acts as. */
  readonly accountId?: string;
  readonly key: SeedKey | null;
  readonly workspaceId: string | null;
}

/** One API call as a handler sees it: routed, authorised, its query checked and its body parsed. */
export interface Call {
  readonly state: SandboxState;
  /** The sandbox clock, in milliseconds since 1970. */
  readonly now: number;
  readonly path: string;
  /** The `{…}` parts of the route's path, in order. */
  readonly ids: readonly string[];
  readonly query: Query;
  readonly body: unknown;
  readonly headers: IncomingHttpHeaders;
  readonly caller: Caller;
  /** What a fault asks of the handler, if anything. */
  readonly effect: CallEffect | null;
  /** What was found of the workload's token that the request brings, where it brings one. */
  readonly proof?: Proof | undefined;
}

/** Things that can go wrong inside a Messages answer that begins with a 200. */
export type MessageEffect = "refusal" | "stream_overloaded" | "stream_cut";

/** Changes of a workspace that take effect in part, or with something left to say. Source: admin-api-1.14.md 1.1. */
export type WorkspaceEffect =
  | "workspace_created_incomplete"
  | "change_outcome_unknown"
  | "storage_attached_during_archive";

/** What a fault may ask of a handler. */
export type CallEffect = MessageEffect | WorkspaceEffect;

/** A streamed answer: server-sent events, sent one by one; `cut` drops the connection after the last. */
export interface EventStream {
  readonly stream: readonly { readonly event: string; readonly data: unknown }[];
  readonly cut: boolean;
}

/** Who may call a route: an administrator, an OAuth token only, whoever may see the activity feed, a credential for inference, or anybody. */
export type Access = "admin" | "oauth" | "activity" | "inference" | "public";

/** One endpoint. Its handler returns the body of the 200 answer, and throws an ApiFailure for anything else. */
export interface Route {
  readonly method: "GET" | "POST" | "DELETE";
  /** Path with `{…}` for the parts that vary. */
  readonly path: string;
  readonly access: Access;
  /** What a scoped key of Claude Enterprise needs `read:` or `write:` for; without it such a key is refused. */
  readonly scope?: string;
  /** Query parameters it knows; others are refused. */
  readonly query: readonly string[];
  /** Value that the `anthropic-beta` header must hold. */
  readonly beta?: string;
  /** The kind of organization that has it; without it both have. */
  readonly only?: OrganizationType;
  /** What its calls are counted by, beside or instead of the shared limit of the Admin API. */
  readonly pace?: "invites" | "spend_limits";
  /** API versions it speaks besides 2026-10-21. */
  readonly olderVersions?: readonly string[];
  readonly handle: (call: Call) => unknown;
}

/** The nth id of the path. */
export function idAt(call: Call, at: number): string {
  return call.ids[at] ?? "";
}

/** Reads the body; what does not fit is a 400 that names the field. */
export function readBody<Schema extends z.core.$ZodType>(call: Call, schema: Schema): z.output<Schema> {
  try {
    return read(schema, call.body);
  } catch (error) {
    if (error instanceof ShapeError) throw badRequest(error.message);
    throw error;
  }
}
