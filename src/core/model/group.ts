import type { ReadResult } from "./org.ts";

/** A group of Claude Enterprise: whoever is in it has its roles. Names are not unique. */
export interface Group {
  readonly id: string;
  readonly name: string;
  /** `direct`, or `scim` where the identity provider owns it, or a newer word. */
  readonly source: string;
  /** The ids of the roles that it gives; absent where the API does not know them now, or was not asked for the roles. */
  readonly roleIds?: readonly string[];
  /** Not read of groups that nobody asked about. */
  readonly members: ReadResult<GroupMember>;
}

/** Somebody in a group, perhaps of another organization of the enterprise. */
export interface GroupMember {
  readonly userId: string;
  readonly email: string;
}

/** A role that groups give. */
export interface GroupRole {
  readonly id: string;
  readonly name: string;
}

/** Whether the API may change a group: what an identity provider owns, and what nobody knows, is compared and never written. */
export function isWritableGroup({ source }: Pick<Group, "source">): boolean {
  return source === "direct";
}
