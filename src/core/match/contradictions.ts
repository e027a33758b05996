import { type ApiKey, itemsOf, type OrgSnapshot, type ReadResult, type User } from "../model/org.ts";
import { isKnownOrganizationRole, isOrganizationAdmin } from "../model/role.ts";

/**
 * Lists that were read together are held against each other: what one names and the other lacks means that the other is not
 * whole, whatever it says of itself. Nobody is taken for gone because a list lacks them.
 */

/** Somebody whom the list of members lacks, and what names them. */
export interface MissingUser {
  readonly id: string;
  readonly namedBy: "workspace" | "key";
}

/**
 * Whom roles in workspaces and keys in force name, and the list of members lacks, each once; and after them those whom only
 * disabled keys name, for a leaver's disabled key keeps its principal. Empty where the members were not read.
 */
export function missingUsers({ users, workspaceMembers, keys }: OrgSnapshot): {
  readonly inForce: readonly MissingUser[];
  readonly disabled: readonly MissingUser[];
} {
  if (!users.known) return { inForce: [], disabled: [] };
  const seen = new Set(users.items.map(({ id }) => id));
  const missing = (ids: Iterable<string>, namedBy: MissingUser["namedBy"]): MissingUser[] => {
    const found: MissingUser[] = [];
    for (const id of ids) {
      if (!seen.has(id)) found.push({ id, namedBy });
      seen.add(id);
    }
    return found;
  };
  const members = [...workspaceMembers.values()].flatMap((list) => itemsOf(list));
  const own = keys.known ? keys.items.filter(actsAsUser) : [];
  const principals = (wanted: (key: ApiKey) => boolean) => own.filter(wanted).map(({ principal }) => principal.id);
  const inForce = [
    ...missing(
      members.map(({ userId }) => userId),
      "workspace",
    ),
    ...missing(principals(isInForce), "key"),
  ];
  return {
    inForce,
    disabled: missing(
      principals(({ status }) => status === "inactive"),
      "key",
    ),
  };
}

/** An object that its own list lacks, and what names it. */
export interface MissingObject {
  readonly id: string;
  readonly namedBy: "workspace" | "key" | "rule";
}

/** The objects that lists lack and others name, by the list that lacks them. */
export interface MissingObjects {
  readonly workspaces: readonly MissingObject[];
  readonly serviceAccounts: readonly MissingObject[];
  readonly federationIssuers: readonly MissingObject[];
}

/**
 * The workspaces that keys in force are in, the service accounts that roles in workspaces, keys in force and rules name, and the issuers
 * of rules, as far as their own lists lack them; each once. None of a list that was not read.
 */
export function missingObjects(live: OrgSnapshot): MissingObjects {
  const { keys, federationRules: rules, workspaceServiceAccounts: accountRoles } = live;
  const inForce = itemsOf(keys).filter(isInForce);
  const places = inForce.flatMap(({ scope }) => (scope.type === "workspace" ? scope.workspaceId : []));
  const acting = inForce.flatMap(({ principal }) => (principal?.type === "service_account" ? principal.id : []));
  const targets = itemsOf(rules).flatMap(({ target }) => (target.type === "unknown" ? [] : target.id));
  const roles = [...accountRoles.values()].flatMap((list) => itemsOf(list)).map((row) => row.serviceAccountId);
  const issuers = itemsOf(rules).map(({ issuerId }) => issuerId);
  return {
    workspaces: lackedBy(live.workspaces, { key: places }),
    serviceAccounts: lackedBy(live.serviceAccounts, { workspace: roles, key: acting, rule: targets }),
    federationIssuers: lackedBy(live.federationIssuers, { rule: issuers }),
  };
}

function lackedBy(
  list: ReadResult<{ readonly id: string }>,
  named: Partial<Readonly<Record<MissingObject["namedBy"], readonly string[]>>>,
): readonly MissingObject[] {
  if (!list.known) return [];
  const seen = new Set(list.items.map(({ id }) => id));
  return (Object.entries(named) as [MissingObject["namedBy"], readonly string[]][]).flatMap(([namedBy, ids]) =>
    ids.flatMap((id) => {
      if (seen.has(id)) return [];
      seen.add(id);
      return [{ id, namedBy }];
    }),
  );
}

/** Statuses from which a key never comes back. */
const ENDED: ReadonlySet<string> = new Set(["archived", "expired"]);

