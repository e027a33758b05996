import type { InviteCreateParams } from "@anthropic-ai/sdk/resources/organization/invites";
import * as z from "zod/mini";
import type { Invite } from "../../../core/model/org.ts";
import { groupsText } from "../../../core/plan/facts.ts";
import { present, type RowSchema, row, text, timeOrNone } from "../rows.ts";
import { type ApiKind, type ApiReader, type Found, foundIf, orGone } from "./kind.ts";
import { listUsers } from "./member.ts";

const WHAT = "invites";

/** An invitation. A role or a status that is new is kept as it is. */
const inviteRow: RowSchema<Invite> = row(
  {
    id: text,
    email: text,
    role: text,
    status: text,
    invited_at: z.catch(timeOrNone, null),
    expires_at: timeOrNone,
    // A Console organization need not say it.
    rbac_group_ids: z.optional(z.array(text)),
  },
  ({ id, email, role, status, invited_at, expires_at, rbac_group_ids: groupIds = [] }) => ({
    id,
    email: email.toLowerCase(),
    role,
    status,
    ...present("invitedAt", invited_at),
    ...present("expiresAt", expires_at),
    ...(groupIds.length > 0 && { groupIds }),
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

interface Invited {
  readonly email: string;
  readonly role: string;
  readonly groupIds?: readonly string[] | undefined;
}

/** The pending invitation that is wanted, or the person who is a member already and needs none. */
async function findInvited(api: ApiReader, { email, role, groupIds }: Invited): Promise<Found | undefined> {
  // The filter folds plus-addresses and case: only the very address counts.
  const isSame = (other: { readonly email: string }) => other.email === email.toLowerCase();
  const invites = await listInvites(api, { email, statuses: ["pending"] });
  const pending = invites.find((invite) => isSame(invite) && invite.status === "pending");
  const isWanted = (one: Invite) => one.role === role && groupsText(one.groupIds) === groupsText(groupIds);
  if (pending) return isWanted(pending) ? { id: pending.id } : undefined;
  return foundIf((await listUsers(api, email)).some(isSame));
}

export const invite = {
  lists: { invites: { what: WHAT, read: (api) => listInvites(api) } },
  workspaceLists: {},
  writes: {
    "create-invite": {
      creates: true,
      words: ({ email }) => `inviting ${email}`,
      send: ({ organization: { invites } }, { email, role, groupIds }, options) => {
        const groups = groupIds && { rbac_group_ids: [...groupIds] };
        return invites.create({ email, role: role as InviteCreateParams["role"], ...groups }, options).withResponse();
      },
      readBack: (api, call) => findInvited(api, call),
    },
    "delete-invite": {
      words: ({ inviteId }) => `cancelling the invitation ${inviteId}`,
      send: ({ organization: { invites } }, { inviteId }, options) => invites.delete(inviteId, options).withResponse(),
      seen: async ({ client, options }, { inviteId }) => {
        const found = await orGone(client.organization.invites.retrieve(inviteId, options), inviteRow, WHAT);
        if (!found) return undefined;
        const { email, role, status, groupIds } = found;
        return { email, role, status, groups: groupsText(groupIds) };
      },
      readBack: async ({ client, options }, { inviteId }) => {
        const found = await orGone(client.organization.invites.retrieve(inviteId, options), inviteRow, WHAT);
        // An accepted one is not gone: its person is a member now.
        return foundIf(found === undefined || found.status === "deleted" || found.status === "expired");
      },
    },
  },
} satisfies ApiKind;
