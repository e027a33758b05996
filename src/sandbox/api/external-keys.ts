import type { PageCursorResponse } from "@anthropic-ai/sdk/pagination";
import type {
  ExternalKey,
  ExternalKeyCreateParams,
  ExternalKeyValidateResponse,
} from "@anthropic-ai/sdk/resources/organization/external-keys";
import { failure, notFound } from "../http/errors.ts";
import { type Call, idAt, type Route } from "../state/call.ts";
import { iso } from "../state/clock.ts";
import { CURSOR_PARAMS, cursorPage } from "../state/pagination.ts";
import type { SeedExternalKey } from "../state/seed.ts";
import { nextId, type SandboxState } from "../state/state.ts";
import { getRow, putRow, rowsOf } from "../state/table.ts";

const path = "/v1/organizations/external_keys";
const one = `${path}/{external_key_id}`;

/** `/v1/organizations/external_keys`, to be read and tried; they are made at the Console. Source: admin-api-1.14.md 3.8. */
export const externalKeyRoutes: readonly Route[] = [
  { method: "GET", path, access: "admin", only: "console", query: [...CURSOR_PARAMS], handle: listExternalKeys },
  {
    method: "GET",
    path: one,
    access: "admin",
    only: "console",
    query: [],
    handle: (call) => presentKey(call.state, externalKeyAt(call)),
  },
  { method: "POST", path: `${one}/validate`, access: "admin", only: "console", query: [], handle: validate },
];

/** Refuses to attach a key that is not there, or cannot be used. */
export function refuseExternalKey(state: SandboxState, id: string | null | undefined): void {
  if (id == null) return;
  const key = getRow(state.externalKeys, id);
  if (key === undefined)
    throw failure(400, `external_key_id: there is no external key ${id}`, "external_key_not_found");
  if (key.broken !== null)
    throw failure(400, `The external key failed validation: ${key.broken}`, "external_key_validation_failed");
}

/** A key that nothing is encrypted with yet. */
export function makeExternalKey(
  state: SandboxState,
  now: number,
  provider_config: ExternalKeyCreateParams["provider_config"],
  display_name: string | null,
): ExternalKey {
  const at = iso(now);
  const key: SeedExternalKey = {
    id: nextId(state, "ekey"),
    broken: null,
    created_at: at,
    display_name,
    geo: "us",
    provider_config,
    type: "external_key",
    updated_at: at,
    user_profile_id: null,
  };
  putRow(state.externalKeys, key);
  return presentKey(state, key);
}

function externalKeyAt(call: Call): SeedExternalKey {
  const id = idAt(call, 0);
  const key = getRow(call.state.externalKeys, id);
  if (key === undefined) throw notFound("External key", id);
  return key;
}

function listExternalKeys({ state, query }: Call): PageCursorResponse<ExternalKey> {
  const keys = rowsOf(state.externalKeys).map((key) => presentKey(state, key));
  return cursorPage(keys.reverse(), query, { path, idOf: ({ id }) => id });
}

/** Archived workspaces count: their data stays encrypted. */
function presentKey(state: SandboxState, { broken: _, ...key }: SeedExternalKey): ExternalKey {
  const isAttached = rowsOf(state.workspaces).some(({ external_key_id: id }) => id === key.id);
  return { ...key, attachment: { type: isAttached ? "attached" : "unattached" } };
}

function validate(call: Call): ExternalKeyValidateResponse {
  const { broken } = externalKeyAt(call);
  return { status: broken === null ? "success" : "failure", error: broken, type: "external_key_validation" };
}
