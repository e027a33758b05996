import { emptySnapshot, type LiveWorkspace, type OrgSnapshot, type ReadResult } from "../../core/model/org.ts";
import { failureOf } from "./failure.ts";
import type {
  ApiReader,
  OrganizationList,
  OrganizationListName,
  WorkspaceList,
  WorkspaceListName,
} from "./kinds/kind.ts";
import { ORGANIZATION_LISTS, WORKSPACE_LISTS } from "./kinds/kinds.ts";
import { unreadMessage, withoutOauth } from "./oauth.ts";
import { bySort, FOREIGN, isForeign, knownBySort, sortOf } from "./organization-sort.ts";
import { readFirstPage } from "./pages.ts";
import { FATAL, type OrgReaderOptions, type ReadBy } from "./reader.ts";

/** What was tried of a list. */
type Tried = ReadResult<never>;

/**
 * Tries each list of the tables with its first page alone, and those of workspaces on one of them. The answer says what can be read,
 * and has no items: a part of a list is never taken for the list. Throws Failure for what ends every read.
 */
export async function probeLists({
  client,
  oauth,
  isEnterprise,
  deadline,
  now,
}: OrgReaderOptions): Promise<OrgSnapshot> {
  const options = { signal: deadline.signal };
  const by = (credential: typeof client): ApiReader => {
    return { client: credential, options, list: readFirstPage, oneMore: () => {} };
  };
  const attempt = async (
    { what, preview = false, oauth: needsToken = false }: ReadBy,
    read: (api: ApiReader) => Promise<unknown>,
  ): Promise<Tried> => {
    const credential = needsToken ? oauth : client;
    if (!credential) return withoutOauth(what);
    try {
      await read(by(credential));
      return { known: true, items: [] };
    } catch (error) {
      const failure = failureOf(error, { what, preview, ...options });
      const isOther = credential !== client;
      if (FATAL.has(failure.code) && !(failure.code === "credential-rejected" && isOther)) throw failure;
      if (isForeign(failure.details.errorCode)) return FOREIGN;
      const message = unreadMessage(failure, { oauth: needsToken, isOther });
      return { known: false, reason: failure.code, message };
    }
  };
  let place: string | undefined;
  const organizationList = async (name: OrganizationListName): Promise<readonly [string, Tried]> => {
    const list: OrganizationList<unknown> = ORGANIZATION_LISTS[name];
    const known = await knownBySort(list, { isEnterprise, workspaces });
    return [name, known ?? (await attempt(list, (api) => list.read(api)))];
  };
  const places: OrganizationList<LiveWorkspace> = ORGANIZATION_LISTS.workspaces;
  const workspaces = knownBySort(places, { isEnterprise }).then(
    (known) =>
      known ??
      attempt(places, async (api) => {
        const first = await places.read(api);
        place = first.find(({ isDefault }) => !isDefault)?.id;
      }),
  );
  const names = Object.keys(ORGANIZATION_LISTS) as OrganizationListName[];
  const others = names.filter((name) => name !== "workspaces").map(organizationList);
  const ofWorkspace = async (name: WorkspaceListName): Promise<readonly [string, ReadonlyMap<string, Tried>]> => {
    await workspaces;
    const id = place;
    if (id === undefined) return [name, new Map()];
    const list: WorkspaceList<unknown> = WORKSPACE_LISTS[name];
    return [name, new Map([[id, await attempt(list, (api) => list.read(api, id))]])];
  };
  const ofWorkspaces = (Object.keys(WORKSPACE_LISTS) as WorkspaceListName[]).map(ofWorkspace);
  const tried = await Promise.all([...others, ...ofWorkspaces]);
  const lists: OrgSnapshot = { ...emptySnapshot(now()), ...Object.fromEntries(tried), workspaces: await workspaces };
  const type = sortOf(lists, isEnterprise);
  return { ...lists, ...bySort(lists, type), ...(type && { type }) };
}
