import { Failure } from "../../core/model/failure.ts";
import { isObject, parseJson } from "../../core/text/text.ts";
import { boundEvents, readWhole, unreadable } from "./answer-body.ts";
import type { Deadline } from "./deadline.ts";
import { pauseAskedFor } from "./failure.ts";
import { follow } from "./follow.ts";
import { Headers } from "./headers.ts";
import { type OrganizationGuard, toldBy } from "./organization-guard.ts";
import type { RequestQueue } from "./request-queue.ts";
import type { Received, Transport } from "./transport.ts";
import { responseOf, runningResponse, streamOf, type Whole } from "./whole-answer.ts";

/** The `fetch` that the SDK is given. */
export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

interface FetchOptions {
  readonly transport: Transport;
  /** As `resolveBaseUrl` checked it: tokens of a profile are fetched there, whatever its file or the environment says. */
  readonly baseUrl: string;
  readonly queue: RequestQueue;
  /** A static credential: sent as the Authorization of every request, whatever else asked for another. */
  readonly secret?: string | undefined;
  /** The id of the workspace that a key without one acts in. */
  readonly workspaceId?: string | undefined;
  /** Called with each credential that leaves or comes: what a profile holds is known only here. */
  readonly onSecret?: (secret: string) => void;
  /** Called with the headers of each answer. */
  readonly onAnswer?: (headers: Headers) => void;
}

export interface AdminFetchOptions extends FetchOptions {
  readonly deadline: Deadline;
  /** Milliseconds that one attempt may take once it is sent, its body included. */
  readonly attemptTimeout: number;
  /** Called for each request that is really sent, retries and token refreshes included. */
  readonly onRequest: () => void;
  /** Whether an error of this status says already what there is to know, and is not asked for again. */
  readonly isSettled?: ((status: number) => boolean) | undefined;
  /** Holds the run to one organization; absent where none is meant. */
  readonly guard?: OrganizationGuard | undefined;
}

/** Everything that leaves for the API. Headers that anybody else asked for (ANTHROPIC_CUSTOM_HEADERS) stay behind. */
const SENT_HEADERS = [
  "accept",
  "anthropic-beta",
  "anthropic-version",
  "authorization",
  "content-type",
  "user-agent",
  "x-stainless-retry-count",
];

/** A pause shorter than this is not worth stopping everybody for. */
const SHORT_PAUSE = 1_000;

const WORKSPACE = "anthropic-workspace-id";
const ORGANIZATION = "/v1/organizations/me";
/** Where a profile's tokens are refreshed and exchanged. Source: lib/credentials/types.ts of the SDK. */
const TOKENS = "/v1/oauth/token";

/**
 * The `fetch` of the administration client. It goes through the queue, follows no redirect, reads the whole body while
 * it holds its place (so that a connection cut half way is retried like one cut before), and tells the SDK not to
 * retry what cannot get better: a redirect, an answer that is too large, or a `retry-after` beyond the deadline. After the latter
 * nothing more is sent at all: the API has said that the whole organization must wait. Nor is anything after an answer of another
 * organization.
 */
