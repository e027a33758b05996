import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { broughtToken, EXCHANGE_PATH } from "../api/token-exchange.ts";
import { type ErrorType, errorBody, errorTypeOf } from "../http/errors.ts";
import type { SandboxClock } from "../state/clock.ts";
import { type FaultPlan, type FaultQueue, takeFault } from "../state/faults.ts";
import type { Proof } from "../state/identity-token.ts";
import type { SandboxState } from "../state/state.ts";
import { type ApiAnswer, type ApiRequest, answerCall, logRequest, type RequestLog } from "./answer.ts";

/** The largest body the API takes: 32 MB. */
const MAX_BODY = 32 * 1024 * 1024;

/** Everything a running sandbox holds. `state` changes as a whole on reset. */
export interface Simulation {
  state: SandboxState;
  readonly clock: SandboxClock;
  readonly faults: FaultQueue;
  readonly log: RequestLog;
  requestCount: number;
}

/** Answers a control call; null when the path is none of its own. */
export type ControlHandler = (method: string, path: string, body: string) => Promise<{ status: number; body: unknown }>;

/** A listening server: its address, and how to stop it at once, idle and busy connections included. */
export interface RunningServer {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Listens on 127.0.0.1; port 0 = any free one. Rejects when the port is taken. */
export async function listen(simulation: Simulation, control: ControlHandler, port: number): Promise<RunningServer> {
  const timers = new Set<NodeJS.Timeout>();
  const later = (ms: number, run: () => void): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      run();
    }, ms);
    timers.add(timer);
  };
  const server = createServer({ keepAliveTimeout: 0 }, (req, res) => {
    readBody(req, (body) => {
      const isControl = req.url?.startsWith("/_sandbox") === true;
      const foreign = foreignRequest(req.headers, body !== "");
      if (foreign !== undefined) refuse(simulation, res, foreign, isControl);
      else if (isControl) void answerControl(simulation, req, res, control, body);
      else answerApi(simulation, req, res, body, later);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
      return stop(server);
    },
  };
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** Hands over the text of the body, or null when it is too large. */
function readBody(req: IncomingMessage, done: (body: string | null) => void): void {
  if (req.method === "GET") {
    req.resume();
    done("");
    return;
  }
  const chunks: Buffer[] = [];
  let size = 0;
  req.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size <= MAX_BODY) chunks.push(chunk);
  });
  req.on("end", () => done(size > MAX_BODY ? null : Buffer.concat(chunks).toString("utf8")));
}

function refuse(simulation: Simulation, res: ServerResponse, message: string, isControl: boolean): void {
  if (isControl) sendJson(simulation, res, 403, { error: message });
  else sendFailure(simulation, res, nextRequestId(simulation), 403, message);
}

async function answerControl(
  simulation: Simulation,
  req: IncomingMessage,
  res: ServerResponse,
  control: ControlHandler,
  body: string | null,
): Promise<void> {
  const path = (req.url ?? "").split("?")[0] ?? "";
  const answer = await control(req.method ?? "GET", path, body ?? "");
  sendJson(simulation, res, answer.status, answer.body);
}

function nextRequestId(simulation: Simulation): string {
  return `req_01sandbox${String(++simulation.requestCount).padStart(7, "0")}`;
}

/** Milliseconds that a timer and the call itself take on top, on average: an answer comes after the latency, not later. */
const TIMER_LATENESS = 1;

function answerApi(
  simulation: Simulation,
  req: IncomingMessage,
  res: ServerResponse,
  body: string | null,
  later: (ms: number, run: () => void) => void,
): void {
  const [path = "", search = ""] = (req.url ?? "").split(/\?(.*)/s, 2);
  const method = req.method ?? "GET";
  const requestId = nextRequestId(simulation);
  const request: ApiRequest = { method, path, search, headers: req.headers, body: body ?? "", requestId };
  const plan = takeFault(simulation.faults, simulation.state.settings.chaos, method, path);
  const delay = simulation.state.settings.latencyMs + (plan?.delayMs ?? 0) - TIMER_LATENESS;
  const run = (proof?: Proof): void =>
    finish(simulation, proof ? { ...request, proof } : request, plan, body === null, res, later);
  // A signature is looked at before the call, which is one synchronous step.
  const begin = (): void => {
    if (path === EXCHANGE_PATH) void proofOf(simulation, request).then(run);
    else run();
  };
  if (delay > 0) later(delay, begin);
  else begin();
}

