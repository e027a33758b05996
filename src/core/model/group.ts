import type { Group } from "./org.ts";

/** Whether the API may change a group: what an identity provider owns, and what nobody knows, is compared and never written. */
export function isWritableGroup({ source }: Pick<Group, "source">): boolean {
  return source === "direct";
}
