import type { PageResponse } from "@anthropic-ai/sdk/pagination";
import type { InviteDeleteResponse, OrganizationInvite } from "@anthropic-ai/sdk/resources/organization/invites";
import * as z from "zod/mini";
import { badRequest, notFound } from "../http/errors.ts";
import { param, words } from "../http/query.ts";
import { text } from "../http/schema.ts";
import { type Call, idAt, type Route, readBody } from "../state/call.ts";
import { INVITE_LIFETIME, iso } from "../state/clock.ts";
import { PAGE_PARAMS, pageOf } from "../state/pagination.ts";
import { ASSIGNABLE_ROLES, FILTER_ROLES } from "../state/roles.ts";
import type { OrganizationType } from "../state/settings.ts";
import { foldEmail, nextId, type SandboxState } from "../state/state.ts";
import { getRow, putRow, rowsBy, rowsOf } from "../state/table.ts";
import { invitedGroups } from "./rbac-groups.ts";

const STATUSES = ["accepted", "expired", "pending"] as const;

/** The API's reference names no limit; no longer one can be delivered to. Source: RFC 5321, 4.5.3.1. */
const LONGEST_EMAIL = 254;

const newInvite = (type: OrganizationType) =>
  z.strictObject({
    email: z.string().check(z.maxLength(LONGEST_EMAIL), z.regex(/^[^\s@]{1,64}@[^\s@]+\.[^\s@]+$/)),
    role: z.enum(ASSIGNABLE_ROLES[type]),
    rbac_group_ids: z.exactOptional(z.array(text(1))),
  });

/** `/v1/organizations/invites`. Source: admin-api.md 2.3. */
export const inviteRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/v1/organizations/invites",
    access: "admin",
    scope: "members",
    query: [...PAGE_PARAMS, "email", "roles[]", "statuses[]"],
    handle: listInvites,
  },
  {
    method: "POST",
    path: "/v1/organizations/invites",
    access: "admin",
    scope: "members",
    pace: "invites",
    query: [],
    handle: createInvite,
  },
  {
    method: "GET",
    path: "/v1/organizations/invites/{invite_id}",
    access: "admin",
    scope: "members",
    query: [],
    handle: findInvite,
  },
  {
    method: "DELETE",
    path: "/v1/organizations/invites/{invite_id}",
    access: "admin",
    scope: "members",
    query: [],
    handle: deleteInvite,
  },
];

/** The invite as the API shows it at this time: a pending one past its date is expired. */
export function presentInvite(invite: OrganizationInvite, now: number): OrganizationInvite {
  if (invite.status !== "pending" || Date.parse(invite.expires_at) > now) return invite;
  return { ...invite, status: "expired" };
}

function listInvites(call: Call): PageResponse<OrganizationInvite> {
  const email = param(call.query, "email");
  const roles = words(call.query, "roles", FILTER_ROLES[call.state.settings.organizationType]);
  const statuses: readonly string[] = words(call.query, "statuses", STATUSES) ?? STATUSES;
  return pageOf(
    call.state.invites,
    call.query,
    {
      ...(email === undefined ? {} : { index: { name: "email", key: foldEmail(email) } }),
      newestFirst: true,
      where: (invite) =>
        statuses.includes(presentInvite(invite, call.now).status) &&
        (roles === undefined || roles.includes(invite.role)),
    },
    (invite) => presentInvite(invite, call.now),
  );
}

function findInvite(call: Call): OrganizationInvite {
  const id = idAt(call, 0);
  const invite = getRow(call.state.invites, id);
  if (invite === undefined) throw notFound("Invite", id);
  return presentInvite(invite, call.now);
}

function createInvite(call: Call): OrganizationInvite {
  const { state, now } = call;
  const wanted = readBody(call, newInvite(state.settings.organizationType));
  if (state.settings.ssoManaged) throw badRequest("Members are managed by your identity provider");
  const groupIds = wanted.rbac_group_ids ?? [];
  if (groupIds.length > 0 && state.settings.organizationType !== "enterprise") {
    throw badRequest("RBAC groups need a Claude Enterprise organization", "organization_type_not_supported");
  }
  refuseKnown(state, wanted.email, now);
  refuseDomain(state, wanted.email);
  refuseFull(state, now);
  const invite: OrganizationInvite = {
    id: nextId(state, "invite"),
    accepted_at: null,
    email: wanted.email,
    expires_at: iso(now + INVITE_LIFETIME),
    invited_at: iso(now),
    rbac_group_ids: invitedGroups(state, groupIds),
    role: wanted.role,
    status: "pending",
    type: "invite",
  };
  putRow(state.invites, invite);
  return invite;
}

function refuseKnown(state: SandboxState, email: string, now: number): void {
  const same = (other: { readonly email: string }): boolean => other.email.toLowerCase() === email.toLowerCase();
  const user = rowsBy(state.users, "email", foldEmail(email)).find(same);
  if (user !== undefined) throw badRequest(`${email} is already a member: ${user.id}`, "already_member");
  const invite = rowsBy(state.invites, "email", foldEmail(email)).find(
    (other) => same(other) && presentInvite(other, now).status === "pending",
  );
  if (invite !== undefined) {
    throw badRequest(`A pending invite already exists for ${email}: ${invite.id}`, "invite_already_exists");
  }
}

function refuseDomain(state: SandboxState, email: string): void {
  const { allowedEmailDomains: allowed } = state.settings;
  const domain = email.slice(email.lastIndexOf("@") + 1).toLowerCase();
  if (allowed !== null && !allowed.includes(domain)) {
    throw badRequest(`Invites to the domain ${domain} are not allowed`, "email_domain_not_allowed");
  }
}

function refuseFull(state: SandboxState, now: number): void {
  const { memberCap } = state.settings;
  if (memberCap === null) return;
  const pending = rowsOf(state.invites).filter((invite) => presentInvite(invite, now).status === "pending");
  if (state.users.all.length + pending.length >= memberCap) {
    throw badRequest("The organization has reached its member limit", "org_member_limit_exceeded");
  }
}

function deleteInvite(call: Call): InviteDeleteResponse {
  const invite = findInvite(call);
  if (invite.status === "deleted") throw notFound("Invite", invite.id);
  if (invite.status !== "pending")
    throw badRequest(`Only pending invites can be deleted; this one is ${invite.status}`);
  putRow(call.state.invites, { ...invite, status: "deleted" });
  return { id: invite.id, type: "invite_deleted" };
}