/** What is found of the token that a request brings to be exchanged; undefined where it brings none. */
async function proofOf({ state, clock }: Simulation, request: ApiRequest): Promise<Proof | undefined> {
  const brought = broughtToken(state, parseJson(request.body));
  if (brought === undefined) return undefined;
  const { token, issuer } = brought;
  const given = issuer.jwks.type === "inline" ? { given: issuer.jwks.keys } : {};
  const { verifyToken } = await import("../state/identity-token.ts");
  return verifyToken(state.signingKeys, token, { url: issuer.issuer_url, ...given }, clock.now());
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function finish(
  simulation: Simulation,
  request: ApiRequest,
  plan: FaultPlan | null,
  tooLarge: boolean,
  res: ServerResponse,
  later: (ms: number, run: () => void) => void,
): void {
  const { state, log } = simulation;
  const note = (status: number | null): void => {
    const { method, path, search: query, requestId } = request;
    logRequest(log, { method, path, query, status, requestId, fault: plan?.name ?? null }, state.settings.requestLog);
  };
  const reached = plan === null || plan.cut !== "before" || plan.afterEffect;
  const stopsBefore = plan !== null && !plan.afterEffect && (plan.failure !== null || plan.raw !== null);
  const answer =
    reached && !stopsBefore && !tooLarge
      ? answerCall(state, request, simulation.clock.now(), plan?.effect ?? null)
      : null;
  if (plan?.cut != null) {
    note(null);
    res.socket?.destroy();
  } else if (tooLarge) {
    note(413);
    sendFailure(simulation, res, request.requestId, 413, "The request body is larger than 32 MB");
  } else if (plan?.raw != null) {
    note(plan.raw.status);
    sendText(simulation, res, plan.raw.status, { "request-id": request.requestId, ...plan.raw.headers }, plan.raw.body);
  } else if (plan?.failure != null) {
    note(plan.failure.status);
    const headers = { "request-id": request.requestId, "content-type": "application/json", ...plan.failure.headers };
    sendText(simulation, res, plan.failure.status, headers, JSON.stringify(errorBody(plan.failure, request.requestId)));
  } else if (answer !== null) {
    note(answer.status);
    send(simulation, res, answer, later);
  }
}

function send(
  simulation: Simulation,
  res: ServerResponse,
  answer: ApiAnswer,
  later: (ms: number, run: () => void) => void,
): void {
  if (answer.stream === null) {
    sendText(
      simulation,
      res,
      answer.status,
      { "content-type": "application/json", ...answer.headers },
      answer.json ?? "",
    );
    return;
  }
  const { stream: events, cut } = answer.stream;
  const { streamDelayMs: delayMs } = simulation.state.settings;
  begin(simulation, res, 200, { "content-type": "text/event-stream", "cache-control": "no-cache", ...answer.headers });
  const write = (at: number): void => {
    if (res.destroyed) return;
    const next = events[at];
    if (next === undefined) {
      if (cut) res.socket?.destroy();
      else res.end();
      return;
    }
    // A cut must not overtake what was written before it.
    const followed = (): void => (delayMs > 0 ? later(delayMs, () => write(at + 1)) : write(at + 1));
    res.write(`event: ${next.event}\ndata: ${JSON.stringify(next.data)}\n\n`, followed);
  };
  write(0);
}

function sendFailure(
  simulation: Simulation,
  res: ServerResponse,
  requestId: string,
  status: number,
  message: string,
): void {
  const type: ErrorType = errorTypeOf(status);
  const body = JSON.stringify(errorBody({ status, type, message }, requestId));
  sendText(simulation, res, status, { "request-id": requestId, "content-type": "application/json" }, body);
}

function sendJson(simulation: Simulation, res: ServerResponse, status: number, body: unknown): void {
  sendText(simulation, res, status, { "content-type": "application/json" }, `${JSON.stringify(body, null, 2)}\n`);
}

function sendText(
  simulation: Simulation,
  res: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  text: string,
): void {
  begin(simulation, res, status, { ...headers, "content-length": String(Buffer.byteLength(text)) });
  res.end(text);
}

/** Every answer says what time it is by the sandbox's own clock, unless it is told not to. */
function begin(
  simulation: Simulation,
  res: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
): void {
  res.sendDate = false;
  const date = simulation.state.settings.sendDate ? { date: new Date(simulation.clock.now()).toUTCString() } : {};
  res.writeHead(status, { ...date, ...headers });
}

const HOSTS: ReadonlySet<string> = new Set(["127.0.0.1", "localhost"]);
const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json(?:\s*;|$)/i;

/**
 * Why a request is not answered at all, or undefined. A page in a browser must play neither the administrator nor the person at the
 * Console: not under a name of its own that points at this machine, and not by a form or a request whose answer it cannot read.
 */
function foreignRequest(headers: IncomingHttpHeaders, hasBody: boolean): string | undefined {
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
