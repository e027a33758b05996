import { Failure, type FailureCode, type FailureDetails } from "../../core/model/failure.ts";
import { cutAt, isObject } from "../../core/text/text.ts";

/** What was asked, for the words of the failure. */
export interface Asked {
  /** The thing read or written, as a person calls it: `"members of the organization"`. */
  readonly what: string;
  /** The signal that the request ran under; where it was aborted, its reason is the failure. */
  readonly signal?: AbortSignal | undefined;
  /** Spend limits are a preview for Console organizations: a refusal there means that the preview is not switched on. */
  readonly preview?: boolean;
  /** What to do about an error, where the advice for administration is none; undefined keeps that. */
  readonly advise?: ((code: FailureCode, error: ApiError) => string | undefined) | undefined;
}

/** What an error of the SDK carries, read by shape: the SDK has one importer, and its classes may exist twice. */
export interface ApiError {
  readonly name: string;
  readonly status: number;
  readonly errorCode?: string | null;
  readonly apiMessage?: string | null;
  readonly requestID?: string | null;
  readonly headers?: Headers;
}

/**
 * The one mapping from whatever a call of the SDK throws to a Failure. Codes come from the status and `errorCode`
 * (admin-api.md 3.8 and 4.5), words from the API's own message; the raw body is never repeated. What is not recognised is
 * `internal`, with the error as its cause.
 */
export function failureOf(error: unknown, asked: Asked): Failure {
  const own = chainOf(error).find((link) => link instanceof Failure);
  if (own) return own;
  if (isAbort(error)) return abortReason(asked);
  if (isApiError(error)) return failureOfStatus(error, asked);
  return unreachable(error, asked.what) ?? failureWithoutAnswer(error, asked);
}

/** The `details` of the API's own error, or undefined where it has none. */
export function apiDetailsOf(error: unknown): Readonly<Record<string, unknown>> | undefined {
  const details = isApiError(error) && "details" in error ? error.details : undefined;
  return isObject(details) ? details : undefined;
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && (error.name === "APIUserAbortError" || error.name === "AbortError");
}

/** Why a request was given up: the reason of its signal where that is a Failure, else `interrupted`. */
export function abortReason({ signal, what }: Asked): Failure {
  return signal?.reason instanceof Failure
    ? signal.reason
    : new Failure("interrupted", { message: `interrupted while asking for ${what}` });
}

/** Whether the API answered with an error. */
export function isApiError(error: unknown): error is ApiError {
  return error instanceof Error && "status" in error && typeof error.status === "number";
}

function failureOfStatus(error: ApiError, asked: Asked): Failure {
  const code = codeOf(error, asked.preview === true);
  const said = error.apiMessage ? oneLine(error.apiMessage) : undefined;
  const details: FailureDetails = {
    message: `${asked.what}: ${sentence(code, error, said)}`,
    status: error.status,
    ...(error.requestID && { requestId: error.requestID }),
    ...(error.errorCode && { errorCode: error.errorCode }),
    ...(error.headers && retryAfterOf(error.headers)),
    ...fixFor(code, asked.advise?.(code, error) ?? scopeAdvice(error)),
  };
  return new Failure(code, details, { cause: error });
}

function codeOf({ status, errorCode }: ApiError, preview: boolean): FailureCode {
  if (preview && (status === 404 || PREVIEW_CODES.has(`${status} ${errorCode}`))) return "preview-not-enabled";
  if (errorCode === "organization_not_enrolled_in_beta") return "preview-not-enabled";
  if (status >= 300 && status < 400) return "redirected";
  return CODES[status] ?? "api-error";
}

const PREVIEW_CODES = new Set([
  "403 spend_limits_admin_api_writes_not_enabled",
  "400 organization_type_not_supported",
  "400 organization_not_enrolled_in_beta",
]);

const CODES: Readonly<Record<number, FailureCode>> = {
  401: "credential-rejected",
  403: "permission-denied",
  404: "not-found",
  408: "unreachable",
  429: "rate-limited",
};

function sentence(code: FailureCode, { status, headers }: ApiError, said: string | undefined): string {
  switch (code) {
    case "redirected":
      return `the server answers with a redirect (${status}${destination(headers)}), which is never followed`;
    case "credential-rejected":
      return `the credential was rejected${said ? `: ${said}` : ""}`;
    case "rate-limited": {
      const pause = headers?.get("retry-after");
      const wait = pause && /^\d{1,9}$/.test(pause) ? `; it asks to wait ${pause} s` : "";
      return `${said ?? "too many requests"} (429${wait})`;
    }
    default:
      if (said) return `${said} (${status})`;
      // An answer without the API's error body was not written by the API.
      return `the answer is a bare ${status}${contentType(headers)}: is there a proxy in between?`;
  }
}

