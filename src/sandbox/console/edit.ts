import type { OrganizationUser } from "@anthropic-ai/sdk/resources/organization/users";
import type { Workspace } from "@anthropic-ai/sdk/resources/organization/workspaces";
import { type Check, ShapeError } from "../http/shape.ts";
import { rowShapes } from "../seed/shapes.ts";
import { iso } from "../state/clock.ts";
import type { SeedKey } from "../state/seed.ts";
import { memberId, type SandboxState } from "../state/state.ts";
import { getRow, putRow, removeRow, rowsBy, rowsOf, type Table } from "../state/table.ts";

/** The kinds of row that can be edited: the collections of a seed. */
export type EditableKind = keyof typeof rowShapes;

interface Editable<Row> {
  readonly table: (state: SandboxState) => Table<Row>;
  readonly shape: Check<Row>;
  readonly idOf: (state: SandboxState, name: string) => string;
}

const asWritten = (_: SandboxState, name: string): string => name;

/** An id of two parts; the first a workspace's name or id. */
const pair =
  (second: (state: SandboxState, name: string) => string) =>
  (state: SandboxState, name: string): string => {
    const at = name.lastIndexOf("/");
    return memberId(findWorkspace(state, name.slice(0, at)).id, second(state, name.slice(at + 1)));
  };

const editables = {
  users: { table: (state) => state.users, shape: rowShapes.users, idOf: (state, name) => findUser(state, name).id },
  invites: { table: (state) => state.invites, shape: rowShapes.invites, idOf: asWritten },
  workspaces: {
    table: (state) => state.workspaces,
    shape: rowShapes.workspaces,
    idOf: (state, name) => findWorkspace(state, name).id,
  },
  workspace_members: {
    table: (state) => state.members,
    shape: rowShapes.workspace_members,
    idOf: pair((state, name) => findUser(state, name).id),
  },
  api_keys: { table: (state) => state.keys, shape: rowShapes.api_keys, idOf: (state, name) => findKey(state, name).id },
  rate_limits: { table: (state) => state.rateLimits, shape: rowShapes.rate_limits, idOf: asWritten },
  workspace_rate_limits: {
    table: (state) => state.workspaceRateLimits,
    shape: rowShapes.workspace_rate_limits,
    idOf: pair(asWritten),
  },
  spend_limits: { table: (state) => state.spendLimits, shape: rowShapes.spend_limits, idOf: asWritten },
} satisfies Record<
  EditableKind,
  {
    table: (state: SandboxState) => unknown;
    shape: Check<unknown>;
    idOf: (state: SandboxState, name: string) => string;
  }
>;

/** The words for the kinds that can be edited. */
export const EDITABLE_KINDS = Object.keys(editables) as EditableKind[];

/**
 * Overwrites fields of a row and returns the row. A membership that is not there yet is made, so that anybody can be given any
 * workspace role. Throws a ShapeError for an unknown row, an unknown field or a value that does not fit.
 */
export function editRow(
  state: SandboxState,
  kind: EditableKind,
  name: string,
  fields: Readonly<Record<string, unknown>>,
  now: number,
): unknown {
  return edit(state, editables[kind] as unknown as Editable<{ id?: string }>, kind, name, fields, now);
}

/** Takes a row away. Throws a ShapeError when it is not there. */
export function removeRowOf(state: SandboxState, kind: EditableKind, name: string, now: number): void {
  const { table, idOf } = editables[kind];
  const id = idOf(state, name);
  if (getRow(table(state) as Table<unknown>, id) === undefined) {
    throw new ShapeError("id", `there is no row "${name}" in ${kind} at ${iso(now)}`);
  }
  removeRow(table(state) as Table<unknown>, id);
}

function edit<Row extends object>(
  state: SandboxState,
  { table, shape, idOf }: Editable<Row>,
  kind: EditableKind,
  name: string,
  fields: Readonly<Record<string, unknown>>,
  now: number,
): Row {
  const id = idOf(state, name);
  const before = getRow(table(state), id) ?? newMember(kind, id);
  if (before === undefined) throw new ShapeError("id", `there is no row "${name}" in ${kind} at ${iso(now)}`);
  const row = shape({ ...before, ...fields }, "");
  if (table(state).idOf(row) !== id) throw new ShapeError("fields", "an edit cannot change the id of a row");
  putRow(table(state), row);
  return row;
}

function newMember(kind: EditableKind, id: string): object | undefined {
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
