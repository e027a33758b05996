import * as z from "zod/mini";
import type { Group, GroupMember, GroupRole } from "../../../core/model/org.ts";
import { itemsOf, NOT_READ, type ReadResult } from "../../../core/model/org.ts";
import { groupFacts } from "../../../core/plan/facts.ts";
import { present, type RowSchema, row, text } from "../rows.ts";
import { type ApiKind, type ApiReader, foundIf, type ListRequest, orGone, saysGone } from "./kind.ts";

const WHAT = "groups";

type ListedGroup = Omit<Group, "members">;

/** A group. A source that is new is kept as it is; roles that are null are not known now. */
const groupRow: RowSchema<ListedGroup> = row(
  { id: text, name: text, source_type: text, role_ids: z.nullable(z.array(text)) },
  ({ id, name, source_type, role_ids }) => ({ id, name, source: source_type, ...present("roleIds", role_ids) }),
);

const memberRow: RowSchema<GroupMember> = row({ user_id: text, email: text }, ({ user_id, email }) => ({
  userId: user_id,
  email: email.toLowerCase(),
}));

const roleRow: RowSchema<GroupRole> = row({ id: text, display_name: text }, ({ id, display_name }) => ({
  id,
  name: display_name,
}));

/**
 * What a role allows in the admin settings; undefined: a permission of another sort, a product's feature or a connector. Which role gives
 * the rights of an owner the API does not say. Source: the SDK's `RBACRolePermission.action`, "an admin-panel permission entitlement
 * (`permission_*`)".
 */
const adminRightRow: RowSchema<string | undefined> = row(
  { action: text, resource: z.object({ type: text }) },
  ({ action, resource }) => (resource.type === "organization" && action.startsWith("permission_") ? action : undefined),
);

function retrieve({ client, options }: ApiReader, groupId: string) {
  return orGone(client.organization.rbacGroups.retrieve(groupId, options), groupRow, WHAT);
}

function listGroups({ client, options, list }: ApiReader): Promise<readonly ListedGroup[]> {
  return list({
    what: WHAT,
    style: "cursor",
    ask: (page) => client.organization.rbacGroups.list(page, options),
    row: groupRow,
    idOf: ({ id }) => id,
  });
}

/** Who is in a group. A page may be short while more follows. */
export function listGroupMembers(
  { client, options, list }: ApiReader,
  groupId: string,
): Promise<readonly GroupMember[]> {
  return list({
    what: `members of group ${groupId}`,
    style: "cursor",
    ask: (page) => client.organization.rbacGroups.members.list(groupId, page, options),
    row: memberRow,
    idOf: ({ userId }) => userId,
  });
}

/** The groups, with who is in those that were asked about; roles that are not known in the list are asked for once more. */
async function readGroups(api: ApiReader, request?: ListRequest): Promise<readonly Group[]> {
  const listed = await listGroups(api);
  if (!request) return listed.map((group) => ({ ...group, members: NOT_READ }));
  const { scope, attempt, announce } = request;
  const all = listed.map((group): Group => ({ ...group, members: NOT_READ }));
  const asked = new Set(scope.groupMembersOf(all));
  const again = scope.groupRoles || scope.adminRights ? all.filter(({ roleIds }) => roleIds === undefined) : [];
  announce(asked.size + again.length);
  const groups = await Promise.all(
    all.map(async (group) => {
      const { id } = group;
      const [members, known] = await Promise.all([
        asked.has(id) ? attempt(`members of the group "${group.name}"`, () => listGroupMembers(api, id)) : NOT_READ,
        again.includes(group) ? attempt(WHAT, async () => [(await retrieve(api, id)) ?? []].flat()) : NOT_READ,
      ]);
      return { ...group, ...rolesIn(known), members };
    }),
  );
  return scope.adminRights ? withAdminRights(api, request, groups) : groups;
}

/** The groups with what their roles allow in the admin settings, each role being asked about once. */
async function withAdminRights(
  api: ApiReader,
  { attempt, announce }: ListRequest,
  groups: readonly Group[],
): Promise<readonly Group[]> {
  const ids = [...new Set(groups.flatMap(({ roleIds = [] }) => roleIds))];
  announce(ids.length);
  const rights = new Map(
    await Promise.all(
      ids.map(async (id) => [id, await attempt(`rights of the role ${id}`, () => listAdminRights(api, id))] as const),
    ),
  );
  return groups.map((group) => ({ ...group, adminRights: rightsOf(group, rights) }));
}

/** A role of a sister organization gives nothing in this one: the API knows it not here. */
async function listAdminRights({ client, options, list }: ApiReader, roleId: string): Promise<readonly string[]> {
  try {
    return await list({
      what: `rights of the role ${roleId}`,
      style: "cursor",
      ask: (page) => client.organization.rbacRoles.permissions.list(roleId, page, options),
      row: adminRightRow,
      idOf: (action) => action,
    });
  } catch (error) {
    if (saysGone(error)) return [];
    throw error;
  }
}

function rightsOf({ roleIds }: Group, rights: ReadonlyMap<string, ReadResult<string>>): ReadResult<string> {
  if (!roleIds) return { known: false, reason: "api-error", message: "the API does not know its roles now" };
  const readings = roleIds.map((id) => rights.get(id) ?? NOT_READ);
  const unknown = readings.find(({ known }) => !known);
  return unknown ?? { known: true, items: [...new Set(readings.flatMap(itemsOf))].sort() };
}

function rolesIn(known: ReadResult<ListedGroup>) {
  return known.known ? present("roleIds", known.items[0]?.roleIds) : {};
}

export const group = {
  lists: {
    groups: { what: WHAT, only: "enterprise", read: readGroups },
    groupRoles: {
      what: "roles of groups",
      only: "enterprise",
      read: ({ client, options, list }) =>
        list({
          what: "roles of groups",
          style: "cursor",
          ask: (page) => client.organization.rbacRoles.list(page, options),
          row: roleRow,
          idOf: ({ id }) => id,
        }),
    },
  },
  workspaceLists: {},
  writes: {
    "create-group": {
      creates: true,
      looks: 3,
      words: ({ group: name }) => `creating the group "${name}"`,
      send: ({ organization: { rbacGroups } }, { group: name }, options) =>
        rbacGroups.create({ name }, options).withResponse(),
      // Names are not unique: one of this name is taken for the one that was to be made.
      readBack: async (api, { group: name }) => {
        const found = (await listGroups(api)).find((one) => one.name === name);
        return found && { id: found.id };
      },
    },
    "delete-group": {
      words: ({ groupId }) => `deleting the group ${groupId}`,
      send: ({ organization: { rbacGroups } }, { groupId }, options) =>
        rbacGroups.delete(groupId, options).withResponse(),
      seen: async (api, { groupId }) => {
        const found = await retrieve(api, groupId);
        return found && groupFacts(found);
      },
      readBack: async (api, { groupId }) => foundIf((await retrieve(api, groupId)) === undefined),
    },
  },
} satisfies ApiKind;
