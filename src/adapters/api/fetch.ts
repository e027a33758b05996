import type { Deadline } from "./deadline.ts";
import { pauseAskedFor, type RequestQueue } from "./request-queue.ts";

/** The `fetch` that the SDK is given. */
export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

export interface AdminFetchOptions {
  readonly queue: RequestQueue;
  readonly deadline: Deadline;
  /** A static credential: sent as the Authorization of every request, whatever else asked for another. */
  readonly secret?: string | undefined;
  /** Milliseconds that one attempt may take once it is sent, its body included. */
  readonly attemptTimeout: number;
  /** Called for each request that is really sent, retries and token refreshes included. */
  readonly onRequest: () => void;
}

/** Everything that leaves for the API. Headers that anybody else asked for (ANTHROPIC_CUSTOM_HEADERS) stay behind. */
const SENT_HEADERS = new Set([
  "accept",
  "anthropic-beta",
  "anthropic-version",
  "authorization",
  "content-type",
  "user-agent",
  "x-stainless-retry-count",
]);

/** A pause shorter than this is not worth stopping everybody for. */
const SHORT_PAUSE = 1_000;

/**
 * The `fetch` of the administration client. It goes through the queue, follows no redirect, reads the whole body while
 * it holds its place (so that a connection cut half way is retried like one cut before), and tells the SDK not to
 * retry what cannot get better: a redirect, or a `retry-after` beyond the deadline. After the latter nothing more is
 * sent at all: the API has said that the whole organization must wait.
 */
export function createAdminFetch({ queue, deadline, secret, attemptTimeout, onRequest }: AdminFetchOptions): Fetch {
  let refusal: (() => Response) | undefined;

  const send = async (input: string | URL | Request, init: RequestInit): Promise<Response> => {
    if (refusal) return refusal();
    onRequest();
    const limit = AbortSignal.timeout(attemptTimeout);
    const answer = await fetch(input, {
      ...init,
      headers: allowedHeaders(init.headers, secret),
      redirect: "manual",
      signal: init.signal ? AbortSignal.any([init.signal, limit]) : limit,
    });
    const body = await answer.arrayBuffer();
    const headers = new Headers(answer.headers);
    // The body is decoded already.
    headers.delete("content-encoding");
    headers.delete("content-length");
    const copy = () =>
      new Response(body.byteLength > 0 ? body : null, {
        status: answer.status,
        statusText: answer.statusText,
        headers,
      });
    if (answer.ok) return copy();

    const use = useOfRetrying(answer, deadline);
    if (!use.retry) headers.set("x-should-retry", "false");
    if (!use.retry && answer.status === 429) refusal = copy;
    if (use.hold !== undefined) queue.hold(use.hold);
    return copy();
  };

  return (input, init = {}) =>
    queue.run(() => send(input, init), {
      signal: init.signal ?? undefined,
      urgent: isNextPage(input),
      // Whoever ends the run wants nothing more changed; what has been sent is finished.
      ...(isWrite(init) && { begin: deadline.signal }),
    });
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
  const sent = new Headers();
  for (const [name, value] of new Headers(asked)) {
    if (SENT_HEADERS.has(name)) sent.set(name, value);
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

export interface MessageFetchOptions {
  readonly queue: RequestQueue;
  readonly deadline: Pick<Deadline, "timeLeft">;
  /** A static credential: sent as the Authorization of every request, whatever else asked for another. */
  readonly secret?: string | undefined;
  /** How often the SDK tries again: after the last time, waiting helps nobody. */
  readonly retries: number;
}

/**
 * The `fetch` of the client for prompts. As for administration it goes through the queue, lets only known headers out and
 * follows no redirect; but the body of an answer is passed on as it comes, and has only the run's deadline.
 */
export function createMessageFetch({ queue, deadline, secret, retries }: MessageFetchOptions): Fetch {
  const send = async (input: string | URL | Request, init: RequestInit): Promise<Response> => {
    const headers = allowedHeaders(init.headers, secret);
    // A profile names the workspace that its prompts count for; a key belongs to one.
    const workspace = secret === undefined && new Headers(init.headers).get("anthropic-workspace-id");
    if (workspace) headers.set("anthropic-workspace-id", workspace);
    const answer = await fetch(input, { ...init, headers, redirect: "manual" });
    if (answer.ok) return answer;

    const use = useOfRetrying(answer, deadline);
    const tries = Number(headers.get("x-stainless-retry-count") ?? 0);
    if (use.hold !== undefined && tries < retries) queue.hold(use.hold);
    if (use.retry) return answer;
    const told = new Headers(answer.headers);
    told.set("x-should-retry", "false");
    return new Response(answer.body, { status: answer.status, statusText: answer.statusText, headers: told });
  };
  return (input, init = {}) => queue.run(() => send(input, init), { signal: init.signal ?? undefined });
}
