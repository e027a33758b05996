import type { Config } from "../config/config.ts";
import type { WorkspaceMatches } from "../match/workspaces.ts";
import type { Change, Unmanaged } from "../model/change.ts";
import type { Finding } from "../model/finding.ts";
import type { OrgSnapshot, User } from "../model/org.ts";
import type { Pending } from "../model/plan.ts";

/** What every kind's planner is given. */
export interface PlanInput {
  readonly config: Config;
  readonly live: OrgSnapshot;
  readonly now: number;
  readonly matches: WorkspaceMatches;
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

/** Live users by e-mail in lower case. Two live people with one e-mail are both left out: nothing may be guessed about them. */
export function usersByEmail(users: readonly User[]): ReadonlyMap<string, User> {
  const byEmail = new Map<string, User>();
  const twice = new Set<string>();
  for (const user of users) {
    if (byEmail.has(user.email)) twice.add(user.email);
    byEmail.set(user.email, user);
  }
  for (const email of twice) byEmail.delete(email);
  return byEmail;
}
