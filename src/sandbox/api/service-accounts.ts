import type { ServiceAccount } from "@anthropic-ai/sdk/resources/organization/service-accounts";
import * as z from "zod/mini";
import { badRequest, notFound } from "../http/errors.ts";
import { text } from "../http/schema.ts";
import { type Call, idAt, type Route, readBody } from "../state/call.ts";
import { iso } from "../state/clock.ts";
import { nextId, type SandboxState } from "../state/state.ts";
import { getRow, putRow, removeRow, rowsBy } from "../state/table.ts";
import { MACHINE_QUERY, MACHINE_ROUTE, machinePage, refuseTaken, slug } from "./machine-list.ts";

const path = "/v1/organizations/service_accounts";
const one = `${path}/{service_account_id}`;

/** `/v1/organizations/service_accounts`; it refuses admin keys and wants an OAuth token. Source: admin-api-1.14.md 3.1. */
export const serviceAccountRoutes: readonly Route[] = [
  {
    ...MACHINE_ROUTE,
    method: "GET",
    path,
    query: [...MACHINE_QUERY],
    handle: (call) => machinePage(call, call.state.serviceAccounts),
  },
  { ...MACHINE_ROUTE, method: "POST", path, handle: createServiceAccount },
  { ...MACHINE_ROUTE, method: "GET", path: one, handle: serviceAccountAt },
  { ...MACHINE_ROUTE, method: "POST", path: one, handle: updateServiceAccount },
  { ...MACHINE_ROUTE, method: "POST", path: `${one}/archive`, handle: archiveServiceAccount },
];

const description = z.nullable(text(0, 2000));
const role = z.enum(["admin", "developer"]);

/** The account of the path, archived or not; 404 where there is none. */
export function serviceAccountAt(call: Call, at = 0): ServiceAccount {
  return serviceAccountOf(call, idAt(call, at));
}

/** The account with an id; 404 where there is none. */
export function serviceAccountOf({ state }: Call, id: string): ServiceAccount {
  const account = getRow(state.serviceAccounts, id);
  if (account === undefined) throw notFound("Service account", id);
  return account;
}

/** The same, where something is to be written about it: 400 for an archived one. */
export function livingAccount(account: ServiceAccount): ServiceAccount {
  if (account.archived_at !== null) throw badRequest(`Service account ${account.id} is archived`);
  return account;
}

function createServiceAccount(call: Call): ServiceAccount {
  const { state, now } = call;
  const wanted = readBody(
    call,
    z.strictObject({
      name: slug,
      description: z.exactOptional(description),
      organization_role: z.exactOptional(role),
    }),
  );
  return makeServiceAccount(state, now, wanted);
}

/** A new account, a developer unless its role is given. 409 for a name that is taken, by an archived one too. */
export function makeServiceAccount(state: SandboxState, now: number, wanted: NewServiceAccount): ServiceAccount {
  refuseTaken(state.serviceAccounts, "service account", { name: wanted.name });
  const at = iso(now);
  const account: ServiceAccount = {
    id: nextId(state, "svac"),
    archived_at: null,
    archived_by_actor_id: null,
    created_at: at,
    created_by_actor_id: null,
    description: wanted.description ?? null,
    name: wanted.name,
    organization_role: wanted.organization_role ?? "developer",
    type: "service_account",
    updated_at: at,
    updated_by_actor_id: null,
  };
  putRow(state.serviceAccounts, account);
  return account;
}

interface NewServiceAccount {
  readonly name: string;
  readonly description?: string | null | undefined;
  readonly organization_role?: ServiceAccount["organization_role"] | undefined;
}

function updateServiceAccount(call: Call): ServiceAccount {
  const { state, now } = call;
  const wanted = readBody(
    call,
    z.strictObject({
      description: z.exactOptional(description),
      organization_role: z.exactOptional(z.nullable(role)),
    }),
  );
  const before = livingAccount(serviceAccountAt(call));
  const account: ServiceAccount = {
    ...before,
    // What is cleared is stored as an empty text.
    ...(wanted.description !== undefined && { description: wanted.description ?? "" }),
    organization_role: wanted.organization_role ?? before.organization_role,
    updated_at: iso(now),
  };
  putRow(state.serviceAccounts, account);
  return account;
}

function archiveServiceAccount(call: Call): ServiceAccount {
  const { state, now } = call;
  const before = serviceAccountAt(call);
  if (before.archived_at !== null) return before;
  if (rowsBy(state.federationRules, "account", before.id).some(({ archived_at: at }) => at === null)) {
    throw badRequest("This service account is the target of live federation rules; archive those first");
  }
  const account: ServiceAccount = { ...before, archived_at: iso(now), updated_at: iso(now) };
  putRow(state.serviceAccounts, account);
  for (const { workspace_id } of rowsBy(state.accountMembers, "account", before.id)) {
    removeRow(state.accountMembers, `${workspace_id}/${before.id}`);
  }
  return account;
}
