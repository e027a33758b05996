import type { InviteCreateParams } from "@anthropic-ai/sdk/resources/organization/invites";
import * as z from "zod/mini";
import type { Invite } from "../../../core/model/org.ts";
import { present, type RowSchema, row, text, timeOrNone } from "../rows.ts";
import { type ApiKind, type ApiReader, type Found, foundIf, orGone } from "./kind.ts";
import { listUsers } from "./member.ts";

const WHAT = "invites";

/** An invitation. A role or a status that is new is kept as it is. */
const inviteRow: RowSchema<Invite> = row(
  { id: text, email: text, role: text, status: text, invited_at: z.catch(timeOrNone, null), expires_at: timeOrNone },
  ({ id, email, role, status, invited_at, expires_at }) => ({
    id,
    email: email.toLowerCase(),
    role,
    status,
    ...present("invitedAt", invited_at),
    ...present("expiresAt", expires_at),
  }),
);

type InviteFilter = { readonly email?: string; readonly statuses?: "pending"[] };

function listInvites({ client, options, list }: ApiReader, filter: InviteFilter = {}): Promise<readonly Invite[]> {
  return list({
    what: WHAT,
    style: "page",
    ask: (page) => client.organization.invites.list({ ...filter, ...page }, options),
    row: inviteRow,
    idOf: ({ id }) => id,
  });
}

/** The pending invitation that is wanted, or the person who is a member already and needs none. */
async function findInvited(api: ApiReader, email: string, role: string): Promise<Found | undefined> {
  // The filter folds plus-addresses and case: only the very address counts.
  const isSame = (other: { readonly email: string }) => other.email === email.toLowerCase();
  const invites = await listInvites(api, { email, statuses: ["pending"] });
  const pending = invites.find((invite) => isSame(invite) && invite.status === "pending");
  if (pending) return pending.role === role ? { id: pending.id } : undefined;
  return foundIf((await listUsers(api, email)).some(isSame));
}

export const invite = {
  lists: { invites: { what: WHAT, read: (api) => listInvites(api) } },
  workspaceLists: {},
  writes: {
    "create-invite": {
      creates: true,
      words: ({ email }) => `inviting ${email}`,
      send: ({ organization: { invites } }, { email, role }, options) =>
        invites.create({ email, role: role as InviteCreateParams["role"] }, options).withResponse(),
      readBack: (api, { email, role }) => findInvited(api, email, role),
    },
    "delete-invite": {
      words: ({ inviteId }) => `cancelling the invitation ${inviteId}`,
      send: ({ organization: { invites } }, { inviteId }, options) => invites.delete(inviteId, options).withResponse(),
      seen: async ({ client, options }, { inviteId }) => {
        const found = await orGone(client.organization.invites.retrieve(inviteId, options), inviteRow, WHAT);
        return found && { email: found.email, role: found.role, status: found.status };
      },
      readBack: async ({ client, options }, { inviteId }) => {
        const found = await orGone(client.organization.invites.retrieve(inviteId, options), inviteRow, WHAT);
        // An accepted one is not gone: its person is a member now.
        return foundIf(found === undefined || found.status === "deleted" || found.status === "expired");
      },
    },
  },
} satisfies ApiKind;
