import { describe, expect, test } from "vitest";
import type { CredentialType } from "../../../src/core/model/credential.ts";
import { emptySnapshot, type OrgSnapshot, type ReadResult } from "../../../src/core/model/org.ts";
import { accessOf } from "../../../src/core/whoami/access.ts";

const READ = { known: true, items: [] } as const;
const FOREIGN = { known: true, items: [], foreign: true } as const;

/** An organization whose lists all answer the same, but for those of `lists`. */
function probe(lists: Partial<OrgSnapshot> = {}, all: ReadResult<never> = READ): OrgSnapshot {
  return {
    ...emptySnapshot(0),
    users: all,
    invites: all,
    workspaces: all,
    keys: all,
    rateLimits: all,
    spendLimits: all,
    memberSpendLimits: all,
    effectiveSpendLimits: all,
    compliance: all,
    serviceAccounts: all,
    groups: all,
    federationIssuers: all,
    federationRules: all,
    workspaceMembers: new Map([["wrkspc_1", all]]),
    workspaceRateLimits: new Map([["wrkspc_1", all]]),
    workspaceServiceAccounts: new Map([["wrkspc_1", all]]),
    ...lists,
  };
}

function of(type: CredentialType, snapshot: OrgSnapshot, role?: string) {
  const access = accessOf({ type, probe: snapshot, ...(role !== undefined && { role }) });
  return Object.fromEntries(access.map(({ kind, read, write, reason }) => [kind, [read, write, reason?.code]]));
}

describe("access", () => {
  test.each<[CredentialType, string | undefined, boolean | null]>([
    ["admin_key", undefined, true],
    ["oauth_token", undefined, true],
    ["profile", undefined, true],
    ["profile", "developer", null],
    ["api_key", "admin", true],
    ["api_key", "developer", null],
    ["api_key", undefined, null],
    ["enterprise_key", undefined, null],
    ["token", undefined, null],
  ])("of %s with the role %s may write what it reads: %s", (type, role, write) => {
    expect(of(type, probe(), role).member).toEqual([true, write, write ? undefined : "untold"]);
  });

  test("never says that what cannot be read can be written, and no more than was told", () => {
    const refused = probe({}, { known: false, reason: "permission-denied", message: "no" });
    const broken = probe({}, { known: false, reason: "api-error", message: "no" });
    for (const [kind, [read, write]] of Object.entries(of("admin_key", refused)))
      expect([kind, read, write]).toEqual([kind, false, false]);
    const { admin_key, activity, ...others } = of("admin_key", broken);
    expect([admin_key, activity]).toEqual([
      [false, false, "console-only"],
      [false, false, "no-credential"],
    ]);
    for (const access of Object.values(others)) expect(access).toEqual([null, null, "unreadable"]);
  });

  test("of lists of workspaces cannot be told where there is none", () => {
    const access = of("admin_key", probe({ workspaceMembers: new Map(), workspaceRateLimits: new Map() }));
    expect(access.workspace_member).toEqual([null, null, "no-workspace"]);
    expect(access.workspace).toEqual([true, true, undefined]);
    const workspaces = { known: false, reason: "permission-denied" } as const;
    const unread = of("admin_key", probe({ workspaces, workspaceMembers: new Map(), workspaceRateLimits: new Map() }));
    expect(unread.workspace_member).toEqual([null, null, "unreadable"]);
  });

  test("of spend limits waits for a write, which alone tells whether the preview is enabled", () => {
    expect(of("admin_key", probe()).spend_limit).toEqual([true, null, "preview"]);
    const off = probe({ spendLimits: { known: false, reason: "preview-not-enabled" } });
    expect(of("admin_key", off).spend_limit).toEqual([false, false, "unreadable"]);
  });

  test("of what this sort of organization does not have is no, of what lies in it too", () => {
    const enterprise = of("oauth_token", probe({ workspaces: FOREIGN, workspaceMembers: new Map() }));
    expect(enterprise.workspace).toEqual([false, false, "foreign"]);
    expect(enterprise.workspace_member).toEqual([false, false, "foreign"]);
    expect(enterprise.member).toEqual([true, true, undefined]);
  });
});
