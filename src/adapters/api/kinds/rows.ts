import type { BetaSpendLimit } from "@anthropic-ai/sdk/resources/beta/organization/spend-limits/spend-limits";
import type { ModelInfo } from "@anthropic-ai/sdk/resources/models";
import type { APIKey } from "@anthropic-ai/sdk/resources/organization/api-keys";
import type { OrganizationInvite } from "@anthropic-ai/sdk/resources/organization/invites";
import type { OrganizationInfo } from "@anthropic-ai/sdk/resources/organization/organization";
import type { OrganizationUser } from "@anthropic-ai/sdk/resources/organization/users";
import type {
  Workspace as WireWorkspace,
  WorkspaceMember as WireWorkspaceMember,
} from "@anthropic-ai/sdk/resources/organization/workspaces/workspaces";
import { findModel } from "../../../core/config/models.ts";
import type {
  ApiKey,
  Invite,
  LiveModel,
  LiveWorkspace,
  Organization,
  SpendLimit,
  User,
  WorkspaceMember,
} from "../../../core/model/org.ts";
import { type FieldReader, fieldReader, incomplete, type Row } from "../pages.ts";

/** What each list is called in messages. */
export const NAMES = {
  organization: "the organization",
  users: "members of the organization",
  invites: "invites",
  workspaces: "workspaces",
  keys: "API keys",
  rateLimits: "rate limits of the organization",
  spendLimits: "spend limits",
  workspaceMembers: "workspace members",
  workspaceRateLimits: "workspace rate limits",
  models: "models",
  usage: "the usage report",
} as const;

/** `null` and `undefined` become absent, which is not the same as a field that holds undefined. */
export function present<Key extends string, Value>(
  key: Key,
  value: Value | undefined,
): { readonly [Name in Key]?: Value } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [Name in Key]?: Value };
}

const organization = fieldReader(NAMES.organization);

export function mapOrganization(row: Row<OrganizationInfo>): Organization {
  return { id: organization.text(row.id, "id"), name: organization.optionalText(row.name) ?? "" };
}

const users = fieldReader(NAMES.users);

export function mapUser(row: Row<OrganizationUser>): User {
  return {
    id: users.text(row.id, "id"),
    email: emailOf(users, row.email),
    name: users.optionalText(row.name) ?? "",
    role: users.text(row.role, "role"),
  };
}

const invites = fieldReader(NAMES.invites);

export function mapInvite(row: Row<OrganizationInvite>): Invite {
  return {
    id: invites.text(row.id, "id"),
    email: emailOf(invites, row.email),
    role: invites.text(row.role, "role"),
    status: invites.text(row.status, "status"),
    ...present("expiresAt", invites.optionalTime(row.expires_at, "expires_at")),
  };
}

function emailOf(reader: FieldReader, value: unknown): string {
  return reader.text(value, "email").toLowerCase();
}

const workspaces = fieldReader(NAMES.workspaces);

/** A workspace as listed, with what the list alone does not settle left open. */
export interface ListedWorkspace extends Omit<LiveWorkspace, "isDefault"> {
  readonly archived: boolean;
}

export function mapWorkspace(row: Row<WireWorkspace>): ListedWorkspace {
  const residency = row.data_residency ? workspaces.object(row.data_residency, "data_residency") : {};
  return {
    id: workspaces.text(row.id, "id"),
    name: workspaces.text(row.name, "name"),
    archived: workspaces.optionalTime(row.archived_at, "archived_at") !== undefined,
    tags: tagsOf(row.tags),
    ...present("workspaceGeo", workspaces.optionalText(residency.workspace_geo)),
    ...present("allowedInferenceGeos", allowedGeosOf(residency.allowed_inference_geos)),
    ...present("defaultInferenceGeo", workspaces.optionalText(residency.default_inference_geo)),
    ...present("externalKeyId", workspaces.optionalText(row.external_key_id)),
  };
}

function tagsOf(value: unknown): Readonly<Record<string, string>> {
  if (value === null) return {};
  const tags = Object.entries(workspaces.object(value, "tags"));
  return Object.fromEntries(tags.map(([name, text]) => [name, typeof text === "string" ? text : String(text)]));
}

