/** From what people type to what the program trusts: addresses in lower case, captions mapped, defaults filled in. */

import { type Limits, SPEND_PERIODS, type SpendPeriod } from "../model/limit.ts";
import { ORGANIZATION_ROLE_WORDS, WORKSPACE_ROLE_WORDS, type WorkspaceRole } from "../model/role.ts";
import { parseTarget } from "../model/target.ts";
import { parseDuration } from "../model/time.ts";
import { domainIdentity, emailIdentity } from "../text/identity.ts";
import {
  type Acceptance,
  type Config,
  type DataResidency,
  type DeclaredGroup,
  type Guardrails,
  type Key,
  MANAGED_KINDS,
  type ManagedKind,
  type Member,
  type Mode,
  type Role,
  type ServiceAccount,
  type Workspace,
} from "./config.ts";
import { DEFAULTS } from "./defaults.ts";
import { federationOf } from "./federation.ts";
import type { WrittenConfig, WrittenKey, WrittenRole, WrittenServiceAccount, WrittenWorkspace } from "./schema.ts";
import type { WrittenGroup } from "./schema-groups.ts";

/** The config of a file that the schema accepts. */
export function normalise(written: WrittenConfig): Config {
  const workspaces = new Map<string, Workspace>();
  const rotation = rotationOf(written.key_policy ?? {}, DEFAULTS);
  for (const [handle, workspace] of Object.entries(written.workspaces ?? {})) {
    workspaces.set(handle, workspaceOf(handle, workspace, rotation));
  }
  const naming = written.key_policy?.naming;
  const { id, name, compliance, keys } = written.organization ?? {};
  return Object.freeze({
    organization: Object.freeze({
      ...(id !== undefined && { id }),
      ...(name !== undefined && { name }),
      ...(compliance !== undefined && { compliance }),
      ...(keys !== undefined && { keys: keysOf(keys, rotation) }),
    }),
    manage: Object.freeze(modes(written)),
    named: new Set(MANAGED_KINDS.filter((kind) => modeIn(written, kind) !== undefined)),
    guardrails: guardrailsOf(written),
    ...(naming !== undefined && { naming }),
    members: membersOf(written),
    workspaces,
    serviceAccounts: new Map(
      Object.entries(written.service_accounts ?? {}).map(([account, entry]) => [
        account,
        accountOf(account, entry ?? {}),
      ]),
    ),
    groups: new Map(Object.entries(written.groups ?? {}).map(([group, entry]) => [group, groupOf(group, entry ?? {})])),
    federation: federationOf(written.federation ?? {}),
    roles: new Map(Object.entries(written.roles ?? {}).map(([role, entry]) => [role, roleOf(role, entry)])),
    ...(written.unmapped && { unmapped: unmappedOf(written.unmapped) }),
    rateStore: written.rate_store ?? DEFAULTS.rateStore,
    audit: Object.freeze({ prompts: written.audit?.prompts ?? DEFAULTS.auditPrompts }),
    ...(written.review?.default_reviewer !== undefined && {
      defaultReviewer: emailIdentity(written.review.default_reviewer),
    }),
    accept: Object.freeze((written.accept ?? []).map(acceptanceOf)),
  });
}

/** The written duration of each phase of a key, resolved against what holds otherwise. */
export function durationsOf(
  key: Pick<WrittenKey, "rotate_every" | "overlap" | "soak">,
  otherwise: Durations,
): Durations {
  return {
    rotateEvery: key.rotate_every ?? otherwise.rotateEvery,
    overlap: key.overlap ?? otherwise.overlap,
    soak: key.soak ?? otherwise.soak,
  };
}

/** Durations as they are written. */
export interface Durations {
  readonly rotateEvery: string;
  readonly overlap: string;
  readonly soak: string;
}

type Rotation = Pick<Key, "rotateEvery" | "overlap" | "soak">;

function rotationOf(key: Pick<WrittenKey, "rotate_every" | "overlap" | "soak">, otherwise: Durations): Rotation {
  const written = durationsOf(key, otherwise);
  return {
    rotateEvery: parseDuration(written.rotateEvery) ?? 0,
    overlap: parseDuration(written.overlap) ?? 0,
    soak: parseDuration(written.soak) ?? 0,
  };
}

/** What `manage` says of a kind, where it has a word for it. */
function modeIn({ manage }: WrittenConfig, kind: ManagedKind): Mode | undefined {
  return kind === "compliance" ? undefined : manage?.[kind];
}

