import { holdTogether } from "../../core/match/contradictions.ts";
import type { Failure, FailureCode } from "../../core/model/failure.ts";
import type { LiveModel } from "../../core/model/live-model.ts";
import {
  type LiveWorkspace,
  NOT_READ,
  type Organization,
  type OrgReader,
  type OrgSnapshot,
  type Progress,
  type ReadResult,
  type ReadScope,
} from "../../core/model/org.ts";
import { type FeedRequest, readActivities } from "./activities.ts";
import type { AdminClient } from "./admin-client.ts";
import { readDailyUsage, readPeakMinute } from "./daily-usage.ts";
import { type Asked, failureOf } from "./failure.ts";
import { fewAtOnce } from "./few-at-once.ts";
import { follow } from "./follow.ts";
import type {
  ApiReader,
  ListRequest,
  OrganizationList,
  OrganizationListName,
  WorkspaceList,
  WorkspaceListName,
} from "./kinds/kind.ts";
import { ORGANIZATION_LISTS, WORKSPACE_LISTS } from "./kinds/kinds.ts";
import { listModels, MODELS } from "./kinds/model.ts";
import { makeTime, type Pace } from "./long-read.ts";
import { meanwhile } from "./meanwhile.ts";
import { unreadMessage, withoutOauth } from "./oauth.ts";
import { bySort, FOREIGN, isForeign, knownBySort, sortOf } from "./organization-sort.ts";
import { createRequestCount, type RequestCount, readJson, readList } from "./pages.ts";
import { caption, type RowSchema, readRow, row, text } from "./rows.ts";
import { holdSought, unsettled, unsettledObjects } from "./sought.ts";
import { readUsage } from "./usage-report.ts";

export interface OrgReaderOptions extends Pace {
  readonly client: AdminClient;
  /** For what only a token of OAuth can read; absent where there is none. */
  readonly oauth?: AdminClient | undefined;
  /** For the activity feed, what its credential is, and whether it is one for that alone; absent: as everything else. */
  readonly feed?: Pick<FeedRequest, "client" | "type"> & { readonly isOwn: boolean };
  /** The client's credential is a key of Claude Enterprise. */
  readonly isEnterprise?: boolean;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly onProgress?: Progress;
}

/** Failures that no other kind can escape: the read stops at once and throws them. */
export const FATAL: ReadonlySet<FailureCode> = new Set([
  "credential-missing",
  "credential-rejected",
  "wrong-organization",
  "redirected",
  "interrupted",
  "internal",
]);

/** The reading half of the Admin API. Everything it sends runs under `deadline` and through the queue of `client`. */
export function createOrgReader(reading: OrgReaderOptions): OrgReader {
  const { client, deadline, now, onProgress, isEnterprise } = reading;
  let organization: Promise<Organization> | undefined;
  const options = { signal: deadline.signal };

  const ownOrganization = () => {
    organization ??= readOrganization({ client, options }).catch((error) => {
      organization = undefined;
      throw failureOf(error, { what: ORGANIZATION, ...options });
    });
    return organization;
  };

  const usageRequest = () => ({ client, isEnterprise, signal: deadline.signal, now: now(), clock: now });

  return {
    organization: ownOrganization,
    read: (scope, prepare) =>
      readSnapshot({ ...reading, scope, prepare, requests: createRequestCount(onProgress), ownOrganization }),
    usage: (span) => readUsage({ ...usageRequest(), ...span }),
    dailyUsage: (span) => readDailyUsage({ ...usageRequest(), ...span }),
    peakMinute: (workspaceId, to) => readPeakMinute({ ...usageRequest(), workspaceId, to }),
    hasFeedKey: reading.feed?.isOwn ?? false,
    activities: (query) => {
      const { feed = { client, type: undefined } } = reading;
      return readActivities({ ...feed, admin: client, signal: deadline.signal }, query);
    },
    models: () => readModels(client, options),
  };
}

/** The models that a credential may use. Throws Failure. */
export async function readModels(
  client: AdminClient,
  { signal, advise }: Pick<Asked, "advise"> & { readonly signal: AbortSignal },
): Promise<readonly LiveModel[]> {
  try {
    return await listModels(apiReader(client, signal, createRequestCount(undefined)));
  } catch (error) {
    throw failureOf(error, { what: MODELS, signal, advise });
  }
}

