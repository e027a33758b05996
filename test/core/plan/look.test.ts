import { describe, expect, test } from "vitest";
import type { ApiCall } from "../../../src/core/model/call.ts";
import { groupFacts, issuerFacts, ruleFacts } from "../../../src/core/plan/facts.ts";
import { checkUnmoved } from "../../../src/core/plan/look.ts";
import { invite, issuer, key, org, rule, user, workspace } from "../../support/org.ts";

const [DEPLOY, GITHUB] = [rule("deploy"), issuer("github", { checkJti: false })];
const OPS = {
  ...{ id: "group_ops", name: "Ops", source: "direct", roleIds: ["role_b", "role_a"] },
  members: { known: true, items: [] },
} as const;
const LIVE = org({
  users: [user("bob@acme.example", "developer")],
  invites: [invite("eve@acme.example", "user")],
  workspaces: [workspace("Staging")],
  keys: [key("stg-web", "wrkspc_staging"), key("stg-batch", "wrkspc_staging"), key("other", "wrkspc_other")],
  members: [{ userId: "user_bob", workspaceId: "wrkspc_staging", role: "user" }],
  groups: [OPS],
  rules: [DEPLOY],
  issuers: [GITHUB],
});
const [web] = LIVE.keys.known ? LIVE.keys.items : [];
const [eve] = LIVE.invites.known ? LIVE.invites.items : [];

const CALLS = {
  disable: { name: "update-key", keyId: web?.id ?? "", fields: { status: "inactive" } },
  remove: { name: "remove-user", userId: "user_bob" },
  lower: { name: "update-user", userId: "user_bob", role: "user" },
  leave: { name: "remove-workspace-member", workspaceId: "wrkspc_staging", userId: "user_bob" },
  cancel: { name: "delete-invite", inviteId: eve?.id ?? "" },
  archive: { name: "archive-workspace", workspaceId: "wrkspc_staging" },
  disband: { name: "delete-group", groupId: "group_ops" },
  narrow: { name: "update-federation-rule", ruleId: "fdrl_deploy", fields: { match: { subject_prefix: "x" } } },
  distrust: { name: "update-federation-issuer", issuerId: "fdis_github", fields: { check_jti: true } },
} as const satisfies Record<string, ApiCall>;

/** What a look finds where nobody was at work. */
const AS_PLANNED = {
  disable: { name: "stg-web", status: "active" },
  remove: { email: "bob@acme.example", role: "developer" },
  lower: { email: "bob@acme.example", role: "developer" },
  leave: { role: "user" },
  cancel: { email: "eve@acme.example", role: "user", status: "pending" },
  archive: { name: "Staging", keys: "stg-batch, stg-web" },
  disband: { name: "Ops", source: "direct", roles: "role_a, role_b" },
  narrow: ruleFacts(DEPLOY),
  distrust: issuerFacts(GITHUB),
} as const;

const NAMES = Object.keys(CALLS) as (keyof typeof CALLS)[];

describe("a look before", () => {
  test.each(NAMES)("%s passes what is as it was planned", (name) => {
    expect(() => checkUnmoved(CALLS[name], LIVE, AS_PLANNED[name])).not.toThrow();
  });

  test("passes a key that is archived where it was to be disabled alone: a new name would be lost", () => {
    const archived = { ...AS_PLANNED.disable, status: "archived" };
    expect(() => checkUnmoved(CALLS.disable, LIVE, archived)).not.toThrow();
    const rename = { ...CALLS.disable, fields: { status: "inactive", name: "stg-web@disabled-20261123" } } as const;
    expect(() => checkUnmoved(rename, LIVE, archived)).toThrow("moved since the plan");
  });

  test.each(NAMES.flatMap((name) => Object.keys(AS_PLANNED[name]).map((field) => [name, field] as const)))(
    "%s fails where its %s has moved",
    (name, field) => {
      const now = { ...AS_PLANNED[name], [field]: "another" };
      expect(() => checkUnmoved(CALLS[name], LIVE, now)).toThrow(
        expect.objectContaining({
          code: "moved-since-plan",
          message: expect.stringContaining(`${field} is "another" now, and was "`),
        }),
      );
    },
  );

  test("what somebody else has done already is no move", () => {
    expect(() => checkUnmoved(CALLS.disable, LIVE, { name: "stg-web", status: "inactive" })).not.toThrow();
    expect(() => checkUnmoved(CALLS.lower, LIVE, { email: "bob@acme.example", role: "user" })).not.toThrow();
  });

  test("what was not read is not compared", () => {
    const blind = org({});
    for (const name of NAMES)
      expect(() => checkUnmoved(CALLS[name], blind, AS_PLANNED[name])).not.toThrow(/role|status/);
  });

  test("roles of a group that the list could not tell are not compared, and none that a look cannot tell are taken for none", () => {
    const { roleIds: _, ...untold } = OPS;
    const blind = org({ groups: [untold] });
    expect(() => checkUnmoved(CALLS.disband, blind, groupFacts(OPS))).not.toThrow();
    expect(() => checkUnmoved(CALLS.disband, LIVE, groupFacts(untold))).toThrow('roles is "not known" now');
  });
});
