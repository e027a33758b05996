/** A guarded client of the real SDK against the sandbox: every method, every role, every model. */
import Anthropic, { type Middleware } from "@anthropic-ai/sdk";
import { betaRefusalFallbackMiddleware } from "@anthropic-ai/sdk/lib/middleware";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createMessage, guardClient, PolicyDeniedError } from "../../src/index.ts";
import { ask, denial, guarded, HAIKU, OPUS, POLICY, SONNET } from "../support/guarded.ts";

type Request = ReturnType<typeof ask>;
type Method = (client: Anthropic, request: Request) => Promise<unknown>;

async function drained(stream: AsyncIterable<unknown>): Promise<unknown> {
  let last: unknown;
  for await (const event of stream) last = event;
  return last;
}

/** Every way to have something generated or counted. */
const METHODS: Readonly<Record<string, Method>> = {
  create: (client, request) => client.messages.create(request),
  "create, streamed": async (client, request) => drained(await client.messages.create({ ...request, stream: true })),
  stream: (client, request) => client.messages.stream(request).finalMessage(),
  "stream, iterated": (client, request) => drained(client.messages.stream(request)),
  "stream, with its response": (client, request) => client.messages.stream(request).withResponse(),
  parse: (client, request) => client.messages.parse(request),
  countTokens: (client, { model, messages }) => client.messages.countTokens({ model, messages }),
  "batches.create": (client, params) => client.messages.batches.create({ requests: [{ custom_id: "a", params }] }),
  "beta create": (client, request) => client.beta.messages.create(request),
  "beta stream": (client, request) => client.beta.messages.stream(request).finalMessage(),
  "beta parse": (client, request) => client.beta.messages.parse(request),
  "beta toolRunner": (client, request) =>
    client.beta.messages.toolRunner({ ...request, tools: [], thread: false }).runUntilDone(),
  "beta countTokens": (client, { model, messages }) => client.beta.messages.countTokens({ model, messages }),
  "beta batches.create": (client, params) =>
    client.beta.messages.batches.create({ requests: [{ custom_id: "a", params }] }),
  "raw post": (client, body) => client.post("/v1/messages", { body }),
  request: (client, body) => client.request({ method: "post", path: "/v1/messages", body }),
  withResponse: (client, request) => client.messages.create(request).withResponse(),
  asResponse: (client, request) => client.messages.create(request).asResponse(),
  "a client of the client": (client, request) =>
    client.withOptions({ middleware: [(message, next) => next(message)], maxRetries: 0 }).messages.create(request),
  "a resource's own client": (client, request) => {
    const { _client } = client.messages as unknown as { readonly _client: Anthropic };
    return _client.messages.create(request);
  },
};

const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  viewer: [],
  user: [HAIKU],
  power: [HAIKU, SONNET],
  admin: [HAIKU, SONNET, OPUS],
  nobody: [],
};

test("whatever the method, the role and the model: it is answered, or denied and never sent", async () => {
  const { as, sandbox } = await guarded();
  const methods = fc.constantFrom(...Object.keys(METHODS));
  const roles = fc.constantFrom(...Object.keys(ALLOWED));
  const models = fc.constantFrom(HAIKU, SONNET, OPUS);
  const examples = Object.keys(METHODS).flatMap((name): [string, string, string][] => [
    [name, "user", HAIKU],
    [name, "user", OPUS],
  ]);
  await fc.assert(
    fc.asyncProperty(methods, roles, models, async (name, role, model) => {
      const before = sandbox.requests.length;
      const call = () => METHODS[name]?.(as(role), ask(model));
      if (ALLOWED[role]?.includes(model)) {
        expect(await call()).toBeDefined();
        expect(sandbox.requests.length).toBe(before + 1);
        return;
      }
      const denied = await denial(call);
      expect(denied).toBeInstanceOf(Error);
      expect(denied).toBeInstanceOf(Anthropic.AnthropicError);
      const code = role === "nobody" ? "unknown-role" : role === "viewer" ? "role-not-allowed" : "model-not-allowed";
      expect(denied).toMatchObject({ name: "PolicyDeniedError", code, role });
      if (code === "model-not-allowed") expect(denied.model).toBe(model);
      expect(sandbox.requests.length).toBe(before);
    }),
    { numRuns: examples.length + 60, examples },
  );
});

