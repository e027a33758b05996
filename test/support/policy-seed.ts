import type { Role } from "../../src/core/config/config.ts";
import type { Policy } from "../../src/core/policy/policy.ts";

const role = (name: string, more: Partial<Role> = {}): Role => ({
  name,
  allowed: true,
  models: [],
  mayAssume: [],
  ...more,
});

export const HAIKU = "claude-haiku-4-20250514";
export const SONNET = "claude-sonnet-4-20250514";
export const OPUS = "claude-opus-4-20250514";

/** The seed's ROLE_CONFIG, as it is. */
export const SEED_ROLES: readonly Role[] = [
  role("viewer", { allowed: false }),
  role("user", { models: [HAIKU], maxTokens: 512, rpmLimit: 10 }),
  role("power", { models: [HAIKU, SONNET, OPUS], maxTokens: 4096, rpmLimit: 60, mayAssume: ["user"] }),
  role("admin", { models: [HAIKU, SONNET, OPUS], maxTokens: 8192, rpmLimit: 200 }),
];

export function policyWith(roles: readonly Partial<Role>[], people: Readonly<Record<string, string>> = {}): Policy {
  const named = roles.map((each) => role(each.name ?? "", each));
  return {
    roles: new Map(named.map((each) => [each.name, each])),
    people: new Map(Object.entries(people)),
    rateStore: "local",
    organization: "",
  };
}
