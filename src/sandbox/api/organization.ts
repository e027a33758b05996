import type { OrganizationInfo } from "@anthropic-ai/sdk/resources/organization/organization";
import { badRequest } from "../http/errors.ts";
import type { Route } from "../state/call.ts";

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
