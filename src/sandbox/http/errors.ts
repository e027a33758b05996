/** The `error.type` words of the API's error body. Source: admin-api.md 3.8. */
export type ErrorType =
  | "invalid_request_error"
  | "authentication_error"
  | "billing_error"
  | "permission_error"
  | "not_found_error"
  | "conflict_error"
  | "request_too_large"
  | "rate_limit_error"
  | "api_error"
  | "timeout_error"
  | "overloaded_error";

/** The JSON body of every failed call. */
export interface ErrorBody {
  readonly type: "error";
  readonly error: {
    readonly type: ErrorType;
    readonly message: string;
    readonly details?: Readonly<Record<string, unknown>>;
  };
  readonly request_id: string;
}

/** What a failed call answers, but for the request id, which only the server knows. */
export interface FailureAnswer {
  readonly status: number;
  readonly type: ErrorType;
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Thrown by handlers; the server turns it into a typed error body. */
export class ApiFailure extends Error {
  readonly answer: FailureAnswer;

  constructor(answer: FailureAnswer) {
    super(answer.message);
    this.name = "ApiFailure";
    this.answer = answer;
  }
}

const TYPE_OF_STATUS: Readonly<Record<number, ErrorType>> = {
  400: "invalid_request_error",
  401: "authentication_error",
  402: "billing_error",
  403: "permission_error",
  404: "not_found_error",
  405: "invalid_request_error",
  409: "conflict_error",
  413: "request_too_large",
  429: "rate_limit_error",
  504: "timeout_error",
  529: "overloaded_error",
};

/** The `error.type` that goes with an HTTP status: a 4xx without its own word is an invalid request, the rest is the server's fault. */
export function errorTypeOf(status: number): ErrorType {
  return TYPE_OF_STATUS[status] ?? (status < 500 ? "invalid_request_error" : "api_error");
}

/** A failure of any status, with `details.error_code` where the API gives one. */
export function failure(status: number, message: string, errorCode?: string): ApiFailure {
  return new ApiFailure({
    status,
    type: errorTypeOf(status),
    message,
    ...(errorCode === undefined ? {} : { details: { error_code: errorCode } }),
  });
}

/** 400 `invalid_request_error`. */
export function badRequest(message: string, errorCode?: string): ApiFailure {
  return failure(400, message, errorCode);
}

/** 404 `not_found_error` for an id that names nothing here. */
export function notFound(what: string, id: string): ApiFailure {
  return failure(404, `${what} not found: ${id}`);
}

/** 429 `rate_limit_error` with `retry-after`, in seconds. */
export function rateLimited(message: string, retryAfter: number): ApiFailure {
  return new ApiFailure({
    status: 429,
    type: "rate_limit_error",
    message,
    headers: { "retry-after": String(retryAfter) },
  });
}

/** The body that goes on the wire for a failure. */
export function errorBody(answer: FailureAnswer, requestId: string): ErrorBody {
  return {
    type: "error",
    error: {
      type: answer.type,
      message: answer.message,
      ...(answer.details === undefined ? {} : { details: answer.details }),
    },
    request_id: requestId,
  };
}
