import type Anthropic from "@anthropic-ai/sdk";
import type { APIKeyUpdateParams } from "@anthropic-ai/sdk/resources/organization/api-keys";
import type { InviteCreateParams } from "@anthropic-ai/sdk/resources/organization/invites";
import type { UserUpdateParams } from "@anthropic-ai/sdk/resources/organization/users";
import type {
  NoBillingWorkspaceRole,
  WorkspaceCreateParams,
  WorkspaceUpdateParams,
} from "@anthropic-ai/sdk/resources/organization/workspaces/workspaces";
import type { ApiCall, Written } from "../../../core/model/call.ts";
import { isObject } from "../../../core/text/text.ts";
import { incomplete } from "../pages.ts";

/** What an answered write says. */
interface Answered {
  readonly data: unknown;
  readonly request_id: string | null | undefined;
}

/** Sends one call once. Throws what the SDK throws, and Failure `incomplete-answer` where a created object has no id. */
export async function sendCall(client: Anthropic, call: ApiCall, signal: AbortSignal): Promise<Written> {
  const { data, request_id: requestId = null } = await request(client, call, signal);
  if (!isObject(data)) throw incomplete(callWords(call), "the answer is not what the API promises");
  if (call.name !== "create-workspace" && call.name !== "create-invite") return { requestId };
  if (typeof data.id !== "string" || data.id === "") throw incomplete(callWords(call), "the answer has no id");
  return { requestId, id: data.id };
}

/** The one place where a call becomes a method of the SDK. Nothing is retried there: a POST sent twice may act twice. */
function request(client: Anthropic, call: ApiCall, signal: AbortSignal): Promise<Answered> {
  const { invites, users, workspaces, apiKeys } = client.organization;
  const options = { signal, maxRetries: 0 };
  switch (call.name) {
    case "create-invite": {
      const role = call.role as InviteCreateParams["role"];
      return invites.create({ email: call.email, role }, options).withResponse();
    }
    case "delete-invite":
      return invites.delete(call.inviteId, options).withResponse();
    case "update-user":
      return users.update(call.userId, { role: call.role as UserUpdateParams["role"] }, options).withResponse();
    case "remove-user":
      return users.remove(call.userId, options).withResponse();
    case "create-workspace":
      return workspaces.create(call.fields as unknown as WorkspaceCreateParams, options).withResponse();
    case "update-workspace":
      return workspaces.update(call.workspaceId, call.fields as WorkspaceUpdateParams, options).withResponse();
    case "archive-workspace":
      return workspaces.archive(call.workspaceId, options).withResponse();
    case "add-workspace-member": {
      const body = { user_id: call.userId, workspace_role: wireRole(call.role) };
      return workspaces.members.add(call.workspaceId, body, options).withResponse();
    }
    case "update-workspace-member": {
      const params = { workspace_id: call.workspaceId, workspace_role: wireRole(call.role) };
      return workspaces.members.update(call.userId, params, options).withResponse();
    }
    case "remove-workspace-member":
      return workspaces.members.remove(call.userId, { workspace_id: call.workspaceId }, options).withResponse();
    case "update-rate-limit": {
      const params = { workspace_id: call.workspaceId, limits: [...call.limits] };
      return workspaces.rateLimits.update(call.rateLimitId, params, options).withResponse();
    }
    case "set-spend-limit": {
      const scope = { type: "workspace", workspace_id: call.workspaceId } as const;
      const params = { amount: call.amount, scope, period: "monthly" } as const;
      return client.beta.organization.spendLimits.set(params, options).withResponse();
    }
    case "delete-spend-limit":
      return client.beta.organization.spendLimits.delete(call.spendLimitId, options).withResponse();
    case "update-key":
      return apiKeys.update(call.keyId, call.fields as APIKeyUpdateParams, options).withResponse();
  }
}

function wireRole(role: string): NoBillingWorkspaceRole {
  return `workspace_${role}` as NoBillingWorkspaceRole;
}

/** A call as messages name it. */
export function callWords(call: ApiCall): string {
  switch (call.name) {
    case "create-invite":
      return `inviting ${call.email}`;
    case "delete-invite":
      return `cancelling the invitation ${call.inviteId}`;
    case "update-user":
      return `changing the role of ${call.userId}`;
    case "remove-user":
      return `removing ${call.userId}`;
    case "create-workspace":
      return `creating the workspace "${call.fields.name}"`;
    case "update-workspace":
      return `changing the workspace ${call.workspaceId}`;
    case "archive-workspace":
      return `archiving the workspace ${call.workspaceId}`;
    case "add-workspace-member":
    case "update-workspace-member":
      return `making ${call.userId} ${call.role} of ${call.workspaceId}`;
    case "remove-workspace-member":
      return `removing ${call.userId} from ${call.workspaceId}`;
    case "update-rate-limit":
      return `setting the rate limit ${call.rateLimitId} of ${call.workspaceId}`;
    case "set-spend-limit":
      return `setting the spend limit of ${call.workspaceId}`;
    case "delete-spend-limit":
      return `deleting the spend limit ${call.spendLimitId}`;
    case "update-key":
      return `changing the key ${call.keyId}`;
  }
}
