import { type IncomingMessage, Agent as PlainAgent, request as plainRequest } from "node:http";
import { Agent, request as secureRequest } from "node:https";
import { pipeline, type Readable } from "node:stream";
import { Failure } from "../../core/model/failure.ts";
import { failureOf, isUntrusted } from "./failure.ts";
import { Headers } from "./headers.ts";
import { type ProxyRoute, proxyFor, routeOf, TunnelRefused, tunnelAgent } from "./proxy.ts";

/** One request to the API, as it leaves. */
export interface Sent {
  readonly method: string;
  readonly headers: Headers;
  readonly body?: string;
  readonly signal?: AbortSignal;
}

/** One answer, unpacked as far as it is read. A redirect is an answer like any other. */
export interface Received {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Headers;
  readonly body: Readable;
}

/** Sends one request. Rejects with the reason of its signal, a Failure, or an error that has `route`. */
export type Transport = (url: URL, sent: Sent) => Promise<Received>;

/** An error that means that no answer came. */
export interface ConnectionError extends Error {
  /** Which way was tried, as words for the message: the proxy, past it, or that none is set. Absent for plain http. */
  readonly route?: string;
}

/** Connections are kept for the next request of the process, also of another client: a conversation connects for each turn. */
const AGENTS = new Map<string, Agent | PlainAgent>();

function agentOf(key: string, make: () => Agent | PlainAgent): Agent | PlainAgent {
  const agent = AGENTS.get(key) ?? make();
  AGENTS.set(key, agent);
  return agent;
}

/**
 * HTTP on node's own agents: connections are kept, certificates are those of the system and NODE_EXTRA_CA_CERTS, https goes through
 * the proxy that the environment names. Throws Failure `usage` for a proxy that is no address.
 */
export function createTransport(baseUrl: string, env: Readonly<Record<string, string | undefined>>): Transport {
  const base = new URL(baseUrl);
  const proxy = proxyFor(base, env);
  const isPlain = base.protocol === "http:";
  const agent = isPlain
    ? agentOf("http:", () => new PlainAgent({ keepAlive: true }))
    : agentOf(proxy?.url.href ?? "https:", () => (proxy ? tunnelAgent(proxy) : new Agent({ keepAlive: true })));
  const open = isPlain ? plainRequest : secureRequest;

  return async (url, { method, headers, body, signal }) => {
    // A secret leaves for one host only, whatever a client, a profile or an answer made of the address.
    if (url.origin !== base.origin) {
      throw new Failure("base-url-refused", {
        message: `a request for ${url.host} was not sent: the API is ${base.host}`,
      });
    }
    try {
      return received(await answerTo(open, url, { method, headers, agent }, body, signal));
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      const reason = explained(error, proxy, isPlain ? undefined : routeOf(base, env, proxy));
      // A Failure is not tried again.
      throw isUntrusted(reason) ? failureOf(reason, { what: `${method} ${url.pathname}` }) : reason;
    }
  };
}

/** The beginning of an answer. An abort is not waited for: a request that has no connection yet would tell it only then. */
function answerTo(
  open: typeof plainRequest,
  url: URL,
  { method, headers, agent }: { readonly method: string; readonly headers: Headers; readonly agent: PlainAgent },
  body: string | undefined,
  signal: AbortSignal | undefined,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const asked = { "accept-encoding": "gzip, deflate, br", ...Object.fromEntries(headers) };
    const request = open(url, { method, headers: asked, agent, ...(signal && { tunnelSignal: signal }) });
    // Not node's own `signal`: where an answer comes before the whole request has left, its error reaches nobody, and ends the process.
    const leave = () => {
      reject(signal?.reason);
      request.destroy();
    };
    if (signal?.aborted) leave();
    signal?.addEventListener("abort", leave, { once: true });
    request.on("close", () => signal?.removeEventListener("abort", leave));
    request.on("error", reject);
    request.on("response", resolve);
    request.end(body);
  });
}

function received(answer: IncomingMessage): Received {
  const headers = new Headers();
  for (let at = 0; at < answer.rawHeaders.length; at += 2) {
    headers.append(answer.rawHeaders[at] ?? "", answer.rawHeaders[at + 1] ?? "");
  }
  const body = unpacked(answer, headers.get("content-encoding")?.trim().toLowerCase());
  // An abort after the last byte was read reaches it too, and nobody is left to be told.
  body.on("error", () => {});
  headers.delete("content-encoding");
  if (body !== answer) headers.delete("content-length");
  return { status: answer.statusCode ?? 0, statusText: answer.statusMessage ?? "", headers, body };
}

function unpacked(answer: IncomingMessage, encoding: string | undefined): Readable {
  const unpack = encoding === undefined ? undefined : UNPACK[encoding];
  // Errors of either end destroy the other, and are told by the body.
  return unpack ? pipeline(answer, unpack(), () => {}) : answer;
}

/** Loaded only for an answer that is packed: a prompt's is not, most of the time. */
const zlib = () => process.getBuiltinModule("node:zlib");

const UNPACK: Readonly<Record<string, () => NodeJS.ReadWriteStream & Readable>> = {
  gzip: () => zlib().createGunzip(),
  "x-gzip": () => zlib().createGunzip(),
  deflate: () => zlib().createInflate(),
  br: () => zlib().createBrotliDecompress(),
};

function explained(error: unknown, proxy: ProxyRoute | undefined, route: string | undefined): unknown {
  if (error instanceof TunnelRefused && proxy) return refusedTunnel(error.status, proxy);
  if (!(error instanceof Error) || route === undefined) return error;
  return Object.assign(error, { route }) satisfies ConnectionError;
}

function refusedTunnel(status: number, { url, variable }: ProxyRoute): Failure {
  const message = `the proxy ${url.host} (${variable}) refused the way to the API with ${status}`;
  if (status !== 407)
    return new Failure("unreachable", { message, fix: "ask whoever runs the proxy, or see NO_PROXY" });
  const fix = url.username
    ? `correct the user and the password in ${variable}`
    : `the proxy wants a user and a password: ${variable}=http://USER:PASSWORD@${url.host}`;
  return new Failure("unreachable", { message, fix });
}
