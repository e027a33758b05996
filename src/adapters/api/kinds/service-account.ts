import type { ServiceAccountUpdateParams } from "@anthropic-ai/sdk/resources/organization/service-accounts";
import * as z from "zod/mini";
import type { ServiceAccount } from "../../../core/model/org.ts";
import { present, type RowSchema, readRow, row, text, timeOrNone } from "../rows.ts";
import { type ApiKind, type ApiReader, foundIf, holds, orGone } from "./kind.ts";

const WHAT = "service accounts";

/** The most rows in a page of the lists of machines (admin-api-1.14.md 2). */
export const MACHINE_PAGE = 100;

interface ListedAccount extends ServiceAccount {
  readonly archived: boolean;
}

/** An account. What is cleared is stored as an empty description. A role that is new is kept as it is. */
const accountRow: RowSchema<ListedAccount> = row(
  { id: text, name: text, organization_role: text, description: z.nullable(z.string()), archived_at: timeOrNone },
  ({ id, name, organization_role, description, archived_at }) => ({
    id,
    name,
    role: organization_role,
    ...present("description", description || null),
    archived: archived_at !== null,
  }),
);

async function listAccounts({ client, options, list }: ApiReader): Promise<readonly ServiceAccount[]> {
  const accounts = await list({
    what: WHAT,
    style: "cursor",
    most: MACHINE_PAGE,
    ask: (page) => client.organization.serviceAccounts.list(page, options),
    row: accountRow,
    idOf: ({ id }) => id,
  });
  return accounts.filter(({ archived }) => !archived).map(({ archived: _, ...account }) => account);
}

function retrieve<Item>({ client, options }: ApiReader, id: string, schema: RowSchema<Item>) {
  return orGone(client.organization.serviceAccounts.retrieve(id, options), schema, WHAT);
}

/** The account with this id; undefined where the API calls it archived, or knows none. */
export async function findAccount(api: ApiReader, id: string) {
  const found = await retrieve(api, id, accountRow);
  return found && !found.archived ? found : undefined;
}

/** The account as it is before a call; undefined where it is gone or archived. */
async function seenAccount(api: ApiReader, { serviceAccountId }: { readonly serviceAccountId: string }) {
  const found = await findAccount(api, serviceAccountId);
  return found && { name: found.name, role: found.role };
}

export const service_account = {
  lists: { serviceAccounts: { what: WHAT, oauth: true, only: "console", read: listAccounts } },
  workspaceLists: {},
  writes: {
    "create-service-account": {
      oauth: true,
      creates: true,
      looks: 3,
      words: ({ account }) => `creating the service account ${account}`,
      // Without a role, so that a workload's token may send it too: the API makes a developer.
      send: ({ organization: { serviceAccounts } }, { account: name, description }, options) =>
        serviceAccounts.create({ name, ...present("description", description) }, options).withResponse(),
      readBack: async (api, { account, description }) => {
        const found = (await listAccounts(api)).find(({ name }) => name === account);
        return found && found.description === description ? { id: found.id } : undefined;
      },
      // A name that is taken has no code of its own.
      refusals: { 409: "refused" },
    },
    "update-service-account": {
      oauth: true,
      words: ({ serviceAccountId }) => `changing the service account ${serviceAccountId}`,
      send: ({ organization: { serviceAccounts } }, { serviceAccountId, fields }, options) =>
        serviceAccounts.update(serviceAccountId, fields as ServiceAccountUpdateParams, options).withResponse(),
      readBack: async (api, { serviceAccountId, fields }) =>
        foundIf(holds(await retrieve(api, serviceAccountId, z.unknown()), fields)),
      seen: seenAccount,
      shows: (answer) => {
        const { name, role } = readRow(accountRow, answer, WHAT);
        return { name, role };
      },
    },
    "archive-service-account": {
      oauth: true,
      words: ({ serviceAccountId }) => `archiving the service account ${serviceAccountId}`,
      send: ({ organization: { serviceAccounts } }, { serviceAccountId }, options) =>
        serviceAccounts.archive(serviceAccountId, options).withResponse(),
      readBack: async (api, call) => foundIf((await seenAccount(api, call)) === undefined),
      seen: seenAccount,
    },
  },
} satisfies ApiKind;