function isInForce({ status }: ApiKey): boolean {
  return !ENDED.has(status) && status !== "inactive";
}

function actsAsUser(
  key: ApiKey,
): key is ApiKey & { readonly principal: { readonly type: "user"; readonly id: string } } {
  return key.principal?.type === "user";
}

/**
 * The snapshot, with each list unknown (`incomplete-answer`) that the others contradict. `unsettled` are the missing people, and
 * `lacked` the missing objects, of which the API did not say itself that they are gone.
 */
export function holdTogether(
  live: OrgSnapshot,
  unsettled: readonly MissingUser[],
  lacked?: MissingObjects,
): OrgSnapshot {
  const users = live.users.known ? faultOfUsers(live.users.items, unsettled) : undefined;
  const rateLimits = faultOfRateLimits(live);
  const spendLimits = faultOfCurrencies(live.spendLimits);
  const memberSpendLimits = faultOfCurrencies(live.memberSpendLimits);
  return {
    ...live,
    ...(users !== undefined && { users: unknown("members of the organization", users) }),
    ...(rateLimits !== undefined && { rateLimits: unknown("rate limits of the organization", rateLimits) }),
    ...(spendLimits !== undefined && { spendLimits: unknown("spend limits", spendLimits) }),
    ...(memberSpendLimits !== undefined && { memberSpendLimits: unknown("spend limits", memberSpendLimits) }),
    ...lacking(lacked),
  };
}

const LISTS = {
  workspaces: "workspaces",
  serviceAccounts: "service accounts",
  federationIssuers: "federation issuers",
} as const satisfies Record<keyof MissingObjects, string>;

const NAMED_BY = {
  workspace: "which has a role in a workspace",
  key: "which a key in force names",
  rule: "which a federation rule names",
} as const satisfies Record<MissingObject["namedBy"], string>;

function lacking(lacked: MissingObjects | undefined) {
  const names = Object.keys(LISTS) as (keyof MissingObjects)[];
  const faults = names.flatMap((name) => {
    const [first, ...others] = lacked?.[name] ?? [];
    if (!first) return [];
    const more = others.length > 0 ? `, and ${others.length} more` : "";
    const fault = `the list lacks ${first.id}, ${NAMED_BY[first.namedBy]}${more}; it is not taken for whole`;
    return [[name, unknown(LISTS[name], fault)] as const];
  });
  return Object.fromEntries(faults) as Partial<Record<keyof MissingObjects, ReturnType<typeof unknown>>>;
}

function unknown(what: string, fault: string) {
  return { known: false, reason: "incomplete-answer", message: `${what}: ${fault}` } as const;
}

function faultOfUsers(users: readonly User[], unsettled: readonly MissingUser[]): string | undefined {
  if (users.length === 0) return "the list is empty, and somebody's credential reads it";
  const [first] = unsettled;
  if (first) {
    const by = first.namedBy === "workspace" ? "who has a role in a workspace" : "whom a key acts as";
    const more = unsettled.length > 1 ? `, and ${unsettled.length - 1} more` : "";
    return `the list lacks ${first.id}, ${by}${more}; it is not taken for whole`;
  }
  const adminsMayBeThere = users.some(({ role }) => isOrganizationAdmin(role) || !isKnownOrganizationRole(role));
  return adminsMayBeThere ? undefined : "the list has no admin, and every organization has one";
}

function faultOfRateLimits({ rateLimits, workspaceRateLimits }: OrgSnapshot): string | undefined {
  if (!rateLimits.known) return undefined;
  const ids = new Set(rateLimits.items.map(({ id }) => id));
  for (const [workspaceId, list] of workspaceRateLimits) {
    const missing = list.known ? list.items.find(({ rateLimitId }) => !ids.has(rateLimitId)) : undefined;
    if (missing)
      return `the list lacks ${missing.rateLimitId}, which workspace ${workspaceId} has a limit of its own for`;
  }
  return undefined;
}

/** An organization is billed in one currency: of two, nobody knows in which an amount would be sent. */
function faultOfCurrencies(limits: ReadResult<{ readonly currency: string }>): string | undefined {
  const [first, second] = new Set(itemsOf(limits).map(({ currency }) => currency));
  if (first === undefined || second === undefined) return undefined;
  return `the list has amounts in ${first} and in ${second}, and an organization is billed in one currency`;
}
