import type { Config } from "../config/config.ts";
import type { Policy } from "./policy.ts";

/** The role policy of a config. */
export function policyOf({ roles, members, rateStore, organization }: Config): Policy {
  const people = new Map<string, string>();
  for (const { email, appRole } of members.values()) if (appRole !== undefined) people.set(email, appRole);
  return Object.freeze({ roles, people, rateStore, organization: organization.id ?? "" });
}
