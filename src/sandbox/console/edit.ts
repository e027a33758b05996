import type { FederationIssuer } from "@anthropic-ai/sdk/resources/organization/federation";
import type { RBACGroup } from "@anthropic-ai/sdk/resources/organization/rbac-groups/rbac-groups";
import type { ServiceAccount } from "@anthropic-ai/sdk/resources/organization/service-accounts";
import type { OrganizationUser } from "@anthropic-ai/sdk/resources/organization/users";
import type { Workspace } from "@anthropic-ai/sdk/resources/organization/workspaces";
import type * as z from "zod/mini";
import { read, ShapeError } from "../http/schema.ts";
import { rowShapes } from "../seed/shapes.ts";
import { iso } from "../state/clock.ts";
import type { SeedKey } from "../state/seed.ts";
import { memberId, type SandboxState } from "../state/state.ts";
import { getRow, putRow, removeRow, rowsBy, rowsOf, type Table } from "../state/table.ts";

/** The kinds of row that can be edited: the collections of a seed. */
export type EditableKind = keyof typeof rowShapes;

interface Editable {
  readonly idOf: (state: SandboxState, name: string) => string;
  /** The row with `fields` over its own; undefined where there is none. */
  readonly edit: (state: SandboxState, id: string, fields: Fields, fresh: object | undefined) => object | undefined;
  /** Whether there was such a row. */
  readonly remove: (state: SandboxState, id: string) => boolean;
}

type Fields = Readonly<Record<string, unknown>>;

const asWritten = (_: SandboxState, name: string): string => name;

/** An id of two parts; the first a workspace's name or id. */
const pair =
  (second: (state: SandboxState, name: string) => string) =>
  (state: SandboxState, name: string): string => {
    const at = name.lastIndexOf("/");
    return memberId(findWorkspace(state, name.slice(0, at)).id, second(state, name.slice(at + 1)));
  };

function editable<Row extends object>(
  tableOf: (state: SandboxState) => Table<Row>,
  schema: z.ZodMiniType<Row>,
  idOf: Editable["idOf"],
): Editable {
  return {
    idOf,
    edit: (state, id, fields, fresh) => {
      const table = tableOf(state);
      const before = getRow(table, id) ?? fresh;
      if (before === undefined) return undefined;
      const row = read(schema, { ...before, ...fields });
      if (table.idOf(row) !== id) throw new ShapeError("fields", "an edit cannot change the id of a row");
      putRow(table, row);
      return row;
    },
    remove: (state, id) => {
      const table = tableOf(state);
      const known = getRow(table, id) !== undefined;
      removeRow(table, id);
      return known;
    },
  };
}

const userId = (state: SandboxState, name: string): string => findUser(state, name).id;

const accountId = (state: SandboxState, name: string): string => findServiceAccount(state, name).id;

const issuerId = (state: SandboxState, name: string): string => findIssuer(state, name).id;

const ruleId = (state: SandboxState, name: string): string =>
  rowsOf(state.federationRules).find((rule) => rule.name === name || rule.id === name)?.id ?? name;

const editables: Readonly<Record<EditableKind, Editable>> = {
  users: editable((state) => state.users, rowShapes.users, userId),
  invites: editable((state) => state.invites, rowShapes.invites, asWritten),
  workspaces: editable(
    (state) => state.workspaces,
    rowShapes.workspaces,
    (state, name) => findWorkspace(state, name).id,
  ),
  workspace_members: editable((state) => state.members, rowShapes.workspace_members, pair(userId)),
  api_keys: editable(
    (state) => state.keys,
    rowShapes.api_keys,
    (state, name) => findKey(state, name).id,
  ),
  external_keys: editable((state) => state.externalKeys, rowShapes.external_keys, asWritten),
  service_accounts: editable((state) => state.serviceAccounts, rowShapes.service_accounts, accountId),
  workspace_service_accounts: editable(
    (state) => state.accountMembers,
    rowShapes.workspace_service_accounts,
    pair(accountId),
  ),
  rbac_groups: editable(
    (state) => state.groups,
    rowShapes.rbac_groups,
    (state, name) => findGroup(state, name).id,
  ),
  rbac_group_members: editable(
    (state) => state.groupMembers,
    rowShapes.rbac_group_members,
    (state, name) => {
      const at = name.lastIndexOf("/");
      return memberId(findGroup(state, name.slice(0, at)).id, userId(state, name.slice(at + 1)));
    },
  ),
  federation_issuers: editable((state) => state.federationIssuers, rowShapes.federation_issuers, issuerId),
  federation_rules: editable((state) => state.federationRules, rowShapes.federation_rules, ruleId),
  rate_limits: editable((state) => state.rateLimits, rowShapes.rate_limits, asWritten),
  workspace_rate_limits: editable(
    (state) => state.workspaceRateLimits,
    rowShapes.workspace_rate_limits,
    pair(asWritten),
  ),
  spend_limits: editable((state) => state.spendLimits, rowShapes.spend_limits, asWritten),
  spend_limit_increase_requests: editable(
    (state) => state.increaseRequests,
    rowShapes.spend_limit_increase_requests,
    asWritten,
  ),
};