describe("a thinking budget", () => {
  const thinking = { type: "enabled", budget_tokens: 4000 } as const;
  const request = { ...ask(HAIKU), max_tokens: 8000, thinking };
  /** What generates: counting takes no max_tokens, and needs no budget below them. */
  const generating = Object.entries(METHODS).filter(([name]) => !name.includes("countTokens"));

  test.each([...generating, ["createMessage", undefined], ["createMessage, streamed", undefined]] as const)(
    "is lowered with the max_tokens of the role, or denied where it cannot be: %s",
    async (name, method) => {
      const { as, client, env, sandbox } = await guarded();
      const sent: unknown[] = [];
      const spy: typeof fetch = async (url, init) => {
        const body = JSON.parse(String(init?.body));
        sent.push(body.requests?.[0].params ?? body);
        return fetch(url, init);
      };
      const call = async (role: string) => {
        if (method) return method(as(role, { fetch: spy }), request);
        const options = { user: "ada@acme.example", env };
        const made = client({ fetch: spy });
        if (name === "createMessage") return createMessage(made, POLICY, role, request, options);
        return drained(await createMessage(made, POLICY, role, { ...request, stream: true }, options));
      };
      await call("power");
      expect(sent).toMatchObject([
        { model: HAIKU, max_tokens: 2048, thinking: { type: "enabled", budget_tokens: 1024 } },
      ]);
      const before = sandbox.requests.length;
      const denied = await denial(() => call("user"));
      expect([denied.code, denied.message]).toEqual([
        "invalid-request",
        expect.stringContaining("thinking budget of 4000 tokens does not fit below max_tokens 512"),
      ]);
      expect([sent.length, sandbox.requests.length]).toEqual([1, before]);
    },
  );
});

describe("what is sent", () => {
  const bodies = async (call: (client: Anthropic) => unknown, role = "power") => {
    const { as } = await guarded();
    const sent: unknown[] = [];
    const spy: typeof fetch = async (url, init) => {
      sent.push(JSON.parse(String(init?.body)));
      return fetch(url, init);
    };
    await Promise.resolve(call(as(role, { fetch: spy }))).catch(() => {});
    return sent;
  };

  test("has the max_tokens of the role, at most, and all else as it was", async () => {
    const request = ask(SONNET, { max_tokens: 9000, system: 'model: "x"', stop_sequences: ["model"] });
    expect(await bodies((client) => client.messages.create(request))).toEqual([{ ...request, max_tokens: 2048 }]);
    const batch = { requests: [{ custom_id: "a", params: request }] };
    expect(await bodies((client) => client.messages.batches.create(batch))).toEqual([
      { requests: [{ custom_id: "a", params: { ...request, max_tokens: 2048 } }] },
    ]);
  });

  test("lowers the max_tokens of other models that it names, and counts tokens without any", async () => {
    const fallbacks = [{ model: HAIKU, max_tokens: 5000 }, { model: SONNET }];
    const advisor = { type: "advisor_20260301", name: "advisor", model: HAIKU, max_tokens: 6000 } as const;
    const tool = { name: "pick", input_schema: { type: "object" as const, properties: { model: { enum: ["x"] } } } };
    const [sent] = await bodies((client) =>
      client.beta.messages.create({ ...ask(SONNET), fallbacks, tools: [advisor, tool] }),
    );
    expect(sent).toMatchObject({
      fallbacks: [{ model: HAIKU, max_tokens: 2048 }, { model: SONNET }],
      tools: [{ max_tokens: 2048 }, tool],
    });
    const { model, messages } = ask(SONNET);
    expect(await bodies((client) => client.messages.countTokens({ model, messages }))).toEqual([{ model, messages }]);
  });

  test("names no field twice, so that nobody reads another one than we did", async () => {
    const body = `{"model":"${OPUS}","model":"${HAIKU}","max_tokens":5,"messages":[{"role":"user","content":"x"}]}`;
    const headers = { "content-type": "application/json" };
    const sent = await bodies((client) => client.post("/v1/messages", { body, headers }));
    expect(sent).toEqual([{ model: HAIKU, max_tokens: 5, messages: [{ role: "user", content: "x" }] }]);
  });
});

