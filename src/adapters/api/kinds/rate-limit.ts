import type { OrganizationRateLimit } from "@anthropic-ai/sdk/resources/organization/rate-limits";
import type { WorkspaceRateLimit as WireWorkspaceRateLimit } from "@anthropic-ai/sdk/resources/organization/workspaces/rate-limits";
import { LIMITERS, type Limits } from "../../../core/model/limit.ts";
import type { RateLimit, RateLimitGroup, WorkspaceRateLimit } from "../../../core/model/org.ts";
import { isObject } from "../../../core/text/text.ts";
import { type FieldReader, fieldReader, incomplete, type Row } from "../pages.ts";
import { NAMES, present } from "./rows.ts";

const organization = fieldReader(NAMES.rateLimits);

export function mapRateLimit(row: Row<OrganizationRateLimit>): RateLimit {
  return {
    id: organization.text(row.id, "id"),
    group: groupOf(organization, row.group),
    limits: limitsOf(organization.objects(row.limits, "limits"), NAMES.rateLimits),
    models: organization.texts(row.models),
  };
}

const workspace = fieldReader(NAMES.workspaceRateLimits);

export function mapWorkspaceRateLimit(row: Row<WireWorkspaceRateLimit>): WorkspaceRateLimit {
  const limits = workspace.objects(row.limits, "limits");
  return {
    rateLimitId: workspace.text(row.rate_limit_id, "rate_limit_id"),
    workspaceId: workspace.text(row.workspace_id, "workspace_id"),
    group: groupOf(workspace, row.group),
    overrides: limitsOf(limits.filter(isOverride), NAMES.workspaceRateLimits),
    models: workspace.texts(row.models),
  };
}

/** Inherited values are listed only where they are asked for; one that comes unasked is still not the workspace's own. */
function isOverride({ source }: Readonly<Record<string, unknown>>): boolean {
  return !(isObject(source) && source.type === "organization");
}

function groupOf(reader: FieldReader, value: unknown): RateLimitGroup {
  const group = reader.object(value, "group");
  return {
    type: reader.text(group.type, "group.type"),
    id: reader.text(group.id, "group.id"),
    ...present("displayName", reader.optionalText(group.display_name)),
  };
}

/** A limiter that the API has added since is left out: nothing here can declare it. */
function limitsOf(values: readonly Readonly<Record<string, unknown>>[], what: string): Limits {
  const limits: Record<string, number> = {};
  for (const { type, value } of values) {
    if (!LIMITERS.some((limiter) => limiter === type)) continue;
    if (typeof value !== "number") throw incomplete(what, 'a row without a usable "limits.value"');
    limits[String(type)] = value;
  }
  return limits;
}
