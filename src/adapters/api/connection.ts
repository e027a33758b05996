import type { SecretCheck, TestedKey } from "../../core/keys/delivery.ts";
import type { OrgWriter } from "../../core/model/call.ts";
import type { OrgReader, OrgSnapshot, Progress } from "../../core/model/org.ts";
import type { OtherApi } from "../../core/model/other-api.ts";
import type { CredentialOwner } from "../../core/plan/credential-owner.ts";
import { opensNothing } from "../../core/text/secret.ts";
import { cut } from "../../core/text/text.ts";
import { type BaseUrl, resolveBaseUrl } from "./base-url.ts";
import type { ConnectionOptions } from "./client.ts";
import type { Credential } from "./credential-type.ts";
import type { Deadline } from "./deadline.ts";
import type { LongRead } from "./long-read.ts";
import type { Wait } from "./request-queue.ts";

/** The run's one connection to the Admin API. */
export interface Connection {
  readonly reader: OrgReader;
  /** Makes the writing half: whoever only reads never holds it. */
  readonly writer: () => Promise<OrgWriter>;
  readonly owner: CredentialOwner;
  /** Tries each list once. Throws Failure where the credential is rejected. */
  readonly probe: () => Promise<OrgSnapshot>;
  /** Tests a secret against the same host, over a connection of its own. Throws Failure. */
  readonly checkSecret: (secret: string, key: TestedKey) => Promise<SecretCheck>;
}

/** Who answers: a sandbox's clock is anybody's, and only the official API's is remembered. */
export type Answering = "official" | "sandbox" | "other";

/** What every connection to the API is made from: flags, environment, and who is told what. */
export interface ConnectionRequest {
  /** The value of `--profile`. */
  readonly profile?: string | undefined;
  /** The value of `--base-url`. */
  readonly baseUrl?: string | undefined;
  /** Requests a minute; 0 is no limit. */
  readonly apiRpm: number;
  /** The flags by which this command would read less. */
  readonly narrowing: readonly string[];
  readonly debug: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The run's own, or, for prompts, one for each call. */
  readonly deadline: Deadline;
  /** A line for the person. */
  readonly notice: (text: string) => void;
  /** A line that a run says once, however often it connects. */
  readonly noticeOnce: (text: string) => void;
  /** A line for whoever asked for `--debug`. */
  readonly log: (line: string) => void;
  /** Takes the `Date` of each answer. */
  readonly onDate: (date: string | null, from: Answering) => void;
  /** Takes the API that is about to be spoken to: undefined is the official one. */
  readonly onHost: (other: OtherApi | undefined) => void;
  /** Takes each secret that is read, so that it is masked from then on. */
  readonly onSecret: (secret: string) => void;
}

