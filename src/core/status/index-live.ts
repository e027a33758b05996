import type { Config, Key } from "../config/config.ts";
import { parseKeyName } from "../keys/key-name.ts";
import { keysByWorkspace } from "../match/key-place.ts";
import { CLAUDE_CODE_WORKSPACE, matchWorkspaces } from "../match/workspaces.ts";
import type { ApiKey, LiveWorkspace, OrgSnapshot, User } from "../model/org.ts";
import { inheritedWorkspaceRole } from "../model/role.ts";
import { compareText } from "../text/text.ts";

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
  /** Whether the person has left the organization; absent where that cannot be known. */
  readonly left?: boolean;
}

/** A key of rbac.yaml and where it stands there. */
export interface DeclaredKey {
  readonly key: Key;
  /** Absent for a key of the organization itself. */
  readonly handle?: string;
}

/** The snapshot and the file, joined once: every lookup that a status needs, by id. */
export interface StatusIndex {
  readonly config?: Config;
  readonly live: OrgSnapshot;
  readonly now: number;
  readonly users: ReadonlyMap<string, User>;
  /** Those whose organization role brings a role in every workspace along. */
  readonly inheriting: readonly User[];
  /** Every listed workspace, default and Claude Code included, in the order to show. */
  readonly workspaces: readonly WorkspaceRef[];
  readonly workspace: (id: string) => WorkspaceRef;
  readonly actor: (type: string, id: string) => Actor;
  readonly declaredKey: (key: ApiKey) => DeclaredKey | undefined;
  /** Keys by the id of their workspace; those of the organization itself under `undefined`. */
  readonly keys: ReadonlyMap<string | undefined, readonly ApiKey[]>;
}

/** Joins what was read with what is declared. */
export function indexStatus(live: OrgSnapshot, now: number, config?: Config): StatusIndex {
  const users = new Map((live.users.known ? live.users.items : []).map((user) => [user.id, user]));
  const workspaces = workspaceRefs(live.workspaces.known ? live.workspaces.items : [], config);
  const byId = new Map(workspaces.map((workspace) => [workspace.id, workspace]));
  return {
    ...(config && { config }),
    live,
    now,
    users,
    inheriting: [...users.values()].filter(({ role }) => inheritedWorkspaceRole(role) !== undefined),
    workspaces,
    workspace: (id) => byId.get(id) ?? { id },
    actor: (type, id) => {
      if (type !== "user" || !live.users.known) return { type, id };
      const user = users.get(id);
      return user ? { type, id, email: user.email, left: false } : { type, id, left: true };
    },
    declaredKey: declaredKeys(config, (id) => byId.get(id)?.handle),
    keys: keysByWorkspace(live.keys.known ? live.keys.items : []),
  };
}

/** Live workspaces with their handles: declared ones in the file's order, the rest by name, special ones last. */
export function workspaceRefs(live: readonly LiveWorkspace[], config?: Config): readonly WorkspaceRef[] {
  const handles = config ? matchWorkspaces(config, live).handles : new Map<string, string>();
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

/**
 * Finds what the file says of a live key: by its pinned id, else by its name without label, in its own workspace before
 * any other. One in another workspace is still an answer: it is what "works in dev, fails in prod" looks like.
 */
function declaredKeys(config: Config | undefined, handleOf: (id: string) => string | undefined) {
  const byId = new Map<string, DeclaredKey>();
  const byName = new Map<string, DeclaredKey[]>();
  const add = (key: Key, handle?: string) => {
    const declared: DeclaredKey = { key, ...(handle !== undefined && { handle }) };
    if (key.id) byId.set(key.id, declared);
    for (const name of [key.name, ...key.previously]) byName.set(name, [...(byName.get(name) ?? []), declared]);
  };
  for (const key of config?.organization.keys?.values() ?? []) add(key);
  for (const { handle, keys } of config?.workspaces.values() ?? []) {
    for (const key of keys?.values() ?? []) add(key, handle);
  }
  return ({ id, name, scope }: ApiKey): DeclaredKey | undefined => {
    const pinned = byId.get(id);
    if (pinned) return pinned;
    const candidates = byName.get(parseKeyName(name).base) ?? [];
    const here = scope.type === "workspace" ? handleOf(scope.workspaceId) : undefined;
    return candidates.find(({ handle }) => handle === here) ?? candidates[0];
  };
}
