import type { PageResponse } from "@anthropic-ai/sdk/pagination";
import type { APIKey } from "@anthropic-ai/sdk/resources/organization/api-keys";
import * as z from "zod/mini";
import { badRequest, notFound } from "../http/errors.ts";
import { param, word } from "../http/query.ts";
import { text } from "../http/schema.ts";
import { type Call, idAt, type Route, readBody } from "../state/call.ts";
import { keyStatus, presentKey } from "../state/keys.ts";
import { PAGE_PARAMS, pageOf } from "../state/pagination.ts";
import type { SeedKey } from "../state/seed.ts";
import type { SandboxState } from "../state/state.ts";
import { getRow, putRow, rowsBy, rowsOf } from "../state/table.ts";

const keyPatch = z.strictObject({
  name: z.exactOptional(z.nullable(text(1, 500))),
  status: z.exactOptional(z.nullable(z.enum(["active", "inactive", "archived"]))),
});

/** `/v1/organizations/api_keys`: list, read, rename, disable, archive; never create. Source: admin-api.md 2.7 and 3.5. */
export const apiKeyRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/v1/organizations/api_keys",
    access: "admin",
    only: "console",
    query: [...PAGE_PARAMS, "status", "workspace_id", "created_by_user_id"],
    handle: listKeys,
  },
  {
    method: "GET",
    path: "/v1/organizations/api_keys/{api_key_id}",
    access: "admin",
    only: "console",
    query: [],
    handle: (call): APIKey => presentKey(keyAt(call), call.now),
  },
  {
    method: "POST",
    path: "/v1/organizations/api_keys/{api_key_id}",
    access: "admin",
    only: "console",
    query: [],
    handle: updateKey,
  },
];

function keyAt(call: Call): SeedKey {
  const id = idAt(call, 0);
  const key = getRow(call.state.keys, id);
  if (key === undefined) throw notFound("API key", id);
  return key;
}

function listKeys(call: Call): PageResponse<APIKey> {
  const { state, query, now } = call;
  const status = word(query, "status", ["active", "inactive", "archived", "expired"]);
  const workspaceId = param(query, "workspace_id");
  const creator = param(query, "created_by_user_id");
  const index =
    workspaceId !== undefined
      ? { index: { name: "workspace", key: workspaceId } }
      : creator !== undefined
        ? { index: { name: "creator", key: creator } }
        : {};
  const where = (key: SeedKey): boolean =>
    (status === undefined || keyStatus(key, now) === status) &&
    (creator === undefined || (key.created_by?.type === "user" && key.created_by.id === creator));
  return pageOf(state.keys, query, { ...index, where }, (key) => presentKey(key, now));
}

function updateKey(call: Call): APIKey {
  const { state, now } = call;
  const wanted = readBody(call, keyPatch);
  const key = keyAt(call);
  const status = keyStatus(key, now);
  const nextStatus = wanted.status ?? status;
  const nextName = wanted.name ?? key.name;
  if (status === "archived" && (nextStatus !== "archived" || nextName !== key.name)) {
    throw badRequest("This API key is archived; archived keys cannot be changed");
  }
  if (status === "expired" && (nextStatus === "active" || nextStatus === "inactive")) {
    throw badRequest("This API key has expired; it can only be archived");
  }
  if (nextStatus === "active" && status === "inactive") refuseFull(state, key, now);
  // An expired key keeps its stored status: only the clock says that it has expired.
  const changed: SeedKey = { ...key, name: nextName, status: nextStatus === "expired" ? key.status : nextStatus };
  putRow(state.keys, changed);
  return presentKey(changed, now);
}

function refuseFull(state: SandboxState, key: SeedKey, now: number): void {
  const { keyCap, workspaceKeyCap } = state.settings;
  const active = (keys: readonly SeedKey[]): number =>
    keys.filter((other) => keyStatus(other, now) === "active").length;
  if (keyCap !== null && active(rowsOf(state.keys)) >= keyCap) {
    throw badRequest("The organization has reached its limit of active API keys", "org_api_key_limit_exceeded");
  }
  if (workspaceKeyCap === null || key.scope.type !== "workspace") return;
  if (active(rowsBy(state.keys, "workspace", key.scope.workspace_id)) >= workspaceKeyCap) {
    throw badRequest("The workspace has reached its limit of active API keys", "workspace_api_key_limit_exceeded");
  }
}
