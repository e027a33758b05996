import { parseKeyName } from "../keys/key-name.ts";
import type { OrgSnapshot } from "../model/org.ts";
import type { Change } from "../model/plan.ts";

/**
 * A change that cannot be undone, and the name that has to be given for it: a workspace's live one, or its id where two share it;
 * for a key the name that it is declared by, without the label of its rotation.
 */
export interface Irreversible {
  readonly change: Change;
  readonly name: string;
}

/** The changes of a plan that are confirmed one by one, with their names. */
export function irreversibleChanges(changes: readonly Change[], live: OrgSnapshot): readonly Irreversible[] {
  return changes
    .filter(({ risk, action }) => risk === "irreversible" && action !== "manual")
    .map((change) => {
      if (change.kind === "key") return { change, name: keyNameOf(change, live) };
      const name = String(change.before?.name ?? change.id);
      return { change, name: countNamed(name, live) > 1 && change.id !== null ? change.id : name };
    });
}

function keyNameOf({ id, target }: Change, { keys }: OrgSnapshot): string {
  const key = keys.known ? keys.items.find((item) => item.id === id) : undefined;
  return key ? parseKeyName(key.name).base : (id ?? target);
}

function countNamed(name: string, { workspaces }: OrgSnapshot): number {
  return workspaces.known ? workspaces.items.filter((item) => item.name === name).length : 0;
}
