import type { ApiKey } from "../model/org.ts";
import { target } from "../model/target.ts";
import { groupBy } from "../text/text.ts";

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

/** The id of the workspace that holds a key; undefined for one of the organization itself. */
export function workspaceIdOf({ scope }: Pick<ApiKey, "scope">): string | undefined {
  // A scope of a kind that is not known is a place by itself, which nothing declares: never the organization's own.
  if (scope.type === "unknown") return `(${scope.word})`;
  return scope.type === "workspace" ? scope.workspaceId : undefined;
}

/** The place of a live key in a finding: the workspace's id, or `organization`. */
export function scopeText(key: ApiKey): string {
  return workspaceIdOf(key) ?? "organization";
}

/** Keys by the id of the workspace that holds them; those of the organization itself under `undefined`. */
export function keysByWorkspace(keys: readonly ApiKey[]): ReadonlyMap<string | undefined, readonly ApiKey[]> {
  return groupBy(keys, workspaceIdOf);
}