/** The API as one read asks it: under `signal`, counted by `requests`. */
function apiReader(client: AdminClient, signal: AbortSignal, requests: RequestCount): ApiReader {
  return {
    client,
    options: { signal },
    list: (list) => readList({ ...list, onPage: (more) => requests.answered(more) }),
    oneMore: () => requests.planned(1),
  };
}

interface SnapshotRequest extends OrgReaderOptions {
  readonly scope: ReadScope;
  readonly prepare: Parameters<OrgReader["read"]>[1];
  readonly requests: RequestCount;
  readonly ownOrganization: () => Promise<Organization>;
}

async function readSnapshot(request: SnapshotRequest): Promise<OrgSnapshot> {
  const { client, oauth, isEnterprise, deadline, scope, prepare = () => false, now, requests } = request;
  const { ownOrganization } = request;
  const run = startRead(deadline.signal);
  const api = apiReader(client, run.signal, requests);
  const machines = oauth && apiReader(oauth, run.signal, requests);
  const inner: ListRequest = {
    scope,
    attempt: (what, read) => run.attempt({ what }, read),
    announce: (more) => {
      requests.planned(more);
      makeTime(request, requests.left());
    },
  };
  const prepareList = meanwhile(prepare);
  /** A list as its credential reads it. A token that is rejected beside a key takes nothing else with it. */
  const attempt = async (list: ReadBy, read: (by: ApiReader) => Promise<readonly unknown[]>) => {
    const by = list.oauth ? machines : api;
    if (!by) return withoutOauth(list.what);
    // What the SDK adds to a signal for each request stays there until it is collected, and with each the next one takes longer.
    const own = follow(run.signal);
    const options = { signal: own.controller.signal };
    const one = { ...list, isOther: by.client !== client };
    const reading = await run.attempt(one, () => read({ ...by, options })).finally(own.end);
    if (reading.known) prepareList(reading.items as readonly object[]);
    return reading;
  };

  let workspaces: Promise<OrgSnapshot["workspaces"]> | undefined;
  const organizationList = async (name: OrganizationListName): Promise<ReadResult<unknown>> => {
    if (!scope[name]) return NOT_READ;
    const list: OrganizationList<unknown> = ORGANIZATION_LISTS[name];
    const known = await knownBySort(list, { isEnterprise, workspaces });
    if (known) return known;
    if (!list.oauth || machines) requests.planned(1);
    return attempt(list, (by) => list.read(by, inner));
  };
  // All of them are counted before the first is asked for: then it is known whether there is time for them.
  const choose = (workspaces: ReadResult<LiveWorkspace>) => {
    const names = Object.keys(WORKSPACE_LISTS) as WorkspaceListName[];
    const chosen = new Map(
      names.map((name) => {
        const ids = workspaces.known ? new Set(scope[WORKSPACE_LISTS[name].chosenBy](workspaces.items)) : [];
        return [name, [...ids]] as const;
      }),
    );
    const isAsked = (name: WorkspaceListName) => WORKSPACE_LISTS[name].oauth !== true || machines !== undefined;
    requests.planned([...chosen].flatMap(([name, ids]) => (isAsked(name) ? ids : [])).length);
    makeTime(request, requests.left());
    return chosen;
  };
  const workspaceList = async (name: WorkspaceListName, ids: readonly string[]) => {
    const list: WorkspaceList<unknown> = WORKSPACE_LISTS[name];
    const read = async (id: string) => [id, await attempt(list, (by) => list.read(by, id))] as const;
    return new Map<string, ReadResult<unknown>>(await fewAtOnce(ids, read));
  };

  try {
    // First, and alone: nothing of another organization is to be read.
    const organization = scope.organization ? await ownOrganization() : undefined;
    const places = organizationList("workspaces") as Promise<OrgSnapshot["workspaces"]>;
    if (scope.workspaces) workspaces = places;
    const listed = inParallel(ORGANIZATION_LISTS, (name) => (name === "workspaces" ? places : organizationList(name)));
    const chosen = places.then(choose);
    const ofWorkspaces = inParallel(WORKSPACE_LISTS, async (name) =>
      workspaceList(name, (await chosen).get(name) ?? []),
    );
    const [organizationLists, workspaceLists] = await Promise.all([settled(listed), settled(ofWorkspaces)]);
    run.throwIfUnreachable();
    const lists = organizationLists as Pick<OrgSnapshot, OrganizationListName>;
    const type = sortOf(lists, isEnterprise);
    const snapshot: OrgSnapshot = {
      // By the clock of the answers, which is not known before them.
      takenAt: now(),
      ...(organization && { organization }),
      ...(type && { type }),
      // Each list of the tables is read by its own entry, which the compiler holds to the snapshot's field of that name.
      ...bySort(lists, type),
      ...(workspaceLists as Pick<OrgSnapshot, WorkspaceListName>),
    };
    const whole = await holdSought(snapshot, scope.sought, api, run.attempt);
    const people = await unsettled(whole, api, run.attempt);
    return holdTogether(whole, people, await unsettledObjects(whole, api, machines, run.attempt));
  } catch (error) {
    return run.stop(error);
  } finally {
    run.end();
  }
}

