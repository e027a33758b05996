/** A guarded client is the client that was given: its class, its credential, its settings; and the guard cannot be taken off. */
import Anthropic, { type Middleware } from "@anthropic-ai/sdk";
import { expect, onTestFinished, test, vi } from "vitest";
import { guardClient } from "../../src/index.ts";
import { ask, denial, guarded, HAIKU, OPUS, POLICY } from "../support/guarded.ts";

const options = { policy: POLICY, role: "user" };

test("the credential is the client's own, whatever the environment says", async () => {
  const { sandbox } = await guarded();
  vi.stubEnv("ANTHROPIC_API_KEY", "sk-ant-api03-fake-of-the-environment");
  vi.stubEnv("ANTHROPIC_AUTH_TOKEN", "fake-token-of-the-environment");
  vi.stubEnv("ANTHROPIC_BASE_URL", "http://127.0.0.1:9");
  onTestFinished(() => void vi.unstubAllEnvs());
  const seen: (string | null)[][] = [];
  const spy: typeof fetch = async (url, init) => {
    const headers = new Headers(init?.headers);
    if (!String(url).endsWith("/oauth/token")) seen.push([headers.get("x-api-key"), headers.get("authorization")]);
    return fetch(url, init);
  };
  const common = { baseURL: sandbox.url, fetch: spy, maxRetries: 0, logLevel: "off" } as const;
  const key = sandbox.secretOf("dev-shared");
  const clients = [
    new Anthropic({ ...common, apiKey: key }),
    new Anthropic({ ...common, apiKey: async () => key }),
    new Anthropic({ ...common, apiKey: null, authToken: "fake-token" }),
    new Anthropic({
      ...common,
      apiKey: null,
      authToken: null,
      credentials: async () => ({ token: "fake-provider", expiresAt: null }),
    }),
  ];
  for (const client of clients) {
    const guard = guardClient(client, options);
    await guard.messages.create(ask(HAIKU)).catch(() => {});
    await guard
      .withOptions({ timeout: 5000 })
      .messages.create(ask(HAIKU))
      .catch(() => {});
  }
  const expected = [
    [null, `Bearer ${key}`],
    [null, `Bearer ${key}`],
    [null, "Bearer fake-token"],
    [null, "Bearer fake-provider"],
  ];
  expect(seen).toEqual(expected.flatMap((pair) => [pair, pair]));
  const other = guardClient(clients[0] as Anthropic, options).withOptions({ authToken: "fake-other" });
  await other.messages.create(ask(HAIKU)).catch(() => {});
  expect(seen.at(-1)).toEqual([null, "Bearer fake-other"]);
  expect((await denial(() => other.messages.create(ask(OPUS)))).code).toBe("model-not-allowed");
});

test("a class of somebody's own stays that class, and keeps what it was made with", async () => {
  class Own extends Anthropic {
    readonly label = "own";
  }
  const { sandbox, arrived } = await guarded();
  const own = new Own({
    apiKey: sandbox.secretOf("dev-shared"),
    baseURL: `${sandbox.url}/`,
    defaultHeaders: { "x-team": "blue" },
    defaultQuery: { team: "blue" },
    maxRetries: 7,
    timeout: 1234,
  });
  const guard = guardClient(own, options);
  expect(guard).toBeInstanceOf(Own);
  expect(guard).toMatchObject({ label: "own", maxRetries: 7, timeout: 1234, baseURL: own.baseURL });
  expect((await denial(() => guard.messages.create(ask(OPUS)))).code).toBe("model-not-allowed");
  expect(arrived()).toEqual([]);
  // The query that it was made with is no trick.
  await expect(guard.messages.create(ask(HAIKU))).rejects.toMatchObject({ status: 400 });
  expect(arrived()).toHaveLength(1);
  // The one that was given is as it was.
  expect(own.middleware).toEqual([]);
});

test("the guard stays, as the last one", async () => {
  const { client, arrived } = await guarded();
  const seen: string[] = [];
  const named =
    (name: string): Middleware =>
    async (request, next) => {
      seen.push(name);
      return next(request);
    };
  const guard = guardClient(client({ middleware: [named("first")] }), options);
  expect(() => (guard.middleware as Middleware[]).pop()).toThrow(TypeError);
  expect(() => Object.assign(guard, { middleware: [] })).toThrow(TypeError);
  expect(() => Object.assign(guard, { withOptions: () => client() })).toThrow(TypeError);
  const made = [
    guard.withOptions({ middleware: [] }),
    guard.withOptions({ middleware: [named("second")] }),
    guard.withOptions({}).withOptions({ middleware: [...guard.middleware, named("third")] }),
    guardClient(guard, { ...options, role: "admin" }),
    guardClient(guard, { ...options, role: "admin" }).withOptions({ middleware: [] }),
  ];
  for (const one of made) {
    expect(one).toBeInstanceOf(Anthropic);
    expect((await denial(() => one.messages.create(ask(OPUS)))).code).toBe("model-not-allowed");
    await one.messages.create(ask(HAIKU));
  }
  expect(seen).toEqual(["second", "second", "first", "third", "first", "third", "first", "first"]);
  expect(arrived()).toHaveLength(made.length);
});

test("a client that is guarded twice by the same rules counts each call once", async () => {
  const { client, env, arrived } = await guarded();
  const rules = { policy: POLICY, role: "counted", user: "ada@acme.example", env };
  const once = guardClient(client(), rules);
  const twice = guardClient(once, { ...rules }).withOptions({ middleware: [...once.middleware] });
  for (let call = 0; call < 3; call++) await twice.messages.create(ask(HAIKU));
  expect((await denial(() => twice.messages.create(ask(HAIKU)))).code).toBe("rate-limited");
  expect(arrived()).toHaveLength(3);
});

test("an address that is set afterwards is where requests may go", async () => {
  const { client, sandbox } = await guarded();
  const guard = guardClient(client({ baseURL: "http://127.0.0.1:9" }), options);
  guard.baseURL = sandbox.url;
  expect((await guard.messages.create(ask(HAIKU))).model).toBe(HAIKU);
});
