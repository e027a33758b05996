import type { Denied } from "../core/policy/policy.ts";
import { checkedAnswer } from "./checked-answer.ts";
import { type Counted, countCalls } from "./count-calls.ts";
import { judgeCall, notGuarded, type Passed } from "./judge-call.ts";
import { denialOf } from "./policy-denied-error.ts";
import type { MessagesClient } from "./stand-in-client.ts";

/** A client of @anthropic-ai/sdk 1.x: its requests pass through middleware. */
export interface SdkClient extends MessagesClient {
  readonly baseURL: string;
  readonly middleware: readonly Middleware[];
  readonly withOptions: (options: { readonly middleware?: readonly Middleware[] }) => SdkClient;
  readonly _options?: { readonly defaultQuery?: Readonly<Record<string, unknown>> };
}

/** Source: core/middleware.ts of the SDK. */
type Middleware = (
  request: HttpRequest,
  next: (request: HttpRequest) => Promise<Response>,
  context: { readonly options?: object | undefined },
) => Promise<Response>;

type HttpRequest = RequestInit & { readonly url: string };

/** Whether a client has middleware, by which everything that it sends can be seen. */
export function isSdkClient(client: unknown): client is SdkClient {
  const { middleware, withOptions, baseURL } = Object(client) as Partial<SdkClient>;
  return Array.isArray(middleware) && typeof withOptions === "function" && typeof baseURL === "string";
}

/**
 * A client of the same class, with the same credential, of which every HTTP request passes our guard as the last thing before it is
 * sent. Undefined where the client takes no middleware after all: another version, or a class of somebody's own.
 */
export function guardedSdkClient<Client extends SdkClient>(client: Client, counted: Counted): Client | undefined {
  const { rules = [], withOptions = client.withOptions } = SEALED.get(client) ?? {};
  const all = rules.some((one) => isSame(one, counted)) ? rules : [...rules, counted];
  try {
    return sealed(all, client.middleware, (middleware) => withOptions.call(client, { middleware }) as Client);
  } catch {
    return undefined;
  }
}

/** What a guarded client was made of: the rules that it follows, all of them, and the SDK's own way to make another of it. */
interface Seal {
  readonly rules: readonly Counted[];
  readonly withOptions: SdkClient["withOptions"];
}

const SEALED = new WeakMap<object, Seal>();
/** Whose rules each guard follows. */
const GUARDS = new WeakMap<Middleware, Counted>();

function isSame(one: Counted, { policy, role, user, env }: Counted): boolean {
  return one.policy === policy && one.role === role && one.user === user && one.env === env;
}

/** Makes a client whose guards stay: whatever is made of it with `withOptions` has them too, and as the last ones. */
function sealed<Client extends SdkClient>(
  rules: readonly Counted[],
  others: readonly Middleware[],
  make: (middleware: readonly Middleware[]) => Client,
): Client {
  const guards = rules.map((counted) => guardOf(counted, () => client));
  // One of the same rules in front of another would only count every call twice.
  const kept = others.filter((one) => !rules.some((counted) => GUARDS.get(one) === counted));
  const front = frontOf(rules, () => client);
  const client: Client = make([front, ...kept, ...guards]);
  if (client.middleware.at(-1) !== guards.at(-1))
    throw new TypeError("withOptions of this client drops its middleware");
  const { withOptions } = client;
  const guarded = (options: Parameters<SdkClient["withOptions"]>[0] = {}) => {
    const wanted = options.middleware ?? client.middleware;
    return sealed(rules, wanted, (middleware) => withOptions.call(client, { ...options, middleware }) as Client);
  };
  SEALED.set(client, { rules, withOptions });
  const fixed = { writable: false, configurable: false };
  Object.defineProperty(client, "middleware", { ...fixed, value: Object.freeze(client.middleware) });
  Object.defineProperty(client, "withOptions", { ...fixed, value: guarded });
  return client;
}

/**
 * Runs before anybody else can take the options of a request in hand. Middleware of one request runs behind that of its client, and so
 * behind the guard.
 */
function frontOf(rules: readonly Counted[], client: () => SdkClient): Middleware {
  const [counted = { policy: undefined, role: undefined }] = rules;
  const front: Middleware = async (request, next, { options }) => {
    if (options === undefined || !bringsMiddleware(options)) return next(request);
    const fix = "give the middleware to the client: new Anthropic({ middleware }), or withOptions";
    throw denialOf(client())(
      notGuarded(counted, "a request with middleware of its own, which runs behind the guard", fix),
    );
  };
  GUARDS.set(front, counted);
  return front;
}

/**
 * The guard of a client. The SDK calls it for every attempt with the same options: what was counted and got no answer is not counted
 * again, so that a retry costs nothing, and a hop of somebody's middleware to another model does.
 */
function guardOf(counted: Counted, client: () => SdkClient): Middleware {
  const unanswered = new WeakMap<object, number>();
  const guard: Middleware = async (request, next, { options }) => {
    if (options === undefined && isTokenExchange(request)) return next(request);
    const judged = judge(request, client(), counted);
    const deny = denialOf(client());
    if (judged.decision === "deny") throw deny(judged);
    const { calls, model } = judged;
    const key = options ?? request;
    const free = unanswered.get(key) ?? 0;
    unanswered.delete(key);
    const full = await countCalls(counted, Math.max(0, calls - free));
    if (full) throw deny({ ...full, model });
    const response = await sent(request, judged, next).catch((error: unknown) => {
      unanswered.set(key, calls);
      throw error;
    });
    if (!response.ok) unanswered.set(key, calls);
    if (!response.ok || !judged.answersWithModel) return response;
    const checked = await checkedAnswer(response, counted);
    if (checked instanceof Response) return checked;
    throw deny(checked);
  };
  GUARDS.set(guard, counted);
  return guard;
}

function judge(
  { method = "GET", url, body }: HttpRequest,
  { baseURL, _options }: SdkClient,
  counted: Counted,
): Passed | Denied {
  return judgeCall({ method, url, body, baseUrl: baseURL, defaultQuery: _options?.defaultQuery ?? {} }, counted);
}

async function sent(
  request: HttpRequest,
  { method, url, body }: Passed,
  next: Parameters<Middleware>[1],
): Promise<Response> {
  if (body === undefined) return next({ ...request, method, url });
  const headers = new Headers(request.headers);
  headers.delete("content-length");
  return next({ ...request, method, url, body, headers });
}

/** What the SDK sends to get a token. It has no options; nor has what somebody sends with `fetchWithTimeout`. */
function isTokenExchange({ method, url }: HttpRequest): boolean {
  // One that is no text could say another address when it is sent.
  return (
    method === "POST" &&
    typeof url === "string" &&
    URL.canParse(url) &&
    new URL(url).pathname.endsWith("/v1/oauth/token")
  );
}

/** Whether the options of a request bring middleware, or nobody can tell. */
function bringsMiddleware(options: object): boolean {
  const { isProxy } = process.getBuiltinModule("node:util").types;
  for (let holder: unknown = options; holder; holder = Object.getPrototypeOf(holder)) {
    // What may have told the SDK something else before.
    if (isProxy(holder)) return true;
    const field = Object.getOwnPropertyDescriptor(holder, "middleware");
    if (field)
      return !("value" in field) || (![undefined, null].includes(field.value) && [field.value].flat().length > 0);
  }
  return false;
}
