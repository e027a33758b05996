import type { OrgSnapshot } from "../org.ts";
import type { Change } from "../plan.ts";

/** A change that cannot be undone, and the name that has to be given for it: the live one, or the id where two share it. */
export interface Irreversible {
  readonly change: Change;
  readonly name: string;
}

/** The changes of a plan that are confirmed one by one, with their names. */
export function irreversibleChanges(changes: readonly Change[], live: OrgSnapshot): readonly Irreversible[] {
  return changes
    .filter(({ risk, action }) => risk === "irreversible" && action !== "manual")
    .map((change) => {
      const name = String(change.before?.name ?? change.id);
      return { change, name: countNamed(name, change, live) > 1 && change.id !== null ? change.id : name };
    });
}

function countNamed(name: string, { kind }: Change, { workspaces, keys }: OrgSnapshot): number {
  const reading = kind === "key" ? keys : workspaces;
  return reading.known ? reading.items.filter((item) => item.name === name).length : 0;
}
