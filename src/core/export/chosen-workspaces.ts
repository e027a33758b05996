import type { LiveWorkspace } from "../model/org.ts";
import { findWorkspace } from "../status/select.ts";
import { workspaceHandles } from "./handles.ts";

/** The ids of the workspaces that were asked for by handle (as the export makes it), live name or id. Throws Failure. */
export function chosenWorkspaces(workspaces: readonly LiveWorkspace[], asked: readonly string[]): ReadonlySet<string> {
  const handles = workspaceHandles(workspaces);
  const known = workspaces.map(({ id, name }) => ({ id, name, handle: handles.get(id) ?? id }));
  return new Set(asked.map((workspace) => findWorkspace(known, workspace).id));
}
