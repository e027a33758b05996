import type { Config } from "../config/config.ts";
import { itemsOf, type OrgSnapshot } from "../model/org.ts";
import { type KeyMatches, matchKeys } from "./keys.ts";
import { matchPeople, type PeopleMatches } from "./people.ts";
import { matchWorkspaces, type WorkspaceMatches } from "./workspaces.ts";

/** Which declared object is which live one: made once from a file and a snapshot, and passed on to every planner and view. */
export interface Matches extends WorkspaceMatches {
  readonly people: PeopleMatches;
  readonly keys: KeyMatches;
}

type Declared = Pick<Config, "organization" | "workspaces" | "members">;

/** By snapshot, then by file: neither ever changes, so whoever asks again is given the same. */
const made = new WeakMap<OrgSnapshot, WeakMap<Declared, Matches>>();

/** Matches everything that a file declares with everything that was read; what is not known matches nothing. */
export function matchLive(config: Declared, live: OrgSnapshot): Matches {
  const ofSnapshot = made.get(live) ?? new WeakMap<Declared, Matches>();
  const matches = ofSnapshot.get(config) ?? match(config, live);
  made.set(live, ofSnapshot.set(config, matches));
  return matches;
}

function match(config: Declared, live: OrgSnapshot): Matches {
  const keys = itemsOf(live.keys);
  const workspaces = matchWorkspaces(config, live.workspaces.known ? live.workspaces.items : undefined, keys);
  const accounts = live.serviceAccounts.known
    ? new Map(live.serviceAccounts.items.map(({ id, name }) => [id, name]))
    : undefined;
  // A sort of organization that has no workspaces has none that a declaration could miss.
  const isForeign = live.workspaces.known && live.workspaces.foreign === true;
  const people = matchPeople(config, live.users);
  return {
    ...workspaces,
    ...(isForeign && { findings: [] }),
    people,
    keys: matchKeys(config, workspaces, keys, accounts, people),
  };
}
