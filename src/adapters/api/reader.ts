import { setMaxListeners } from "node:events";
import type Anthropic from "@anthropic-ai/sdk";
import type { OrganizationInfo } from "@anthropic-ai/sdk/resources/organization/organization";
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
import { orgLists } from "./kinds/lists.ts";
import { mapOrganization, NAMES } from "./kinds/rows.ts";
import { createTally, type Row, readJson, type Tally } from "./pages.ts";
import { readUsage } from "./usage-report.ts";

export interface OrgReaderOptions {
  readonly client: Anthropic;
  readonly deadline: Pick<Deadline, "signal">;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly onProgress?: Progress;
}

/** Failures that no other kind can escape: the read stops at once and throws them. */
const FATAL: ReadonlySet<FailureCode> = new Set([
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
  const silent = createTally(undefined);

  const readOrganization = async (): Promise<Organization> => {
    const asked = { what: NAMES.organization, signal: deadline.signal };
    try {
      const body = await readJson(client.organization.retrieve({ signal: deadline.signal }), asked.what);
      return mapOrganization(body as Row<OrganizationInfo>);
    } catch (error) {
      organization = undefined;
      throw failureOf(error, asked);
    }
  };
  const ownOrganization = () => {
    organization ??= readOrganization();
    return organization;
  };

  return {
    organization: ownOrganization,
    read: (scope) =>
      readSnapshot({ client, deadline, scope, takenAt: now(), tally: createTally(onProgress), ownOrganization }),
    usage: (span) => readUsage({ client, signal: deadline.signal, now: now(), ...span }),
    models: async () => {
      try {
        return await orgLists(client, deadline.signal, silent).models();
      } catch (error) {
        throw failureOf(error, { what: NAMES.models, signal: deadline.signal });
      }
    },
  };
}

interface SnapshotRequest {
  readonly client: Anthropic;
  readonly deadline: Pick<Deadline, "signal">;
  readonly scope: ReadScope;
  readonly takenAt: number;
  readonly tally: Tally;
  readonly ownOrganization: () => Promise<Organization>;
}

async function readSnapshot(request: SnapshotRequest): Promise<OrgSnapshot> {
  const { client, deadline, scope, takenAt, tally, ownOrganization } = request;
  const run = startRead(deadline.signal);
  const lists = orgLists(client, run.signal, tally);

  const kind = <Item>(asked: boolean, what: keyof typeof NAMES, list: () => Promise<readonly Item[]>) => {
    if (!asked) return Promise.resolve<ReadResult<Item>>({ known: false, reason: "not-read" });
    tally.planned(1);
    return run.attempt(NAMES[what], list);
  };
  const perWorkspace = async <Item>(
    listed: Promise<ReadResult<LiveWorkspace>>,
    choose: (workspaces: readonly LiveWorkspace[]) => readonly string[],
    list: (workspaceId: string) => Promise<readonly Item[]>,
    what: keyof typeof NAMES,
  ): Promise<ReadonlyMap<string, ReadResult<Item>>> => {
    const workspaces = await listed;
    if (!workspaces.known) return new Map();
    const ids = [...new Set(choose(workspaces.items))];
    tally.planned(ids.length);
    return new Map(
      await Promise.all(ids.map(async (id) => [id, await run.attempt(NAMES[what], () => list(id))] as const)),
    );
  };

  try {
    // First, and alone: nothing of another organization is to be read.
    const organization = scope.organization ? await ownOrganization() : undefined;
    const workspacesListed = kind(scope.workspaces, "workspaces", lists.workspaces);
    const [users, invites, workspaces, keys, rateLimits, spendLimits, members, limits] = await Promise.all([
      kind(scope.users, "users", lists.users),
      kind(scope.invites, "invites", lists.invites),
      workspacesListed,
      kind(scope.keys, "keys", lists.keys),
      kind(scope.rateLimits, "rateLimits", lists.rateLimits),
      kind(scope.spendLimits, "spendLimits", lists.spendLimits),
      perWorkspace(workspacesListed, scope.membersOf, lists.workspaceMembers, "workspaceMembers"),
      perWorkspace(workspacesListed, scope.rateLimitsOf, lists.workspaceRateLimits, "workspaceRateLimits"),
    ]);
    run.throwIfUnreachable();
    return {
      takenAt,
      ...(organization && { organization }),
      users,
      invites,
      workspaces,
      keys,
      rateLimits,
      spendLimits,
      workspaceMembers: members,
      workspaceRateLimits: limits,
    };
  } catch (error) {
    return run.stop(error);
  } finally {
    run.end();
  }
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
    attempt: async <Item>(what: string, list: () => Promise<readonly Item[]>): Promise<ReadResult<Item>> => {
      try {
        const items = await list();
        answered = true;
        return { known: true, items };
      } catch (error) {
        const failure = failureOf(error, { what, signal: controller.signal, preview: what === NAMES.spendLimits });
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