/** Milliseconds that an answer asks to wait, read as the SDK reads it (client.ts, retryRequest); undefined: it does not ask. */
export function pauseAskedFor(headers: Headers): number | undefined {
  const milliseconds = Number.parseFloat(headers.get("retry-after-ms") ?? "");
  if (milliseconds > 0) return milliseconds;
  const text = headers.get("retry-after");
  if (!text) return undefined;
  const seconds = Number.parseFloat(text);
  const pause = Number.isNaN(seconds) ? Date.parse(text) - Date.now() : seconds * 1_000;
  return pause > 0 ? pause : undefined;
}

function retryAfterOf(headers: Headers): { readonly retryAfter?: number } {
  const retryAfter = pauseAskedFor(headers);
  return retryAfter === undefined ? {} : { retryAfter };
}

/** The host alone: the rest of the address may hold anything. */
function destination(headers: Headers | undefined): string {
  const location = headers?.get("location");
  return location && URL.canParse(location) ? ` to ${new URL(location).host}` : "";
}

function contentType(headers: Headers | undefined): string {
  const type = headers?.get("content-type")?.split(";")[0]?.trim();
  return type && /^[\w.+-]+\/[\w.+-]+$/.test(type) ? ` of type ${type}` : "";
}

function fixFor(code: FailureCode, advice: string | undefined): { readonly fix?: string } {
  const fix = advice ?? FIXES[code];
  return fix === undefined ? {} : { fix };
}

/** What to do where a scoped key lacks a scope, which an Admin key has no say in (admin-api.md 1.1: the message lists those held and needed). */
function scopeAdvice({ apiMessage }: ApiError): string | undefined {
  if (!apiMessage?.includes("Missing required scopes")) return undefined;
  const needed = /Needed: \[([a-z:_, ]+)\]/.exec(apiMessage)?.[1];
  return `make a key that has ${needed === undefined ? "the scope for it" : `the scope ${needed}`}: in claude.ai, Organization settings, API`;
}

/** Without its name another profile is logged in, and without the scope the token administers nothing. */
const LOG_IN_COMMAND = 'ant auth login --profile NAME --scope "org:admin"';
const LOG_IN = `log in again, with the name of the profile: ${LOG_IN_COMMAND}`;

const FIXES: Readonly<Partial<Record<FailureCode, string>>> = {
  "credential-rejected": `check that the key or token is whole, active and not expired; renew a token of a profile with: ${LOG_IN_COMMAND}`,
  "permission-denied":
    "use an admin key (sk-ant-admin01-…), or a token with the scope org:admin, of somebody who is an admin",
  "preview-not-enabled": "it is a preview that this organization has no part in: ask the account team",
  "rate-limited": "wait a minute, or lower --api-rpm: the limit is shared by the whole organization",
  redirected: "check ANTHROPIC_BASE_URL and --base-url",
};

/** What to do where a key that belongs to no workspace was not told in which to act (admin-api-1.14.md: it acts in the one of its header). */
export function withoutWorkspace(
  source: string,
  { status, apiMessage }: ApiError,
  handle?: string,
): string | undefined {
  if (status !== 400 || !apiMessage?.includes("anthropic-workspace-id")) return undefined;
  if (handle !== undefined) {
    return `the key in ${source} belongs to no workspace: give the file the id of this one, as workspaces.${handle}.id`;
  }
  return `the key in ${source} belongs to no workspace: name one with --workspace, or in ANTHROPIC_WORKSPACE_ID`;
}

function failureWithoutAnswer(error: unknown, { what, advise }: Asked): Failure {
  const message = error instanceof Error ? oneLine(error.message) : "an unknown error";
  const name = error instanceof Error ? error.name : "";
  if (error instanceof SyntaxError) {
    return new Failure("incomplete-answer", { message: `${what}: the answer is not valid JSON` }, { cause: error });
  }
  // The SDK's words for a profile whose token has run out, or cannot be read or exchanged; of a mode it says itself what to do.
  const fix = advise?.("credential-rejected", { name, status: 0 }) ?? LOG_IN;
  if (name === "WorkloadIdentityError") {
    return new Failure(
      "credential-rejected",
      { message, ...(!message.includes("chmod") && { fix }) },
      { cause: error },
    );
  }
  if (/authentication method|authentication\.type|[Pp]rofile "|config file|credentials file/.test(message)) {
    return new Failure("credential-missing", { message, fix }, { cause: error });
  }
  return new Failure("internal", { message: `${what}: ${message}` }, { cause: error });
}

