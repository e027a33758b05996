import type { WorkspaceRef } from "../../core/status/index-live.ts";

/** A workspace as every part of a status names it in our JSON. */
export function refJson({ id, name, handle, special }: WorkspaceRef) {
  return { id, name: name ?? null, handle: handle ?? null, special: special ?? null };
}
