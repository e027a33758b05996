import type { APIKeyUpdateParams } from "@anthropic-ai/sdk/resources/organization/api-keys";
import * as z from "zod/mini";
import type { ApiKey } from "../../../core/model/org.ts";
import { onlyDisables } from "../../../core/plan/look.ts";
import { byType, present, type RowSchema, readRow, row, text, textOrNone, time, timeOrNone } from "../rows.ts";
import { type ApiKind, type ApiReader, foundIf, holds, orGone } from "./kind.ts";

const WHAT = "API keys";

/** Null: a key of nobody, which goes on working when its creator has left. */
const principal = byType({
  user_actor: row({ user_id: text }, ({ user_id }) => ({ type: "user" as const, id: user_id })),
  service_account_actor: row({ service_account_id: text }, ({ service_account_id }) => ({
    type: "service_account" as const,
    id: service_account_id,
  })),
});

const scope = byType({
  organization: row({}, () => ({ type: "organization" as const })),
  workspace: row({ workspace_id: text }, ({ workspace_id }) => ({
    type: "workspace" as const,
    workspaceId: workspace_id,
  })),
});

type Maker = NonNullable<ApiKey["createdBy"]>;
type Scope = ApiKey["scope"];

/** May answer with an equal value of another row: there are a few hundred places and makers, and up to 200,000 keys. */
interface Sharing {
  readonly maker: (value: Maker) => Maker;
  readonly scope: (value: Scope) => Scope;
}

/** A key. A status that is new is kept as it is, a kind of principal or scope that is new as an unknown word. */
const keyRowWith = (shared: Sharing): RowSchema<ApiKey> =>
  row(
    {
      id: text,
      name: text,
      status: text,
      created_at: time,
      expires_at: timeOrNone,
      created_by: z.nullable(z.object({ id: text, type: text })),
      principal: z.nullable(principal),
      partial_key_hint: textOrNone,
      scope,
    },
    ({ id, name, status, created_at: createdAt, expires_at, created_by, principal, partial_key_hint: hint, scope }) => {
      // An object made whole takes a third of the room of one that is put together, and most keys have these and no more. Fields in
      // their order, as everywhere here, are quickly written as canonical text.
      if (created_by !== null && hint !== null && principal === null && expires_at === null) {
        return { createdAt, createdBy: shared.maker(created_by), hint, id, name, scope: shared.scope(scope), status };
      }
      return {
        ...{ id, name, status, createdAt, scope },
        ...present("expiresAt", expires_at),
        ...present("createdBy", created_by),
        ...present("principal", principal),
        ...present("hint", hint),
      };
    },
  );

const keyRow = keyRowWith({ maker: (value) => value, scope: (value) => value });

function sharing(): Sharing {
  return {
    maker: sharedBy(({ id }) => id),
    scope: sharedBy((value) => (value.type === "workspace" ? value.workspaceId : "word" in value ? value.word : "")),
  };
}

/** Values that are equal where they have one type and one id. */
function sharedBy<Value extends { readonly type: string }>(idOf: (value: Value) => string): (value: Value) => Value {
  const known = new Map<string, Value>();
  return (value) => {
    const one = known.get(idOf(value));
    if (one?.type === value.type) return one;
    known.set(idOf(value), value);
    return value;
  };
}

/** The keys of one workspace, or all: unfiltered, for the filter would hide the keys of the organization's own scope. */
export function listKeys({ client, options, list }: ApiReader, workspaceId?: string): Promise<readonly ApiKey[]> {
  const filter = workspaceId === undefined ? {} : { workspace_id: workspaceId };
  return list({
    what: WHAT,
    style: "page",
    ask: (page) => client.organization.apiKeys.list({ ...filter, ...page }, options),
    row: keyRowWith(sharing()),
    idOf: ({ id }) => id,
  });
}

export const key = {
  lists: {
    keys: {
      only: "console",
      what: WHAT,
      read: (api) => listKeys(api),
    },
  },
  workspaceLists: {},
  writes: {
    "update-key": {
      words: ({ keyId }) => `changing the key ${keyId}`,
      send: ({ organization: { apiKeys } }, { keyId, fields }, options) =>
        apiKeys.update(keyId, fields as APIKeyUpdateParams, options).withResponse(),
      readBack: async ({ client, options }, call) => {
        const found = await orGone(client.organization.apiKeys.retrieve(call.keyId, options), z.unknown(), WHAT);
        return foundIf(holds(found, call.fields) || (onlyDisables(call) && holds(found, { status: "archived" })));
      },
      seen: async ({ client, options }, { keyId }) => {
        const found = await orGone(client.organization.apiKeys.retrieve(keyId, options), keyRow, WHAT);
        return found && { name: found.name, status: found.status };
      },
      shows: (answer) => {
        const { name, status } = readRow(keyRow, answer, WHAT);
        return { name, status };
      },
    },
  },
} satisfies ApiKind;
