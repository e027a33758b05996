import type { DeclaredGroup } from "../config/config.ts";
import type { Group, GroupMember, GroupRole, ReadResult } from "../model/org.ts";
import { nameIdentity } from "../text/identity.ts";
import { compareText } from "../text/text.ts";
import type { StatusIndex } from "./index-live.ts";

/** One group of Claude Enterprise, the roles that it gives, and who has them by it. */
export interface GroupStatus {
  readonly id: string;
  readonly name: string;
  readonly source: string;
  /** A role that the list of them lacks has its id alone; absent where they are not known now. */
  readonly roles?: readonly (Partial<GroupRole> & Pick<GroupRole, "id">)[];
  readonly members: ReadResult<GroupMember>;
  /** Where rbac.yaml declares it. */
  readonly declared?: DeclaredGroup;
}

/** The groups, by name; of one person alone where their ids are given. */
export function groupStatuses({ live, config }: StatusIndex, of?: ReadonlySet<string>): ReadResult<GroupStatus> {
  if (!live.groups.known) return live.groups;
  const roles = new Map(live.groupRoles.known ? live.groupRoles.items.map((role) => [role.id, role]) : []);
  const declared = new Map([...(config?.groups ?? [])].map(([name, group]) => [nameIdentity(name), group]));
  const shown = live.groups.items.filter(({ id }) => of === undefined || of.has(id));
  const items = shown.map((group) => statusOf(group, roles, declared.get(nameIdentity(group.name))));
  const sorted = items.toSorted((one, other) => compareText(one.name, other.name) || compareText(one.id, other.id));
  return { ...live.groups, items: sorted };
}

/** Groups by their names, by their ids where those are not known. */
export function groupNames(
  { groups }: { readonly groups: ReadResult<Pick<Group, "id" | "name">> },
  ids: readonly string[] = [],
): readonly string[] {
  const names = new Map(ids.length === 0 || !groups.known ? [] : groups.items.map(({ id, name }) => [id, name]));
  return ids.map((id) => names.get(id) ?? id).toSorted(compareText);
}

function statusOf(
  { id, name, source, roleIds, members }: Group,
  roles: ReadonlyMap<string, GroupRole>,
  declared: DeclaredGroup | undefined,
): GroupStatus {
  return {
    id,
    name,
    source,
    ...(roleIds && { roles: roleIds.map((role) => roles.get(role) ?? { id: role }) }),
    members: members.known
      ? { known: true, items: members.items.toSorted((one, other) => compareText(one.email, other.email)) }
      : members,
    ...(declared && { declared }),
  };
}
