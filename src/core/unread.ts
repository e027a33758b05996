import type { OrgSnapshot, ReadScope } from "./model/org.ts";

/** A scope that asks for nothing: whoever reads adds what is wanted. */
export const NOTHING: ReadScope = {
  organization: false,
  users: false,
  invites: false,
  workspaces: false,
  keys: false,
  rateLimits: false,
  spendLimits: false,
  membersOf: () => [],
  rateLimitsOf: () => [],
};

const NOT_READ = { known: false, reason: "not-read" } as const;

/** A snapshot of which nothing was read. `takenAt` is epoch ms. */
export function unread(takenAt: number): OrgSnapshot {
  return {
    takenAt,
    users: NOT_READ,
    invites: NOT_READ,
    workspaces: NOT_READ,
    keys: NOT_READ,
    rateLimits: NOT_READ,
    spendLimits: NOT_READ,
    workspaceMembers: new Map(),
    workspaceRateLimits: new Map(),
  };
}
