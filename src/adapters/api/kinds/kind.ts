import type { ApiCall, Seen } from "../../../core/model/call.ts";
import type { Fields } from "../../../core/model/change.ts";
import type { LiveWorkspace, OrganizationType, OrgSnapshot, ReadResult, ReadScope } from "../../../core/model/org.ts";
import { canonicalText, isObject } from "../../../core/text/text.ts";
import type { AdminClient } from "../admin-client.ts";
import { type Answer, type List, readJson } from "../pages.ts";
import type { RetryClass } from "../retry-class.ts";
import { type RowSchema, readRow } from "../rows.ts";

/** All that is known of how the API lists, changes and shows one kind of object. */
export interface ApiKind {
  readonly lists: Partial<OrganizationLists>;
  /** Lists that each workspace has of its own. */
  readonly workspaceLists: Partial<WorkspaceLists>;
  readonly writes: Partial<Writes>;
}

type ItemOf<Result> = Result extends { readonly known: true; readonly items: readonly (infer Item)[] } ? Item : never;
type ItemOfMap<Lists> = Lists extends ReadonlyMap<string, infer Result> ? ItemOf<Result> : never;

/** The lists that an organization has once. */
export type OrganizationListName = Exclude<keyof OrgSnapshot & keyof ReadScope, "organization">;
export type OrganizationLists = {
  readonly [Name in OrganizationListName]: OrganizationList<ItemOf<OrgSnapshot[Name]>>;
};

type MapName = { [Name in keyof OrgSnapshot]-?: OrgSnapshot[Name] extends ReadonlyMap<string, unknown> ? Name : never };
export type WorkspaceListName = MapName[keyof OrgSnapshot];
export type WorkspaceLists = { readonly [Name in WorkspaceListName]: WorkspaceList<ItemOfMap<OrgSnapshot[Name]>> };

type CallOf = { readonly [Call in ApiCall as Call["name"]]: Call };
/** Each call of `core`, and how it is sent. */
export type Writes = { readonly [Name in keyof CallOf]: Write<CallOf[Name]> };

export interface OrganizationList<Item> {
  /** For messages: `"members of the organization"`. */
  readonly what: string;
  /** Whole. Throws what the SDK throws, and Failure `incomplete-answer`. */
  readonly read: (api: ApiReader, request?: ListRequest) => Promise<readonly Item[]>;
  /** A preview for Console organizations: a refusal means that it is not switched on. */
  readonly preview?: boolean;
  /** Only a token of OAuth can read it: an Admin key is not even asked with. */
  readonly oauth?: boolean;
  /** The sort of organization that has it; absent: both. */
  readonly only?: OrganizationType;
}

/** What a list that holds lists of its own is told of the read that it is a part of. */
export interface ListRequest {
  readonly scope: ReadScope;
  /** The items of an inner list, or why they are not known. Throws what ends the read. */
  readonly attempt: <Item>(what: string, read: () => Promise<readonly Item[]>) => Promise<ReadResult<Item>>;
  /** So many more requests follow. Throws Failure where there is no time for them. */
  readonly announce: (requests: number) => void;
}

export interface WorkspaceList<Item> {
  readonly what: string;
  /** Which workspaces' lists are read. */
  readonly chosenBy: {
    [Field in keyof ReadScope]-?: ReadScope[Field] extends (listed: readonly LiveWorkspace[]) => unknown
      ? Field
      : never;
  }[keyof ReadScope];
  readonly read: (api: ApiReader, workspaceId: string) => Promise<readonly Item[]>;
  readonly oauth?: boolean;
}

/** What the calls of the SDK are made with. */
export interface RequestOptions {
  readonly signal: AbortSignal;
  readonly maxRetries?: number;
}

/** The API as one read, or one look after a lost answer, asks it. */
export interface ApiReader {
  readonly client: AdminClient;
  readonly options: RequestOptions;
  /** Every item of a list. */
  readonly list: <Item>(list: List<Item>) => Promise<readonly Item[]>;
  /** One more list than was expected has to be read. */
  readonly oneMore: () => void;
}

/** That a call's effect is there; the id of the object where the call creates one. */
export interface Found {
  readonly id?: string;
}

/** What the SDK answers to a write. */
export interface Sent {
  readonly data: unknown;
  readonly response: Response;
  readonly request_id: string | null | undefined;
}

/**
 * One call of the Admin API. The functions are written as methods, because only those may stand for a call of any kind: the
 * table finds the one that fits by the call's name.
 */
export interface Write<Call> {
  /** The call as messages name it: `"inviting ada@acme.example"`. */
  words(call: Call): string;
  /** Sends it once. */
  send(client: AdminClient, call: Call, options: RequestOptions): Promise<Sent>;
  /**
   * Reads back the one object that the call is about, after an answer that was lost or a refusal: `Found` where the
   * organization is as the call wants it, whoever made it so, undefined where it is not. Throws what the SDK throws.
   */
  readBack(api: ApiReader, call: Call): Promise<Found | undefined>;
  /**
   * The object as it is before the call is sent, in the words of a snapshot; undefined where it is gone. Only calls that take away, or
   * cannot be undone, have it. Throws what the SDK throws.
   */
  seen?(api: ApiReader, call: Call): Promise<Seen | undefined>;
  /** The whole of the object as the answer to the call shows it, in the words of a snapshot. Throws Failure `incomplete-answer`. */
  shows?(answer: unknown): Seen;
  /** Makes an object, whose id the answer holds. */
  readonly creates?: boolean;
  /** How often what may have been made is looked for, since lists may lag behind writes (admin-api.md 3.9); once unless said. */
  readonly looks?: number;
  readonly preview?: boolean;
  /** Only a token of OAuth may send it. */
  readonly oauth?: boolean;
  /** What the API's codes for this call mean, or a status without one, where the common table (retry-class.ts) does not say it. */
  readonly refusals?: Readonly<Record<string, RetryClass>>;
}

/** The object that is asked for, or undefined where the API knows it no more: a 404 of its own. */
export async function orGone<Item>(answer: Answer, schema: RowSchema<Item>, what: string): Promise<Item | undefined> {
  try {
    return readRow(schema, await readJson(answer, what), what);
  } catch (error) {
    if (saysGone(error)) return undefined;
    throw error;
  }
}

/** Whether it is the API that knows an object no more: a 404 in its own words. One of a proxy's, or of a gateway's, says nothing of it. */
export function saysGone(error: unknown): boolean {
  if (!(error instanceof Error && "status" in error && error.status === 404)) return false;
  const said = "error" in error && isObject(error.error) ? error.error.error : undefined;
  return isObject(said) && said.type === "not_found_error";
}

/** The answer of a look: there, or not. */
export function foundIf(isThere: boolean): Found | undefined {
  return isThere ? {} : undefined;
}

/** Whether an object of the API has these values; null is the same as absent, and objects need only hold what is asked of them. */
export function holds(found: unknown, fields: Fields): boolean {
  if (!isObject(found)) return false;
  return Object.entries(fields).every(([name, wanted]) => {
    const value = found[name] ?? null;
    return isObject(wanted) ? holds(value, wanted) : canonicalText(value) === canonicalText(wanted ?? null);
  });
}
