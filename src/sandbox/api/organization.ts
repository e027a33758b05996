import type { PageCursorResponse } from "@anthropic-ai/sdk/pagination";
import type { OrganizationInfo } from "@anthropic-ai/sdk/resources/organization/organization";
import type { Route } from "../state/call.ts";

/** `organizations/me`, and the surfaces that a Console organization does not have. */
export const organizationRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/v1/organizations/me",
    access: "admin",
    scope: "any",
    query: [],
    handle: (call): OrganizationInfo => call.state.organization,
  },
  enterpriseOnly("/v1/organizations/spend_limits/effective"),
  enterpriseOnly("/v1/organizations/spend_limit_increase_requests"),
];

/** The lists of Claude Enterprise: here an organization of that kind has none of these yet. */
function enterpriseOnly(path: string): Route {
  return {
    method: "GET",
    path,
    access: "admin",
    only: "enterprise",
    query: ["limit", "page", "user_ids[]", "period[]", "status[]"],
    handle: (): PageCursorResponse<never> => ({ data: [], next_page: null }),
  };
}