function modes(written: WrittenConfig): Record<ManagedKind, Mode> {
  const workspaces = Object.values(written.workspaces ?? {});
  const declared: Record<ManagedKind, boolean> = {
    members: written.members !== undefined,
    workspaces: written.workspaces !== undefined,
    workspace_members: workspaces.some((workspace) => workspace.members !== undefined),
    rate_limits: workspaces.some((workspace) => workspace.rate_limits !== undefined),
    spend_limits: [...workspaces, ...Object.values(written.members ?? {})].some((one) => one.spend_limit !== undefined),
    keys: written.organization?.keys !== undefined || workspaces.some((workspace) => workspace.keys !== undefined),
    service_accounts:
      written.service_accounts !== undefined ||
      workspaces.some((workspace) => workspace.service_accounts !== undefined),
    groups: written.groups !== undefined,
    federation: written.federation !== undefined,
    compliance: written.organization?.compliance !== undefined,
  };
  const mode = (kind: ManagedKind): Mode => modeIn(written, kind) ?? (declared[kind] ? DEFAULTS.mode : "off");
  return Object.fromEntries(MANAGED_KINDS.map((kind) => [kind, mode(kind)])) as Record<ManagedKind, Mode>;
}

function guardrailsOf({ guardrails }: WrittenConfig): Guardrails {
  const { maxRemovals } = DEFAULTS;
  return Object.freeze({
    minAdmins: guardrails?.min_admins ?? DEFAULTS.minAdmins,
    minWorkspaceAdmins: guardrails?.min_workspace_admins ?? DEFAULTS.minWorkspaceAdmins,
    ...(guardrails?.domains && { domains: Object.freeze([...new Set(guardrails.domains.map(domainIdentity))]) }),
    protected: Object.freeze([...new Set((guardrails?.protected ?? []).map(emailIdentity))]),
    maxRemovals: Object.freeze({
      percent: guardrails?.max_removals?.percent ?? maxRemovals.percent,
      alwaysAllow: guardrails?.max_removals?.always_allow ?? maxRemovals.alwaysAllow,
      neverExceed: guardrails?.max_removals?.never_exceed ?? maxRemovals.neverExceed,
    }),
  });
}

function membersOf(written: WrittenConfig): Map<string, Member> {
  const members = new Map<string, Member>();
  const spellings = new Map<string, string>();
  for (const [person, entry] of Object.entries(written.members ?? {})) {
    const email = emailIdentity(person);
    // Of two entries for one person the first in the alphabet is the one to keep, whatever their order in the file.
    if ((spellings.get(email) ?? person) < person) continue;
    spellings.set(email, person);
    const member: { -readonly [Field in keyof Member]: Member[Field] } = { email };
    if (entry.role !== undefined) member.role = ORGANIZATION_ROLE_WORDS[entry.role];
    if (entry.app_role !== undefined) member.appRole = entry.app_role;
    if (entry.until !== undefined) member.until = entry.until;
    if (entry.reason !== undefined) member.reason = entry.reason;
    if (entry.spend_limit) member.spendLimit = periodsOf(entry.spend_limit);
    members.set(email, Object.freeze(member));
  }
  return members;
}

function periodsOf(written: Partial<Record<SpendPeriod, number | undefined>>): NonNullable<Member["spendLimit"]> {
  const limits: Partial<Record<SpendPeriod, number>> = {};
  for (const period of SPEND_PERIODS) {
    const amount = written[period];
    if (amount !== undefined) limits[period] = amount;
  }
  return Object.freeze(limits);
}

function workspaceOf(handle: string, written: WrittenWorkspace, rotation: Rotation): Workspace {
  const workspace: { -readonly [Field in keyof Workspace]: Workspace[Field] } = {
    handle,
    name: written.name,
    previously: listOf(written.previously),
  };
  if (written.id !== undefined) workspace.id = written.id;
  if (written.owner !== undefined) workspace.owner = emailIdentity(written.owner);
  if (written.tags !== undefined) workspace.tags = Object.freeze({ ...written.tags });
  if (written.data_residency) workspace.dataResidency = residencyOf(written.data_residency);
  if (written.external_key_id !== undefined) workspace.externalKeyId = written.external_key_id;
  if (written.rate_limits !== undefined) {
    const entries = Object.entries(written.rate_limits ?? {});
    workspace.rateLimits = new Map(entries.map(([group, limits]) => [group, limitsOf(limits)]));
  }
  if (written.spend_limit) workspace.spendLimit = Object.freeze({ monthly: written.spend_limit.monthly });
  if (written.members !== undefined) {
    const members = new Map<string, WorkspaceRole>();
    for (const [person, word] of Object.entries(written.members ?? {})) {
      members.set(emailIdentity(person), WORKSPACE_ROLE_WORDS[word]);
    }
    workspace.members = members;
  }
  if (written.keys !== undefined) workspace.keys = keysOf(written.keys, rotation);
  if (written.service_accounts !== undefined) {
    const accounts = Object.entries(written.service_accounts ?? {});
    workspace.serviceAccounts = new Map(accounts.map(([account, word]) => [account, WORKSPACE_ROLE_WORDS[word]]));
  }
  if (written.prompt_key_env !== undefined) workspace.promptKeyEnv = written.prompt_key_env;
  return Object.freeze(workspace);
}

