import type Anthropic from "@anthropic-ai/sdk";
import type {
  ApiKey,
  Invite,
  LiveModel,
  LiveWorkspace,
  RateLimit,
  SpendLimit,
  User,
  WorkspaceMember,
  WorkspaceRateLimit,
} from "../../../core/model/org.ts";
import type { Tally } from "../pages.ts";
import { type List, PAGE_SIZE, readList } from "../pages.ts";
import { mapRateLimit, mapWorkspaceRateLimit } from "./rate-limit.ts";
import {
  type ListedWorkspace,
  mapApiKey,
  mapInvite,
  mapModel,
  mapSpendLimit,
  mapUser,
  mapWorkspace,
  mapWorkspaceMember,
  NAMES,
} from "./rows.ts";

/** Each list of the Admin API that a snapshot is made of, whole. They throw what the SDK throws, and `incomplete-answer`. */
export interface OrgLists {
  readonly users: () => Promise<readonly User[]>;
  readonly invites: () => Promise<readonly Invite[]>;
  readonly workspaces: () => Promise<readonly LiveWorkspace[]>;
  readonly keys: () => Promise<readonly ApiKey[]>;
  readonly rateLimits: () => Promise<readonly RateLimit[]>;
  readonly spendLimits: () => Promise<readonly SpendLimit[]>;
  readonly workspaceMembers: (workspaceId: string) => Promise<readonly WorkspaceMember[]>;
  readonly workspaceRateLimits: (workspaceId: string) => Promise<readonly WorkspaceRateLimit[]>;
  readonly models: () => Promise<readonly LiveModel[]>;
}

/** The name that the default workspace bears; the API has no flag for it (admin-api.md 3.1). */
const DEFAULT_NAME = "Default";

/** The lists as one read asks for them: under `signal`, counted by `tally`. */
export function orgLists(client: Anthropic, signal: AbortSignal, tally: Tally): OrgLists {
  const { organization } = client;
  const under = { signal };
  const byId = (cursor: string | undefined) => ({ limit: PAGE_SIZE, ...(cursor && { after_id: cursor }) });
  const byCursor = (cursor: string | undefined) => ({ limit: PAGE_SIZE, ...(cursor && { page: cursor }) });
  const counted = <Wire, Item>(list: Omit<List<Wire, Item>, "onPage">) =>
    readList({ ...list, onPage: (more) => tally.answered(more) });

  const workspacesOf = (what: { readonly include_default: boolean }) =>
    counted({
      what: NAMES.workspaces,
      style: "page",
      ask: (cursor) => organization.workspaces.list({ ...what, ...byId(cursor) }, under),
      map: mapWorkspace,
      idOf: ({ id }) => id,
    });

  /** Where its name does not tell the default workspace, it is the one that a list without it lacks. */
  const defaultIdOf = async (all: readonly ListedWorkspace[]): Promise<string | undefined> => {
    const named = all.filter(({ name }) => name === DEFAULT_NAME);
    if (named.length === 1) return named[0]?.id;
    tally.planned(1);
    const others = new Set((await workspacesOf({ include_default: false })).map(({ id }) => id));
    const missing = all.filter(({ id }) => !others.has(id));
    // Of several, some were created between the two lists.
    return (missing.find(({ name }) => name === DEFAULT_NAME) ?? missing[0])?.id;
  };

  return {
    users: () =>
      counted({
        what: NAMES.users,
        style: "page",
        ask: (cursor) => organization.users.list(byId(cursor), under),
        map: mapUser,
        idOf: ({ id }) => id,
      }),
    invites: () =>
      counted({
        what: NAMES.invites,
        style: "page",
        ask: (cursor) => organization.invites.list(byId(cursor), under),
        map: mapInvite,
        idOf: ({ id }) => id,
      }),
    workspaces: async () => {
      const all = (await workspacesOf({ include_default: true })).filter(({ archived }) => !archived);
      const defaultId = await defaultIdOf(all);
      return all.map(({ archived: _, ...workspace }) => ({ ...workspace, isDefault: workspace.id === defaultId }));
    },
    // Unfiltered: the filter on a workspace would hide the keys of the organization's own scope.
    keys: () =>
      counted({
        what: NAMES.keys,
        style: "page",
        ask: (cursor) => organization.apiKeys.list(byId(cursor), under),
        map: mapApiKey,
        idOf: ({ id }) => id,
      }),
    rateLimits: () =>
      counted({
        what: NAMES.rateLimits,
        style: "cursor",
        ask: (cursor) => organization.rateLimits.list(byCursor(cursor), under),
        map: mapRateLimit,
        idOf: ({ id }) => id,
      }),
    // Only the beta lists the limits of a Console organization (admin-api.md 2.10).
    spendLimits: () =>
      counted({
        what: NAMES.spendLimits,
        style: "cursor",
        ask: (cursor) =>
          client.beta.organization.spendLimits.list({ scope_type: ["workspace"], ...byCursor(cursor) }, under),
        map: mapSpendLimit,
        idOf: ({ id }) => id,
      }),
    workspaceMembers: (workspaceId) =>
      counted({
        what: `members of workspace ${workspaceId}`,
        style: "page",
        ask: (cursor) => organization.workspaces.members.list(workspaceId, byId(cursor), under),
        map: mapWorkspaceMember,
        idOf: ({ userId }) => userId,
      }),
    workspaceRateLimits: (workspaceId) =>
      counted({
        what: `rate limits of workspace ${workspaceId}`,
        style: "cursor",
        ask: (cursor) => organization.workspaces.rateLimits.list(workspaceId, byCursor(cursor), under),
        map: mapWorkspaceRateLimit,
        idOf: ({ rateLimitId }) => rateLimitId,
      }),
    models: () =>
      counted({
        what: NAMES.models,
        style: "page",
        ask: (cursor) => client.models.list({ lifecycle: ["active", "deprecated", "retired"], ...byId(cursor) }, under),
        map: mapModel,
        idOf: ({ id }) => id,
      }),
  };
}
