import type { Config, ManagedKind } from "../config/config.ts";
import type { ExportEntry } from "../document/document.ts";
import type { LeftOut } from "../document/left-out.ts";
import type { Matches } from "../match/matches.ts";
import type { PeopleMatches } from "../match/people.ts";
import type { Change, Unmanaged } from "../model/change.ts";
import type { Finding } from "../model/finding.ts";
import type { ApiKey, LiveWorkspace, OrgSnapshot } from "../model/org.ts";
import type { Pending } from "../model/plan.ts";

/** What every kind's planner is given. */
export interface PlanInput {
  readonly config: Config;
  readonly live: OrgSnapshot;
  readonly now: number;
  readonly matches: Matches;
}

/** What one kind's planner contributes to the plan. */
export interface KindPlan {
  readonly changes: Change[];
  readonly unmanaged: Unmanaged[];
  readonly pending: Pending[];
  readonly findings: Finding[];
}

/** A draft with nothing in it, for a planner to add to. */
export function emptyKindPlan(): KindPlan {
  return { changes: [], unmanaged: [], pending: [], findings: [] };
}

/** What every section is made of: the snapshot joined once. */
export interface ExportFacts {
  readonly live: OrgSnapshot;
  readonly now: number;
  /** Whether a kind was asked for and could be read. */
  readonly has: (kind: ManagedKind) => boolean;
  readonly people: PeopleMatches;
  /** Those to write, in the order of the file. */
  readonly workspaces: readonly LiveWorkspace[];
  readonly handles: ReadonlyMap<string, string>;
  /** Live names that more than one workspace bears. */
  readonly sharedNames: ReadonlySet<string>;
  /** Keys by the id of their workspace, those of the organization under undefined; in the order of their names. */
  readonly keys: ReadonlyMap<string | undefined, readonly ApiKey[]>;
  /** What `rate_limits` calls a group, by the organization's id for it; a group that nothing stands for is not in it. */
  readonly limitEntries: ReadonlyMap<string, string>;
}

/** One part of the file: its entries, and what it could not say, already with a comment of its own in `below`. */
export interface Section {
  readonly entries: readonly ExportEntry[];
  /** Comment lines after the entries. */
  readonly below: readonly string[];
  readonly leftOut: readonly LeftOut[];
}
