import type { NoBillingWorkspaceRole } from "@anthropic-ai/sdk/resources/organization/workspaces/workspaces";
import * as z from "zod/mini";
import type { WorkspaceServiceAccount } from "../../../core/model/org.ts";
import { type RowSchema, row, text } from "../rows.ts";
import { type ApiKind, type ApiReader, foundIf, orGone } from "./kind.ts";
import { MACHINE_PAGE } from "./service-account.ts";
import { findWorkspace } from "./workspace.ts";

const PREFIX = "workspace_";

/** A role in a workspace, without the API's prefix; undefined for what every account has in the default one. */
const membershipRow: RowSchema<WorkspaceServiceAccount | undefined> = row(
  { service_account_id: text, workspace_id: text, workspace_role: text, implicit: z.nullable(z.boolean()) },
  ({ service_account_id, workspace_id, workspace_role, implicit }) =>
    implicit
      ? undefined
      : {
          serviceAccountId: service_account_id,
          workspaceId: workspace_id,
          role: workspace_role.startsWith(PREFIX) ? workspace_role.slice(PREFIX.length) : workspace_role,
        },
);

interface Membership {
  readonly workspaceId: string;
  readonly serviceAccountId: string;
}

function wireRole(role: string): NoBillingWorkspaceRole {
  return `${PREFIX}${role}` as NoBillingWorkspaceRole;
}

function findMembership({ client, options }: ApiReader, { workspaceId, serviceAccountId }: Membership) {
  const { serviceAccounts } = client.organization.workspaces;
  const asked = serviceAccounts.retrieve(serviceAccountId, { workspace_id: workspaceId }, options);
  return orGone(asked, membershipRow, "service accounts of a workspace");
}

const hasRole = async (api: ApiReader, call: Membership & { readonly role: string }) =>
  foundIf((await findMembership(api, call))?.role === call.role);

const seenMembership = async (api: ApiReader, call: Membership) => {
  const found = await findMembership(api, call);
  return found && { role: found.role };
};

const making = ({ serviceAccountId, role, workspaceId }: Membership & { readonly role: string }) =>
  `making ${serviceAccountId} ${role} of ${workspaceId}`;

export const workspace_service_account = {
  lists: {},
  workspaceLists: {
    workspaceServiceAccounts: {
      what: "service accounts of workspaces",
      chosenBy: "serviceAccountsOf",
      oauth: true,
      read: ({ client, options, list }, workspaceId) =>
        list({
          what: `service accounts of workspace ${workspaceId}`,
          style: "cursor",
          most: MACHINE_PAGE,
          ask: (page) => client.organization.workspaces.serviceAccounts.list(workspaceId, page, options),
          row: membershipRow,
          idOf: ({ serviceAccountId }) => serviceAccountId,
        }),
    },
  },
  writes: {
    "add-workspace-service-account": {
      oauth: true,
      words: making,
      send: ({ organization: { workspaces } }, { workspaceId, serviceAccountId, role }, options) =>
        workspaces.serviceAccounts
          .add(workspaceId, { service_account_id: serviceAccountId, workspace_role: wireRole(role) }, options)
          .withResponse(),
      readBack: hasRole,
    },
    "update-workspace-service-account": {
      oauth: true,
      words: making,
      send: ({ organization: { workspaces } }, { workspaceId, serviceAccountId, role }, options) =>
        workspaces.serviceAccounts
          .update(serviceAccountId, { workspace_id: workspaceId, workspace_role: wireRole(role) }, options)
          .withResponse(),
      readBack: hasRole,
      seen: seenMembership,
    },
    "remove-workspace-service-account": {
      oauth: true,
      words: ({ serviceAccountId, workspaceId }) => `removing ${serviceAccountId} from ${workspaceId}`,
      send: ({ organization: { workspaces } }, { workspaceId, serviceAccountId }, options) =>
        workspaces.serviceAccounts.remove(serviceAccountId, { workspace_id: workspaceId }, options).withResponse(),
      readBack: async (api, call) =>
        (await findMembership(api, call)) === undefined
          ? {}
          : foundIf((await findWorkspace(api, call.workspaceId)) === undefined),
      seen: seenMembership,
    },
  },
} satisfies ApiKind;
