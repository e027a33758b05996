import type { NoBillingWorkspaceRole } from "@anthropic-ai/sdk/resources/organization/workspaces/workspaces";
import type { WorkspaceMember } from "../../../core/model/org.ts";
import { type RowSchema, row, text } from "../rows.ts";
import { type ApiKind, type ApiReader, foundIf, orGone } from "./kind.ts";
import { findWorkspace } from "./workspace.ts";

const PREFIX = "workspace_";

/** A role in a workspace, without the API's prefix. One that is new is kept as it is. */
const workspaceMemberRow: RowSchema<WorkspaceMember> = row(
  { user_id: text, workspace_id: text, workspace_role: text },
  ({ user_id, workspace_id, workspace_role }) => ({
    role: workspace_role.startsWith(PREFIX) ? workspace_role.slice(PREFIX.length) : workspace_role,
    userId: user_id,
    workspaceId: workspace_id,
  }),
);

function wireRole(role: string): NoBillingWorkspaceRole {
  return `${PREFIX}${role}` as NoBillingWorkspaceRole;
}

interface Membership {
  readonly workspaceId: string;
  readonly userId: string;
}

function findMember({ client, options }: ApiReader, { workspaceId, userId }: Membership) {
  const asked = client.organization.workspaces.members.retrieve(userId, { workspace_id: workspaceId }, options);
  return orGone(asked, workspaceMemberRow, "workspace members");
}

const hasRole = async (api: ApiReader, call: Membership & { readonly role: string }) =>
  foundIf((await findMember(api, call))?.role === call.role);

const seenMember = async (api: ApiReader, call: Membership) => {
  const found = await findMember(api, call);
  return found && { role: found.role };
};

const making = ({ userId, role, workspaceId }: Membership & { readonly role: string }) =>
  `making ${userId} ${role} of ${workspaceId}`;

export const workspace_member = {
  lists: {},
  workspaceLists: {
    workspaceMembers: {
      what: "workspace members",
      chosenBy: "membersOf",
      read: ({ client, options, list }, workspaceId) =>
        list({
          what: `members of workspace ${workspaceId}`,
          style: "page",
          ask: (page) => client.organization.workspaces.members.list(workspaceId, page, options),
          row: workspaceMemberRow,
          idOf: ({ userId }) => userId,
        }),
    },
  },
  writes: {
    "add-workspace-member": {
      words: making,
      send: ({ organization: { workspaces } }, { workspaceId, userId, role }, options) =>
        workspaces.members
          .add(workspaceId, { user_id: userId, workspace_role: wireRole(role) }, options)
          .withResponse(),
      readBack: hasRole,
    },
    "update-workspace-member": {
      words: making,
      send: ({ organization: { workspaces } }, { workspaceId, userId, role }, options) =>
        workspaces.members
          .update(userId, { workspace_id: workspaceId, workspace_role: wireRole(role) }, options)
          .withResponse(),
      readBack: hasRole,
      seen: seenMember,
    },
    "remove-workspace-member": {
      words: ({ userId, workspaceId }) => `removing ${userId} from ${workspaceId}`,
      send: ({ organization: { workspaces } }, { workspaceId, userId }, options) =>
        workspaces.members.remove(userId, { workspace_id: workspaceId }, options).withResponse(),
      seen: seenMember,
      readBack: async (api, call) => {
        const found = await findMember(api, call);
        // Billing comes with the organization's role and cannot be taken away: what was given by hand is gone.
        if (found === undefined || found.role === "billing") return {};
        return foundIf((await findWorkspace(api, call.workspaceId)) === undefined);
      },
    },
  },
} satisfies ApiKind;
