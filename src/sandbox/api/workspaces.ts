import type { PageResponse } from "@anthropic-ai/sdk/pagination";
import type {
  AllowedInferenceGeo,
  DataResidency,
  Workspace,
} from "@anthropic-ai/sdk/resources/organization/workspaces";
import * as z from "zod/mini";
import { ApiFailure, badRequest, errorTypeOf, failure, notFound } from "../http/errors.ts";
import { flag, params } from "../http/query.ts";
import { text } from "../http/schema.ts";
import { type Call, idAt, type Route, readBody, type WorkspaceEffect } from "../state/call.ts";
import { iso } from "../state/clock.ts";
import { PAGE_PARAMS, pageOf } from "../state/pagination.ts";
import { nextId, type SandboxState } from "../state/state.ts";
import { getRow, putRow, rowsBy } from "../state/table.ts";
import { refuseExternalKey } from "./external-keys.ts";

const COLORS = ["#6C5BB9", "#D97757", "#5B8DB9", "#5BB97A", "#B95B8D", "#B9A45B"] as const;

const name = text(1, 255);
const color = z.string().check(z.regex(/^#[0-9A-Fa-f]{6}$/));
const geo = z.enum(["global", "us"]);
const geos = {
  allowed_inference_geos: z.exactOptional(
    z.nullable(z.union([z.array(geo).check(z.minLength(1)), z.literal("unrestricted")])),
  ),
  default_inference_geo: z.exactOptional(z.nullable(geo)),
};

const newWorkspace = z.strictObject({
  name,
  display_color: z.exactOptional(z.nullable(color)),
  tags: z.exactOptional(z.nullable(z.record(z.string(), text()))),
  data_residency: z.exactOptional(
    z.nullable(z.strictObject({ ...geos, workspace_geo: z.exactOptional(z.nullable(z.literal("us"))) })),
  ),
  external_key_id: z.exactOptional(z.nullable(text(1))),
  user_profile_id: z.exactOptional(z.nullable(text(1))),
});

/** What an update takes: a null drops one tag; `workspace_geo` is set at creation only. */
const workspacePatch = z.strictObject({
  name: z.exactOptional(name),
  display_color: z.exactOptional(color),
  tags: z.exactOptional(z.nullable(z.record(z.string(), z.nullable(text())))),
  data_residency: z.exactOptional(z.nullable(z.strictObject(geos))),
  external_key_id: z.exactOptional(text(1)),
  user_profile_id: z.exactOptional(text(1)),
});

/** `/v1/organizations/workspaces`. Source: admin-api.md 2.4 and 3.1. */
export const workspaceRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/v1/organizations/workspaces",
    access: "admin",
    only: "console",
    query: [...PAGE_PARAMS, "include_archived", "include_default", "ids[]"],
    handle: listWorkspaces,
  },
  {
    method: "POST",
    path: "/v1/organizations/workspaces",
    access: "admin",
    only: "console",
    query: [],
    handle: createWorkspace,
  },
  {
    method: "GET",
    path: "/v1/organizations/workspaces/{workspace_id}",
    access: "admin",
    only: "console",
    query: [],
    handle: (call) => workspaceAt(call),
  },
  {
    method: "POST",
    path: "/v1/organizations/workspaces/{workspace_id}",
    access: "admin",
    only: "console",
    query: [],
    handle: updateWorkspace,
  },
  {
    method: "POST",
    path: "/v1/organizations/workspaces/{workspace_id}/archive",
    access: "admin",
    only: "console",
    query: [],
    handle: archiveWorkspace,
  },
];

/** The workspace that the path names; 404 when there is none. */
export function workspaceAt(call: Call): Workspace {
  const id = idAt(call, 0);
  const workspace = getRow(call.state.workspaces, id);
  if (workspace === undefined) throw notFound("Workspace", id);
  return workspace;
}

/** The workspace that the path names, for a write: 400 when it is archived, or is the default one and `but` is refused there. */
export function writableWorkspace(call: Call, but?: string): Workspace {
  const workspace = workspaceAt(call);
  if (workspace.archived_at !== null) throw badRequest(`Workspace ${workspace.id} is archived`);
  if (but !== undefined && workspace.id === call.state.defaultWorkspaceId) {
    throw badRequest(`The default workspace ${but}`);
  }
  return workspace;
}

function listWorkspaces(call: Call): PageResponse<Workspace> {
  const { state, query } = call;
  const archived = flag(query, "include_archived");
  const withDefault = flag(query, "include_default");
  const ids = params(query, "ids");
  if (ids !== undefined && ids.length > 100) throw badRequest("ids[]: List should have at most 100 items");
  return pageOf(
    state.workspaces,
    query,
    {
      where: (workspace) =>
        (archived || workspace.archived_at === null) &&
        (withDefault || workspace.id !== state.defaultWorkspaceId) &&
        (ids === undefined || ids.includes(workspace.id)),
    },
    (workspace) => workspace,
  );
}