describe("denied though nobody asked for the model by name", () => {
  const other = [{ model: OPUS }];
  test.each<[string, object, string]>([
    ["fallbacks", { fallbacks: other }, "model-not-allowed"],
    ["the API's own choice", { fallbacks: "default" }, "call-not-guarded"],
    [
      "a tool with a model",
      { tools: [{ type: "advisor_20260301", name: "advisor", model: OPUS }] },
      "model-not-allowed",
    ],
    ["a field of tomorrow", { routing: { deep: [{ fast_model: OPUS }] } }, "model-not-allowed"],
    ["a list of tomorrow", { routing: { models: [HAIKU, OPUS] } }, "model-not-allowed"],
  ])("%s", async (_, more, code) => {
    const { as, arrived } = await guarded();
    const request = ask(HAIKU, more);
    expect((await denial(() => as("user").beta.messages.create(request))).code).toBe(code);
    const params = [ask(HAIKU), request].map((each, index) => ({ custom_id: `${index}`, params: each }));
    expect((await denial(() => as("user").messages.batches.create({ requests: params }))).code).toBe(code);
    expect(arrived()).toEqual([]);
  });

  test("a hop of somebody's middleware to another model", async () => {
    const { as, sandbox, arrived } = await guarded();
    sandbox.control.fault({ kind: "refusal", times: null });
    const hop: Middleware = async (request, next) => {
      await (await next(request)).text();
      return next({ ...request, body: String(request.body).replace(HAIKU, OPUS) });
    };
    expect(await denial(() => as("user", { middleware: [hop] }).messages.create(ask(HAIKU)))).toMatchObject({
      code: "model-not-allowed",
      model: OPUS,
    });
    expect(arrived()).toEqual(["POST /v1/messages"]);
    const known = as("user", { middleware: [betaRefusalFallbackMiddleware([{ model: OPUS }])] });
    await known.beta.messages.create(ask(HAIKU)).catch(() => {});
    expect(arrived()).toEqual(["POST /v1/messages", "POST /v1/messages"]);
  });
});

describe("denied as a call that is not guarded", () => {
  test.each<[string, (client: Anthropic) => Promise<unknown>]>([
    ["the organization", (client) => client.organization.users.list()],
    ["an unknown path", (client) => client.post("/v1/complete", { body: ask(HAIKU) })],
    ["sessions", (client) => client.get("/v1/sessions")],
    ["a double slash", (client) => client.post("//v1/messages", { body: ask(HAIKU) })],
    ["a slash at the end", (client) => client.post("/v1/messages/", { body: ask(HAIKU) })],
    ["an encoded path", (client) => client.post("/v1/%6Dessages", { body: ask(OPUS) })],
    ["another case", (client) => client.post("/V1/Messages", { body: ask(HAIKU) })],
    ["a way round", (client) => client.get("/v1/models/../organizations/me")],
    ["an encoded way round", (client) => client.get("/v1/models/%2e%2e/organizations/me")],
    ["a query", (client) => client.post("/v1/messages?model=x", { body: ask(HAIKU) })],
    ["another host", (client) => client.get("http://127.0.0.2:1/v1/models")],
    ["no JSON", (client) => client.post("/v1/messages", { body: new URLSearchParams({ model: HAIKU }) })],
    ["bytes", (client) => client.post("/v1/messages", { body: new TextEncoder().encode(JSON.stringify(ask(HAIKU))) })],
    ["a list", (client) => client.post("/v1/messages", { body: [ask(HAIKU)] })],
    ["no body", (client) => client.post("/v1/messages")],
    ["put", (client) => client.put("/v1/messages", { body: ask(HAIKU) })],
    ["its own middleware", (client) => client.messages.create(ask(HAIKU), { middleware: [(one, next) => next(one)] })],
    [
      "its own middleware, hidden",
      (client) => {
        const middleware = { get: () => undefined };
        const request = { method: "get", path: "/v1/models" } as const;
        Object.defineProperty(request, "middleware", middleware);
        return client.request(request);
      },
    ],
    [
      "fetchWithTimeout",
      (client) => {
        const body = JSON.stringify(ask(HAIKU));
        const url = `${client.baseURL}/v1/sessions`;
        return client.fetchWithTimeout(url, { method: "post", body }, 1000, new AbortController());
      },
    ],
  ])("%s", async (_, call) => {
    const { as, arrived } = await guarded();
    const denied = await denial(() => call(as("admin")));
    expect(denied).toMatchObject({ code: "call-not-guarded", role: "admin" });
    expect(denied.message).toMatch(/^A guarded client does not make this call: .+; (?:use|give) /);
    expect(arrived()).toEqual([]);
  });

  test("another path, body or method in the options of a call is what is judged", async () => {
    const { as, arrived } = await guarded();
    const body = { body: ask(OPUS) } as object;
    expect((await denial(() => as("user").messages.create(ask(HAIKU), body))).code).toBe("model-not-allowed");
    const fetchOptions = { body: JSON.stringify(ask(OPUS)) } as object;
    expect((await denial(() => as("user").messages.create(ask(HAIKU), { fetchOptions }))).code).toBe(
      "model-not-allowed",
    );
    expect(arrived()).toEqual([]);
  });

  test("what needs no decision passes, for a role that may do anything at all", async () => {
    const { as, arrived } = await guarded();
    const free = [
      (client: Anthropic) => client.models.list(),
      (client: Anthropic) => client.models.retrieve(HAIKU),
      (client: Anthropic) => client.messages.batches.retrieve("msgbatch_1"),
      (client: Anthropic) => client.messages.batches.cancel("msgbatch_1"),
      (client: Anthropic) => client.messages.batches.delete("msgbatch_1"),
      (client: Anthropic) => client.files.list(),
      (client: Anthropic) => client.files.upload({ file: new File(["x"], "x.txt") }),
    ];
    for (const call of free) {
      const error = await Promise.resolve(call(as("user"))).catch((reason: unknown) => reason);
      expect(error).not.toBeInstanceOf(PolicyDeniedError);
      expect((await denial(() => call(as("viewer")))).code).toBe("role-not-allowed");
    }
    // The sandbox refuses the form of an upload at its door, before it counts it as a call.
    expect(arrived().filter((line) => line.includes("/v1/"))).toHaveLength(free.length - 1);
  });
});

