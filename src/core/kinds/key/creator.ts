import type { Config } from "../../config/config.ts";
import type { PeopleMatches } from "../../match/people.ts";
import type { ApiKey } from "../../model/org.ts";
import { hasPassed } from "../../model/time.ts";

/** Whoever made a key was shown its secret: that outlives the person unless the key acts as them. Undefined where it does. */
export function witnessOf({ principal, createdBy }: ApiKey): string | undefined {
  return principal?.type !== "user" && createdBy?.type === "user" ? createdBy.id : undefined;
}

/** Whether somebody who has left the organization knows a key's secret; false where the members are not known. */
export function knownToLeaver(key: ApiKey, people: PeopleMatches): boolean {
  const witness = witnessOf(key);
  return witness !== undefined && people.isGone(witness);
}

/** Whether somebody knows a key's secret who has left the organization, or is to leave it by the file. */
export function isKnownOutside(
  key: ApiKey,
  people: PeopleMatches,
  config: Pick<Config, "manage">,
  now: number,
): boolean {
  return knownToLeaver(key, people) || knownToUnwanted(key, people, config, now);
}

/** Whether somebody knows a key's secret whom the file no longer wants in the organization. */
function knownToUnwanted(key: ApiKey, people: PeopleMatches, { manage }: Pick<Config, "manage">, now: number): boolean {
  const user = people.users.get(witnessOf(key) ?? "");
  if (!user || manage.members === "off") return false;
  const member = people.member(user.email);
  return member ? member.until !== undefined && hasPassed(member.until, now) : manage.members === "full";
}
