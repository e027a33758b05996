/** What a caller in JavaScript can try on a guarded client, beyond its methods: options that change, other readings of a request. */
import type { Middleware } from "@anthropic-ai/sdk";
import { describe, expect, test } from "vitest";
import { createMessage, guardClient } from "../../src/index.ts";
import { ask, denial, guarded, HAIKU, OPUS, POLICY, SONNET } from "../support/guarded.ts";

const advisor = (model: unknown, more: object = {}) => ({ type: "advisor_20260301", name: "advisor", model, ...more });
const adding = (definition: object) => ({
  messages: [
    { role: "user", content: "hello" },
    { role: "system", content: [{ type: "tool_addition", tool: { type: "tool_definition", definition } }] },
  ],
});

/** The body that a client sends, whatever becomes of it. */
async function sentBy(role: string, more: object): Promise<Record<string, unknown>> {
  const { as } = await guarded();
  let sent: unknown;
  const spy: typeof fetch = async (_, init) => {
    sent = JSON.parse(String(init?.body));
    return new Response(JSON.stringify({ model: HAIKU }), { headers: { "content-type": "application/json" } });
  };
  await as(role, { fetch: spy }).beta.messages.create(ask(HAIKU, more));
  return sent as Record<string, unknown>;
}

describe("a model in another place", () => {
  test.each<[string, object, string]>([
    ["a tool that a message adds", adding(advisor(OPUS)), "model-not-allowed"],
    [
      "a tool that a compaction adds",
      { messages: [{ role: "user", content: [{ type: "compaction", tool_changes: [{ tool: advisor(OPUS) }] }] }] },
      "model-not-allowed",
    ],
    ["a field of tomorrow, beside the model", { fast_model: OPUS }, "model-not-allowed"],
    ["a request that says it is an echo", { type: "fallback", fallbacks: [{ model: OPUS }] }, "model-not-allowed"],
    ["a model that is no text", { tools: [advisor({ id: OPUS })] }, "invalid-request"],
    ["another word for the API's choice", { fallbacks: "auto" }, "call-not-guarded"],
    ["max_tokens that is no number", { fallbacks: [{ model: HAIKU, max_tokens: "9999" }] }, "invalid-request"],
  ])("%s: denied", async (_, more, code) => {
    const { as, arrived } = await guarded();
    expect((await denial(() => as("user").beta.messages.create(ask(HAIKU, more)))).code).toBe(code);
    expect(arrived()).toEqual([]);
  });

  test("an advisor gets the max_tokens of the role where it has none, and none where the role has none", async () => {
    for (const more of [{}, { max_tokens: null }, { max_tokens: 9999 }])
      expect(await sentBy("user", { tools: [advisor(HAIKU, more)] })).toMatchObject({ tools: [{ max_tokens: 512 }] });
    expect(await sentBy("user", adding(advisor(HAIKU, { max_tokens: 9 })))).toMatchObject(
      adding(advisor(HAIKU, { max_tokens: 9 })),
    );
    expect(await sentBy("admin", { tools: [advisor(OPUS)] })).toMatchObject({ tools: [advisor(OPUS)] });
    // A fallback without any has the request's, and its thinking fits below them, or is left to the model.
    const thinking = { type: "enabled", budget_tokens: 4000 };
    const more = {
      max_tokens: 8000,
      fallbacks: [
        { model: HAIKU, thinking },
        { model: HAIKU, max_tokens: 600, thinking: null },
      ],
    };
    expect((await sentBy("power", more)).fallbacks).toEqual([
      { model: HAIKU, thinking: { ...thinking, budget_tokens: 1024 } },
      { model: HAIKU, max_tokens: 600, thinking: null },
    ]);
    expect((await denial(() => sentBy("user", more))).code).toBe("invalid-request");
    expect((await sentBy("user", { fallbacks: [{ model: HAIKU }] })).fallbacks).toEqual([{ model: HAIKU }]);
  });

  test("what a conversation tells of models is no request for one", async () => {
    const content = [
      { type: "fallback", from: { model: OPUS }, to: { model: SONNET } },
      { type: "tool_use", id: "t", name: "pick", input: { model: "T", models: [7] } },
    ];
    const messages = [
      { role: "user", content: `{"model":"${OPUS}"}` },
      { role: "assistant", content },
    ];
    expect((await sentBy("user", { messages })).messages).toEqual(messages);
  });
});

