import { decide } from "../core/policy/decide.ts";
import type { DenialCode, Denied } from "../core/policy/policy.ts";
import { isObject, parseJson } from "../core/text/text.ts";
import { type Decided, decideCount, decideRequest, type PolicyContext } from "./named-models.ts";

/** An HTTP request of a client, as it would be sent. */
export interface HttpCall {
  readonly method: string;
  readonly url: string;
  readonly body: unknown;
  /** The address that the client was made for, and the query that it adds to each request. */
  readonly baseUrl: string;
  readonly defaultQuery: Readonly<Record<string, unknown>>;
}

/** What may be sent. */
export interface Passed {
  readonly decision: "allow";
  readonly method: string;
  readonly url: string;
  /** The text to send in place of the one that was judged; absent where that stays what it is. */
  readonly body?: string;
  /** The model that is asked; null where none is, or many are. */
  readonly model: string | null;
  /** How many calls it counts as, by `rpm_limit`. */
  readonly calls: number;
  /** Whether the answer names a model. */
  readonly answersWithModel: boolean;
}

const ID = "[\\w.:@-]+";
const open = (methods: string, path: string) => ({ methods, path: new RegExp(`^${path}$`) });

/** What asks no model: read, cancel, delete, and everything about files. */
const OPEN = [
  open("GET", `/v1/models(?:/${ID})?`),
  open("GET", `/v1/messages/batches(?:/${ID}(?:/results)?)?`),
  open("DELETE", `/v1/messages/batches/${ID}`),
  open("POST", `/v1/messages/batches/${ID}/cancel`),
  open("GET POST", "/v1/files"),
  open("GET DELETE", `/v1/files/${ID}`),
  open("GET", `/v1/files/${ID}/content`),
];

/**
 * Whether a request may be sent, and as what. What is not known exactly is denied: another path, method or host, an unknown query, a
 * body that is no JSON. It does not throw.
 */
export function judgeCall(call: HttpCall, context: PolicyContext): Passed | Denied {
  try {
    return judge(call, context);
  } catch {
    // A body nested deeper than anybody can look, or a policy that answers with errors.
    return notGuarded(context, "a request that cannot be looked through");
  }
}

function judge(call: HttpCall, context: PolicyContext): Passed | Denied {
  const outsider = denialForRole(context);
  if (outsider) return outsider;
  const method = call.method.toUpperCase();
  const place = placeOf(call);
  if (place === undefined) return notGuarded(context, `${method} ${hostOf(call.url)}`);
  const { path, query, url } = place;
  const passed = {
    decision: "allow",
    method,
    url,
    model: null,
    calls: 0,
    answersWithModel: false,
  } as const;
  if (OPEN.some((entry) => entry.methods.split(" ").includes(method) && entry.path.test(path))) return passed;
  const post = method === "POST" ? POSTS[path] : undefined;
  if (!post || !isKnownQuery(query, call.defaultQuery)) return notGuarded(context, `${method} ${path}${query}`);
  const body = typeof call.body === "string" ? parseJson(call.body) : undefined;
  if (!isObject(body)) return notGuarded(context, `a body of ${path} that is no JSON object`);
  const judged = post(context, body);
  if (judged.decision === "deny") return judged;
  const { request, ...more } = judged;
  // Written anew in any case: of a field that is written twice, the API might read the other one.
  return { ...passed, ...more, body: JSON.stringify(request) };
}

type Judged = (Extract<Decided, { decision: "allow" }> & Partial<Passed>) | Denied;
type Body = Readonly<Record<string, unknown>>;

const POSTS: Readonly<Record<string, (context: PolicyContext, body: Body) => Judged>> = {
  "/v1/messages": (context, body) => {
    const decided = decideRequest(context, body);
    if (decided.decision === "deny") return decided;
    const model = `${decided.request.model}`;
    return { ...decided, model, calls: 1, answersWithModel: true };
  },
  "/v1/messages/count_tokens": (context, body) => decideCount(context, body),
  "/v1/messages/batches": (context, body) => decideBatch(context, body),
};

/** Decides every request of a batch: all or nothing. */
export function decideBatch(context: PolicyContext, body: Body): Judged {
  const { requests } = body;
  if (!Array.isArray(requests) || requests.length === 0) {
    return denied(context, "invalid-request", "The batch holds no requests");
  }
  const decided: unknown[] = [];
  for (const item of requests) {
    const params: unknown = isObject(item) ? item.params : undefined;
    if (!isObject(item) || !isObject(params)) {
      return denied(context, "invalid-request", "The batch holds what is no request");
    }
    const decision = decideRequest(context, params);
    if (decision.decision === "deny") return decision;
    decided.push({ ...item, params: decision.request });
  }
  return { decision: "allow", request: { ...body, requests: decided }, calls: requests.length };
}

/** The path below the client's own address; undefined for what leads elsewhere. */
function placeOf({ url, baseUrl }: HttpCall) {
  if (!URL.canParse(url) || !URL.canParse(baseUrl)) return undefined;
  const [to, base] = [new URL(url), new URL(baseUrl)];
  const prefix = base.pathname.replace(/\/+$/, "");
  const isHome = to.origin === base.origin && to.username === base.username && to.password === base.password;
  if (!isHome || !to.pathname.startsWith(`${prefix}/`)) return undefined;
  return { path: to.pathname.slice(prefix.length), query: to.search, url: to.href };
}

/** `beta=true`, which the SDK's beta methods may add, and what the client was made with. */
function isKnownQuery(query: string, defaults: HttpCall["defaultQuery"]): boolean {
  return [...new URLSearchParams(query)].every(
    ([name, value]) =>
      (name === "beta" && value === "true") || (Object.hasOwn(defaults, name) && `${defaults[name]}` === value),
  );
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : "an address that is none";
}

/** The denial of everything, for a role that may do nothing: unknown, not allowed, or of no valid policy. */
export function denialForRole({ policy, role }: PolicyContext): Denied | undefined {
  // What a role may do at all is decided before the request is looked at, and this one is none.
  const decision = decide(policy, role, { model: "" });
  if (decision.decision === "allow" || decision.code === "invalid-request") return undefined;
  return { ...decision, model: null };
}

/** The denial of a call that no rule speaks of. */
export function notGuarded(context: PolicyContext, what: string, fix?: string): Denied {
  const message = `A guarded client does not make this call: ${what}`;
  const advice = "use messages, count_tokens, batches, models or files, or a client that is not guarded";
  return { ...denied(context, "call-not-guarded", message), fix: fix ?? advice };
}

function denied({ role }: PolicyContext, code: DenialCode, message: string): Denied {
  return { decision: "deny", code, role: typeof role === "string" ? role : null, model: null, message };
}
