import type { APIKey } from "@anthropic-ai/sdk/resources/organization/api-keys";
import type { ExternalKey, ExternalKeyCreateParams } from "@anthropic-ai/sdk/resources/organization/external-keys";
import type { FederationRule } from "@anthropic-ai/sdk/resources/organization/federation";
import type { OrganizationRole } from "@anthropic-ai/sdk/resources/organization/organization";
import type { ServiceAccount } from "@anthropic-ai/sdk/resources/organization/service-accounts";
import type { OrganizationUser } from "@anthropic-ai/sdk/resources/organization/users";
import { makeExternalKey } from "../api/external-keys.ts";
import { presentInvite } from "../api/invites.ts";
import { joinGroup } from "../api/rbac-groups.ts";
import { makeServiceAccount } from "../api/service-accounts.ts";
import { dropUser } from "../api/users.ts";
import { ShapeError } from "../http/schema.ts";
import { seedRule, seedUse } from "../seed/rows.ts";
import type { Simulation } from "../server/server.ts";
import { durationOf, iso, timeOf } from "../state/clock.ts";
import { actingAs, administrator, type FeedActor, personActor } from "../state/feed.ts";
import { hintOf, presentKey, secretFor } from "../state/keys.ts";
import type { SeedKey, SeedUsage } from "../state/seed.ts";
import { nextId, type SandboxState } from "../state/state.ts";
import { getRow, putRow, rowsOf } from "../state/table.ts";
import {
  type EditableKind,
  editRow,
  findIssuer,
  findKey,
  findServiceAccount,
  findUser,
  findWorkspace,
  removeRowOf,
} from "./edit.ts";

/** A key to be made. Names stand for names or ids, e-mails or ids. */
interface NewKey {
  readonly name: string;
  /** Left out or null = organization scope, which needs a principal. */
  readonly workspace?: string | null;
  readonly created_by?: string | null;
  /** Whom the key acts as; null = a legacy workspace key. */
  readonly principal?: { readonly user: string } | { readonly service_account_id: string } | null;
  /** RFC 3339; or a duration such as `30d` in `expires_in`. */
  readonly expires_at?: string | null;
  readonly expires_in?: string;
}

/** A rule to be made; names stand for names or ids. */
interface NewRule {
  readonly name: string;
  readonly issuer: string;
  readonly service_account: string;
  readonly oauth_scope: string;
  readonly subject?: string;
  readonly claims?: Readonly<Record<string, string>>;
  readonly workspaces?: "all" | readonly string[];
}

/** A workload's token to be made; it lives 5 minutes unless `expires_in` says otherwise. */
interface NewToken {
  readonly issuer: string;
  readonly subject: string;
  readonly audience?: string;
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly expires_in?: string;
}

/** Use to be booked: `requests` at `from` (now when left out), and every `every_hours` until `until`. */
interface NewUsage {
  /** Name or id; null = the workbench, without a key. */
  readonly key: string | null;
  /** Needed only without a key; the default workspace when left out. */
  readonly workspace?: string;
  readonly model?: string;
  readonly requests?: number;
  readonly from?: string;
  readonly until?: string;
  readonly every_hours?: number;
}

/** Where whoever sits at the Console comes from: an address for documentation (RFC 5737). */
const CONSOLE = { ip_address: "192.0.2.7", user_agent: "Mozilla/5.0 (the sandbox's Console)" };
const DIRECTORY = {
  type: "scim_directory_sync_actor",
  directory_id: "directory_01sandbox",
  workos_event_id: "event_01sandbox",
  idp_connection_type: "OktaSCIMV2",
};

/** Who acts: a person by e-mail or id, a key by name or id, `directory` (the identity provider) or `anthropic`. */
function actorCalled(state: SandboxState, by: string | undefined): FeedActor {
  if (by === undefined) return personActor(administrator(state), CONSOLE);
  if (by === "directory") return DIRECTORY;
  if (by === "anthropic") return { type: "anthropic_actor", email_address: null };
  if (by.includes("@") || getRow(state.users, by)) return personActor(findUser(state, by), CONSOLE);
  return { type: "api_actor", api_key_id: findKey(state, by).id, ip_address: "192.0.2.8", user_agent: "curl/8.5.0" };
}

