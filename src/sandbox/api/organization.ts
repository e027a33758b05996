import type { OrganizationInfo } from "@anthropic-ai/sdk/resources/organization/organization";
import type { Route } from "../state/call.ts";

/** `organizations/me`. */
export const organizationRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/v1/organizations/me",
    access: "admin",
    scope: "any",
    query: [],
    handle: (call): OrganizationInfo => call.state.organization,
  },
];
