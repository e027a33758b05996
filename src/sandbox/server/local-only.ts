import type { IncomingHttpHeaders } from "node:http";

const HOSTS: ReadonlySet<string> = new Set(["127.0.0.1", "localhost"]);
const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json(?:\s*;|$)/i;

/**
 * Why a request is not answered at all, or undefined. A page in a browser must play neither the administrator nor the person at the
 * Console: not under a name of its own that points at this machine, and not by a form or a request whose answer it cannot read.
 */
export function foreignRequest(headers: IncomingHttpHeaders, hasBody: boolean): string | undefined {
  const host = (headers.host ?? "").replace(/:\d+$/, "");
  if (!HOSTS.has(host)) return "The sandbox answers on 127.0.0.1 and localhost only";
  if (headers.origin !== undefined || headers["sec-fetch-site"] === "cross-site") {
    return "The sandbox answers no web page: the request has an Origin, or comes from another site";
  }
  if (hasBody && !JSON_TYPE.test(headers["content-type"] ?? "")) {
    return "The sandbox takes JSON only: send content-type: application/json (curl --json does)";
  }
  return undefined;
}
