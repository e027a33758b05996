import { LIMITERS } from "../../model/limit.ts";
import { parseTarget } from "../../model/target.ts";
import { collection, type Kind, sizeOfAll, workspaceScope } from "../kind.ts";
import { rateLimitsSection } from "./export.ts";
import { planRateLimits } from "./plan.ts";

/** The rate limits that workspaces set below the organization's own. */
export const rate_limit: Kind<"rate_limit"> = {
  manage: "rate_limits",
  order: 4,
  endsAt: 6,
  writtenBy: "api",
  needs: ["workspaces", "rateLimits"],
  scope: (request) => ({ ...workspaceScope(request), rateLimits: true, rateLimitsOf: request.places }),
  lists: { rateLimits: "rate_limits", workspaceRateLimits: "rate_limits" },
  count: ({ workspaceRateLimits }) => sizeOfAll(workspaceRateLimits),
  isPlace: false,
  plan: planRateLimits,
  confirmedBy: ({ target }) => target,
  calls: (change, ids) => {
    const workspace = parseTarget(change.target)?.workspace;
    const workspaceId = workspace && ids.workspaceId(workspace);
    if (workspaceId === undefined || change.id === null) return undefined;
    const { before, after } = change;
    const limits = LIMITERS.flatMap((type) => {
      const value = (after ?? before)[type];
      return value === undefined ? [] : { type, value: after === null ? null : value };
    });
    return [{ name: "update-rate-limit", workspaceId, rateLimitId: change.id, limits }];
  },
  exported: [
    {
      in: "workspace",
      field: "rate_limits",
      section: (facts, workspace, handle) => collection("rate_limits", rateLimitsSection(facts, workspace, handle)),
    },
  ],
};
