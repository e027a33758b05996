import { groupBy } from "./group-by.ts";
import type { ApiKey } from "./model/org.ts";

/** Keys by the id of the workspace that holds them; those of the organization itself under `undefined`. */
export function keysByWorkspace(keys: readonly ApiKey[]): ReadonlyMap<string | undefined, readonly ApiKey[]> {
  return groupBy(keys, ({ scope }) => (scope.type === "workspace" ? scope.workspaceId : undefined));
}
