import type { Config } from "../config/config.ts";
import type { Grant } from "../kinds/kind.ts";
import { type Grants, grantsOf } from "../kinds/kinds.ts";
import { type Matches, matchLive } from "../match/matches.ts";
import { CLAUDE_CODE_WORKSPACE } from "../match/workspaces.ts";
import { itemsOf, type LiveWorkspace, type OrgSnapshot, type User } from "../model/org.ts";
import { compareText, groupBy } from "../text/text.ts";

/** A workspace as every part of a status names it. */
export interface WorkspaceRef {
  readonly id: string;
  /** Absent where the organization does not list it: archived, or the list could not be read. */
  readonly name?: string;
  /** Its handle in rbac.yaml. */
  readonly handle?: string;
  /** The default workspace (access follows the organization role), or the one that Claude Code keeps for itself. */
  readonly special?: "default" | "claude-code";
}

/** Somebody, or something, that a key acts as or was made by. */
export interface Actor {
  readonly type: string;
  readonly id: string;
  readonly email?: string;
  /** Of a service account. */
  readonly name?: string;
  /** Whether the person has left the organization; absent where that cannot be known. */
  readonly left?: boolean;
}

/** The snapshot and the file, joined once: every lookup that a status needs, by id. */
export interface StatusIndex {
  readonly config?: Config;
  readonly live: OrgSnapshot;
  readonly now: number;
  readonly users: ReadonlyMap<string, User>;
  /** Who has access to what, and why. */
  readonly grants: Grants;
  /** The roles in each workspace, by its id. */
  readonly roles: ReadonlyMap<string | undefined, readonly Grant[]>;
  /** Every listed workspace, default and Claude Code included, in the order to show. */
  readonly workspaces: readonly WorkspaceRef[];
  readonly workspace: (id: string) => WorkspaceRef;
  readonly actor: (type: string, id: string) => Actor;
  readonly matches: Matches;
}

/** Joins what was read with what is declared. */
export function indexStatus(live: OrgSnapshot, now: number, config?: Config): StatusIndex {
  const matches = matchLive(config ?? NOTHING_DECLARED, live);
  const { users } = matches.people;
  const grants = grantsOf(live);
  const accounts = itemsOf(live.serviceAccounts);
  const machines = new Map(accounts.map(({ id, name }) => [id, name]));
  const workspaces = orderedRefs(itemsOf(live.workspaces), matches.handles, config);
  const byId = new Map(workspaces.map((workspace) => [workspace.id, workspace]));
  return {
    ...(config && { config }),
    live,
    now,
    users,
    grants,
    roles: groupBy(grants.workspace_member, ({ workspaceId }) => workspaceId),
    workspaces,
    workspace: (id) => byId.get(id) ?? { id },
    actor: (type, id) => {
      const machine = type === "service_account" ? machines.get(id) : undefined;
      if (machine !== undefined) return { type, id, name: machine };
      if (type !== "user" || !live.users.known) return { type, id };
      const user = users.get(id);
      return user ? { type, id, email: user.email, left: false } : { type, id, left: true };
    },
    matches,
  };
}

/** What there is to match where there is no file. */
const NOTHING_DECLARED = { organization: {}, workspaces: new Map(), members: new Map() } as const;

/** Live workspaces with their handles: declared ones in the file's order, the rest by name, special ones last. */
function orderedRefs(
  live: readonly LiveWorkspace[],
  handles: ReadonlyMap<string, string>,
  config?: Config,
): readonly WorkspaceRef[] {
  const order = new Map([...(config?.workspaces.keys() ?? [])].map((handle, index) => [handle, index]));
  const refs = live.map(({ id, name, isDefault }): WorkspaceRef => {
    const handle = handles.get(id);
    const special = isDefault ? "default" : name === CLAUDE_CODE_WORKSPACE ? "claude-code" : undefined;
    return { id, name, ...(handle !== undefined && { handle }), ...(special && { special }) };
  });
  const rank = ({ handle, special }: WorkspaceRef) =>
    handle !== undefined ? (order.get(handle) ?? 0) : order.size + (special ? 1 : 0);
  return refs.toSorted(
    (a, b) => rank(a) - rank(b) || compareText(a.name ?? "", b.name ?? "") || compareText(a.id, b.id),
  );
}
