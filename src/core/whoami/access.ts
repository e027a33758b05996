import type { OrgList, WorkspaceList } from "../kinds/kind.ts";
import { isForeignKind, NAMED_KINDS } from "../kinds/kinds.ts";
import type { ChangeKind } from "../model/change.ts";
import type { CredentialType } from "../model/credential.ts";
import type { FailureCode } from "../model/failure.ts";
import type { OrgSnapshot, ReadResult } from "../model/org.ts";
import { isOrganizationAdmin } from "../model/role.ts";

/** What a credential may do with one kind of object. Null: cannot be told. */
export interface KindAccess {
  readonly kind: ChangeKind | "activity";
  readonly read: boolean | null;
  readonly write: boolean | null;
  readonly reason?: AccessReason;
}

/** Why one of the two is not true. */
export type AccessReason =
  /** No API reaches it. */
  | { readonly code: "console-only" }
  /** Its lists are those of workspaces, and there is none to try. */
  | { readonly code: "no-workspace" }
  /** The API gave no answer. */
  | { readonly code: "unanswered" }
  /** There is no credential that could be tried. */
  | { readonly code: "no-credential" }
  /** This sort of organization has none of them. */
  | { readonly code: "foreign" }
  /** The list was refused, or did not come. */
  | { readonly code: "unreadable"; readonly failure: FailureCode | "not-read"; readonly message?: string }
  /** Writing it is a preview, and only a write tells whether it is enabled. */
  | { readonly code: "preview" }
  /** Nobody writes what happened; whether it was read with the key of the feed, or with the credential of all else. */
  | { readonly code: "only-read"; readonly byFeedKey: boolean }
  /** Only a write tells: the credential has scopes, or a role, that no list shows. */
  | { readonly code: "untold" };

/** What the activity feed answered. */
export type FeedAnswer =
  | { readonly known: true; readonly byFeedKey: boolean }
  | { readonly known: false; readonly reason: FailureCode; readonly message: string };

/** What is asked about. */
interface AccessQuery {
  /** Absent: there is none, or it was rejected. */
  readonly type?: CredentialType;
  /** The role of the account that it acts as, where that is known. */
  readonly role?: string;
  /** What the lists answered; absent: none was tried. */
  readonly probe?: OrgSnapshot;
  /** Absent: it was not asked. */
  readonly feed?: FeedAnswer;
  /** The API gave no answer, so nothing can be told. */
  readonly unanswered?: boolean;
}

/** What may be read and written, kind by kind. */
export function accessOf(query: AccessQuery): readonly KindAccess[] {
  return [...NAMED_KINDS.map((named) => kindAccess(named, query)), feedAccess(query)];
}

function kindAccess([kind, known]: (typeof NAMED_KINDS)[number], query: AccessQuery): KindAccess {
  const { writtenBy, lists } = known;
  if (writtenBy === "console") return { kind, read: false, write: false, reason: { code: "console-only" } };
  if (query.unanswered) return { kind, read: null, write: null, reason: { code: "unanswered" } };
  if (!query.probe) return { kind, read: false, write: false, reason: { code: "no-credential" } };
  if (isForeignKind(known, query.probe)) return { kind, read: false, write: false, reason: { code: "foreign" } };
  const names = known.leavesNoTrace ? known.needs : (Object.keys(lists) as (keyof typeof lists)[]);
  const tried = triedLists(query.probe, names);
  const refused = tried.find((reading) => !reading.known);
  if (refused && !refused.known) return { kind, ...unreadable(refused) };
  if (known.leavesNoTrace) return { kind, read: false, write: null, reason: { code: "untold" } };
  if (tried.length === 0) {
    const { workspaces } = query.probe;
    // Whether there is one is not known where they could not be read.
    const reason = workspaces.known ? ({ code: "no-workspace" } as const) : unreadable(workspaces).reason;
    return { kind, read: null, write: null, ...(reason && { reason }) };
  }
  if (writtenBy === "preview") return { kind, read: true, write: null, reason: { code: "preview" } };
  if (reachesAll(query)) return { kind, read: true, write: true };
  return { kind, read: true, write: null, reason: { code: "untold" } };
}

/** The activity feed has a credential of its own (design section 11), so that it may be readable where the rest is not, and the other way round. */
function feedAccess({ feed, unanswered }: AccessQuery): KindAccess {
  const kind = "activity";
  if (unanswered) return { kind, read: null, write: false, reason: { code: "unanswered" } };
  if (!feed) return { kind, read: false, write: false, reason: { code: "no-credential" } };
  if (!feed.known) return { kind, ...unreadable(feed), write: false };
  return { kind, read: true, write: false, reason: { code: "only-read", byFeedKey: feed.byFeedKey } };
}

/** What the lists of a kind answered, those of each workspace too. */
function triedLists(probe: OrgSnapshot, names: readonly (OrgList | WorkspaceList)[]): readonly ReadResult<unknown>[] {
  return names.flatMap((name): readonly ReadResult<unknown>[] => {
    const tried: ReadResult<unknown> | ReadonlyMap<string, ReadResult<unknown>> = probe[name];
    return "known" in tried ? [tried] : [...tried.values()];
  });
}

/** Refusals that say no for good; anything else may be otherwise the next time. */
const REFUSED: ReadonlySet<string> = new Set([
  "permission-denied",
  "preview-not-enabled",
  "oauth-required",
  "feed-off",
  "feed-key-too-old",
  "credential-rejected",
  "wrong-organization",
]);

function unreadable({
  reason,
  message,
}: Pick<Extract<ReadResult<unknown>, { readonly known: false }>, "reason" | "message">): Omit<KindAccess, "kind"> {
  const can = REFUSED.has(reason) ? false : null;
  const why = { code: "unreadable", failure: reason, ...(message !== undefined && { message }) } as const;
  // Nothing is planned about what cannot be read, so nothing is written.
  return { read: can, write: can, reason: why };
}

/**
 * Whether who may read may write: an Admin API key and an OAuth token with the scope org:admin reach everything, and without that scope
 * a token reads nothing (admin-api.md 1.1); a person's key or token does no more than the person may.
 */
function reachesAll({ type, role }: AccessQuery): boolean {
  if (type === "admin_key") return true;
  if (role !== undefined) return isOrganizationAdmin(role);
  return type === "oauth_token" || type === "profile";
}
