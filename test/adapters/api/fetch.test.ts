import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { apiError, connect, EVERYTHING, type Handler, json, SECRET, scope, serve } from "../../support/http-server.ts";

const EMPTY = { data: [], has_more: false, first_id: null, last_id: null, next_page: null };

async function open(handle: Handler, options: Parameters<typeof connect>[1] = {}) {
  const server = await serve(handle);
  onTestFinished(() => server.close());
  return { server, ...connect(server.url, options) };
}

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

describe("the environment does not reach the requests", () => {
  const HOSTILE = {
    ANTHROPIC_API_KEY: "sk-ant-api03-env",
    ANTHROPIC_AUTH_TOKEN: "token-from-the-environment",
    ANTHROPIC_PROFILE: "from-the-environment",
    ANTHROPIC_BASE_URL: "http://127.0.0.1:9",
    ANTHROPIC_CUSTOM_HEADERS:
      "Authorization: Bearer stolen\nX-Api-Key: stolen\nanthropic-version: 2000-01-01\nanthropic-beta: stolen\nUser-Agent: stolen\nX-Leak: stolen\nbad name: stolen",
    ANTHROPIC_LOG: "debug",
    ANTHROPIC_OPEN_TELEMETRY: "true",
    OTEL_TRACES_EXPORTER: "console",
  };

  test.each([
    { kind: "api-key", secret: SECRET, source: "ANTHROPIC_ADMIN_KEY" },
    { kind: "auth-token", secret: SECRET, source: "ANTHROPIC_AUTH_TOKEN" },
  ] as const)("with a credential of kind $kind", async (credential) => {
    for (const [name, value] of Object.entries(HOSTILE)) vi.stubEnv(name, value);
    const outputs = [vi.spyOn(process.stdout, "write"), vi.spyOn(process.stderr, "write")];
    const spied = (["log", "info", "debug", "warn", "error"] as const).map((name) => vi.spyOn(console, name));
    const { server, reader, lines } = await open((_, response) => json(response, EMPTY), { credential });
    await reader.read(scope({ users: true, spendLimits: true }));

    expect(server.requests).toHaveLength(2);
    for (const { headers } of server.requests) {
      expect(headers.authorization).toBe(`Bearer ${SECRET}`);
      expect(headers["anthropic-version"]).toBe("2026-10-21");
      expect(JSON.stringify(headers)).not.toContain("stolen");
      expect(Object.keys(headers).sort()).toEqual(
        [
          "accept",
          "accept-encoding",
          ...(headers["anthropic-beta"] ? ["anthropic-beta"] : []),
          "anthropic-version",
          "authorization",
          "connection",
          "host",
          "user-agent",
          "x-stainless-retry-count",
        ].sort(),
      );
    }
    expect(process.env.ANTHROPIC_CUSTOM_HEADERS).toBe(HOSTILE.ANTHROPIC_CUSTOM_HEADERS);
    for (const spy of [...outputs, ...spied]) expect(spy).not.toHaveBeenCalled();
    expect(lines).toEqual([]);
  });

  test("--debug logs to our own stream, without the secret", async () => {
    const stdout = vi.spyOn(process.stdout, "write");
    const { reader, lines } = await open((_, response) => json(response, EMPTY), { debug: true });
    await reader.read(scope({ users: true }));
    expect(lines.join("\n")).toContain("/v1/organizations/users");
    expect(lines.join("\n")).not.toContain(SECRET);
    expect(stdout).not.toHaveBeenCalled();
  });
});

describe("pace", () => {
  test("eight at a time", async () => {
    let open8 = 0;
    let most = 0;
    const { reader, requestCount } = await open((url, response) => {
      open8 += 1;
      most = Math.max(most, open8);
      setTimeout(() => {
        open8 -= 1;
        const workspaces = Array.from({ length: 40 }, (_, n) => workspace(n));
        json(response, url.pathname.endsWith("/workspaces") ? { ...EMPTY, data: workspaces } : EMPTY);
      }, 50);
    });
    await reader.read(EVERYTHING_BUT_ME);
    expect(most).toBe(8);
    expect(requestCount()).toBe(6 + 2 * 39);
  });

  test("the next page of a list goes before what waits", async () => {
    const order: string[] = [];
    const { reader } = await open((url, response) => {
      order.push(url.pathname + (url.searchParams.has("after_id") ? "+" : ""));
      setTimeout(() => {
        if (url.pathname.endsWith("/workspaces")) {
          return json(response, { ...EMPTY, data: Array.from({ length: 40 }, (_, n) => workspace(n)) });
        }
        if (!url.pathname.endsWith("/users")) return json(response, EMPTY);
        const page = Number(url.searchParams.get("after_id") ?? 0);
        json(response, { ...EMPTY, data: [user(page)], has_more: page < 3, last_id: String(page + 1) });
      }, 5);
    });
    await reader.read(EVERYTHING_BUT_ME);
    expect(order.lastIndexOf("/v1/organizations/users+")).toBeLessThan(order.length / 2);
  });
});

