import { format } from "node:util";
import Anthropic from "@anthropic-ai/sdk";
import { createAdminFetch } from "./admin-fetch.ts";
import type { Credential } from "./credentials.ts";
import type { Deadline } from "./deadline.ts";
import { createRequestQueue, type Wait } from "./request-queue.ts";

export interface AdminConnectionOptions {
  readonly credential: Credential;
  /** As `resolveBaseUrl` checked it. */
  readonly baseUrl: string;
  readonly deadline: Deadline;
  /** Requests a minute; 0 is no limit. */
  readonly perMinute: number;
  /** `--debug`: the SDK logs each request. */
  readonly debug: boolean;
  /** A line for stderr, not yet masked. */
  readonly log: (line: string) => void;
  readonly onWait?: (wait: Wait) => void;
  /** Milliseconds that one attempt may take; 60 s unless given. */
  readonly attemptTimeout?: number;
}

/** The SDK's client for administration, and how many requests it has sent so far, retries included. */
export interface AdminConnection {
  readonly client: Anthropic;
  readonly requestCount: () => number;
}

const ATTEMPT_TIMEOUT = 60_000;

/** The SDK's own timer runs while a request waits in our queue, so it is set to never; `attemptTimeout` is ours. */
const NEVER = 2 ** 31 - 1;

/**
 * The one client that carries the administration credential. Nothing about it comes from the environment: no other
 * credential, base URL, log level, header, nor tracing. Reads are retried three times; a write asks for none itself
 * (`maxRetries: 0`). Never call `withOptions` on it: the copy would read the environment again.
 */
export function connectAdmin(options: AdminConnectionOptions): AdminConnection {
  const { credential, baseUrl, deadline, perMinute, debug, log, onWait, attemptTimeout = ATTEMPT_TIMEOUT } = options;
  let sent = 0;
  const send = createAdminFetch({
    queue: createRequestQueue({ perMinute, ...(onWait && { onWait }) }),
    deadline,
    secret: credential.kind === "profile" ? undefined : credential.secret,
    attemptTimeout,
    onRequest: () => {
      sent += 1;
    },
  });
  const write = (...parts: unknown[]) => log(format(...parts));

  const client = withoutCustomHeaders(
    () =>
      new Anthropic({
        apiKey: credential.kind === "api-key" ? credential.secret : null,
        authToken: credential.kind === "auth-token" ? credential.secret : null,
        ...(credential.kind === "profile" && { profile: credential.profile }),
        webhookKey: null,
        baseURL: baseUrl,
        fetch: send,
        timeout: NEVER,
        maxRetries: 3,
        logLevel: debug ? "debug" : "warn",
        logger: { error: write, warn: write, info: write, debug: write },
        openTelemetry: false,
      }),
  );
  return { client, requestCount: () => sent };
}

/**
 * The SDK's constructor merges ANTHROPIC_CUSTOM_HEADERS into every request, an Authorization line among them, and has no
 * option against it. It reads the variable there and then, so hiding it for that moment is enough.
 */
function withoutCustomHeaders<Result>(make: () => Result): Result {
  const hidden = process.env.ANTHROPIC_CUSTOM_HEADERS;
  delete process.env.ANTHROPIC_CUSTOM_HEADERS;
  try {
    return make();
  } finally {
    if (hidden !== undefined) process.env.ANTHROPIC_CUSTOM_HEADERS = hidden;
  }
}
