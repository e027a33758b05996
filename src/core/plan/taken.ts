import { type Grants, kindOf } from "../kinds/kinds.ts";
import type { Change, ChangeKind } from "../model/change.ts";
import type { OrgSnapshot } from "../model/org.ts";
import { parseTarget } from "../model/target.ts";
import { emailIdentity, nameIdentity } from "../text/identity.ts";
import { groupBy } from "../text/text.ts";

/** Something that a change takes away: the object that it is about, or one that ends with it. */
export interface Taken {
  readonly kind: ChangeKind;
  /** The live object's id; its target where it has none. */
  readonly id: string;
  /** The live id of the workspace or group that it is in: what one person has in two of them bears the one id of the person. */
  readonly place?: string;
  /** Whose access it is, as e-mails are compared; absent where it is nobody's own. */
  readonly email?: string;
  /** Whether it is known to be nobody's: a machine's. */
  readonly ofMachine?: boolean;
}

/**
 * What each change takes away, and from whom: by its risk and not by its action, since a demotion takes as a removal does, and by who
 * holds it and not by whose e-mail stands in its target. What a workspace, or a group, holds ends with it.
 */
export function takenBy(
  live: OrgSnapshot,
  grants: Grants,
  handles: ReadonlyMap<string, string>,
): (change: Change) => readonly Taken[] {
  let made: { readonly index: ReturnType<typeof index>; readonly placeOf: ReturnType<typeof placesOf> } | undefined;
  return (change) => {
    const { kind, id, risk, target } = change;
    if (risk !== "removal" && risk !== "irreversible") return [];
    // Most plans take nothing away, and there is an entry for each key.
    made ??= { index: index(live, grants), placeOf: placesOf(handles, grants) };
    const { placeOf } = made;
    const { byId, inside } = made.index;
    const email = parseTarget(target)?.email;
    const place = placeOf(change);
    const holder = email === undefined ? byId.get(id ?? "")?.email : emailIdentity(email);
    return [
      {
        kind,
        id: id ?? target,
        ...(place !== undefined && { place }),
        ...(holder !== undefined && { email: holder }),
        ...((byId.get(id ?? "")?.ofMachine || kindOf(kind).ofMachines) && { ofMachine: true }),
      },
      // What changes without ending (an external key is attached for good) keeps what it holds.
      ...(id === null || change.after !== null ? [] : (inside.get(id) ?? [])),
    ];
  };
}

/** Every grant once by its id, and those in a workspace or a group by its id. What is inherited, or only known, is nothing of its own. */
function index(live: OrgSnapshot, grants: Grants) {
  const people = new Map(live.users.known ? live.users.items.map((user) => [user.id, user]) : []);
  const all = (Object.entries(grants) as [ChangeKind, Grants[ChangeKind]][]).flatMap(([kind, given]) =>
    given.flatMap(({ id, workspaceId, group, to, how, inForce }) => {
      if (!inForce || how === "inherited" || how === "created") return [];
      const person = to && "id" in to && to.type === "user" ? people.get(to.id) : undefined;
      const email = to && "email" in to ? to.email : person?.email;
      const isMachine = to !== undefined && "id" in to && to.type === "service_account";
      const whose = {
        ...(email !== undefined && { email: emailIdentity(email) }),
        ...(isMachine && { ofMachine: true }),
      };
      const place = workspaceId ?? group?.id;
      return { kind, id, ...(place !== undefined && { place }), ...whose };
    }),
  );
  return { byId: new Map(all.map((taken) => [taken.id, taken])), inside: groupBy(all, ({ place }) => place) };
}

/** The live ids of the places that targets name: workspaces by handle or id, groups by name. */
function placesOf(handles: ReadonlyMap<string, string>, { group_member }: Grants) {
  const workspaces = new Map([...handles].map(([id, handle]) => [handle, id]));
  const groups = new Map(
    group_member.flatMap(({ group }) => (group ? [[nameIdentity(group.name), group.id] as const] : [])),
  );
  return ({ kind, target }: Change): string | undefined => {
    const { workspace, name = "" } = parseTarget(target) ?? {};
    if (kind === "group_member") return groups.get(nameIdentity(name));
    return kind === "workspace" || workspace === undefined ? undefined : (workspaces.get(workspace) ?? workspace);
  };
}
