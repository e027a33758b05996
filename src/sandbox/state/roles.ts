import type { OrganizationRole } from "@anthropic-ai/sdk/resources/organization/organization";
import type { WorkspaceRole } from "@anthropic-ai/sdk/resources/organization/workspaces";
import type { OrganizationType } from "./settings.ts";
import { memberId, type SandboxState } from "./state.ts";
import { getRow } from "./table.ts";

/** Every role word of the API. Source: the SDK's `OrganizationRole`. */
export const ORGANIZATION_ROLES = [
  "user",
  "developer",
  "billing",
  "claude_code_user",
  "admin",
  "managed",
  "membership_admin",
  "owner",
  "primary_owner",
] as const satisfies readonly OrganizationRole[];

/** The role words that the filters of each kind of organization take. Source: admin-api-1.14.md 4. */
export const FILTER_ROLES = {
  console: ["user", "developer", "billing", "admin", "claude_code_user"],
  enterprise: ["user", "owner", "primary_owner", "membership_admin", "managed"],
} as const satisfies Readonly<Record<OrganizationType, readonly OrganizationRole[]>>;

/** The roles that each kind of organization lets the API assign. Source: admin-api.md 3.7. */
export const ASSIGNABLE_ROLES = {
  console: ["user", "developer", "billing", "claude_code_user"],
  enterprise: ["user", "managed"],
} as const satisfies Readonly<Record<OrganizationType, readonly OrganizationRole[]>>;

/** The roles that only the Console can give, change or take away. */
export function isConsoleOnly(role: OrganizationRole): boolean {
  return role === "admin" || role === "owner" || role === "primary_owner" || role === "membership_admin";
}

/** The workspace role that comes with an organization role, if any. Source: admin-api.md 3.3. */
export function inheritedRole(organizationRole: OrganizationRole | undefined): WorkspaceRole | null {
  switch (organizationRole) {
    case "admin":
    case "owner":
    case "primary_owner":
      return "workspace_admin";
    case "billing":
      return "workspace_billing";
    default:
      return null;
  }
}

/** The role a person has in a workspace, given by hand or inherited; null when they have none. */
export function workspaceRoleOf(state: SandboxState, workspaceId: string, userId: string): WorkspaceRole | null {
  const inherited = inheritedRole(getRow(state.users, userId)?.role);
  if (inherited === "workspace_admin") return inherited;
  return getRow(state.members, memberId(workspaceId, userId))?.workspace_role ?? inherited;
}
