import { request as plainRequest } from "node:http";
import { Agent, request as secureRequest } from "node:https";
import { BlockList, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { Failure } from "../../core/model/failure.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** The way out of a network: the address of its proxy, and the variable that named it. */
export interface ProxyRoute {
  readonly url: URL;
  readonly variable: string;
}

/** The words for which way was tried: through a proxy, past one because NO_PROXY says so, or that none is set. */
export function routeOf(target: URL, env: Environment, proxy: ProxyRoute | undefined): string {
  if (proxy) return `through the proxy ${proxy.url.host} (${proxy.variable})`;
  const variable = proxyVariable(env);
  if (variable === undefined) return "no proxy is set in HTTPS_PROXY";
  const exempting = env.no_proxy?.trim() ? "no_proxy" : "NO_PROXY";
  return `past the proxy of ${variable}, because ${exempting} names ${target.hostname}`;
}

// In lower case first, as curl and Go have it.
function proxyVariable(env: Environment): string | undefined {
  return ["https_proxy", "HTTPS_PROXY"].find((name) => env[name]?.trim());
}

/**
 * The proxy for an https address, by HTTPS_PROXY (or https_proxy) and NO_PROXY (or no_proxy): names with their subdomains, with or
 * without a port, ranges of addresses (`10.0.0.0/8`), `*` for all, as curl reads them. Undefined for plain http, which goes to loopback only and is never proxied.
 * Throws Failure `usage` for what is no address of a proxy, without repeating it: it may hold a password.
 */
export function proxyFor(target: URL, env: Environment): ProxyRoute | undefined {
  if (target.protocol !== "https:") return undefined;
  const variable = proxyVariable(env);
  if (variable === undefined) return undefined;
  if (isExempt(target, env.no_proxy?.trim() || env.NO_PROXY?.trim() || "")) return undefined;
  const written = env[variable]?.trim() ?? "";
  const text = written.includes("://") ? written : `http://${written}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && (url.protocol === "http:" || url.protocol === "https:") && url.hostname !== "") return { url, variable };
  throw new Failure("usage", {
    message: `${variable} is no address of an http or https proxy`,
    fix: `write it as http://HOST:PORT, or unset ${variable}`,
  });
}

function isExempt(target: URL, exempt: string): boolean {
  const port = target.port || "443";
  const host = bare(target.hostname);
  return exempt
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => {
      if (entry === "" || entry === "*") return entry === "*";
      const [, range, bits] = /^(.+)\/(\d+)$/.exec(entry) ?? [];
      if (range !== undefined) return isInRange(host, bare(range), Number(bits));
      const [, name = "", ofPort] = /^(\[[^\]]*\]|[^:]*|.*:.*:.*?)(?::(\d+))?$/.exec(entry) ?? [];
      if (ofPort !== undefined && ofPort !== port) return false;
      const domain = bare(name).replace(/^\*?\./, "");
      return domain !== "" && (host === domain || host.endsWith(`.${domain}`));
    });
}

/** Whether a host is an address whose first `bits` are those of `range`: names are not looked up, by curl neither. */
function isInRange(host: string, range: string, bits: number): boolean {
  const version = isIP(range);
  if (version === 0 || isIP(host) !== version || bits > (version === 4 ? 32 : 128)) return false;
  const family = version === 4 ? "ipv4" : "ipv6";
  const addresses = new BlockList();
  addresses.addSubnet(range, bits, family);
  return addresses.check(host, family);
}

/** An IPv6 address without its brackets, a name without the dot of the root. */
function bare(host: string): string {
  return host
    .replace(/^\[|\]$/g, "")
    .replace(/\.$/, "")
    .toLowerCase();
}

/** What a proxy answered in place of a tunnel. It is never taken for an answer of the API. */
export class TunnelRefused extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`the proxy refused the tunnel with ${status}`);
    this.name = "TunnelRefused";
    this.status = status;
  }
}

/**
 * An agent whose connections go through a CONNECT tunnel: TLS, and so the credential, stays between this machine and the host. Our
 * own, since https-proxy-agent hands a proxy's refusal on as if the host had answered (a 404 of it would say that somebody is
 * gone), and logs the proxy's password where DEBUG is set.
 */
export function tunnelAgent({ url }: ProxyRoute): Agent {
  const agent = new Agent({ keepAlive: true });
  // What the agent calls to make a connection, with the options of tls.connect; the callback gives it back (node:http).
  Object.assign(agent, {
    createConnection: (options: TunnelOptions, done: (error: Error | null, socket?: Socket) => void) => {
      openTunnel(url, options).then(
        (socket) => done(null, connectTls({ ...options, path: undefined, socket })),
        (error) => done(error),
      );
    },
  });
  return agent;
}

interface TunnelOptions {
  readonly host: string;
  readonly port: number;
  /** The end of the request that the tunnel is made for: it has no connection yet that could be cut, and a proxy may not answer. */
  readonly tunnelSignal?: AbortSignal;
}

/** Milliseconds in which a proxy has to open the tunnel. */
const TUNNEL_TIMEOUT = 30_000;

function openTunnel(proxy: URL, { host, port, tunnelSignal }: TunnelOptions): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const target = `${host.includes(":") ? `[${host}]` : host}:${port}`;
    const request = (proxy.protocol === "https:" ? secureRequest : plainRequest)({
      hostname: bare(proxy.hostname),
      ...(proxy.port && { port: proxy.port }),
      method: "CONNECT",
      path: target,
      headers: { host: target, ...authorization(proxy) },
      agent: false,
      timeout: TUNNEL_TIMEOUT,
    });
    const leave = () => request.destroy(tunnelSignal?.reason);
    tunnelSignal?.addEventListener("abort", leave, { once: true });
    request.once("close", () => tunnelSignal?.removeEventListener("abort", leave));
    request.once("connect", ({ statusCode = 0 }, socket: Socket) => {
      tunnelSignal?.removeEventListener("abort", leave);
      socket.setTimeout(0);
      // Any of them opens it: RFC 9110, 9.3.6.
      if (statusCode >= 200 && statusCode < 300) return resolve(socket);
      socket.destroy();
      reject(new TunnelRefused(statusCode));
    });
    request.once("response", ({ statusCode = 0 }) => {
      request.destroy();
      reject(new TunnelRefused(statusCode));
    });
    request.once("timeout", () => request.destroy(Object.assign(new Error("no tunnel"), { code: "ETIMEDOUT" })));
    request.once("error", reject);
    request.end();
  });
}

function authorization({ username, password }: URL): { readonly "proxy-authorization"?: string } {
  if (username === "" && password === "") return {};
  const plain = `${decoded(username)}:${decoded(password)}`;
  return { "proxy-authorization": `Basic ${Buffer.from(plain).toString("base64")}` };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
