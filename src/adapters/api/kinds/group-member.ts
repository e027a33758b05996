import { listGroupMembers } from "./group.ts";
import { type ApiKind, type ApiReader, foundIf, saysGone } from "./kind.ts";

interface Membership {
  readonly groupId: string;
  readonly userId: string;
}

/** Somebody in a group; undefined where they are not in it, or it is gone. No call shows one of them alone. */
async function findMember(api: ApiReader, { groupId, userId }: Membership) {
  try {
    return (await listGroupMembers(api, groupId)).find((member) => member.userId === userId);
  } catch (error) {
    if (saysGone(error)) return undefined;
    throw error;
  }
}

export const group_member = {
  lists: {},
  workspaceLists: {},
  writes: {
    "add-group-member": {
      words: ({ userId, groupId }) => `adding ${userId} to the group ${groupId}`,
      send: ({ organization: { rbacGroups } }, { groupId, userId }, options) =>
        rbacGroups.members.add(groupId, { user_id: userId }, options).withResponse(),
      readBack: async (api, call) => foundIf((await findMember(api, call)) !== undefined),
    },
    "remove-group-member": {
      words: ({ userId, groupId }) => `taking ${userId} out of the group ${groupId}`,
      send: ({ organization: { rbacGroups } }, { groupId, userId }, options) =>
        rbacGroups.members.remove(userId, { rbac_group_id: groupId }, options).withResponse(),
      seen: async (api, call) => {
        const found = await findMember(api, call);
        return found && { email: found.email };
      },
      readBack: async (api, call) => foundIf((await findMember(api, call)) === undefined),
    },
  },
} satisfies ApiKind;