/** What a person does in the Console, where the API cannot. All throw a ShapeError for names that lead nowhere. */
export interface ConsoleActions {
  /** Makes a key; its secret is shown this once. */
  readonly createKey: (wanted: NewKey) => { readonly key: APIKey; readonly secret: string };
  /** The invited person joins; `invite` is an e-mail or an id. */
  readonly acceptInvite: (invite: string, name?: string) => OrganizationUser;
  /** Gives any role, `admin` and `owner` too. */
  readonly setRole: (user: string, role: OrganizationRole) => OrganizationUser;
  readonly addUser: (email: string, role: OrganizationRole, name?: string) => OrganizationUser;
  /** Removes anybody, admins too. */
  readonly removeUser: (user: string) => void;
  /** Makes a service account of any role: only here it can be an admin. */
  readonly addServiceAccount: (
    name: string,
    role?: ServiceAccount["organization_role"],
    description?: string,
  ) => ServiceAccount;
  /** Makes a key of the customer's own; it works until its `broken` says why not. */
  readonly addExternalKey: (provider: ExternalKeyCreateParams["provider_config"], name?: string) => ExternalKey;
  /** Makes a rule of any scope, and as loose as one wants it: what the API refuses was made here, or long ago. */
  readonly addFederationRule: (wanted: NewRule) => FederationRule;
  /** A workload's own token, signed as the issuer would: `issuer` is a name, a URL or an id. */
  readonly issueToken: (wanted: NewToken) => Promise<string>;
  readonly addUsage: (wanted: NewUsage) => SeedUsage;
  /** Overwrites fields of any row, to make drift; `id` is an id, a name or an e-mail, `workspace/user` for members. */
  readonly edit: (kind: EditableKind, id: string, fields: Readonly<Record<string, unknown>>) => unknown;
  /** Takes any row away. */
  readonly remove: (kind: EditableKind, id: string) => void;
}

/**
 * Binds the actions to a simulation; they act on whatever state it holds when they are called, and go into its activity feed as done by
 * whoever `by` names: the first administrator unless given. Throws as they do.
 */
export function consoleActions(simulation: Simulation, by?: string): ConsoleActions {
  const recorded = Object.entries(unrecorded(simulation)).map(
    ([name, act]: [string, (...given: never[]) => unknown]) => {
      const acting = (...given: never[]) => {
        const { state, clock } = simulation;
        return actingAs(state, { actor: actorCalled(state, by), now: clock.now() }, () => act(...given));
      };
      return [name, acting] as const;
    },
  );
  return Object.fromEntries(recorded) as unknown as ConsoleActions;
}

function unrecorded(simulation: Simulation): ConsoleActions {
  const now = (): number => simulation.clock.now();
  return {
    createKey: (wanted) => createKey(simulation, wanted),
    acceptInvite: (invite, name) => acceptInvite(simulation, invite, name),
    setRole: (name, role) => {
      const user = { ...findUser(simulation.state, name), role };
      putRow(simulation.state.users, user);
      return user;
    },
    addUser: (email, role, name) => addUser(simulation, email, role, name),
    removeUser: (name) => dropUser(simulation.state, findUser(simulation.state, name)),
    addServiceAccount: (name, role, description) => {
      const { state } = simulation;
      if (rowsOf(state.serviceAccounts).some((account) => account.name === name)) {
        throw new ShapeError("name", `"${name}" is taken`);
      }
      return makeServiceAccount(state, now(), { name, organization_role: role, description });
    },
    addExternalKey: (provider, name) => makeExternalKey(simulation.state, now(), provider, name ?? null),
    addFederationRule: (wanted) => addFederationRule(simulation, wanted),
    issueToken: (wanted) => issueToken(simulation, wanted),
    addUsage: (wanted) => addUsage(simulation, wanted),
    edit: (kind, id, fields) => editRow(simulation.state, kind, id, fields, now()),
    remove: (kind, id) => removeRowOf(simulation.state, kind, id, now()),
  };
}

function addFederationRule(simulation: Simulation, wanted: NewRule): FederationRule {
  const { state } = simulation;
  if (rowsOf(state.federationRules).some(({ name }) => name === wanted.name))
    throw new ShapeError("name", `"${wanted.name}" is taken`);
  const { workspaces = [] } = wanted;
  const rule = seedRule(nextId(state, "fdrl"), wanted.name, simulation.clock.now(), {
    issuer_id: findIssuer(state, wanted.issuer).id,
    match: {
      ...(wanted.subject !== undefined && { subject_prefix: wanted.subject }),
      ...(wanted.claims && { claims: { ...wanted.claims } }),
    },
    oauth_scope: wanted.oauth_scope,
    target: { type: "service_account", service_account_id: findServiceAccount(state, wanted.service_account).id },
    applies_to_all_workspaces: workspaces === "all",
    workspace_ids: workspaces === "all" ? [] : workspaces.map((name) => findWorkspace(state, name).id),
  });
  putRow(state.federationRules, rule);
  return rule;
}