/** The words for the kinds that can be edited. */
export const EDITABLE_KINDS = Object.keys(editables) as EditableKind[];

/**
 * Overwrites fields of a row and returns the row. A membership that is not there yet is made, so that anybody can be given any
 * workspace role. Throws a ShapeError for an unknown row, an unknown field or a value that does not fit.
 */
export function editRow(state: SandboxState, kind: EditableKind, name: string, fields: Fields, now: number): unknown {
  const { idOf, edit } = editables[kind];
  const id = idOf(state, name);
  const row = edit(state, id, fields, newMember(state, kind, id, now));
  if (row === undefined) throw noRow(kind, name, now);
  return row;
}

/** Takes a row away. Throws a ShapeError when it is not there. */
export function removeRowOf(state: SandboxState, kind: EditableKind, name: string, now: number): void {
  const { idOf, remove } = editables[kind];
  if (!remove(state, idOf(state, name))) throw noRow(kind, name, now);
}

function noRow(kind: EditableKind, name: string, now: number): ShapeError {
  return new ShapeError("id", `there is no row "${name}" in ${kind} at ${iso(now)}`);
}

function newMember(state: SandboxState, kind: EditableKind, id: string, now: number): object | undefined {
  const at = id.indexOf("/");
  const [workspaceId, otherId] = [id.slice(0, at), id.slice(at + 1)];
  if (kind === "workspace_members") {
    return {
      type: "workspace_member",
      user_id: otherId,
      workspace_id: workspaceId,
      workspace_role: "workspace_user",
    };
  }
  if (kind === "rbac_group_members") {
    const email = getRow(state.users, otherId)?.email;
    return {
      type: "rbac_group_member",
      rbac_group_id: workspaceId,
      user_id: otherId,
      email,
      created_at: iso(now),
    };
  }
  if (kind === "workspace_service_accounts") {
    return {
      type: "service_account_workspace_member",
      service_account_id: otherId,
      workspace_id: workspaceId,
      workspace_role: "workspace_user",
      created_by_actor_id: null,
    };
  }
  return kind === "workspace_rate_limits"
    ? { workspace_id: workspaceId, rate_limit_id: otherId, limits: [] }
    : undefined;
}

/** The user with this id or e-mail, case ignored. Throws a ShapeError when there is none; so do the others. */
export function findUser(state: SandboxState, name: string): OrganizationUser {
  const found =
    getRow(state.users, name) ?? rowsOf(state.users).find((user) => user.email.toLowerCase() === name.toLowerCase());
  if (found === undefined) throw new ShapeError("", `there is no user "${name}"`);
  return found;
}

/** The service account with this id or name. */
export function findServiceAccount(state: SandboxState, name: string): ServiceAccount {
  const found = getRow(state.serviceAccounts, name) ?? rowsOf(state.serviceAccounts).find((one) => one.name === name);
  if (found === undefined) throw new ShapeError("", `there is no service account "${name}"`);
  return found;
}

/** The group with this id or name. */
function findGroup(state: SandboxState, name: string): RBACGroup {
  const found = getRow(state.groups, name) ?? rowsOf(state.groups).find((one) => one.name === name);
  if (found === undefined) throw new ShapeError("", `there is no group "${name}"`);
  return found;
}

/** The workspace with this id or name; an active one before an archived one. */
export function findWorkspace(state: SandboxState, name: string): Workspace {
  const named = rowsOf(state.workspaces).filter((workspace) => workspace.name === name);
  const found = getRow(state.workspaces, name) ?? named.find((workspace) => workspace.archived_at === null) ?? named[0];
  if (found === undefined) throw new ShapeError("", `there is no workspace "${name}"`);
  return found;
}

/** The key with this id or name; of several, the newest active one before any other. */
export function findKey(state: SandboxState, name: string): SeedKey {
  const named = rowsBy(state.keys, "name", name);
  const found = getRow(state.keys, name) ?? named.findLast((key) => key.status === "active") ?? named.at(-1);
  if (found === undefined) throw new ShapeError("", `there is no API key "${name}"`);
  return found;
}

/** An issuer by name, URL or id. */
export function findIssuer(state: SandboxState, name: string): FederationIssuer {
  const found = rowsOf(state.federationIssuers).find((each) => [each.name, each.issuer_url, each.id].includes(name));
  if (found === undefined) throw new ShapeError("issuer", `there is no issuer "${name}"`);
  return found;
}
