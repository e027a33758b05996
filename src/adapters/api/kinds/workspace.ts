import type {
  WorkspaceCreateParams,
  WorkspaceUpdateParams,
} from "@anthropic-ai/sdk/resources/organization/workspaces/workspaces";
import * as z from "zod/mini";
import type { LiveWorkspace } from "../../../core/model/org.ts";
import { keysIn, wholeWorkspace, workspaceFacts } from "../../../core/plan/facts.ts";
import { present, type RowSchema, readRow, row, text, textOrNone, timeOrNone } from "../rows.ts";
import { externalKeys } from "./external-key.ts";
import { listKeys } from "./key.ts";
import { type ApiKind, type ApiReader, type Found, foundIf, holds, orGone } from "./kind.ts";

const WHAT = "workspaces";

/** A workspace as listed, with what the list alone does not settle left open. */
export interface ListedWorkspace extends Omit<LiveWorkspace, "isDefault"> {
  readonly archived: boolean;
}

/** Where data may be. What cannot be read is not "no limit": a limit would be lifted as if there were none. */
const residency = z.object({
  workspace_geo: text,
  allowed_inference_geos: z.union([z.literal("unrestricted"), z.array(text).check(z.minLength(1))]),
  default_inference_geo: text,
});

const workspaceRow: RowSchema<ListedWorkspace> = row(
  {
    id: text,
    name: text,
    archived_at: timeOrNone,
    tags: z.record(z.string(), z.string()),
    data_residency: residency,
    external_key_id: textOrNone,
  },
  ({ id, name, archived_at, tags, data_residency, external_key_id }) => {
    return {
      id,
      name,
      archived: archived_at !== null,
      tags,
      workspaceGeo: data_residency.workspace_geo,
      allowedInferenceGeos: data_residency.allowed_inference_geos,
      defaultInferenceGeo: data_residency.default_inference_geo,
      ...present("externalKeyId", external_key_id),
    };
  },
);

/** The name that the default workspace bears; the API has no flag for it (admin-api.md 3.1). */
const DEFAULT_NAME = "Default";

function listWorkspaces({ client, options, list }: ApiReader, withDefault: boolean) {
  return list({
    what: WHAT,
    style: "page",
    ask: (page) => client.organization.workspaces.list({ include_default: withDefault, ...page }, options),
    row: workspaceRow,
    idOf: ({ id }) => id,
  });
}

async function liveWorkspaces(api: ApiReader): Promise<readonly LiveWorkspace[]> {
  const all = (await listWorkspaces(api, true)).filter(({ archived }) => !archived);
  const defaultId = await defaultIdOf(api, all);
  return all.map(({ archived: _, ...workspace }) => ({ ...workspace, isDefault: workspace.id === defaultId }));
}

/** Where its name does not tell the default workspace, it is the one that a list without it lacks. */
async function defaultIdOf(api: ApiReader, all: readonly ListedWorkspace[]): Promise<string | undefined> {
  const named = all.filter(({ name }) => name === DEFAULT_NAME);
  if (named.length === 1) return named[0]?.id;
  api.oneMore();
  const others = new Set((await listWorkspaces(api, false)).map(({ id }) => id));
  const missing = all.filter(({ id }) => !others.has(id));
  // Of several, some were created between the two lists.
  return (missing.find(({ name }) => name === DEFAULT_NAME) ?? missing[0])?.id;
}

async function findByName(api: ApiReader, name: string): Promise<Found | undefined> {
  const found = (await listWorkspaces(api, false)).find((other) => other.name === name && !other.archived);
  return found && { id: found.id };
}

function retrieve<Item>({ client, options }: ApiReader, workspaceId: string, schema: RowSchema<Item>) {
  return orGone(client.organization.workspaces.retrieve(workspaceId, options), schema, WHAT);
}

/** The workspace with this id; undefined where the API calls it archived, or knows none. */
export async function findWorkspace(api: ApiReader, workspaceId: string) {
  const found = await retrieve(api, workspaceId, workspaceRow);
  return found && !found.archived ? found : undefined;
}

export const workspace = {
  lists: { workspaces: { what: WHAT, only: "console", read: liveWorkspaces }, externalKeys },
  workspaceLists: {},
  writes: {
    "create-workspace": {
      creates: true,
      looks: 3,
      words: ({ fields }) => `creating the workspace "${fields.name}"`,
      // What a call may hold is the plan's to say; its fields are the API's own.
      send: ({ organization: { workspaces } }, { fields }, options) =>
        workspaces.create(fields as WorkspaceCreateParams & typeof fields, options).withResponse(),
      readBack: (api, { fields }) => findByName(api, fields.name),
      refusals: { workspace_created_incomplete: "created-incomplete" },
    },
    "update-workspace": {
      words: ({ workspaceId }) => `changing the workspace ${workspaceId}`,
      send: ({ organization: { workspaces } }, { workspaceId, fields }, options) =>
        workspaces.update(workspaceId, fields as WorkspaceUpdateParams, options).withResponse(),
      readBack: async (api, { workspaceId, fields }) =>
        foundIf(holds(await retrieve(api, workspaceId, z.unknown()), fields)),
      seen: async (api, { workspaceId, fields }) => {
        const found = await retrieve(api, workspaceId, workspaceRow);
        return found && workspaceFacts(found, fields);
      },
      shows: (answer) => wholeWorkspace(readRow(workspaceRow, answer, WHAT)),
      // Some fields are saved and some are not: the same request again finishes it.
      refusals: { change_outcome_unknown: "uncertain" },
    },
    "archive-workspace": {
      words: ({ workspaceId }) => `archiving the workspace ${workspaceId}`,
      send: ({ organization: { workspaces } }, { workspaceId }, options) =>
        workspaces.archive(workspaceId, options).withResponse(),
      seen: async (api, { workspaceId }) => {
        const found = await findWorkspace(api, workspaceId);
        return found && { name: found.name, keys: keysIn(workspaceId, await listKeys(api, workspaceId)) };
      },
      readBack: async (api, { workspaceId }) => foundIf((await findWorkspace(api, workspaceId)) === undefined),
      refusals: { storage_attached_during_archive: "archived-with-storage" },
    },
  },
} satisfies ApiKind;