async function issueToken({ state, clock }: Simulation, wanted: NewToken): Promise<string> {
  const issuer = findIssuer(state, wanted.issuer);
  if (issuer.jwks.type === "inline") throw new ShapeError("issuer", "its keys are given, so only their owner can sign");
  const { signToken } = await import("../state/identity-token.ts");
  return signToken(state.signingKeys, {
    issuer: issuer.issuer_url,
    subject: wanted.subject,
    audience: wanted.audience ?? "https://api.anthropic.com",
    claims: wanted.claims ?? {},
    from: clock.now(),
    until: clock.now() + durationOf(wanted.expires_in ?? "5m"),
    id: nextId(state, "jti"),
  });
}

function createKey(simulation: Simulation, wanted: NewKey): { key: APIKey; secret: string } {
  const { state } = simulation;
  const now = simulation.clock.now();
  const workspace = wanted.workspace == null ? null : findWorkspace(state, wanted.workspace);
  const principal = principalOf(simulation, wanted.principal ?? null);
  if (workspace === null && principal === null)
    throw new ShapeError("principal", "a key without a workspace needs one");
  if (workspace?.archived_at != null) throw new ShapeError("workspace", `"${workspace.name}" is archived`);
  const creator = wanted.created_by == null ? null : findUser(state, wanted.created_by);
  const expires = wanted.expires_in === undefined ? (wanted.expires_at ?? null) : now + durationOf(wanted.expires_in);
  const id = nextId(state, "apikey");
  const secret = secretFor(id, wanted.name);
  const key: SeedKey = {
    id,
    created_at: iso(now),
    created_by: creator === null ? null : { id: creator.id, type: "user" },
    expires_at: expires === null ? null : iso(timeOf(expires)),
    name: wanted.name,
    partial_key_hint: hintOf(secret),
    principal,
    scope: workspace === null ? { type: "organization" } : { type: "workspace", workspace_id: workspace.id },
    status: "active",
    type: "api_key",
    secret,
  };
  putRow(state.keys, key);
  return { key: presentKey(key, now), secret };
}

function principalOf(simulation: Simulation, wanted: NonNullable<NewKey["principal"]> | null): SeedKey["principal"] {
  if (wanted === null) return null;
  if ("user" in wanted) return { type: "user_actor", user_id: findUser(simulation.state, wanted.user).id };
  const { id } = findServiceAccount(simulation.state, wanted.service_account_id);
  return { type: "service_account_actor", service_account_id: id };
}

function acceptInvite(simulation: Simulation, wanted: string, name?: string): OrganizationUser {
  const { state } = simulation;
  const now = simulation.clock.now();
  const named = rowsOf(state.invites).filter(
    (invite) => invite.id === wanted || invite.email.toLowerCase() === wanted.toLowerCase(),
  );
  const invite = named.find((other) => presentInvite(other, now).status === "pending");
  if (invite === undefined) throw new ShapeError("invite", `there is no pending invite for "${wanted}"`);
  putRow(state.invites, { ...invite, status: "accepted", accepted_at: iso(now) });
  const user = addUser(simulation, invite.email, invite.role, name);
  for (const groupId of invite.rbac_group_ids) {
    if (getRow(state.groups, groupId)) joinGroup(state, groupId, user.id, now);
  }
  return user;
}

function addUser(simulation: Simulation, email: string, role: OrganizationRole, name?: string): OrganizationUser {
  const { state } = simulation;
  if (rowsOf(state.users).some((user) => user.email.toLowerCase() === email.toLowerCase())) {
    throw new ShapeError("email", `"${email}" is a member already`);
  }
  const user: OrganizationUser = {
    id: nextId(state, "user"),
    added_at: iso(simulation.clock.now()),
    email,
    name: name ?? email.split("@")[0] ?? email,
    role,
    type: "user",
  };
  putRow(state.users, user);
  return user;
}

function addUsage(simulation: Simulation, wanted: NewUsage): SeedUsage {
  const { state } = simulation;
  const key = wanted.key === null ? null : findKey(state, wanted.key);
  const scoped = key?.scope.type === "workspace" ? key.scope.workspace_id : state.defaultWorkspaceId;
  const from = wanted.from === undefined ? simulation.clock.now() : timeOf(wanted.from);
  const everyHours = wanted.every_hours ?? 1;
  const usage = seedUse(
    {
      api_key_id: key?.id ?? null,
      workspace_id: wanted.workspace === undefined ? scoped : findWorkspace(state, wanted.workspace).id,
      model: wanted.model ?? "claude-haiku-5-5",
      user_id: key?.principal?.type === "user_actor" ? key.principal.user_id : null,
      service_account_id: key?.principal?.type === "service_account_actor" ? key.principal.service_account_id : null,
    },
    {
      from,
      until: wanted.until === undefined ? from + 1 : timeOf(wanted.until),
      everyHours,
      requests: wanted.requests ?? 1,
    },
  );
  state.usage.push(usage);
  return usage;
}
