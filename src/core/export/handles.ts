import { FORBIDDEN_NAMES } from "../config/formats.ts";
import type { LiveWorkspace } from "../model/org.ts";
import { compareText } from "../text/text.ts";

/** The handle of the default workspace. */
const DEFAULT_HANDLE = "default";

/** Handles may be longer; nobody wants to type them. */
const LONGEST = 60;

/**
 * A handle for each workspace, by id: its name in lower case with dashes. Names that come to the same are told apart by a
 * number, in the order of names and ids, so that one organization always gets the same handles.
 */
export function workspaceHandles(workspaces: readonly NamedWorkspace[]): ReadonlyMap<string, string> {
  const sorted = [...workspaces].sort(
    (one, other) => compareText(one.name, other.name) || compareText(one.id, other.id),
  );
  const wanted = new Map(sorted.map((workspace) => [workspace.id, handleOf(workspace)]));
  const bases = new Set([...FORBIDDEN_NAMES, ...wanted.values()]);
  const given = new Set<string>(FORBIDDEN_NAMES);
  const handles = new Map<string, string>();
  // The default workspace comes first: its handle is its own.
  for (const { id } of sorted.toSorted((one, other) => Number(other.isDefault) - Number(one.isDefault))) {
    const base = wanted.get(id) ?? DEFAULT_HANDLE;
    let handle = base;
    for (let number = 2; given.has(handle) || (handle !== base && bases.has(handle)); number++) {
      handle = `${base}-${number}`;
    }
    given.add(handle);
    handles.set(id, handle);
  }
  return handles;
}

/** As much of a workspace as its handle is made of. */
type NamedWorkspace = Pick<LiveWorkspace, "id" | "name" | "isDefault">;

function handleOf({ id, name, isDefault }: NamedWorkspace): string {
  if (isDefault) return DEFAULT_HANDLE;
  // A name without a letter that a handle may have leaves only the id to go by.
  return slug(name) || slug(id) || "workspace";
}

function slug(text: string): string {
  const letters = text.toLowerCase().normalize("NFKD").replaceAll(/\p{M}/gu, "");
  const dashed = letters.replaceAll(/[^a-z0-9_]+/g, "-").replaceAll(/^[-_]+|[-_]+$/g, "");
  return dashed.slice(0, LONGEST).replace(/[-_]+$/, "");
}
