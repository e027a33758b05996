import { expect, onTestFinished, test } from "vitest";
import { startDeadline } from "../../../src/adapters/api/deadline.ts";
import { checkSecret } from "../../../src/adapters/api/key-check.ts";
import type { Fault } from "../../../src/sandbox/state/faults.ts";
import { type Handler, json, serve } from "../../support/http-server.ts";
import { stage } from "../../support/stage.ts";

const deadline = () => startDeadline({ milliseconds: 10_000 });
const hintOf = (secret: string) => `${secret.slice(0, 16)}...${secret.slice(-4)}`;
const SECRET = "sk-ant-api03-fake-secret-abcdefgh";

async function opened() {
  const { sandbox } = await stage();
  const check = (secret: string, hint: string | undefined, oldHint?: string) =>
    checkSecret({ secret, hint, oldHint, baseUrl: sandbox.url, env: {}, deadline: deadline() });
  return { sandbox, check };
}

async function answered(handle: Handler) {
  const server = await serve(handle);
  onTestFinished(server.close);
  const result = checkSecret({
    secret: SECRET,
    hint: hintOf(SECRET),
    baseUrl: server.url,
    env: {},
    deadline: deadline(),
  });
  return { server, result };
}

test("a key's own secret is good, by the hint that the API lists, in one request", async () => {
  const { sandbox, check } = await opened();
  const secret = sandbox.secretOf("prod-auth-service");
  const hint = sandbox.state.api_keys?.find(({ name }) => name === "prod-auth-service")?.partial_key_hint ?? undefined;
  sandbox.control.clearRequests();
  expect(await check(secret, hint)).toEqual({ ok: true });
  expect(sandbox.requests.map(({ method, path }) => `${method} ${path}`)).toEqual(["GET /v1/models"]);
});

test("a hint that does not fit is refused before anything is sent", async () => {
  const { sandbox, check } = await opened();
  const secret = sandbox.secretOf("prod-auth-service");
  const other = "sk-ant-api03-other...0000";
  sandbox.control.clearRequests();
  expect(await check(secret, undefined)).toMatchObject({ ok: false, reason: "no-hint" });
  expect(await check(secret, other)).toMatchObject({ ok: false, reason: "hint-mismatch" });
  expect(await check(secret, other, hintOf(secret))).toMatchObject({ ok: false, reason: "is-the-old-key" });
  expect(await check(`${secret}\u00e9`, hintOf(secret))).toMatchObject({ ok: false, reason: "rejected" });
  // Too short to be masked by its value, and so for any key.
  expect(await check("sk-ant-", "...")).toMatchObject({ ok: false, reason: "rejected" });
  expect(await check("1234567", "1...7")).toMatchObject({ ok: false, reason: "rejected" });
  expect(sandbox.requests).toEqual([]);
});

test("a 401 is a rejection, and no message holds the secret", async () => {
  const { sandbox, check } = await opened();
  const secret = sandbox.secretOf("prod-auth-service");
  sandbox.control.fault({ kind: "status", status: 401 });
  const verdict = await check(secret, hintOf(secret));
  expect(verdict).toMatchObject({ ok: false, reason: "rejected" });
  expect(JSON.stringify(verdict)).not.toContain(secret);
  const unknown = "sk-ant-api03-sandbox-of-nobody";
  expect(await check(unknown, hintOf(unknown))).toMatchObject({ ok: false, reason: "rejected" });
});

test.each([403, 429])("a %i of the API's own comes after the secret was accepted", async (status) => {
  const { sandbox, check } = await opened();
  const secret = sandbox.secretOf("prod-auth-service");
  sandbox.control.clearRequests();
  sandbox.control.fault({ kind: "status", status });
  expect(await check(secret, hintOf(secret))).toEqual({ ok: true });
  expect(sandbox.requests.length).toBe(1);
});

test.each<[string, Fault]>([
  ["a connection that is cut", { kind: "cut_before" }],
  ["a 500", { kind: "status", status: 500 }],
  ["a 529", { kind: "status", status: 529 }],
  ["a bare 502", { kind: "body", status: 502, body: "<p>bad gateway</p>" }],
])("%s is asked again, and only then is the secret judged", async (_, fault) => {
  const { sandbox, check } = await opened();
  const [good, unknown] = [sandbox.secretOf("prod-auth-service"), "sk-ant-api03-sandbox-of-nobody"];
  sandbox.control.clearRequests();
  sandbox.control.fault(fault);
  expect(await check(good, hintOf(good))).toEqual({ ok: true });
  sandbox.control.fault(fault);
  expect(await check(unknown, hintOf(unknown))).toMatchObject({ ok: false, reason: "rejected" });
  expect(sandbox.requests.length).toBe(4);
});

test("a server that goes on failing in the API's words is no 401, and is asked as often as for any read", async () => {
  const { sandbox, check } = await opened();
  const secret = sandbox.secretOf("prod-auth-service");
  sandbox.control.clearRequests();
  sandbox.control.fault({ kind: "status", status: 529, times: null, retry_after: 0.01 });
  expect(await check(secret, hintOf(secret))).toEqual({ ok: true });
  expect(sandbox.requests.length).toBe(4);
});

test("an answer that the API did not write proves nothing", async () => {
  const page: Handler = (_url, response) => response.writeHead(403, { "content-type": "text/html" }).end("<p>no</p>");
  await expect((await answered(page)).result).rejects.toMatchObject({ code: "permission-denied" });
  const portal: Handler = (_url, response) => response.writeHead(200, { "content-type": "text/html" }).end("log in");
  await expect((await answered(portal)).result).rejects.toMatchObject({ code: "incomplete-answer" });
  const away: Handler = (_url, response) => response.writeHead(302, { location: "https://example.com/" }).end();
  await expect((await answered(away)).result).rejects.toMatchObject({ code: "redirected" });
  const gone = checkSecret({
    secret: SECRET,
    hint: hintOf(SECRET),
    baseUrl: "http://127.0.0.1:9",
    env: {},
    deadline: deadline(),
  });
  await expect(gone).rejects.toMatchObject({ code: "unreachable" });
});

test("the request carries this secret alone, whatever the environment says", async () => {
  process.env.ANTHROPIC_CUSTOM_HEADERS = "x-api-key: other";
  onTestFinished(() => {
    delete process.env.ANTHROPIC_CUSTOM_HEADERS;
  });
  const { server, result } = await answered((_url, response) => json(response, { data: [], has_more: false }));
  expect(await result).toEqual({ ok: true });
  expect(server.requests[0]?.headers.authorization).toBe(`Bearer ${SECRET}`);
  expect(server.requests[0]?.headers["x-api-key"]).toBeUndefined();
});
