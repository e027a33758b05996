import type { Config, Key } from "../config/config.ts";
import { keysByWorkspace } from "../keys-by-workspace.ts";
import { keyPath, keyTarget } from "../match/key-place.ts";
import type { WorkspaceMatches } from "../match/workspaces.ts";
import type { ApiKey } from "../model/org.ts";

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
    ...matches.settled.map(({ declared, live: found }) => ({
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
