import type { Config } from "../config/config.ts";
import type { OrgSnapshot, ReadResult } from "../model/org.ts";
import { type KeyMatches, matchKeys } from "./keys.ts";
import { matchPeople, type PeopleMatches } from "./people.ts";
import { matchWorkspaces, type WorkspaceMatches } from "./workspaces.ts";

/** Which declared object is which live one: made once from a file and a snapshot, and passed on to every planner and view. */
export interface Matches extends WorkspaceMatches {
  readonly people: PeopleMatches;
  readonly keys: KeyMatches;
}

/** Matches everything that a file declares with everything that was read; what is not known matches nothing. */
export function matchLive(config: Pick<Config, "organization" | "workspaces" | "members">, live: OrgSnapshot): Matches {
  const keys = itemsOf(live.keys);
  const workspaces = matchWorkspaces(config, live.workspaces.known ? live.workspaces.items : undefined, keys);
  return {
    ...workspaces,
    people: matchPeople(config, live.users),
    keys: matchKeys(config, workspaces, keys),
  };
}

function itemsOf<Item>(reading: ReadResult<Item>): readonly Item[] {
  return reading.known ? reading.items : [];
}
