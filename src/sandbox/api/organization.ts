import type { OrganizationInfo, OrganizationRole } from "@anthropic-ai/sdk/resources/organization/organization";
import { badRequest } from "../http/errors.ts";
import type { Route } from "../state/call.ts";

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

/** The roles that a Console organization lets the API assign. Source: admin-api.md 3.7. */
export const ASSIGNABLE_ROLES = ["user", "developer", "billing", "claude_code_user"] as const;

/** The roles that only the Console can give, change or take away. */
export function isConsoleOnly(role: OrganizationRole): boolean {
  return role === "admin" || role === "owner" || role === "primary_owner" || role === "membership_admin";
}

/** `organizations/me`, and the surfaces that a Console organization does not have. */
export const organizationRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/v1/organizations/me",
    access: "admin",
    query: [],
    handle: (call): OrganizationInfo => call.state.organization,
  },
  enterpriseOnly("/v1/organizations/rbac_groups"),
  enterpriseOnly("/v1/organizations/rbac_roles"),
  enterpriseOnly("/v1/organizations/spend_limits/effective"),
  enterpriseOnly("/v1/organizations/spend_limit_increase_requests"),
];

function enterpriseOnly(path: string): Route {
  return {
    method: "GET",
    path,
    access: "admin",
    query: ["limit", "page", "user_ids[]", "period[]", "status[]"],
    handle: () => {
      throw badRequest("This organization type does not support this endpoint", "organization_type_not_supported");
    },
  };
}
