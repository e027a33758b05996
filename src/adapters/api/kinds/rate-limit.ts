import * as z from "zod/mini";
import type { RateLimit, RateLimitGroup, WorkspaceRateLimit } from "../../../core/model/limit.ts";
import { LIMITERS, type Limits } from "../../../core/model/limit.ts";
import { limitFacts } from "../../../core/plan/facts.ts";
import { caption, present, type RowSchema, readRow, row, text } from "../rows.ts";
import { type ApiKind, type ApiReader, foundIf } from "./kind.ts";

const WHAT = "rate limits of the organization";

const group: RowSchema<RateLimitGroup> = row(
  { type: text, id: text, display_name: caption },
  ({ type, id, display_name }) => ({ type, id, ...present("displayName", display_name) }),
);

const limit = z.object({ type: text, value: z.number().check(z.nonnegative()) });
/** Inherited values are listed only where they are asked for; one that comes unasked is still not the workspace's own. */
const ownOrInherited = z.extend(limit, { source: z.object({ type: z.enum(["workspace", "organization"]) }) });

/** The models of a group of models; any other group has none. */
const models = z.nullable(z.array(text));

/** A limit of the organization. */
const rateLimitRow: RowSchema<RateLimit> = row(
  { id: text, group, limits: z.array(limit), models },
  ({ id, group, limits, models }) => ({ id, group, limits: limitsOf(limits), models: models ?? [] }),
);

/** What one workspace sets itself. */
const workspaceRateLimitRow: RowSchema<WorkspaceRateLimit> = row(
  { rate_limit_id: text, workspace_id: text, group, limits: z.array(ownOrInherited), models },
  ({ rate_limit_id, workspace_id, group, limits, models }) => ({
    rateLimitId: rate_limit_id,
    workspaceId: workspace_id,
    group,
    overrides: limitsOf(limits.filter(({ source }) => source.type === "workspace")),
    models: models ?? [],
  }),
);

/** A limiter that the API has added since is left out: nothing here can declare it. */
function limitsOf(values: readonly z.output<typeof limit>[]): Limits {
  const known = values.filter(({ type }) => LIMITERS.some((limiter) => limiter === type));
  return Object.fromEntries(known.map(({ type, value }) => [type, value]));
}

async function findOverride(api: ApiReader, { workspaceId, rateLimitId }: OneLimit) {
  return (await listOverrides(api, workspaceId)).find((limit) => limit.rateLimitId === rateLimitId);
}

interface OneLimit {
  readonly workspaceId: string;
  readonly rateLimitId: string;
}

function listOverrides({ client, options, list }: ApiReader, workspaceId: string) {
  return list({
    what: `rate limits of workspace ${workspaceId}`,
    style: "cursor",
    ask: (page) => client.organization.workspaces.rateLimits.list(workspaceId, page, options),
    row: workspaceRateLimitRow,
    idOf: ({ rateLimitId }) => rateLimitId,
  });
}

export const rate_limit = {
  lists: {
    rateLimits: {
      only: "console",
      what: WHAT,
      read: ({ client, options, list }) =>
        list({
          what: WHAT,
          style: "cursor",
          ask: (page) => client.organization.rateLimits.list(page, options),
          row: rateLimitRow,
          idOf: ({ id }) => id,
        }),
    },
  },
  workspaceLists: {
    workspaceRateLimits: { what: "workspace rate limits", chosenBy: "rateLimitsOf", read: listOverrides },
  },
  writes: {
    "update-rate-limit": {
      words: ({ rateLimitId, workspaceId }) => `setting the rate limit ${rateLimitId} of ${workspaceId}`,
      send: ({ organization: { workspaces } }, { workspaceId, rateLimitId, limits }, options) =>
        workspaces.rateLimits
          .update(rateLimitId, { workspace_id: workspaceId, limits: [...limits] }, options)
          .withResponse(),
      readBack: async (api, call) => {
        const own = await findOverride(api, call);
        return foundIf(call.limits.every(({ type, value }) => (own?.overrides[type] ?? null) === value));
      },
      seen: async (api, call) => limitFacts((await findOverride(api, call))?.overrides ?? {}, call),
      shows: (answer) => readRow(workspaceRateLimitRow, answer, WHAT).overrides,
    },
  },
} satisfies ApiKind;