export function createAdminFetch(options: AdminFetchOptions): Fetch {
  const {
    transport,
    baseUrl,
    queue,
    deadline,
    secret,
    attemptTimeout,
    onRequest,
    onAnswer,
    guard,
    isSettled,
    workspaceId,
  } = options;
  let refusal: (() => Response) | undefined;
  const asked = new Map<string, ReturnType<typeof ask>>();

  const exchange = async (url: URL, init: RequestInit, headers: Headers): Promise<Whole> => {
    onRequest();
    const { method = "GET" } = init;
    const { signal, end } = attemptOf(attemptTimeout, init.signal ?? undefined);
    try {
      const received = await transport(url, { method, headers, signal, ...bodyOf(init) });
      const body = await readWhole(received.body, `${method} ${url.pathname}`);
      onAnswer?.(received.headers);
      return { status: received.status, headers: received.headers, body };
    } catch (error) {
      throw signal.aborted ? signal.reason : error;
    } finally {
      end();
    }
  };

  const toldAbout = (url: URL, authorization: string, { status, headers, body }: Whole) => {
    const isOrganization = status === 200 && url.pathname.endsWith(ORGANIZATION);
    guard?.learn(authorization, toldBy(headers, isOrganization ? body : undefined));
  };

  /** Who answers to this credential, where that has to be known first; the answer where it is an error. */
  const askFirst = async (headers: Headers, init: RequestInit): Promise<Whole | undefined> => {
    const authorization = headers.get("authorization") ?? "";
    if (!guard?.mustAsk(authorization, isWrite(init))) return undefined;
    // Whatever is sent at once with one credential waits for one answer.
    const asking = asked.get(authorization) ?? ask(headers, init).finally(() => asked.delete(authorization));
    asked.set(authorization, asking);
    const answer = await asking;
    toldAbout(answer.url, authorization, answer);
    return answer.status === 200 ? undefined : answer;
  };

  const ask = async (headers: Headers, { signal = null }: RequestInit): Promise<Whole & { readonly url: URL }> => {
    const url = new URL(`${baseUrl}${ORGANIZATION}`);
    const plain = new Headers(headers);
    plain.delete("content-type");
    return { ...(await exchange(url, { method: "GET", signal }, plain)), url };
  };

  const send = async (input: string | URL | Request, init: RequestInit): Promise<Response> => {
    if (refusal) return refusal();
    const url = addressOf(input, baseUrl);
    const headers = allowedHeaders(init.headers, secret);
    if (workspaceId) headers.set(WORKSPACE, workspaceId);
    if (url.pathname.endsWith(TOKENS)) {
      tellSecrets(options, headers, init);
      const answer = await exchange(url, init, headers);
      tellSecrets(options, headers, init, answer.body);
      return streamOf(answer);
    }
    tellSecrets(options, headers);
    try {
      guard?.check();
      const first = url.pathname.endsWith(ORGANIZATION) ? undefined : await askFirst(headers, init);
      const answer = first ?? (await exchange(url, init, headers));
      if (!first) toldAbout(url, headers.get("authorization") ?? "", answer);
      return judged(answer);
    } catch (error) {
      if (error instanceof Failure) return unreadable(error);
      throw error;
    }
  };

  const judged = (answer: Whole): Response => {
    if (answer.status >= 200 && answer.status < 300) return responseOf(answer);
    const use = useOfRetrying(answer, deadline);
    if (!use.retry || isSettled?.(answer.status)) answer.headers.set("x-should-retry", "false");
    if (!use.retry && answer.status === 429) refusal = () => responseOf(answer);
    if (use.hold !== undefined) queue.hold(use.hold);
    return responseOf(answer);
  };

  return (input, init = {}) =>
    queue.run(() => send(input, init), {
      signal: init.signal ?? undefined,
      urgent: isNextPage(input),
      // Whoever ends the run wants nothing more changed; what has been sent is finished.
      ...(isWrite(init) && { begin: deadline.signal }),
    });
}

/** The signal of one attempt: aborts with `signal`, and when its time is over. */
function attemptOf(milliseconds: number, signal: AbortSignal | undefined) {
  const attempt = follow(signal);
  const late = () =>
    attempt.controller.abort(new DOMException("The operation was aborted due to timeout", "TimeoutError"));
  const timer = setTimeout(late, milliseconds).unref();
  return {
    signal: attempt.controller.signal,
    end: () => {
      clearTimeout(timer);
      attempt.end();
    },
  };
}

/** The SDK sends text and nothing else to the endpoints that we use. */
function bodyOf({ body }: RequestInit): { readonly body?: string } {
  return typeof body === "string" ? { body } : {};
}

/** Where a request goes. Tokens come from the API that they are for. */
function addressOf(input: string | URL | Request, baseUrl: string): URL {
  const url = new URL(typeof input === "string" ? input : input instanceof URL ? input.href : input.url);
  return url.pathname.endsWith(TOKENS) ? new URL(`${baseUrl}${TOKENS}`) : url;
}

/** Every credential in a request and, where tokens were asked for, in what was sent and came. */
function tellSecrets({ onSecret }: FetchOptions, headers: Headers, init: RequestInit = {}, answer?: Buffer): void {
  if (!onSecret) return;
  onSecret(headers.get("authorization")?.replace(/^Bearer /, "") ?? "");
  for (const text of [init.body, answer?.toString()]) {
    const fields = typeof text === "string" ? parseJson(text) : undefined;
    if (!isObject(fields)) continue;
    for (const name of ["refresh_token", "access_token", "assertion"]) {
      const value = fields[name];
      if (typeof value === "string") onSecret(value);
    }
  }
}