function createWorkspace(call: Call): Workspace {
  const { state, now } = call;
  const asked = readBody(call, newWorkspace);
  const incomplete = call.effect === "workspace_created_incomplete";
  const wanted: z.output<typeof newWorkspace> = incomplete ? { name: asked.name } : asked;
  refuseFull(state);
  refuseExternalKey(state, wanted.external_key_id);
  const id = nextId(state, "wrkspc");
  const workspace: Workspace = {
    id,
    archived_at: null,
    compartment_id: id.replace("wrkspc", "cmpt"),
    created_at: iso(now),
    data_residency: newResidency(wanted.data_residency ?? {}),
    display_color: wanted.display_color ?? COLORS[state.workspaces.all.length % COLORS.length] ?? COLORS[0],
    external_key_id: wanted.external_key_id ?? null,
    name: wanted.name,
    tags: newTags({}, wanted.tags ?? {}),
    type: "workspace",
    user_profile_id: wanted.user_profile_id ?? null,
  };
  putRow(state.workspaces, workspace);
  if (incomplete) {
    throw unfinished(
      503,
      "workspace_created_incomplete",
      "The workspace was created, but not all that was asked for was set; do not send the request again",
      id,
    );
  }
  return workspace;
}

/** What took effect, and is no success for all that. */
function unfinished(status: number, code: WorkspaceEffect, message: string, workspaceId: string): ApiFailure {
  return new ApiFailure({
    status,
    type: errorTypeOf(status),
    message,
    details: { error_code: code, workspace_id: workspaceId },
  });
}

function refuseFull(state: SandboxState): void {
  const { workspaceCap } = state.settings;
  if (workspaceCap === null) return;
  const active = state.workspaces.all.filter(
    ({ row }) => row.archived_at === null && row.id !== state.defaultWorkspaceId,
  );
  if (active.length >= workspaceCap)
    throw badRequest(`The organization has reached its limit of ${workspaceCap} workspaces`);
}

function updateWorkspace(call: Call): Workspace {
  const wanted = readBody(call, workspacePatch);
  const workspace = writableWorkspace(call);
  const isDefault = workspace.id === call.state.defaultWorkspaceId;
  if (isDefault && wanted.name !== undefined && wanted.name !== workspace.name) {
    throw badRequest("The default workspace cannot be renamed");
  }
  if (isDefault && wanted.user_profile_id !== undefined) {
    throw badRequest("The default workspace cannot have a user profile");
  }
  if (wanted.external_key_id !== workspace.external_key_id) refuseExternalKey(call.state, wanted.external_key_id);
  const unknown = call.effect === "change_outcome_unknown";
  const changed: Workspace = {
    ...workspace,
    name: wanted.name ?? workspace.name,
    display_color: wanted.display_color ?? workspace.display_color,
    tags: newTags(workspace.tags, wanted.tags ?? {}),
    data_residency: newResidency(wanted.data_residency ?? {}, workspace.data_residency),
    external_key_id: attachOnce("external_key_id", workspace.external_key_id, wanted.external_key_id),
    user_profile_id: attachOnce("user_profile_id", workspace.user_profile_id, wanted.user_profile_id),
  };
  // Some of it was saved: here the name and the colour. The same request sent again saves the rest.
  const { name: savedName, display_color } = changed;
  putRow(call.state.workspaces, unknown ? { ...workspace, name: savedName, display_color } : changed);
  if (unknown) {
    throw failure(
      503,
      "Some of the change may not have been saved; send the same request again",
      "change_outcome_unknown",
    );
  }
  return changed;
}

function archiveWorkspace(call: Call): Workspace {
  const { state } = call;
  const workspace = writableWorkspace(call, "cannot be archived");
  const archived: Workspace = { ...workspace, archived_at: iso(call.now) };
  putRow(state.workspaces, archived);
  for (const key of rowsBy(state.keys, "workspace", workspace.id)) {
    if (key.status !== "archived") putRow(state.keys, { ...key, status: "archived" });
  }
  if (call.effect === "storage_attached_during_archive") {
    throw unfinished(
      409,
      call.effect,
      "The workspace was archived, but its External Storage is still attached",
      workspace.id,
    );
  }
  return archived;
}

/** Tags after an update: those not named stay, null drops one; a key that begins with `anthropic` is refused. */
function newTags(
  tags: Readonly<Record<string, string>>,
  patch: Readonly<Record<string, string | null>>,
): Record<string, string> {
  const merged = new Map(Object.entries(tags));
  for (const [key, value] of Object.entries(patch)) {
    if (/^anthropic/i.test(key)) throw badRequest(`tags.${key}: Tag keys may not begin with 'anthropic'`);
    if (value === null) merged.delete(key);
    else merged.set(key, value);
  }
  return Object.fromEntries(merged);
}

/** Data residency after an update; the default geo must be among the allowed ones. */
function newResidency(
  patch: {
    readonly allowed_inference_geos?: AllowedInferenceGeo[] | "unrestricted" | null;
    readonly default_inference_geo?: AllowedInferenceGeo | null;
  },
  current: DataResidency = {
    allowed_inference_geos: "unrestricted",
    default_inference_geo: "global",
    workspace_geo: "us",
  },
): DataResidency {
  const next: DataResidency = {
    allowed_inference_geos: patch.allowed_inference_geos ?? current.allowed_inference_geos,
    default_inference_geo: patch.default_inference_geo ?? current.default_inference_geo,
    workspace_geo: current.workspace_geo,
  };
  const { allowed_inference_geos: geos, default_inference_geo: fallback } = next;
  if (geos !== "unrestricted" && !geos.includes(fallback)) {
    throw badRequest("data_residency.default_inference_geo: must be one of allowed_inference_geos");
  }
  return next;
}

/** A field that can be set once: naming another value later is a 400, the same one changes nothing. */
function attachOnce(field: string, current: string | null, wanted: string | undefined): string | null {
  if (wanted === undefined) return current;
  if (current !== null && current !== wanted) throw badRequest(`${field}: cannot be replaced once it is set`);
  return wanted;
}
