import type { UserUpdateParams } from "@anthropic-ai/sdk/resources/organization/users";
import type { User } from "../../../core/model/org.ts";
import { caption, type RowSchema, readRow, row, text } from "../rows.ts";
import { type ApiKind, type ApiReader, foundIf, orGone } from "./kind.ts";

const WHAT = "members of the organization";

/** A person of the organization. A role that is new is kept as it is. */
const userRow: RowSchema<User> = row(
  { id: text, email: text, name: caption, role: text },
  // In the order of their names, as everywhere where there are many: that is quickly written as canonical text.
  ({ id, email, name, role }) => ({ email: email.toLowerCase(), id, name: name ?? "", role }),
);

/** The members that a list of them holds; `email` asks for one, and brings what the API takes for the same address. */
export function listUsers({ client, options, list }: ApiReader, email?: string): Promise<readonly User[]> {
  const filter = email === undefined ? {} : { email };
  return list({
    what: WHAT,
    style: "page",
    ask: (page) => client.organization.users.list({ ...filter, ...page }, options),
    row: userRow,
    idOf: ({ id }) => id,
  });
}

/** The person with this id, or undefined where the API knows nobody by it: only that says that somebody is gone. */
export function findUser({ client, options }: ApiReader, userId: string): Promise<User | undefined> {
  return orGone(client.organization.users.retrieve(userId, options), userRow, WHAT);
}

async function seenUser(api: ApiReader, { userId }: { readonly userId: string }) {
  const found = await findUser(api, userId);
  return found && { email: found.email, role: found.role };
}

export const member = {
  lists: { users: { what: WHAT, read: (api) => listUsers(api) } },
  workspaceLists: {},
  writes: {
    "update-user": {
      words: ({ userId }) => `changing the role of ${userId}`,
      send: ({ organization: { users } }, { userId, role }, options) =>
        users.update(userId, { role: role as UserUpdateParams["role"] }, options).withResponse(),
      readBack: async (api, { userId, role }) => foundIf((await findUser(api, userId))?.role === role),
      seen: seenUser,
      shows: (answer) => ({ email: readRow(userRow, answer, WHAT).email }),
    },
    "remove-user": {
      words: ({ userId }) => `removing ${userId}`,
      send: ({ organization: { users } }, { userId }, options) => users.remove(userId, options).withResponse(),
      readBack: async (api, { userId }) => foundIf((await findUser(api, userId)) === undefined),
      seen: seenUser,
    },
  },
} satisfies ApiKind;
