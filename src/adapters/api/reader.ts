import { setMaxListeners } from "node:events";
import type Anthropic from "@anthropic-ai/sdk";
import { holdTogether, type MissingUser, missingUsers } from "../../core/match/contradictions.ts";
import type { Failure, FailureCode } from "../../core/model/failure.ts";
import type {
  LiveWorkspace,
  Organization,
  OrgReader,
  OrgSnapshot,
  Progress,
  ReadResult,
  ReadScope,
} from "../../core/model/org.ts";
import type { Deadline } from "./deadline.ts";
import { failureOf } from "./failure.ts";
import type {
  ApiReader,
  OrganizationList,
  OrganizationListName,
  WorkspaceList,
  WorkspaceListName,
} from "./kinds/kind.ts";
import { ORGANIZATION_LISTS, WORKSPACE_LISTS } from "./kinds/kinds.ts";
import { findUser } from "./kinds/member.ts";
import { listModels, MODELS } from "./kinds/model.ts";
import { createRequestCount, type RequestCount, readJson, readList } from "./pages.ts";
import { caption, type RowSchema, readRow, row, text } from "./rows.ts";
import { readUsage } from "./usage-report.ts";

export interface OrgReaderOptions {
  readonly client: Anthropic;
  readonly deadline: Pick<Deadline, "signal">;
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
export function createOrgReader({ client, deadline, now, onProgress }: OrgReaderOptions): OrgReader {
  let organization: Promise<Organization> | undefined;
  const options = { signal: deadline.signal };

  const ownOrganization = () => {
    organization ??= readOrganization({ client, options }).catch((error) => {
      organization = undefined;
      throw failureOf(error, { what: ORGANIZATION, ...options });
    });
    return organization;
  };

  return {
    organization: ownOrganization,
    read: (scope) =>
      readSnapshot({ client, deadline, scope, now, requests: createRequestCount(onProgress), ownOrganization }),
    usage: (span) => readUsage({ client, signal: deadline.signal, now: now(), ...span }),
    models: async () => {
      try {
        return await listModels(apiReader(client, deadline.signal, createRequestCount(undefined)));
      } catch (error) {
        throw failureOf(error, { what: MODELS, ...options });
      }
    },
  };
}

/** The API as one read asks it: under `signal`, counted by `requests`. */
function apiReader(client: Anthropic, signal: AbortSignal, requests: RequestCount): ApiReader {
  return {
    client,
    options: { signal },
    list: (list) => readList({ ...list, onPage: (more) => requests.answered(more) }),
    oneMore: () => requests.planned(1),
  };
}

interface SnapshotRequest {
  readonly client: Anthropic;
  readonly deadline: Pick<Deadline, "signal">;
  readonly scope: ReadScope;
  readonly now: () => number;
  readonly requests: RequestCount;
  readonly ownOrganization: () => Promise<Organization>;
}

async function readSnapshot(request: SnapshotRequest): Promise<OrgSnapshot> {
  const { client, deadline, scope, now, requests, ownOrganization } = request;
  const run = startRead(deadline.signal);
  const api = apiReader(client, run.signal, requests);

  const organizationList = async (name: OrganizationListName): Promise<ReadResult<unknown>> => {
    if (!scope[name]) return { known: false, reason: "not-read" };
    requests.planned(1);
    const list: OrganizationList<unknown> = ORGANIZATION_LISTS[name];
    return run.attempt(list, () => list.read(api));
  };
  const workspaceList = async (name: WorkspaceListName, workspaces: ReadResult<LiveWorkspace>) => {
    if (!workspaces.known) return new Map<string, ReadResult<unknown>>();
    const list: WorkspaceList<unknown> = WORKSPACE_LISTS[name];
    const ids = [...new Set(scope[list.chosenBy](workspaces.items))];
    requests.planned(ids.length);
    const read = async (id: string) => [id, await run.attempt(list, () => list.read(api, id))] as const;
    return new Map<string, ReadResult<unknown>>(await Promise.all(ids.map(read)));
  };

  try {
    // First, and alone: nothing of another organization is to be read.
    const organization = scope.organization ? await ownOrganization() : undefined;
    const listed = inParallel(ORGANIZATION_LISTS, organizationList);
    const workspaces = listed.workspaces as Promise<OrgSnapshot["workspaces"]>;
    const ofWorkspaces = inParallel(WORKSPACE_LISTS, async (name) => workspaceList(name, await workspaces));
    const [organizationLists, workspaceLists] = await Promise.all([settled(listed), settled(ofWorkspaces)]);
    run.throwIfUnreachable();
    const snapshot: OrgSnapshot = {
      // By the clock of the answers, which is not known before them.
      takenAt: now(),
      ...(organization && { organization }),
      // Each list of the tables is read by its own entry, which the compiler holds to the snapshot's field of that name.
      ...(organizationLists as Pick<OrgSnapshot, OrganizationListName>),
      ...(workspaceLists as Pick<OrgSnapshot, WorkspaceListName>),
    };
    return holdTogether(snapshot, await unsettled(snapshot, api, run.attempt));
  } catch (error) {
    return run.stop(error);
  } finally {
    run.end();
  }
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

/** The most people whom one read asks for by themselves: those whom something in force names, and leavers with a disabled key. */
const MOST_LOOKS = { inForce: 100, disabled: 10 } as const;

/**
 * Whom the list of members lacks, less those of whom the API itself says that they are gone (404 to their own GET). More than
 * can be asked for are left as they are: so many missing people are no leavers.
 */
async function unsettled(
  live: OrgSnapshot,
  api: ApiReader,
  attempt: ReturnType<typeof startRead>["attempt"],
): Promise<readonly MissingUser[]> {
  const { inForce, disabled } = missingUsers(live);
  if (inForce.length > MOST_LOOKS.inForce) return inForce;
  const looked = await Promise.all(
    [...inForce, ...disabled.slice(0, MOST_LOOKS.disabled)].map(async (user) => {
      const found = await attempt(ORGANIZATION_LISTS.users, async () => [await findUser(api, user.id)]);
      return found.known && found.items[0] === undefined ? [] : [user];
    }),
  );
  return looked.flat();
}

/** One read: its requests are given up together when one of them fails in a way that no other can escape. */
function startRead(deadline: AbortSignal) {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  const follow = () => controller.abort(deadline.reason);
  if (deadline.aborted) follow();
  else deadline.addEventListener("abort", follow, { once: true });

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
      { what, preview = false }: { readonly what: string; readonly preview?: boolean },
      read: () => Promise<readonly Item[]>,
    ): Promise<ReadResult<Item>> => {
      try {
        const items = await read();
        answered = true;
        return { known: true, items };
      } catch (error) {
        const failure = failureOf(error, { what, signal: controller.signal, preview });
        if (FATAL.has(failure.code)) return stop(failure);
        if (failure.code === "unreachable") lost ??= failure;
        else answered = true;
        return { known: false, reason: failure.code, message: failure.details.message };
      }
    },
    /** A host that answered nothing at all is not a matter of single kinds. */
    throwIfUnreachable: () => {
      if (lost && !answered) throw lost;
    },
    end: () => deadline.removeEventListener("abort", follow),
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
