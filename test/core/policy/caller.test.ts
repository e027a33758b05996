import { describe, expect, test } from "vitest";
import { roleOf } from "../../../src/core/policy/caller.ts";
import { policyWith, SEED_ROLES } from "../../support/policy-seed.ts";

describe("whose role it is", () => {
  const policy = policyWith(SEED_ROLES, { "pat@example.com": "power", "uma@example.com": "user" });
  test.each([
    ["Pat@Example.com", undefined, { role: "power", user: "pat@example.com" }],
    ["pat@example.com", "power", { role: "power", user: "pat@example.com" }],
    ["pat@example.com", "user", { role: "user", user: "pat@example.com" }],
    ["pat@example.com", "admin", { code: "role-not-assumable", rule: "roles.power.may_assume" }],
    ["uma@example.com", "power", { code: "role-not-assumable", role: "power" }],
    [
      "uma@example.com",
      "powr",
      { code: "role-not-assumable", fix: expect.stringContaining("the policy has no role powr") },
    ],
    ["new@example.com", "admin", { code: "identity-unmapped", role: "admin" }],
    [undefined, "user", { code: "identity-unmapped", role: "user" }],
    ["new@example.com", undefined, { code: "identity-unmapped", message: "The policy gives new@example.com no role" }],
    [undefined, undefined, { code: "identity-unmapped", fix: expect.stringMatching(/--user.*ANTH_RBAC_USER.*git/) }],
    ["", "", { code: "identity-unmapped", role: null }],
  ])("%s as %s", (user, role, expected) => {
    expect(roleOf({ policy, user, role })).toMatchObject(expected);
  });

  test.each([
    ["new@example.com", undefined, { role: "viewer", user: "new@example.com" }],
    [undefined, undefined, { role: "viewer" }],
    [undefined, "viewer", { role: "viewer" }],
    ["new@example.com", "user", { role: "user", user: "new@example.com" }],
    ["new@example.com", "admin", { code: "role-not-assumable", rule: "unmapped.may_assume" }],
    ["uma@example.com", "viewer", { code: "role-not-assumable" }],
  ])("%s as %s, where the file says what the unmapped may", (user, role, expected) => {
    const unmapped = { appRole: "viewer", mayAssume: ["user"] };
    expect(roleOf({ policy: { ...policy, unmapped }, user, role })).toMatchObject(expected);
  });

  test("no policy, no role", () => {
    expect(roleOf({ policy: undefined, user: "a@b.c", role: "user" })).toMatchObject({ code: "policy-missing" });
  });
});