/** What a connection for administration needs beside. */
export interface AdminConnectionRequest extends ConnectionRequest {
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly onProgress: Progress;
  /** Waits so many milliseconds, or until the signal aborts; the real one unless given. */
  readonly sleep?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** Resolves the credential and the host, and connects; nothing is sent yet. Throws Failure. */
export async function connect(request: AdminConnectionRequest): Promise<Connection> {
  const { profile, env, deadline, now, sleep, onProgress } = request;
  const [
    credentials,
    { isEnterpriseKey, typeOf },
    { connectAdmin },
    { createOrgReader, readModels },
    { withoutWorkspace },
    { createOrganizationGuard },
    { createRequestQueue },
  ] = await Promise.all([
    import("./credentials.ts"),
    import("./credential-type.ts"),
    import("./admin-client.ts"),
    import("./reader.ts"),
    import("./failure.ts"),
    import("./organization-guard.ts"),
    import("./request-queue.ts"),
  ]);
  const credential = credentials.resolveCredential({ env, ...(profile !== undefined && { profile }) });
  const baseUrl = baseUrlOf(request, credential);
  // Two credentials of one run share its pace, and answer for one organization.
  const shared = { guard: createOrganizationGuard(), queue: createRequestQueue(paceOf(request)) };
  const { client } = connectAdmin({ ...connectionOptions(request, credential, baseUrl), ...shared });
  const token = credentials.tokenBeside(credential, env);
  const beside = token && connectAdmin({ ...connectionOptions(request, token, baseUrl), ...shared }).client;
  const oauth = credential.kind === "api-key" ? beside : client;
  const isEnterprise = isEnterpriseKey(credential);
  const forFeed = credentials.activityCredential(env);
  // A key for the feed need not see the organization itself: whose its answers are, they say themselves.
  const ofFeed = { ...shared, guard: { ...shared.guard, mustAsk: () => false } };
  const feed = {
    client: forFeed ? connectAdmin({ ...connectionOptions(request, forFeed, baseUrl), ...ofFeed }).client : client,
    type: typeOf(forFeed ?? credential),
    isOwn: forFeed !== undefined,
  };
  const reader = createOrgReader({
    client,
    oauth,
    feed,
    isEnterprise,
    deadline,
    now,
    onProgress,
    perMinute: request.apiRpm,
    narrowing: request.narrowing,
    onLongRead: (read) => request.notice(longReadWords(read)),
  });
  const models = async (workspaceId?: string) => {
    const inference = credentials.inferenceCredential(env, isGateway(request));
    if (!inference) return reader.models();
    const other = connectAdmin({
      ...connectionOptions(request, inference, baseUrl),
      workspaceId: workspaceId ?? credentials.workspaceOf(env),
    });
    return readModels(other.client, {
      signal: deadline.signal,
      advise: (_, error) => withoutWorkspace(inference.source, error),
    });
  };
  return {
    reader: { ...reader, models },
    writer: async () => {
      const { createOrgWriter } = await import("./writer.ts");
      return createOrgWriter({ client, oauth, deadline, ...(sleep && { sleep }) });
    },
    owner: credentials.ownerOf(credential),
    probe: async () => {
      const { probeLists } = await import("./probe.ts");
      return probeLists({ client, oauth, isEnterprise, deadline, now });
    },
    checkSecret: async (secret, key) => {
      const { checkSecret } = await import("./key-check.ts");
      const workspaceId = key.workspaceId ?? credentials.workspaceOf(env);
      return checkSecret({ ...key, secret, baseUrl: baseUrl.url, env, deadline, workspaceId });
    },
  };
}

/** Whether the user named a host of their own, whose tokens may look like anything. Throws Failure. */
export function isGateway({ env, baseUrl }: Pick<ConnectionRequest, "env" | "baseUrl">): boolean {
  return resolveBaseUrl({ env, flag: baseUrl }).noticeDue;
}

/** The host for a credential, named on stderr where it is not the official one. Throws Failure. */
export function baseUrlOf({ env, baseUrl: flag, noticeOnce }: ConnectionRequest, credential: Credential): BaseUrl {
  const baseUrl = resolveBaseUrl({ env, flag, profile: credential.kind === "profile" ? credential : undefined });
  if (baseUrl.noticeDue) noticeOnce(`note: the API is ${cut(baseUrl.host)}, not api.anthropic.com`);
  return baseUrl;
}

/** What every client of a run has in common. */
export function connectionOptions(
  { env, apiRpm, debug, deadline, notice, log, onSecret, onDate, onHost }: ConnectionRequest,
  credential: Credential,
  { url, host, isLoopback, noticeDue }: BaseUrl,
): ConnectionOptions {
  if (credential.kind !== "profile") onSecret(credential.secret);
  const isSandbox = isLoopback && credential.kind !== "profile" && opensNothing(credential.secret);
  const from = isSandbox ? "sandbox" : noticeDue ? "other" : "official";
  onHost(noticeDue ? { host, simulated: isSandbox } : undefined);
  return {
    credential,
    baseUrl: url,
    env,
    deadline,
    ...paceOf({ apiRpm, notice }),
    debug,
    log,
    onSecret,
    onAnswer: (headers) => onDate(headers.get("date"), from),
  };
}

function longReadWords({ requests, perMinute, milliseconds }: LongRead): string {
  const minutes = Math.ceil(milliseconds / 60_000);
  return `reading takes about ${minutes} minutes: ${requests} requests at ${perMinute} a minute (--api-rpm)`;
}

/** How fast requests may leave, and who hears of it where one has to wait. */
function paceOf({ apiRpm, notice }: Pick<ConnectionRequest, "apiRpm" | "notice">) {
  return { perMinute: apiRpm, onWait: (wait: Wait) => notice(waitWords(wait)) };
}

/** Why nothing seems to happen for a while. */
function waitWords(wait: Wait): string {
  if (wait.reason === "asked") return `waiting ${Math.ceil(wait.milliseconds / 1000)} s, as the API asks`;
  return `waiting: at most ${wait.perMinute} requests a minute are sent (--api-rpm; the organization's limit is shared by all its tools)`;
}
