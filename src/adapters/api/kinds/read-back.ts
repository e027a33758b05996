import type Anthropic from "@anthropic-ai/sdk";
import type { ApiCall } from "../../../core/model/call.ts";
import { canonicalText } from "../../../core/plan/canonical.ts";
import { isObject } from "../../../core/text/text.ts";
import { PAGE_SIZE } from "../pages.ts";

/** That a call's effect is there; the id of the object where the call creates one. */
export interface Found {
  readonly id?: string;
}

type Options = { readonly signal: AbortSignal; readonly maxRetries: number };
type Row = Readonly<Record<string, unknown>>;

/**
 * Reads back the one object that a call is about: `Found` where the organization is as the call wants it, whoever made it so,
 * undefined where it is not. Lists are asked without their cursors being trusted further than the SDK does: whatever is missed
 * shows as "not there", and the API itself refuses a second invitation or membership. Throws what the SDK throws.
 */
export async function verifyEffect(client: Anthropic, call: ApiCall, signal: AbortSignal): Promise<Found | undefined> {
  const { invites, users, workspaces, apiKeys } = client.organization;
  const options: Options = { signal, maxRetries: 0 };
  switch (call.name) {
    case "create-invite":
      return findInvite(client, call.email, call.role, options);
    case "delete-invite": {
      const invite = await orGone(invites.retrieve(call.inviteId, options));
      // An accepted one is not gone: its person is a member now.
      return invite === undefined || invite.status === "deleted" || invite.status === "expired" ? {} : undefined;
    }
    case "update-user": {
      const user = await orGone(users.retrieve(call.userId, options));
      return foundIf(user?.role === call.role);
    }
    case "remove-user":
      return foundIf((await orGone(users.retrieve(call.userId, options))) === undefined);
    case "create-workspace":
      return findWorkspace(client, call.fields.name, options);
    case "update-workspace": {
      const workspace = await orGone(workspaces.retrieve(call.workspaceId, options));
      return foundIf(workspace !== undefined && holds(workspace, call.fields));
    }
    case "archive-workspace": {
      const workspace = await orGone(workspaces.retrieve(call.workspaceId, options));
      return foundIf(workspace === undefined || workspace.archived_at !== null);
    }
    case "add-workspace-member":
    case "update-workspace-member": {
      const asked = { workspace_id: call.workspaceId };
      const member = await orGone(workspaces.members.retrieve(call.userId, asked, options));
      return foundIf(member?.workspace_role === `workspace_${call.role}`);
    }
    case "remove-workspace-member": {
      const asked = { workspace_id: call.workspaceId };
      const member = await orGone(workspaces.members.retrieve(call.userId, asked, options));
      // Billing comes with the organization's role and cannot be taken away: what was given by hand is gone.
      return foundIf(member === undefined || member.workspace_role === "workspace_billing");
    }
    case "update-rate-limit": {
      const page = await workspaces.rateLimits.list(call.workspaceId, { limit: PAGE_SIZE }, options);
      const own = page.data.find((row) => row.rate_limit_id === call.rateLimitId)?.limits ?? [];
      const values = new Map<string, number>(own.map(({ type, value }) => [type, value]));
      return foundIf(call.limits.every(({ type, value }) => (values.get(type) ?? null) === value));
    }
    case "set-spend-limit": {
      const asked = { scope_type: ["workspace" as const], workspace_id: call.workspaceId, limit: PAGE_SIZE };
      const page = await client.beta.organization.spendLimits.list(asked, options);
      return foundIf(page.data.some(({ period, amount }) => period === "monthly" && amount === call.amount));
    }
    case "delete-spend-limit": {
      const limit = await orGone(client.beta.organization.spendLimits.retrieve(call.spendLimitId, options));
      return foundIf(limit === undefined);
    }
    case "update-key": {
      const key = await orGone(apiKeys.retrieve(call.keyId, options));
      return foundIf(key !== undefined && holds(key, call.fields));
    }
  }
}

async function findInvite(
  client: Anthropic,
  email: string,
  role: string,
  options: Options,
): Promise<Found | undefined> {
  // The filter folds plus-addresses and case: only the very address counts.
  const isSame = (row: { readonly email: string }) => row.email.toLowerCase() === email.toLowerCase();
  const asked = { email, limit: PAGE_SIZE };
  for await (const invite of client.organization.invites.list({ ...asked, statuses: ["pending"] }, options)) {
    if (isSame(invite) && invite.status === "pending") return invite.role === role ? { id: invite.id } : undefined;
  }
  for await (const user of client.organization.users.list(asked, options)) {
    if (isSame(user)) return {};
  }
  return undefined;
}

async function findWorkspace(client: Anthropic, name: string, options: Options): Promise<Found | undefined> {
  for await (const workspace of client.organization.workspaces.list({ limit: PAGE_SIZE }, options)) {
    if (workspace.name === name && workspace.archived_at === null) return { id: workspace.id };
  }
  return undefined;
}

/** The object, or undefined where the API knows it no more. */
async function orGone<Thing>(asked: Promise<Thing>): Promise<Thing | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof Error && "status" in error && error.status === 404) return undefined;
    throw error;
  }
}

function foundIf(isThere: boolean): Found | undefined {
  return isThere ? {} : undefined;
}

/** Whether a row has these values; null is the same as absent, and objects need only hold what is asked of them. */
function holds(row: unknown, fields: Row): boolean {
  if (!isObject(row)) return false;
  return Object.entries(fields).every(([name, wanted]) => {
    const value = row[name] ?? null;
    return isObject(wanted) ? holds(value, wanted) : canonicalText(value) === canonicalText(wanted ?? null);
  });
}