/**
 * What an answer that is an error says about trying again: a redirect never gets better, nor does a `retry-after` beyond the
 * deadline. `hold`: the milliseconds for which a 429 wants nothing at all to be sent.
 */
function useOfRetrying(
  { status, headers }: Pick<Response, "status" | "headers">,
  deadline: Pick<Deadline, "timeLeft">,
): { readonly retry: boolean; readonly hold?: number } {
  const pause = pauseAskedFor(headers);
  if (pause !== undefined && pause > deadline.timeLeft()) return { retry: false };
  const hold = pause !== undefined && status === 429 && pause >= SHORT_PAUSE ? { hold: pause } : {};
  // 304 among them: nobody asked conditionally.
  return { retry: status < 300 || status >= 400, ...hold };
}

/** The headers that may leave, of those that the SDK asks for, with the credential where it is a static one. */
function allowedHeaders(asked: RequestInit["headers"], secret: string | undefined): Headers {
  const all = asked instanceof Headers ? asked : new Headers(asked);
  const sent = new Headers();
  for (const name of SENT_HEADERS) {
    const value = all.get(name);
    if (value !== null) sent.set(name, value);
  }
  if (secret !== undefined) sent.set("authorization", `Bearer ${secret}`);
  return sent;
}

function isWrite({ method = "GET" }: RequestInit): boolean {
  return method.toUpperCase() !== "GET";
}

function isNextPage(input: string | URL | Request): boolean {
  const address = typeof input === "string" ? input : input instanceof URL ? input.search : input.url;
  return /[?&](after_id|page)=/.test(address);
}

export interface MessageFetchOptions extends FetchOptions {
  readonly deadline: Pick<Deadline, "timeLeft">;
  /** How often the SDK tries again: after the last time, waiting helps nobody. */
  readonly retries: number;
}

/**
 * The `fetch` of the client for prompts. As for administration it goes through the queue, lets only known headers out and
 * follows no redirect; but the body of an answer is passed on as it comes, and has only the run's deadline.
 */
export function createMessageFetch(options: MessageFetchOptions): Fetch {
  const { transport, baseUrl, queue, deadline, secret, retries, workspaceId, onAnswer } = options;
  const send = async (input: string | URL | Request, init: RequestInit): Promise<Response> => {
    const url = addressOf(input, baseUrl);
    const { method = "GET" } = init;
    const what = `${method} ${url.pathname}`;
    const headers = allowedHeaders(init.headers, secret);
    // A profile names the workspace that its prompts count for; so does whoever has a key that belongs to none.
    const workspace = workspaceId ?? (secret === undefined && new Headers(init.headers).get(WORKSPACE));
    if (workspace) headers.set(WORKSPACE, workspace);
    tellSecrets(options, headers);
    const { signal } = init;
    const request = { method, headers, ...(signal && { signal }), ...bodyOf(init) };
    const answer = await transport(url, request).catch((error: unknown) => {
      if (error instanceof Failure) return error;
      throw error;
    });
    if (answer instanceof Failure) return unreadable(answer);
    onAnswer?.(answer.headers);
    if (url.pathname.endsWith(TOKENS)) {
      const body = await readWhole(answer.body, what);
      tellSecrets(options, headers, init, body);
      return streamOf({ status: answer.status, headers: answer.headers, body });
    }
    const isEvents = answer.headers.get("content-type")?.includes("text/event-stream") === true;
    if (answer.status >= 200 && answer.status < 300) return response(answer, isEvents, what);

    const use = useOfRetrying(answer, deadline);
    const tries = Number(headers.get("x-stainless-retry-count") ?? 0);
    if (use.hold !== undefined && tries < retries) queue.hold(use.hold);
    if (!use.retry) answer.headers.set("x-should-retry", "false");
    return response(answer, isEvents, what);
  };
  return (input, init = {}) => queue.run(() => send(input, init), { signal: init.signal ?? undefined });
}

/** Statuses whose answers have no body. Source: https://fetch.spec.whatwg.org/#statuses */
const NO_BODY = new Set([204, 205, 304]);

function response({ status, headers, body }: Received, isEvents: boolean, what: string): Response {
  return runningResponse({ status, headers, body: NO_BODY.has(status) ? null : boundEvents(body, isEvents, what) });
}
