import type { Config, Key } from "../config/config.ts";
import type { ApiKey } from "../model/org.ts";
import { target } from "../model/target.ts";
import { groupBy } from "../text/text.ts";
import type { WorkspaceMatches } from "./workspaces.ts";

/** Where a key is: a workspace, by its handle or live id, or (null, undefined) the organization itself. */
type Place = string | null | undefined;

/** The target of a live or declared key. */
export function keyTarget(workspace: Place, name: string): string {
  return workspace == null ? target.organizationKey(name) : target.key(workspace, name);
}

/** The path in rbac.yaml of a key that is declared there; a workspace is its handle. */
export function keyPath(workspace: Place, name: string): readonly string[] {
  return workspace == null ? ["organization", "keys", name] : ["workspaces", workspace, "keys", name];
}

/** The place of a live key in a finding: the workspace's id, or `organization`. */
export function scopeText({ scope }: ApiKey): string {
  return placeIdOf(scope) ?? "organization";
}

/** Keys by the id of the workspace that holds them; those of the organization itself under `undefined`. */
export function keysByWorkspace(keys: readonly ApiKey[]): ReadonlyMap<string | undefined, readonly ApiKey[]> {
  return groupBy(keys, ({ scope }) => placeIdOf(scope));
}

/** A scope of a kind that is not known is a place by itself, which nothing declares: never the organization's own. */
function placeIdOf(scope: ApiKey["scope"]): string | undefined {
  if (scope.type === "unknown") return `(${scope.word})`;
  return scope.type === "workspace" ? scope.workspaceId : undefined;
}

/** A declared key, the place that it is declared for, and the live keys there. */
export interface DeclaredKey {
  readonly key: Key;
  /** The handle; null for the organization itself. */
  readonly workspace: string | null;
  /** Every live key of the place, whatever its name. */
  readonly here: readonly ApiKey[];
  /** Every live key of the other places, but for those that declare the same name themselves. */
  readonly elsewhere: readonly ApiKey[];
}

/** Every declared key of the organization and of the settled workspaces, in the order of the file. */
export function declaredKeys(
  config: Config,
  matches: WorkspaceMatches,
  live: readonly ApiKey[],
): readonly DeclaredKey[] {
  const byWorkspace = keysByWorkspace(live);
  const places = [
    { workspace: null, id: undefined, keys: config.organization.keys, here: byWorkspace.get(undefined) ?? [] },
    ...matches.matched.map(({ declared, live: found }) => ({
      workspace: declared.handle,
      id: found?.id,
      keys: declared.keys,
      here: found ? (byWorkspace.get(found.id) ?? []) : [],
    })),
  ];
  const own = (name: string) => new Set(places.filter(({ keys }) => keys?.has(name)).flatMap(({ here }) => here));
  return places.flatMap(({ workspace, keys, here }) =>
    [...(keys?.values() ?? [])].map((key) => {
      const declaring = own(key.name);
      return { key, workspace, here, elsewhere: live.filter((one) => !declaring.has(one)) };
    }),
  );
}

/** Where the file declares a key, and its target: what a finding about it says. */
export function whereOf({ key, workspace }: DeclaredKey) {
  return { path: keyPath(workspace, key.name), target: keyTarget(workspace, key.name) };
}