describe("fails closed", () => {
  test.each<[unknown, string]>([
    [undefined, "policy-missing"],
    [null, "policy-missing"],
    [{}, "policy-invalid"],
    ["rbac.yaml", "policy-invalid"],
    [{ ...POLICY, roles: new Map() }, "policy-missing"],
  ])("policy %j", async (policy, code) => {
    const { client, arrived } = await guarded();
    const guard = guardClient(client(), { policy: policy as typeof POLICY, role: "user" });
    for (const call of [() => guard.models.list(), () => guard.messages.create(ask(HAIKU)), () => guard.get("/v1/x")])
      expect((await denial(call)).code).toBe(code);
    expect(arrived()).toEqual([]);
  });

  test("a limit or a store of a policy by hand that is none", async () => {
    const { as, arrived } = await guarded();
    const counted = POLICY.roles.get("counted");
    if (!counted) throw new Error("the role is gone");
    for (const rpmLimit of [0, Number.NaN, "10" as unknown as number]) {
      const policy = { ...POLICY, roles: new Map([["counted", { ...counted, rpmLimit }]]) };
      expect((await denial(() => as("counted", {}, policy).messages.create(ask(HAIKU)))).code).toBe("policy-invalid");
    }
    const policy = { ...POLICY, rateStore: undefined as unknown as string };
    expect((await denial(() => as("counted", {}, policy).messages.create(ask(HAIKU)))).code).toBe("policy-invalid");
    expect(arrived()).toEqual([]);
  });
});

test("a model or a role whose name says timeout is denied once, as anything else", async () => {
  const { as, arrived } = await guarded();
  const client = as("user", { maxRetries: 2 });
  const denied = await denial(() => client.messages.create(ask("claude-timeout-1")));
  expect(denied).toMatchObject({ code: "model-not-allowed", model: "claude-timeout-1" });
  expect(denied.message).toBe("Role cannot access model: claude-timeout-1");
  expect(arrived()).toEqual([]);
});

test("a stream tells its listeners of the denial", async () => {
  const { as } = await guarded();
  const errors: unknown[] = [];
  const stream = as("user")
    .messages.stream(ask(OPUS))
    .on("error", (error) => errors.push(error));
  expect(await denial(() => stream.done())).toMatchObject({ code: "model-not-allowed", model: OPUS, role: "user" });
  expect(errors).toHaveLength(1);
  expect(errors[0]).toBeInstanceOf(PolicyDeniedError);
});

test("instanceof goes by the mark, and not for a class of somebody's own", () => {
  class Own extends PolicyDeniedError {}
  const decision = { decision: "deny", code: "unknown-role", role: "x", model: null, message: "No" } as const;
  expect(new PolicyDeniedError(decision)).toBeInstanceOf(PolicyDeniedError);
  expect(new Own(decision)).toBeInstanceOf(PolicyDeniedError);
  expect(new Own(decision)).toBeInstanceOf(Own);
  expect(new PolicyDeniedError(decision)).not.toBeInstanceOf(Own);
  expect(new Error("No")).not.toBeInstanceOf(PolicyDeniedError);
  expect(Object(undefined) instanceof PolicyDeniedError).toBe(false);
});