/** What a list is called, and by which credential it is read. */
export interface ReadBy {
  readonly what: string;
  readonly preview?: boolean;
  readonly oauth?: boolean;
}

/** Starts one read for each entry of a table. */
function inParallel<Name extends string, Result>(
  table: Readonly<Record<Name, unknown>>,
  read: (name: Name) => Promise<Result>,
): Readonly<Record<Name, Promise<Result>>> {
  const names = Object.keys(table) as Name[];
  return Object.fromEntries(names.map((name) => [name, read(name)])) as Record<Name, Promise<Result>>;
}

async function settled<Name extends string, Result>(
  reads: Readonly<Record<Name, Promise<Result>>>,
): Promise<Readonly<Record<Name, Result>>> {
  const entries = Object.entries<Promise<Result>>(reads);
  const results = await Promise.all(entries.map(async ([name, read]) => [name, await read] as const));
  return Object.fromEntries(results) as Record<Name, Result>;
}

/** One read: its requests are given up together when one of them fails in a way that no other can escape. */
function startRead(deadline: AbortSignal) {
  const { controller, end } = follow(deadline);
  let answered = false;
  let lost: Failure | undefined;
  const stop = (failure: unknown): never => {
    controller.abort(failure);
    throw failure;
  };

  return {
    signal: controller.signal,
    stop,
    /** The items of a list, or why they are unknown. Throws what is fatal. */
    attempt: async <Item>(
      { what, preview = false, oauth = false, isOther = false }: ReadBy & { readonly isOther?: boolean },
      read: () => Promise<readonly Item[]>,
    ): Promise<ReadResult<Item>> => {
      try {
        const items = await read();
        answered = true;
        return { known: true, items };
      } catch (error) {
        const failure = failureOf(error, { what, signal: controller.signal, preview });
        const isRejected = failure.code === "credential-rejected";
        if (FATAL.has(failure.code) && !(isRejected && isOther)) return stop(failure);
        if (failure.code === "unreachable") lost ??= failure;
        else answered = true;
        if (!preview && isForeign(failure.details.errorCode)) return FOREIGN;
        return { known: false, reason: failure.code, message: unreadMessage(failure, { oauth, isOther }) };
      }
    },
    /** A host that answered nothing at all is not a matter of single kinds. */
    throwIfUnreachable: () => {
      if (lost && !answered) throw lost;
    },
    end,
  };
}

/** What the organization is called in messages. */
const ORGANIZATION = "the organization";

const organizationRow: RowSchema<Organization> = row({ id: text, name: caption }, ({ id, name }) => ({
  id,
  name: name ?? "",
}));

/** The organization that the credential belongs to. Throws what the SDK throws, and Failure `incomplete-answer`. */
async function readOrganization({ client, options }: Pick<ApiReader, "client" | "options">) {
  return readRow(organizationRow, await readJson(client.organization.retrieve(options), ORGANIZATION), ORGANIZATION);
}