function allowedGeosOf(value: unknown): readonly string[] | "unrestricted" | undefined {
  if (value === "unrestricted") return value;
  return Array.isArray(value) ? workspaces.texts(value) : undefined;
}

const workspaceMembers = fieldReader(NAMES.workspaceMembers);

export function mapWorkspaceMember(row: Row<WireWorkspaceMember>): WorkspaceMember {
  return {
    userId: workspaceMembers.text(row.user_id, "user_id"),
    workspaceId: workspaceMembers.text(row.workspace_id, "workspace_id"),
    role: workspaceMembers.text(row.workspace_role, "workspace_role").replace(/^workspace_/, ""),
  };
}

const keys = fieldReader(NAMES.keys);

export function mapApiKey(row: Row<APIKey>): ApiKey {
  return {
    id: keys.text(row.id, "id"),
    name: keys.text(row.name, "name"),
    status: keys.text(row.status, "status"),
    createdAt: keys.time(row.created_at, "created_at"),
    ...present("expiresAt", keys.optionalTime(row.expires_at, "expires_at")),
    ...present("createdBy", creatorOf(row.created_by)),
    ...present("principal", principalOf(row.principal)),
    ...present("hint", keys.optionalText(row.partial_key_hint)),
    scope: scopeOf(row.scope),
  };
}

function creatorOf(value: unknown): ApiKey["createdBy"] {
  if (value === null || value === undefined) return undefined;
  const creator = keys.object(value, "created_by");
  return { type: keys.text(creator.type, "created_by.type"), id: keys.text(creator.id, "created_by.id") };
}

/** A kind of principal that we do not know counts as none: nobody of ours acts through it, and its creator has the secret. */
function principalOf(value: unknown): ApiKey["principal"] {
  if (value === null || value === undefined) return undefined;
  const actor = keys.object(value, "principal");
  switch (actor.type) {
    case "user_actor":
      return { type: "user", id: keys.text(actor.user_id, "principal.user_id") };
    case "service_account_actor":
      return { type: "service_account", id: keys.text(actor.service_account_id, "principal.service_account_id") };
    default:
      return undefined;
  }
}

function scopeOf(value: unknown): ApiKey["scope"] {
  const scope = keys.object(value, "scope");
  if (scope.type === "organization") return { type: "organization" };
  if (scope.type !== "workspace") throw incomplete(NAMES.keys, 'a row without a usable "scope"');
  return { type: "workspace", workspaceId: keys.text(scope.workspace_id, "scope.workspace_id") };
}

const spendLimits = fieldReader(NAMES.spendLimits);

/** The monthly limit of a workspace, or undefined for any other row: those are not ours to set. */
export function mapSpendLimit(row: Row<BetaSpendLimit>): SpendLimit | undefined {
  const scope = spendLimits.object(row.scope, "scope");
  const period = spendLimits.text(row.period, "period");
  if (scope.type !== "workspace" || period !== "monthly") return undefined;
  return {
    id: spendLimits.text(row.id, "id"),
    workspaceId: spendLimits.text(scope.workspace_id, "scope.workspace_id"),
    ...present("amountMinor", row.amount === null ? undefined : amountOf(row.amount)),
    currency: spendLimits.text(row.currency, "currency"),
    period,
  };
}

/** The API writes minor units as a string of digits: `"50000"` is 500.00. */
function amountOf(value: unknown): number {
  const text = spendLimits.text(value, "amount");
  const amount = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(amount)) {
    throw incomplete(NAMES.spendLimits, 'a row without a usable "amount"');
  }
  return amount;
}

const models = fieldReader(NAMES.models);

/** The API lists ids only; which other names resolve to one is in our own table. */
export function mapModel(row: Row<ModelInfo>): LiveModel {
  const id = models.text(row.id, "id");
  const aliases = findModel(id)?.aliases ?? [];
  return {
    id,
    ...(aliases.length > 0 && { aliases }),
    lifecycle: row.lifecycle === "deprecated" || row.lifecycle === "retired" ? row.lifecycle : "active",
    ...present("retiresAt", models.optionalTime(row.retires_at, "retires_at")),
    ...present("maxTokens", typeof row.max_tokens === "number" ? row.max_tokens : undefined),
  };
}
