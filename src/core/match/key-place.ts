import type { ApiKey } from "../model/org.ts";
import { target } from "../model/target.ts";

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
  return scope.type === "workspace" ? scope.workspaceId : "organization";
}