/** Somebody else's text, fit for one line of ours. */
export function oneLine(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return cutAt(line, 500);
}

/** What the codes of Node and undici mean, in words that say where to look. */
const CAUSES: Readonly<Record<string, string>> = {
  ECONNREFUSED: "the connection was refused",
  ECONNRESET: "the connection was cut",
  EPIPE: "the connection was cut",
  UND_ERR_SOCKET: "the connection was cut",
  ENOTFOUND: "the host name is not known",
  EAI_AGAIN: "the host name could not be looked up",
  EHOSTUNREACH: "there is no route to the host",
  ENETUNREACH: "there is no route to the network",
  ETIMEDOUT: "no answer in time",
  UND_ERR_CONNECT_TIMEOUT: "no answer in time",
  UND_ERR_HEADERS_TIMEOUT: "no answer in time",
  UND_ERR_BODY_TIMEOUT: "no answer in time",
  HPE_INVALID_CONSTANT: "what answers does not speak HTTP",
  HPE_INVALID_VERSION: "what answers does not speak HTTP",
  ERR_SSL_WRONG_VERSION_NUMBER: "what answers does not speak TLS",
  EPROTO: "what answers does not speak TLS",
};

const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_(?:VERIFY|GET_ISSUER)/;

/** Whether a connection failed because of the server's certificate: to ask again brings the same. */
export function isUntrusted(error: unknown): boolean {
  return CERTIFICATE.test(chainOf(error).flatMap(codesOf).at(-1) ?? "");
}

/** The Failure `unreachable` for an error that means that no answer came, or undefined for any other. */
function unreachable(error: unknown, what: string): Failure | undefined {
  const chain = chainOf(error);
  const names = chain.map((link) => (link instanceof Error ? link.name : ""));
  const timedOut = names.includes("APIConnectionTimeoutError") || names.includes("TimeoutError");
  const code = chain.flatMap(codesOf).at(-1);
  if (!timedOut && !names.includes("APIConnectionError") && code === undefined) return undefined;

  const cause = timedOut ? "no answer in time" : wordsFor(code);
  const route = chain.map(routeOf).find((words) => words !== undefined);
  return new Failure(
    "unreachable",
    {
      message: `${what}: ${cause}${code ? ` (${code})` : ""}${route === undefined ? "" : `; ${route}`}`,
      fix:
        code && CERTIFICATE.test(code)
          ? "if a proxy of your own signs the traffic, name its certificate in NODE_EXTRA_CA_CERTS"
          : "check the network, ANTHROPIC_BASE_URL and --base-url",
    },
    { cause: error },
  );
}

function wordsFor(code: string | undefined): string {
  if (code === undefined) return "the connection failed";
  if (CERTIFICATE.test(code)) return "the certificate of the server is not trusted";
  return CAUSES[code] ?? "the connection failed";
}

/** Which way was tried, as `createTransport` notes it on its errors. */
function routeOf(link: unknown): string | undefined {
  const route = typeof link === "object" && link !== null && "route" in link ? link.route : undefined;
  return typeof route === "string" ? route : undefined;
}

/** The code of an error; of several (one for each address that was tried), the first that has one. */
function codesOf(link: unknown): readonly string[] {
  if (link instanceof AggregateError) {
    const first = link.errors.flatMap(codesOf)[0];
    if (first) return [first];
  }
  const code = typeof link === "object" && link !== null && "code" in link ? link.code : undefined;
  return typeof code === "string" && /^[A-Z][A-Z0-9_]{2,}$/.test(code) ? [code] : [];
}

/** An error and its causes, outermost first. */
function chainOf(error: unknown): readonly unknown[] {
  const chain: unknown[] = [];
  for (let link = error; link !== undefined && link !== null && !chain.includes(link); ) {
    chain.push(link);
    link = typeof link === "object" && "cause" in link ? link.cause : undefined;
  }
  return chain;
}
