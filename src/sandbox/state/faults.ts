import * as z from "zod/mini";
import { errorTypeOf, type FailureAnswer } from "../http/errors.ts";
import { integer, number, text } from "../http/schema.ts";
import type { CallEffect } from "./call.ts";
import type { Chaos, ChaosKind } from "./settings.ts";

/** What a fault does; docs/sandbox.md explains each. */
type FaultKind =
  | "status"
  | "429"
  | "409"
  | "5xx"
  | "forbidden"
  | "slow"
  | "cut_before"
  | "cut_after"
  | "redirect"
  | "body"
  | "authorization_check_unavailable"
  | CallEffect;

/** A fault as it is asked for. Without `match` it hits the next API call, whatever it is. */
export interface Fault {
  readonly match?: {
    readonly method?: string;
    /** A prefix of the path, or a glob: `*` stands for one segment, `**` for any number. */
    readonly path?: string;
    /** Only the nth matching call, counted from 1. */
    readonly nth?: number;
    /** Only matching calls after this many. */
    readonly after?: number;
  };
  readonly kind: FaultKind;
  /** How many calls it hits; default 1, null = all. */
  readonly times?: number | null;
  /** HTTP status of `status`, `5xx` (default 500), `redirect` (302) and `body` (200). */
  readonly status?: number;
  readonly message?: string;
  readonly error_code?: string;
  /** More of the error's `details`, beside `error_code`. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** Seconds in the `retry-after` header; a 429 has 1 unless told otherwise, null = no header. */
  readonly retry_after?: number | null;
  /** Milliseconds that `slow` waits before the call is handled; others wait too when it is given. */
  readonly ms?: number;
  /** An error answer that comes after the change took effect. */
  readonly after_effect?: boolean;
  /** Where `redirect` points. */
  readonly location?: string;
  /** What `body` answers with instead of JSON. */
  readonly body?: string;
}

/** Reads a fault that comes over HTTP. */
export const faultShape = z.strictObject({
  match: z.exactOptional(
    z.strictObject({
      method: z.exactOptional(text(1)),
      path: z.exactOptional(text(1)),
      nth: z.exactOptional(integer(1)),
      after: z.exactOptional(integer(0)),
    }),
  ),
  kind: z.enum([
    "status",
    "429",
    "409",
    "5xx",
    "forbidden",
    "slow",
    "cut_before",
    "cut_after",
    "redirect",
    "body",
    "authorization_check_unavailable",
    "workspace_created_incomplete",
    "change_outcome_unknown",
    "storage_attached_during_archive",
    "refusal",
    "stream_overloaded",
    "stream_cut",
  ]),
  times: z.exactOptional(z.nullable(integer(1))),
  status: z.exactOptional(integer(200, 599)),
  message: z.exactOptional(text()),
  error_code: z.exactOptional(text(1)),
  details: z.exactOptional(z.record(z.string(), z.unknown())),
  retry_after: z.exactOptional(z.nullable(number(0, 1e9))),
  ms: z.exactOptional(number(0, 3_600_000)),
  after_effect: z.exactOptional(z.boolean()),
  location: z.exactOptional(text(1)),
  body: z.exactOptional(text()),
});

const WORKSPACE = "/v1/organizations/workspaces";

/** The calls that a kind is about; the others it does not hit, whatever `match` says. */
const SCOPES: Partial<Readonly<Record<FaultKind, RegExp>>> = {
  workspace_created_incomplete: new RegExp(`^POST ${WORKSPACE}$`),
  change_outcome_unknown: new RegExp(`^POST ${WORKSPACE}/[^/]+$`),
  storage_attached_during_archive: new RegExp(`^POST ${WORKSPACE}/[^/]+/archive$`),
  refusal: /^POST \/v1\/messages/,
  stream_overloaded: /^POST \/v1\/messages$/,
  stream_cut: /^POST \/v1\/messages$/,
};

/** A fault that waits for its calls. */
export interface QueuedFault {
  readonly id: number;
  readonly fault: Fault;
  readonly pattern: RegExp;
  seen: number;
  /** Calls it will still hit; null = no end. */
  left: number | null;
}

/** The faults of one sandbox, and the state of its random generator. */
export interface FaultQueue {
  queue: QueuedFault[];
  nextId: number;
  /** The random state and the settings it was seeded by, so that new settings start it again. */
  random: { chaos: Chaos; state: number } | null;
}

/** What the server has to do to one call. */
export interface FaultPlan {
  readonly name: FaultKind;
  readonly delayMs: number;
  readonly cut: "before" | "after" | null;
  readonly failure: FailureAnswer | null;
  readonly afterEffect: boolean;
  readonly raw: { readonly status: number; readonly headers: Record<string, string>; readonly body: string } | null;
  readonly effect: CallEffect | null;
}

/** An empty queue. */
export function createFaults(): FaultQueue {
  return { queue: [], nextId: 1, random: null };
}

/** Adds a fault behind those that wait already; returns its id. */
export function addFault(faults: FaultQueue, fault: Fault): number {
  const id = faults.nextId++;
  const left = fault.times === undefined ? 1 : fault.times;
  faults.queue.push({ id, fault, pattern: patternOf(fault.match?.path ?? "/"), seen: 0, left });
  return id;
}

