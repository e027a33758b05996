import { expect, test } from "vitest";
import type { Config } from "../../../src/core/config/config.ts";
import { roleOf } from "../../../src/core/policy/caller.ts";
import { policyOf } from "../../../src/core/policy/policy.ts";
import { NOW } from "../../support/org.ts";
import { policyWith, SEED_ROLES } from "../../support/policy-seed.ts";

const SEED = policyWith(SEED_ROLES);

test("the policy of a config knows who has which role", () => {
  const member = (email: string, appRole?: string, until?: string) =>
    [email, { email, role: "user", ...(appRole && { appRole }), ...(until && { until }) }] as const;
  const config = {
    organization: { id: "org" },
    members: new Map([
      member("a@x.io", "user", "2026-11-23"),
      member("b@x.io"),
      member("c@x.io", "power", "2026-11-22"),
      member("d@x.io", undefined, "2026-11-01"),
    ]),
    roles: SEED.roles,
    rateStore: "redis://h:1",
  } as unknown as Config;
  const policy = policyOf(config, NOW);
  expect(policy).toEqual({
    roles: SEED.roles,
    people: new Map([["a@x.io", "user"]]),
    former: new Map([
      ["c@x.io", "2026-11-22"],
      ["d@x.io", "2026-11-01"],
    ]),
    organization: "org",
    rateStore: "redis://h:1",
  });
  for (const user of ["C@x.io", "d@x.io"]) {
    expect(roleOf({ policy, user, role: "user" })).toMatchObject({ code: "identity-unmapped", decision: "deny" });
  }
});
