import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { connectAdmin } from "../../src/adapters/api/admin-client.ts";
import type { Credential } from "../../src/adapters/api/credential-type.ts";
import { startDeadline } from "../../src/adapters/api/deadline.ts";
import { createOrgReader, type OrgReaderOptions } from "../../src/adapters/api/reader.ts";
import type { Wait } from "../../src/adapters/api/request-queue.ts";
import type { OrgReader, ReadScope } from "../../src/core/model/org.ts";
import { EMPTY_SCOPE } from "../../src/core/model/org.ts";

/** A server that misbehaves as a test wants it to; it remembers what was asked. */
export interface TestServer {
  readonly url: string;
  readonly requests: readonly { readonly path: string; readonly headers: IncomingMessage["headers"] }[];
  readonly close: () => Promise<void>;
}

export type Handler = (url: URL, response: ServerResponse, count: number) => void;

export async function serve(handle: Handler): Promise<TestServer> {
  const requests: { path: string; headers: IncomingMessage["headers"] }[] = [];
  const server = createServer((request, response) => {
    requests.push({ path: request.url ?? "", headers: request.headers });
    handle(new URL(request.url ?? "/", "http://server"), response, requests.length);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function json(
  response: ServerResponse,
  body: unknown,
  status = 200,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { "content-type": "application/json", "request-id": "req_test", ...headers });
  response.end(JSON.stringify(body));
}

export function apiError(
  response: ServerResponse,
  status: number,
  message: string,
  { code, headers }: { readonly code?: string; readonly headers?: Record<string, string> } = {},
): void {
  const details = code === undefined ? {} : { details: { error_code: code } };
  json(response, { type: "error", error: { type: "error", message, ...details } }, status, headers);
}

export const SECRET = "sk-ant-admin01-test-0123456789";

export interface Connection {
  readonly reader: OrgReader;
  readonly lines: readonly string[];
  readonly waits: readonly Wait[];
  readonly requestCount: () => number;
}

/** Shorter than the test's own, and measures nothing: a slow machine takes half a minute for a thousand requests. */
const PATIENCE_MS = 120_000;

export function connect(
  url: string,
  options: {
    readonly timeout?: number;
    readonly attemptTimeout?: number;
    readonly credential?: Credential;
    readonly debug?: boolean;
    readonly perMinute?: number;
    /** Whether the deadline is one that somebody gave. */
    readonly isFixed?: boolean;
    readonly onLongRead?: OrgReaderOptions["onLongRead"];
    readonly interrupt?: AbortSignal;
    readonly now?: () => number;
    readonly onProgress?: (done: number, planned: number) => void;
  } = {},
): Connection {
  const lines: string[] = [];
  const waits: Wait[] = [];
  const deadline = startDeadline({
    milliseconds: options.timeout ?? PATIENCE_MS,
    isFixed: options.isFixed ?? true,
    ...(options.interrupt && { interrupt: options.interrupt }),
  });
  const { client, requestCount } = connectAdmin({
    credential: options.credential ?? { kind: "api-key", secret: SECRET, source: "ANTHROPIC_ADMIN_KEY" },
    baseUrl: url,
    env: {},
    deadline,
    perMinute: options.perMinute ?? 0,
    debug: options.debug ?? false,
    log: (line) => lines.push(line),
    onWait: (wait) => waits.push(wait),
    ...(options.attemptTimeout !== undefined && { attemptTimeout: options.attemptTimeout }),
  });
  const reader = createOrgReader({
    client,
    deadline,
    now: options.now ?? Date.now,
    perMinute: options.perMinute ?? 0,
    ...(options.onLongRead && { onLongRead: options.onLongRead }),
    ...(options.onProgress && { onProgress: options.onProgress }),
  });
  return { reader, lines, waits, requestCount };
}

/** A scope that asks for nothing but what `asked` says. */
export function scope(asked: Partial<ReadScope>): ReadScope {
  return { ...EMPTY_SCOPE, ...asked };
}

export const EVERYTHING: ReadScope = scope({
  organization: true,
  users: true,
  invites: true,
  workspaces: true,
  keys: true,
  rateLimits: true,
  spendLimits: true,
  membersOf: (workspaces) => workspaces.filter(({ isDefault }) => !isDefault).map(({ id }) => id),
  rateLimitsOf: (workspaces) => workspaces.filter(({ isDefault }) => !isDefault).map(({ id }) => id),
});