/** The fault that hits this call, if any: the first of the queue that is due, else one at random. */
export function takeFault(faults: FaultQueue, chaos: Chaos | null, method: string, path: string): FaultPlan | null {
  let hit: QueuedFault | null = null;
  for (const queued of faults.queue) {
    const { match } = queued.fault;
    if (match?.method !== undefined && match.method.toUpperCase() !== method) continue;
    if (!queued.pattern.test(path) || SCOPES[queued.fault.kind]?.test(`${method} ${path}`) === false) continue;
    queued.seen += 1;
    const due = (match?.nth === undefined || queued.seen === match.nth) && queued.seen > (match?.after ?? 0);
    if (due && hit === null) hit = queued;
  }
  if (hit === null) return chaos === null ? null : randomFault(faults, chaos, path);
  if (hit.left !== null) hit.left -= 1;
  if (hit.left === 0) faults.queue = faults.queue.filter((queued) => queued !== hit);
  return planOf(hit.fault, path);
}

function patternOf(path: string): RegExp {
  const escaped = path.replace(/[.+?^${}()|[\]\\]/g, "\\$&");
  if (!path.includes("*")) return new RegExp(`^${escaped}`);
  const glob = escaped.replace(/\*\*|\*/g, (star) => (star === "**" ? ".*" : "[^/]*"));
  return new RegExp(`^${glob}$`);
}

const CHAOS_KINDS: readonly ChaosKind[] = ["429", "409", "5xx", "cut_before", "cut_after"];

function randomFault(faults: FaultQueue, chaos: Chaos, path: string): FaultPlan | null {
  if (faults.random?.chaos !== chaos) faults.random = { chaos, state: chaos.seed >>> 0 };
  const kinds = chaos.kinds ?? CHAOS_KINDS;
  const draw = nextRandom(faults.random);
  const kind = kinds[Math.floor(nextRandom(faults.random) * kinds.length)];
  if (draw >= chaos.rate || kind === undefined) return null;
  return planOf({ kind, retry_after: kind === "429" ? (chaos.retry_after ?? 1) : null }, path);
}

/** mulberry32: small, and the same on every machine. */
function nextRandom(random: { state: number }): number {
  random.state = (random.state + 0x6d2b79f5) >>> 0;
  let mixed = random.state;
  mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
}

function planOf(fault: Fault, path: string): FaultPlan {
  const none = { failure: null, raw: null, effect: null, cut: null } as const;
  const plan = { name: fault.kind, delayMs: fault.ms ?? 0, afterEffect: fault.after_effect ?? false };
  switch (fault.kind) {
    case "slow":
      return { ...none, ...plan, delayMs: fault.ms ?? 1000 };
    case "cut_before":
      return { ...none, ...plan, cut: "before" };
    case "cut_after":
      return { ...none, ...plan, cut: "after" };
    case "workspace_created_incomplete":
    case "change_outcome_unknown":
    case "storage_attached_during_archive":
    case "refusal":
    case "stream_overloaded":
    case "stream_cut":
      return { ...none, ...plan, effect: fault.kind };
    case "redirect": {
      const headers = { location: fault.location ?? "http://127.0.0.1:9/" };
      return { ...none, ...plan, raw: { status: fault.status ?? 302, headers, body: "" } };
    }
    case "body": {
      const body = fault.body ?? "<html><body>Bad gateway</body></html>";
      return { ...none, ...plan, raw: { status: fault.status ?? 200, headers: { "content-type": "text/html" }, body } };
    }
    case "status":
    case "429":
    case "409":
    case "5xx":
    case "forbidden":
    case "authorization_check_unavailable":
      return { ...none, ...plan, failure: failureOf(fault, path) };
  }
}

const STATUS: Readonly<Record<string, number>> = {
  forbidden: 403,
  "429": 429,
  "409": 409,
  authorization_check_unavailable: 503,
};
/** Seconds to wait that an answer names by itself. */
const RETRY_AFTER: Readonly<Record<number, number>> = { 429: 1 };

function failureOf(fault: Fault, path: string): FailureAnswer {
  const { kind, message = `Injected fault: ${kind}` } = fault;
  const status = fault.status ?? STATUS[kind] ?? 500;
  const unavailable = kind === "authorization_check_unavailable";
  // Concurrent edits of people are the one 409 that the Admin API has documented since its beginning.
  const people = status === 409 && /\/(users|members|invites)(\/|$)/.test(path);
  const errorCode = fault.error_code ?? (unavailable ? kind : people ? "concurrent_membership_change" : undefined);
  const details = { ...(errorCode === undefined ? {} : { error_code: errorCode }), ...fault.details };
  const retryAfter = fault.retry_after === undefined ? (unavailable ? 1 : RETRY_AFTER[status]) : fault.retry_after;
  return {
    status,
    type: errorTypeOf(status),
    message,
    ...(Object.keys(details).length === 0 ? {} : { details }),
    ...(retryAfter == null ? {} : { headers: { "retry-after": String(retryAfter) } }),
  };
}
