import type { Deadline } from "../api/deadline.ts";
import { allowedHeaders, type Fetch, useOfRetrying } from "../api/fetch.ts";
import type { RequestQueue } from "../api/request-queue.ts";

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
