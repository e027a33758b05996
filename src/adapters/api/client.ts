import { format } from "node:util";
import { BaseAnthropic, type ClientOptions } from "@anthropic-ai/sdk/client";
import { isObject } from "../../core/text/text.ts";
import type { Credential } from "./credential-type.ts";
import type { Deadline } from "./deadline.ts";
import { createMessageFetch } from "./fetch.ts";
import { createRequestQueue, type RequestQueue, type Wait } from "./request-queue.ts";
import { createTransport } from "./transport.ts";

/** What every client of ours is made from. */
export interface ConnectionOptions {
  readonly credential: Credential;
  /** As `resolveBaseUrl` checked it. */
  readonly baseUrl: string;
  /** Names the proxy, where there is one. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly deadline: Deadline;
  /** Requests a minute; 0 is no limit. */
  readonly perMinute: number;
  /** The queue of another client, whose pace this one shares; one of its own unless given. */
  readonly queue?: RequestQueue;
  /** `--debug`: the SDK logs each request. */
  readonly debug: boolean;
  /** A line for stderr, not yet masked. */
  readonly log: (line: string) => void;
  readonly onWait?: (wait: Wait) => void;
  /** Called with each credential that leaves or comes. */
  readonly onSecret?: (secret: string) => void;
  /** Called with the headers of each answer. */
  readonly onAnswer?: (headers: Headers) => void;
  /** The id of the workspace that a key without one acts in. */
  readonly workspaceId?: string | undefined;
}

/** The SDK's own timer runs while a request waits in our queue, so it is set to never; `attemptTimeout` is ours. */
const NEVER = 2 ** 31 - 1;

/** How often a prompt is sent again that was not answered at all. */
const PROMPT_RETRIES = 2;

/**
 * The client that sends prompts. What is not answered at all is sent again twice; once an answer has begun, nothing is.
 */
export function connectMessages(options: ConnectionOptions): BaseAnthropic {
  const { deadline, debug, log } = options;
  // Under --debug the SDK logs of each request its address, its headers without the credential, its status and its time. It would
  // log the prompt too, and, at level error, the piece of an answer that is no JSON: neither is anybody's business.
  const write = (...parts: unknown[]) => log(format(...parts.map(withoutPrompt)));
  // Of an answer that comes in pieces it logs the beginning twice, and the second time as objects that show nothing of what is in them.
  const once = (message: string, ...parts: unknown[]) => {
    if (message !== "response") write(message, ...parts);
  };
  return makeClient(options, {
    fetch: createMessageFetch({ ...fetchOptions(options), deadline, retries: PROMPT_RETRIES }),
    maxRetries: PROMPT_RETRIES,
    logLevel: debug ? "debug" : "warn",
    logger: { error: () => {}, warn: write, info: write, debug: once },
  });
}

/** What every `fetch` of ours is made from. */
export function fetchOptions({
  credential,
  baseUrl,
  env,
  perMinute,
  onWait,
  onSecret,
  onAnswer,
  workspaceId,
  queue = createRequestQueue({ perMinute, ...(onWait && { onWait }) }),
}: ConnectionOptions) {
  return {
    transport: createTransport(baseUrl, env),
    baseUrl,
    queue,
    secret: secretOf(credential),
    workspaceId,
    ...(onSecret && { onSecret }),
    ...(onAnswer && { onAnswer }),
  };
}

function secretOf(credential: Credential): string | undefined {
  return credential.kind === "profile" ? undefined : credential.secret;
}

function withoutPrompt(part: unknown): unknown {
  return isObject(part) && isObject(part.options)
    ? { ...part, options: { ...part.options, body: "[not logged]" } }
    : part;
}

type OwnOptions = Pick<ClientOptions, "fetch" | "maxRetries" | "logLevel" | "logger">;

/**
 * A client about which nothing comes from the environment: no other credential, base URL, log level, header, nor tracing. Without the SDK's
 * resources: they take longer to load than the rest of it, and who needs some names them.
 */
export function makeClient({ credential, baseUrl }: ConnectionOptions, own: OwnOptions): BaseAnthropic {
  return withoutCustomHeaders(
    () =>
      new BaseAnthropic({
        apiKey: credential.kind === "api-key" ? credential.secret : null,
        authToken: credential.kind === "auth-token" ? credential.secret : null,
        ...(credential.kind === "profile" && { profile: credential.profile }),
        webhookKey: null,
        baseURL: baseUrl,
        timeout: NEVER,
        openTelemetry: false,
        ...own,
      }),
  );
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