describe("options that change", () => {
  const greedy: Middleware = (request, next) =>
    next({ ...request, body: String(request.body).replace('"max_tokens":100', '"max_tokens":9999') });

  test("middleware that a request hides is not run behind the guard", async () => {
    const { as, arrived } = await guarded();
    const request = { method: "post", path: "/v1/messages", body: ask(HAIKU) } as const;
    const proxy = new Proxy(request, {
      get: (target, name) => (name === "middleware" ? [greedy] : Reflect.get(target, name)),
    });
    expect((await denial(() => as("user").request(proxy))).code).toBe("call-not-guarded");
    const middleware = [greedy];
    const hiding: Middleware = (message, next) => {
      middleware.length = 0;
      return next(message);
    };
    const client = as("user").withOptions({ middleware: [hiding] });
    expect((await denial(() => client.messages.create(ask(HAIKU), { middleware }))).code).toBe("call-not-guarded");
    expect(arrived()).toEqual([]);
  });

  test("an address that says another thing each time", async () => {
    const { as, sandbox, arrived } = await guarded();
    const client = as("user");
    let asked = 0;
    const told = () => `${sandbox.url}/v1/${asked++ < 2 ? "oauth/token" : "messages"}`;
    const init = { method: "post", body: JSON.stringify(ask(OPUS)) };
    const url = { url: { toString: told } } as unknown as Request;
    expect((await denial(() => client.fetchWithTimeout(url, init, 1000, new AbortController()))).code).toMatch(
      /^(?:call-not-guarded|model-not-allowed)$/,
    );
    expect(arrived()).toEqual([]);
  });

  test("the rules of a client are those that it was made with", async () => {
    const { client, env, arrived } = await guarded();
    const role = { name: "user", allowed: true, models: [HAIKU], mayAssume: [], maxTokens: 9, rpmLimit: 1 };
    const policy = { ...POLICY, roles: new Map([["user", role]]) };
    const options = { policy, role: "user", user: "ada@acme.example", env };
    const guard = guardClient(client(), options);
    role.rpmLimit = 99;
    role.models.push(OPUS, "*");
    policy.rateStore = "redis://127.0.0.1:1";
    policy.organization = "another";
    policy.roles.set("admin", { ...role, name: "admin" });
    Object.assign(options, { role: "admin", policy: POLICY, user: "bob@acme.example" });
    await guard.messages.create(ask(HAIKU));
    expect(await denial(() => guard.messages.create(ask(HAIKU)))).toMatchObject({ code: "rate-limited", role: "user" });
    expect((await denial(() => guard.messages.create(ask(OPUS)))).code).toBe("model-not-allowed");
    const byDefault = ask(HAIKU, { fallbacks: "default" });
    expect((await denial(() => guard.messages.create(byDefault))).code).toBe("call-not-guarded");
    expect(arrived()).toHaveLength(1);
  });

  test("twenty calls at once: exactly as many as the limit get through", async () => {
    const { as, arrived } = await guarded();
    const call = () => as("counted").messages.create(ask(HAIKU));
    const ends = await Promise.allSettled(Array.from({ length: 20 }, call));
    expect(ends.filter(({ status }) => status === "fulfilled")).toHaveLength(3);
    expect(arrived()).toHaveLength(3);
  });
});

describe("createMessage, and a client without middleware", () => {
  test("are given what was judged: no toJSON, getter or Proxy says another thing later", async () => {
    const { client } = await guarded();
    const sent: unknown[] = [];
    const spy: typeof fetch = async (url, init) => {
      sent.push(JSON.parse(String(init?.body)));
      return fetch(url, init);
    };
    const sdk = client({ fetch: spy });
    const standing = { policy: POLICY, role: "user" };
    const toJSON = () => ask(HAIKU, { max_tokens: 9999 });
    await createMessage(sdk, POLICY, "user", ask(HAIKU, { toJSON }));
    let read = 0;
    const fallback = {
      model: HAIKU,
      get max_tokens() {
        return read++ === 0 ? 9999 : undefined;
      },
    };
    await createMessage(sdk, POLICY, "user", ask(HAIKU, { fallbacks: [fallback] })).catch(() => {});
    let looked = 0;
    const options = new Proxy({ body: ask(OPUS) }, { ownKeys: () => (looked++ === 0 ? [] : ["body"]) });
    const stand = guardClient({ messages: { create: sdk.messages.create.bind(sdk.messages) } }, standing);
    await stand.messages.create(ask(HAIKU), options as object);
    expect(sent).toEqual([
      ask(HAIKU, { max_tokens: 512 }),
      ask(HAIKU, { fallbacks: [{ model: HAIKU, max_tokens: 512 }] }),
      ask(HAIKU),
    ]);
    const throwing = new Proxy({}, { ownKeys: () => [7 as never] });
    expect((await denial(() => stand.messages.create(ask(HAIKU), throwing))).code).toBe("call-not-guarded");
  });

  test("a stand-in that answers without a model is taken at its word; a promise of a policy is said to be one", async () => {
    const client = { messages: { create: async (params: object) => ({ ...params, model: undefined, content: [] }) } };
    const params = ask(HAIKU, { max_tokens: 9999 });
    expect(await createMessage(client, POLICY, "user", params)).toMatchObject({ content: [], max_tokens: 512 });
    const policy = Promise.resolve(POLICY) as unknown as typeof POLICY;
    const denied = await denial(() => guardClient(client, { policy, role: "user" }).messages.create(params));
    expect(denied.message).toBe("The policy is a promise; await it");
    expect(() => guardClient(client, undefined as never)).not.toThrow();
  });
});
