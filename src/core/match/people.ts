import type { Config, Member } from "../config/config.ts";
import { itemsOf, type ReadResult, type User } from "../model/org.ts";
import { emailIdentity } from "../text/identity.ts";
import { groupBy } from "../text/text.ts";

/** Which declared person is which live one. E-mails are looked up in any spelling of theirs. */
export interface PeopleMatches {
  /** The live member with an e-mail; undefined where there is none, or more than one: nothing may be guessed about those. */
  readonly user: (email: string) => User | undefined;
  /** Every live member with an e-mail. */
  readonly usersOf: (email: string) => readonly User[];
  /** What the file says of a person under `members`. */
  readonly member: (email: string) => Member | undefined;
  /** Live people who share an e-mail, each group once. */
  readonly ambiguous: readonly (readonly User[])[];
  /** By id. */
  readonly users: ReadonlyMap<string, User>;
  /** Whether no member has an id any more; false where the members are not known. */
  readonly isGone: (id: string) => boolean;
}

/** Matches by e-mail. Where the members are not known nobody is found, and nobody is gone. */
export function matchPeople({ members }: Pick<Config, "members">, reading: ReadResult<User>): PeopleMatches {
  const live = itemsOf(reading);
  const users = new Map(live.map((user) => [user.id, user]));
  const byEmail = groupBy(live, ({ email }) => emailIdentity(email));
  const declared = new Map([...members.values()].map((member) => [emailIdentity(member.email), member]));
  const usersOf = (email: string) => byEmail.get(emailIdentity(email)) ?? [];
  return {
    user: (email) => {
      const [user, ...others] = usersOf(email);
      return others.length === 0 ? user : undefined;
    },
    usersOf,
    member: (email) => declared.get(emailIdentity(email)),
    ambiguous: [...byEmail.values()].filter(({ length }) => length > 1),
    users,
    isGone: (id) => reading.known && !users.has(id),
  };
}
