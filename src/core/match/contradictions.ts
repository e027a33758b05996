import { type ApiKey, itemsOf, type OrgSnapshot, type User } from "../model/org.ts";
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
    ...missing(
      principals(({ status }) => !ENDED.has(status) && status !== "inactive"),
      "key",
    ),
  ];
  return {
    inForce,
    disabled: missing(
      principals(({ status }) => status === "inactive"),
      "key",
    ),
  };
}

/** Statuses from which a key never comes back. */
const ENDED: ReadonlySet<string> = new Set(["archived", "expired"]);

function actsAsUser(
  key: ApiKey,
): key is ApiKey & { readonly principal: { readonly type: "user"; readonly id: string } } {
  return key.principal?.type === "user";
}

/**
 * The snapshot, with each list unknown (`incomplete-answer`) that the others contradict. `unsettled` are the missing people of
 * whom the API did not say itself that they are gone.
 */
export function holdTogether(live: OrgSnapshot, unsettled: readonly MissingUser[]): OrgSnapshot {
  const users = live.users.known ? faultOfUsers(live.users.items, unsettled) : undefined;
  const rateLimits = faultOfRateLimits(live);
  return {
    ...live,
    ...(users !== undefined && { users: unknown("members of the organization", users) }),
    ...(rateLimits !== undefined && { rateLimits: unknown("rate limits of the organization", rateLimits) }),
  };
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