describe("what answers is not the API", () => {
  test("nobody listens", async () => {
    const server = await serve(() => {});
    await server.close();
    const { reader } = connect(server.url);
    await expect(reader.read(scope({ users: true, keys: true }))).rejects.toMatchObject({
      code: "unreachable",
      message: expect.stringContaining("refused (ECONNREFUSED)"),
    });
  });

  test("a host that does not exist", async () => {
    const { reader } = connect("https://no-such-host.invalid");
    await expect(reader.organization()).rejects.toMatchObject({
      code: "unreachable",
      message: expect.stringMatching(/ENOTFOUND|EAI_AGAIN/),
    });
  });

  test("a server that never answers is given up, attempt by attempt", async () => {
    const { server, reader } = await open(() => {}, { attemptTimeout: 250 });
    await expect(reader.organization()).rejects.toMatchObject({
      code: "unreachable",
      message: "the organization: no answer in time",
    });
    expect(server.requests).toHaveLength(4);
  });

  test("a body that is cut half way is asked for again", async () => {
    const { server, reader } = await open((_, response, count) => {
      if (count > 1) return json(response, { id: "org", name: "Acme", type: "organization" });
      response.writeHead(200, { "content-type": "application/json", "content-length": "1000" });
      response.write('{"id": "or');
      setTimeout(() => response.destroy(), 10);
    });
    expect(await reader.organization()).toEqual({ id: "org", name: "Acme" });
    expect(server.requests).toHaveLength(2);
  });

  test.each([301, 302, 303, 304, 307, 308])("a %i is thrown, not followed, not retried", async (status) => {
    const { server, reader } = await open((_, response) => {
      response.writeHead(status, { location: "/v1/organizations/me?x=sk-ant-secret", "x-should-retry": "true" });
      response.end();
    });
    await expect(reader.organization()).rejects.toMatchObject({
      code: "redirected",
      message: expect.not.stringContaining("sk-ant"),
    });
    expect(server.requests).toHaveLength(1);
  });

  test.each([
    ["an HTML page", "text/html", "<!doctype html><title>Sign in</title>", "HTML page"],
    ["an HTML page that says it is JSON", "application/json", "<html>", "HTML page"],
    ["half a JSON body", "application/json", '{"id": "org', "not valid JSON"],
    ["nothing", "application/json", "", "not valid JSON"],
    ["a list where an object belongs", "application/json", "[]", "not a JSON object"],
    ["null", "application/json", "null", "not a JSON object"],
    ["an object without what is needed", "application/json", "{}", '"id"'],
  ])("a 200 with %s", async (_, type, body, words) => {
    const { server, reader } = await open((_url, response) => {
      response.writeHead(200, { "content-type": type });
      response.end(body);
    });
    await expect(reader.organization()).rejects.toMatchObject({
      code: "incomplete-answer",
      message: expect.stringContaining(words),
    });
    const snapshot = await reader.read(scope({ users: true }));
    expect(snapshot.users).toMatchObject({ known: false, reason: "incomplete-answer" });
    expect(server.requests).toHaveLength(2);
  });

  test("an error page of a proxy is not repeated", async () => {
    const { reader } = await open((_, response) => {
      response.writeHead(403, { "content-type": "text/html" });
      response.end(`<html>${SECRET} blocked</html>`);
    });
    await expect(reader.organization()).rejects.toMatchObject({
      code: "permission-denied",
      message: "the organization: the answer is a bare 403 of type text/html: is there a proxy in between?",
    });
  });

  test("an error of the API is said in its own words, with its id", async () => {
    const { reader } = await open((_, response) => apiError(response, 400, "the request\n  is bad"));
    await expect(reader.organization()).rejects.toMatchObject({
      code: "api-error",
      details: { message: "the organization: the request is bad (400)", status: 400, requestId: "req_test" },
    });
  });
});

const EVERYTHING_BUT_ME = { ...EVERYTHING, organization: false };

function workspace(n: number) {
  return {
    id: `wrkspc_${n}`,
    name: n === 0 ? "Default" : `W${n}`,
    archived_at: null,
    tags: {},
    data_residency: { workspace_geo: "us", allowed_inference_geos: "unrestricted", default_inference_geo: "global" },
    external_key_id: null,
  };
}

function user(n: number) {
  return { id: `user_${n}`, email: `p${n}@acme.example`, name: "", role: "user", type: "user" };
}
