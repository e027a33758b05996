import {
  type MissingObject,
  type MissingObjects,
  type MissingUser,
  missingObjects,
  missingUsers,
} from "../../core/match/contradictions.ts";
import type { OrgSnapshot, ReadResult } from "../../core/model/org.ts";
import type { SoughtPerson } from "../../core/model/sought.ts";
import { emailIdentity } from "../../core/text/identity.ts";
import { findIssuer } from "./kinds/federation-issuer.ts";
import type { ApiReader } from "./kinds/kind.ts";
import { ORGANIZATION_LISTS } from "./kinds/kinds.ts";
import { findUser, listUsers } from "./kinds/member.ts";
import { findAccount } from "./kinds/service-account.ts";
import { findWorkspace } from "./kinds/workspace.ts";

/** Asks for a part of a list, and says why where there is no answer. */
type Attempt = <Item>(
  list: { readonly what: string; readonly isOther?: boolean },
  ask: () => Promise<readonly Item[]>,
) => Promise<ReadResult<Item>>;

/**
 * The snapshot, in which nobody who is sought is lacking for a gap in the list of members: whom it lacks is asked for by e-mail, and by
 * the ids that they had. Where the API knows one of them after all, or does not answer, the members are not known.
 */
export async function holdSought(
  live: OrgSnapshot,
  sought: readonly SoughtPerson[] = [],
  api: ApiReader,
  attempt: Attempt,
): Promise<OrgSnapshot> {
  const { users } = live;
  if (!users.known || sought.length === 0) return live;
  const listed = new Set(users.items.map(({ email }) => emailIdentity(email)));
  for (const { email, ids } of sought.filter((person) => !listed.has(emailIdentity(person.email)))) {
    const questions = [
      () => listUsers(api, email),
      ...ids.map((id) => async () => [(await findUser(api, id)) ?? []].flat()),
    ];
    for (const question of questions) {
      const answer = await attempt(ORGANIZATION_LISTS.users, question);
      if (!answer.known) return { ...live, users: answer };
      // An id may meanwhile be that of a person with another e-mail.
      if (answer.items.some((user) => emailIdentity(user.email) === emailIdentity(email))) {
        const message = `the list of members lacks ${email}, whom the API knows when it is asked for them alone`;
        return { ...live, users: { known: false, reason: "incomplete-answer", message } };
      }
    }
  }
  return live;
}

/** The most people whom one read asks for by themselves: those whom something in force names, and leavers with a disabled key. */
const MOST_LOOKS = { inForce: 100, disabled: 10 } as const;

/**
 * Whom the list of members lacks, less those of whom the API itself says that they are gone (404 to their own GET). More than
 * can be asked for are left as they are: so many missing people are no leavers.
 */
export async function unsettled(live: OrgSnapshot, api: ApiReader, attempt: Attempt): Promise<readonly MissingUser[]> {
  const { inForce, disabled } = missingUsers(live);
  if (inForce.length > MOST_LOOKS.inForce) return inForce;
  const looked = await Promise.all(
    [...inForce, ...disabled.slice(0, MOST_LOOKS.disabled)].map(async (user) => {
      const found = await attempt(ORGANIZATION_LISTS.users, async () => [await findUser(api, user.id)]);
      return found.known && found.items[0] === undefined ? [] : [user];
    }),
  );
  return looked.flat();
}

/**
 * The objects that their lists lack and others name, less those that the API itself calls gone or archived. `machines` asks with the token
 * that machines take; without one their lists are not known, and lack nothing.
 */
export async function unsettledObjects(
  live: OrgSnapshot,
  api: ApiReader,
  machines: ApiReader | undefined,
  attempt: Attempt,
): Promise<MissingObjects> {
  const missing = missingObjects(live);
  const left = async (
    name: keyof MissingObjects,
    by: ApiReader | undefined,
    find: (by: ApiReader, id: string) => Promise<unknown>,
  ): Promise<readonly MissingObject[]> => {
    if (!by || missing[name].length > MOST_LOOKS.inForce) return missing[name];
    const list = { what: ORGANIZATION_LISTS[name].what, isOther: by.client !== api.client };
    const looked = missing[name].map(async (object) => {
      const found = await attempt(list, async () => [await find(by, object.id)]);
      return found.known && found.items[0] === undefined ? [] : [object];
    });
    return (await Promise.all(looked)).flat();
  };
  const [workspaces, serviceAccounts, federationIssuers] = await Promise.all([
    left("workspaces", api, findWorkspace),
    left("serviceAccounts", machines, findAccount),
    left("federationIssuers", machines, findIssuer),
  ]);
  return { workspaces, serviceAccounts, federationIssuers };
}
