import { describe, expect, test } from "vitest";
import { failureOf } from "../../../src/adapters/api/failure.ts";
import { Failure } from "../../../src/core/model/failure.ts";

const what = "members";

/** An error as the SDK throws it: only its shape counts. */
function apiError(status: number, more: object = {}): Error {
  const error = new Error(`${status} {"raw":"json","key":"sk-ant-api03-raw"}`);
  return Object.assign(error, { status, headers: new Headers(), apiMessage: "said by the API", ...more });
}

function connectionError(code: string): Error {
  const system = Object.assign(new Error(`system words ${code}`), { code });
  const error = new Error("Connection error.", { cause: new TypeError("fetch failed", { cause: system }) });
  error.name = "APIConnectionError";
  return error;
}

describe("statuses", () => {
  test.each([
    [302, "redirected"],
    [400, "api-error"],
    [401, "credential-rejected"],
    [402, "api-error"],
    [403, "permission-denied"],
    [404, "not-found"],
    [409, "api-error"],
    [429, "rate-limited"],
    [500, "api-error"],
    [529, "api-error"],
  ])("%i is %s", (status, code) => {
    const failure = failureOf(apiError(status, { requestID: "req_1" }), { what });
    expect(failure).toMatchObject({ code, details: { status, requestId: "req_1" } });
    expect(JSON.stringify(failure.details)).not.toContain("raw");
  });

  test.each([
    [403, "spend_limits_admin_api_writes_not_enabled", true, "preview-not-enabled"],
    [403, "spend_limits_admin_api_writes_not_enabled", false, "permission-denied"],
    [403, null, true, "permission-denied"],
    [400, "organization_type_not_supported", true, "preview-not-enabled"],
    [400, "organization_type_not_supported", false, "api-error"],
    [404, null, true, "preview-not-enabled"],
    [401, null, true, "credential-rejected"],
  ])("%i %s, preview %s: %s", (status, errorCode, preview, code) => {
    expect(failureOf(apiError(status, { errorCode }), { what, preview }).code).toBe(code);
  });

  test("a scope that is missing is named as what to ask for: no Admin key has scopes to lack", () => {
    const fixOf = (apiMessage: string) => failureOf(apiError(403, { apiMessage }), { what }).details.fix;
    expect(fixOf("Missing required scopes. Got: [] Needed: [read:members]")).toBe(
      "make a key that has the scope read:members: in claude.ai, Organization settings, API",
    );
    expect(fixOf("Missing required scopes. Got: [read:analytics]")).toContain("the scope for it");
    expect(fixOf("You may not")).toContain("sk-ant-admin01-");
  });

  test("long and wrapped words of the API become one short line", () => {
    const { message } = failureOf(apiError(400, { apiMessage: `a\n\tb ${"x".repeat(5_000)}` }), { what });
    expect(message).toMatch(/^members: a b x+… \(\d+ more characters\) \(400\)$/);
    expect(message.length).toBeLessThan(600);
  });
});

describe("no answer", () => {
  test.each([
    ["ECONNREFUSED", "refused"],
    ["ENOTFOUND", "not known"],
    ["ECONNRESET", "cut"],
    ["UND_ERR_SOCKET", "cut"],
    ["CERT_HAS_EXPIRED", "certificate"],
    ["SELF_SIGNED_CERT_IN_CHAIN", "certificate"],
    ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "certificate"],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "certificate"],
    ["ESOMETHINGNEW", "failed"],
  ])("%s", (code, words) => {
    const failure = failureOf(connectionError(code), { what });
    expect(failure.code).toBe("unreachable");
    expect(failure.message).toContain(words);
    expect(failure.message).toContain(code);
    expect(failure.details.fix).toContain(words === "certificate" ? "NODE_EXTRA_CA_CERTS" : "network");
  });

  test("of several addresses", () => {
    const refused = Object.assign(new Error(""), { code: "ECONNREFUSED" });
    const error = new Error("Connection error.", { cause: new AggregateError([refused, refused]) });
    error.name = "APIConnectionError";
    expect(failureOf(error, { what }).message).toBe("members: the connection was refused (ECONNREFUSED)");
  });

  test("a timeout", () => {
    const error = new Error("Request timed out.");
    error.name = "APIConnectionTimeoutError";
    expect(failureOf(error, { what })).toMatchObject({ code: "unreachable", message: "members: no answer in time" });
  });
});

describe("the rest", () => {
  const abort = Object.assign(new Error("Request was aborted."), { name: "APIUserAbortError" });

  test("an abort is what the signal says", () => {
    const reason = new Failure("deadline-exceeded", { message: "too late" });
    expect(failureOf(abort, { what, signal: AbortSignal.abort(reason) })).toBe(reason);
    expect(failureOf(abort, { what, signal: AbortSignal.abort() }).code).toBe("interrupted");
    expect(failureOf(abort, { what }).code).toBe("interrupted");
  });

  test("a Failure passes through, from below too", () => {
    const failure = new Failure("incomplete-answer", { message: "x" });
    expect(failureOf(failure, { what })).toBe(failure);
    expect(failureOf(new Error("outer", { cause: failure }), { what })).toBe(failure);
  });

  test("a cycle of causes ends", () => {
    const error = new Error("round");
    error.cause = error;
    expect(failureOf(error, { what }).code).toBe("internal");
  });

  test.each([
    [new Error("Could not resolve authentication method. Expected one of apiKey"), "credential-missing"],
    [Object.assign(new Error("Access token has expired"), { name: "WorkloadIdentityError" }), "credential-rejected"],
    [new Error('authentication.type "api_key" is not a known authentication type'), "credential-missing"],
    [new TypeError("undefined is not a function"), "internal"],
    ["a string", "internal"],
    [undefined, "internal"],
  ])("%s", (error, code) => {
    expect(failureOf(error, { what }).code).toBe(code);
  });

  test("of a profile it is said which login renews it, and nothing beside what the SDK advises about a mode", () => {
    const said = (message: string, rest = {}) =>
      failureOf(Object.assign(new Error(message), { name: "WorkloadIdentityError" }), { what, ...rest }).details.fix;
    const ranOut = "Access token has expired";
    expect(said(ranOut)).toContain('ant auth login --profile NAME --scope "org:admin"');
    expect(said(ranOut, { advise: () => "log in again: ant auth login --profile work" })).toContain("--profile work");
    expect(said("Credentials file is world-readable; run `chmod 600 FILE` before retrying.")).toBeUndefined();
  });
});