function accountOf(name: string, { role, description }: WrittenServiceAccount): ServiceAccount {
  return Object.freeze({
    name,
    ...(role !== undefined && { role }),
    ...(description !== undefined && { description }),
  });
}

function groupOf(name: string, { members }: WrittenGroup): DeclaredGroup {
  if (members === undefined) return Object.freeze({ name });
  return Object.freeze({ name, members: Object.freeze([...new Set((members ?? []).map(emailIdentity))]) });
}

function residencyOf(written: NonNullable<WrittenWorkspace["data_residency"]>): DataResidency {
  const residency: { -readonly [Field in keyof DataResidency]: DataResidency[Field] } = {};
  if (written.workspace_geo !== undefined) residency.workspaceGeo = written.workspace_geo;
  if (written.allowed_inference_geos !== undefined) residency.allowedInferenceGeos = written.allowed_inference_geos;
  if (written.default_inference_geo !== undefined) residency.defaultInferenceGeo = written.default_inference_geo;
  return Object.freeze(residency);
}

function limitsOf(written: Readonly<Record<string, unknown>> | null): Limits {
  // Only limiters are left in it: the schema has judged, and free fields begin with `x-`.
  return Object.freeze(Object.fromEntries(Object.entries(written ?? {}).filter(([name]) => !name.startsWith("x-"))));
}

function keysOf(written: WrittenWorkspace["keys"], rotation: Rotation): Map<string, Key> {
  const keys = new Map<string, Key>();
  for (const [name, key] of Object.entries(written ?? {})) keys.set(name, keyOf(name, key ?? {}, rotation));
  return keys;
}

function keyOf(name: string, written: WrittenKey, rotation: Rotation): Key {
  const key: { -readonly [Field in keyof Key]: Key[Field] } = {
    name,
    previously: listOf(written.previously),
    deliver: written.deliver ? Object.freeze(written.deliver.map((command) => Object.freeze([...command]))) : NONE,
    rotateEvery: durationOr(written.rotate_every, rotation.rotateEvery),
    overlap: durationOr(written.overlap, rotation.overlap),
    soak: durationOr(written.soak, rotation.soak),
  };
  if (written.id !== undefined) key.id = written.id;
  if (written.owner !== undefined) key.owner = emailIdentity(written.owner);
  return Object.freeze(key);
}

const NONE: readonly never[] = Object.freeze([]);

function durationOr(written: string | undefined, otherwise: number): number {
  return written === undefined ? otherwise : (parseDuration(written) ?? otherwise);
}

function listOf(written: string | readonly string[] | undefined): readonly string[] {
  if (written === undefined) return NONE;
  return Object.freeze(typeof written === "string" ? [written] : [...written]);
}

function roleOf(name: string, written: WrittenRole): Role {
  const { max_tokens: maxTokens, rpm_limit: rpmLimit } = written;
  return Object.freeze({
    name,
    allowed: written.allowed,
    models: Object.freeze([...(written.models ?? [])]),
    ...(maxTokens !== undefined && { maxTokens }),
    ...(rpmLimit !== undefined && { rpmLimit }),
    mayAssume: Object.freeze([...(written.may_assume ?? [])]),
  });
}

function unmappedOf(written: NonNullable<WrittenConfig["unmapped"]>): NonNullable<Config["unmapped"]> {
  return Object.freeze({
    ...(written.app_role !== undefined && { appRole: written.app_role }),
    mayAssume: Object.freeze([...(written.may_assume ?? [])]),
  });
}

function acceptanceOf(written: NonNullable<WrittenConfig["accept"]>[number]): Acceptance {
  const { target, until, owner, reason } = written;
  return Object.freeze({ target: parseTarget(target)?.target ?? target, until, owner: emailIdentity(owner), reason });
}
