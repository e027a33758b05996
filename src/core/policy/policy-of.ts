import type { Config } from "../config/config.ts";
import { hasPassed } from "../model/time.ts";
import type { Policy } from "./policy.ts";

/** The role policy of a config on `now` (epoch ms): whoever is past the last day of their entry has no role any more. */
export function policyOf({ roles, members, rateStore, organization }: Config, now: number): Policy {
  const people = new Map<string, string>();
  const former = new Map<string, string>();
  for (const { email, appRole, until } of members.values()) {
    if (until !== undefined && hasPassed(until, now)) former.set(email, until);
    else if (appRole !== undefined) people.set(email, appRole);
  }
  return Object.freeze({ roles, people, former, rateStore, organization: organization.id ?? "" });
}
