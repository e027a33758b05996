import type { OrganizationUser } from "@anthropic-ai/sdk/resources/organization/users";
import type { Workspace } from "@anthropic-ai/sdk/resources/organization/workspaces";
import { ShapeError } from "./http/shape.ts";
import type { SeedKey } from "./seed/seed.ts";
import type { SandboxState } from "./state/state.ts";
import { getRow, rowsBy, rowsOf } from "./state/table.ts";

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
