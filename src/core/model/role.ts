/**
 * The API's role words, the Console's captions for them, and what each can do.
 * Source: OrganizationRole and WorkspaceRole in the SDK's types; the Admin API guide, "Organization roles".
 */

/** Organization roles that the API can give. */
export const ASSIGNABLE_ROLES = ["user", "claude_code_user", "developer", "billing", "managed"] as const;
/** Organization roles that only the Console can give or take. */
export const CONSOLE_ROLES = ["membership_admin", "admin", "owner", "primary_owner"] as const;
export type OrganizationRole = (typeof ASSIGNABLE_ROLES)[number] | (typeof CONSOLE_ROLES)[number];

/** What a service account may do in the organization, weakest first: only the Console makes admins. */
export const SERVICE_ACCOUNT_ROLES = ["developer", "admin"] as const;
export type ServiceAccountRole = (typeof SERVICE_ACCOUNT_ROLES)[number];

/** Workspace roles that can be given, weakest first. The API writes them with `workspace_` in front. */
export const WORKSPACE_ROLES = ["user", "restricted_developer", "developer", "admin"] as const;
export type WorkspaceRole = (typeof WORKSPACE_ROLES)[number];

/** What people may write for an organization role: the API's word or the Console's caption. */
export const ORGANIZATION_ROLE_WORDS = {
  user: "user",
  User: "user",
  Member: "user",
  claude_code_user: "claude_code_user",
  "Claude Code User": "claude_code_user",
  developer: "developer",
  Developer: "developer",
  billing: "billing",
  Billing: "billing",
  managed: "managed",
  Managed: "managed",
  membership_admin: "membership_admin",
  admin: "admin",
  Admin: "admin",
  owner: "owner",
  Owner: "owner",
  primary_owner: "primary_owner",
  "Primary owner": "primary_owner",
  "Primary Owner": "primary_owner",
} as const satisfies Record<string, OrganizationRole>;

/** What people may write for a workspace role. `billing` is understood only to be refused with a reason. */
export const WORKSPACE_ROLE_WORDS = {
  user: "user",
  User: "user",
  workspace_user: "user",
  "Workspace User": "user",
  restricted_developer: "restricted_developer",
  workspace_restricted_developer: "restricted_developer",
  "Limited Developer": "restricted_developer",
  developer: "developer",
  Developer: "developer",
  workspace_developer: "developer",
  "Workspace Developer": "developer",
  admin: "admin",
  Admin: "admin",
  workspace_admin: "admin",
  "Workspace Admin": "admin",
} as const satisfies Record<string, WorkspaceRole>;

/** How much an organization role may do, for telling a raise from a reduction; undefined for a word we do not know. */
export function organizationRank(role: string): number | undefined {
  const order: readonly string[] = [
    "user",
    "claude_code_user",
    "managed",
    "developer",
    "billing",
    "membership_admin",
    "admin",
    "owner",
    "primary_owner",
  ];
  const rank = order.indexOf(role);
  return rank === -1 ? undefined : rank;
}

/** Whether the API can give this organization role. */
export function isAssignable(role: string): boolean {
  return (ASSIGNABLE_ROLES as readonly string[]).includes(role);
}

/** Whether this is a word of the API that we know; of any other nobody knows what it gives. */
export function isKnownOrganizationRole(role: string): boolean {
  return isAssignable(role) || (CONSOLE_ROLES as readonly string[]).includes(role);
}

/** Whether this is a role in a workspace that we know, without the API's prefix; `billing` comes with the organization role. */
export function isKnownWorkspaceRole(role: string): boolean {
  return role === "billing" || (WORKSPACE_ROLES as readonly string[]).includes(role);
}

/** Whether this is a role of a service account that we know. */
export function isKnownServiceAccountRole(role: string): boolean {
  return (SERVICE_ACCOUNT_ROLES as readonly string[]).includes(role);
}

/** Whether a person with this organization role is an admin of the organization, and so of every workspace. */
export function isOrganizationAdmin(role: string): boolean {
  return role === "admin" || role === "owner" || role === "primary_owner";
}

/** The workspace role that an organization role brings along in every workspace, if any. */
export function inheritedWorkspaceRole(role: string): "admin" | "billing" | undefined {
  if (isOrganizationAdmin(role)) return "admin";
  return role === "billing" ? "billing" : undefined;
}
