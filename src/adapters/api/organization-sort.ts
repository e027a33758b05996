import type { OrganizationType, OrgSnapshot, ReadResult } from "../../core/model/org.ts";
import type { OrganizationListName } from "./kinds/kind.ts";
import { ORGANIZATION_LISTS } from "./kinds/kinds.ts";

/** A list that this sort of organization does not have: there is nothing in it. */
export const FOREIGN = { known: true, items: [], foreign: true } as const;

/** What the API answers where the sort of organization does not have what is asked for (admin-api.md 4.5). */
const NOT_SUPPORTED = "organization_type_not_supported";

/** Whether a refusal says that there is no such list here. */
export function isForeign(errorCode: string | undefined): boolean {
  return errorCode === NOT_SUPPORTED;
}

/** A list of the table, as far as its sort is concerned. */
interface SortedList {
  readonly what: string;
  /** Both sorts answer it, and only one with what is asked for here: an answer tells nothing. */
  readonly preview?: boolean;
  readonly only?: OrganizationType;
}

/**
 * What is known of a list without asking for it, because of the sort of the organization: an Enterprise key belongs to Claude Enterprise,
 * and whoever has workspaces is at the Console. `workspaces`: what was read of them; absent where they are not asked for. Undefined:
 * it has to be asked for.
 */
export async function knownBySort(
  { what, only }: SortedList,
  { isEnterprise = false, workspaces }: SortFacts,
): Promise<ReadResult<never> | undefined> {
  if (only === undefined) return undefined;
  if (isEnterprise) return only === "console" ? FOREIGN : undefined;
  const reading = only === "enterprise" ? await workspaces : undefined;
  if (!reading) return undefined;
  if (reading.known) return reading.foreign ? undefined : FOREIGN;
  const message = `${what}: whether this is a Claude Enterprise organization is not known, for its workspaces could not be read`;
  return { known: false, reason: "organization-type-unknown", message };
}

interface SortFacts {
  /** The credential is a key of Claude Enterprise. */
  readonly isEnterprise?: boolean | undefined;
  readonly workspaces?: Promise<ReadResult<unknown>> | undefined;
}

type Lists = Pick<OrgSnapshot, OrganizationListName>;

/** The sort that the lists tell, by what each sort alone has. Undefined where none was read that tells it. */
export function sortOf(lists: Lists, isEnterprise = false): OrganizationType | undefined {
  if (isEnterprise) return "enterprise";
  for (const [name, { only, preview }] of Object.entries(ORGANIZATION_LISTS) as [OrganizationListName, SortedList][]) {
    const reading: ReadResult<unknown> = lists[name];
    if (only === undefined || !reading.known) continue;
    if (!reading.foreign && !preview) return only;
    if (reading.foreign) return only === "console" ? "enterprise" : "console";
  }
  return undefined;
}

/** The lists once the sort is known: of what the other sort alone has there is none, whatever kept it from being read. */
export function bySort(lists: Lists, type: OrganizationType | undefined): Lists {
  if (type === undefined) return lists;
  const foreign = (Object.entries(ORGANIZATION_LISTS) as [OrganizationListName, SortedList][]).flatMap(
    ([name, { only }]) => {
      const reading: ReadResult<unknown> = lists[name];
      const isAsked = reading.known || reading.reason !== "not-read";
      return only !== undefined && only !== type && isAsked ? [[name, FOREIGN] as const] : [];
    },
  );
  return { ...lists, ...(Object.fromEntries(foreign) as Partial<Lists>) };
}
