import { failure } from "../http/errors.ts";
import type { Route } from "../state/call.ts";
import { activityRoutes } from "./activities.ts";
import { analyticsUsageRoutes } from "./analytics-usage.ts";
import { complianceSettingsRoutes } from "./compliance-settings.ts";
import { externalKeyRoutes } from "./external-keys.ts";
import { federationIssuerRoutes } from "./federation-issuers.ts";
import { federationRuleWorkspaceRoutes } from "./federation-rule-workspaces.ts";
import { federationRuleRoutes } from "./federation-rules.ts";
import { inviteRoutes } from "./invites.ts";
import { apiKeyRoutes } from "./keys.ts";
import { memberSpendLimitRoutes } from "./member-spend-limits.ts";
import { messageBatchRoutes, messageRoutes } from "./messages.ts";
import { modelRoutes } from "./models.ts";
import { organizationRoutes } from "./organization.ts";
import { rateLimitRoutes, workspaceRateLimitRoutes } from "./rate-limits.ts";
import { rbacGroupRoutes } from "./rbac-groups.ts";
import { accountMemberRoutes } from "./service-account-workspaces.ts";
import { serviceAccountRoutes } from "./service-accounts.ts";
import { spendLimitRoutes } from "./spend-limits.ts";
import { tokenExchangeRoutes } from "./token-exchange.ts";
import { usageReportRoutes } from "./usage-report.ts";
import { userRoutes } from "./users.ts";
import { workspaceMemberRoutes } from "./workspace-members.ts";
import { workspaceRoutes } from "./workspaces.ts";

const routes: readonly Route[] = [
  ...organizationRoutes,
  ...userRoutes,
  ...inviteRoutes,
  ...workspaceRoutes,
  ...workspaceMemberRoutes,
  ...workspaceRateLimitRoutes,
  ...rateLimitRoutes,
  ...apiKeyRoutes,
  ...externalKeyRoutes,
  ...spendLimitRoutes,
  ...memberSpendLimitRoutes,
  ...serviceAccountRoutes,
  ...accountMemberRoutes,
  ...rbacGroupRoutes,
  ...federationIssuerRoutes,
  ...federationRuleRoutes,
  ...federationRuleWorkspaceRoutes,
  ...tokenExchangeRoutes,
  ...complianceSettingsRoutes,
  ...activityRoutes,
  ...usageReportRoutes,
  ...analyticsUsageRoutes,
  ...modelRoutes,
  ...messageRoutes,
  ...messageBatchRoutes,
];

interface Compiled {
  readonly route: Route;
  readonly parts: readonly string[];
}

const bySize: ReadonlyMap<number, readonly Compiled[]> = compile();

/** The route of a request and the ids in its path. 404 for an unknown path, 405 for a known one with another method. */
export function findRoute(method: string, path: string): { readonly route: Route; readonly ids: readonly string[] } {
  const parts = path.split("/");
  let known = false;
  for (const { route, parts: wanted } of bySize.get(parts.length) ?? []) {
    const ids = matchParts(wanted, parts);
    if (ids === null) continue;
    if (route.method === method) return { route, ids };
    known = true;
  }
  if (known) throw failure(405, `Method ${method} is not allowed for ${path}`);
  throw failure(404, `Not found: ${path}`);
}

function compile(): ReadonlyMap<number, readonly Compiled[]> {
  const compiled = new Map<number, Compiled[]>();
  // Literal paths such as `…/spend_limits/effective` come before those with an id in the same place.
  const ordered = [...routes].sort((a, b) => Number(a.path.includes("{")) - Number(b.path.includes("{")));
  for (const route of ordered) {
    const parts = route.path.split("/");
    compiled.set(parts.length, [...(compiled.get(parts.length) ?? []), { route, parts }]);
  }
  return compiled;
}

function matchParts(wanted: readonly string[], parts: readonly string[]): string[] | null {
  const ids: string[] = [];
  for (const [at, part] of parts.entries()) {
    const want = wanted[at] ?? "";
    if (want.startsWith("{")) {
      if (part === "") return null;
      ids.push(decode(part));
    } else if (want !== part) {
      return null;
    }
  }
  return ids;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
