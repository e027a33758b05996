/** What comes back through a guarded client: answers of other models, streams that break, retries, and the window of calls. */
import Anthropic, { type ClientOptions } from "@anthropic-ai/sdk";
import { describe, expect, test } from "vitest";
import { ask, denial, guarded, HAIKU, OPUS, POLICY, SONNET } from "../support/guarded.ts";

/** A network on which another model answers than the one that was asked. */
const answeredBy = (model: string, cut = 1_000_000): Pick<ClientOptions, "fetch"> => ({
  fetch: async (url, init) => {
    const response = await fetch(url, init);
    const text = (await response.text()).replaceAll(HAIKU, model);
    // In pieces of a few bytes, so that no event arrives whole.
    const bytes = new TextEncoder().encode(text);
    let at = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (at >= bytes.length) return controller.close();
        controller.enqueue(bytes.slice(at, at + Math.min(cut, bytes.length)));
        at += cut;
      },
    });
    return new Response(body, response);
  },
});

describe("an answer of another model", () => {
  const CALLS: Readonly<Record<string, (client: Anthropic, heard: string[]) => Promise<unknown>>> = {
    create: (client) => client.messages.create(ask(HAIKU)),
    "create, streamed": (client) => client.messages.create({ ...ask(HAIKU), stream: true }),
    stream: (client, heard) =>
      client.messages
        .stream(ask(HAIKU))
        .on("text", (text) => heard.push(text))
        .on("streamEvent", ({ type }) => heard.push(type))
        .finalMessage(),
    asResponse: (client) => client.messages.create(ask(HAIKU)).asResponse(),
  };
  test.each(Object.keys(CALLS))("%s: denied before anything of it is handed on", async (name) => {
    const { as } = await guarded();
    const heard: string[] = [];
    for (const cut of [7, 1_000_000]) {
      const client = as("user", answeredBy(OPUS, cut));
      const denied = await denial(() => CALLS[name]?.(client, heard));
      expect(denied).toMatchObject({ code: "answer-model-not-allowed", model: OPUS, role: "user" });
    }
    expect(heard).toEqual([]);
    // A dated snapshot of a model that is listed is that model.
    expect(await CALLS[name]?.(as("user", answeredBy(`${HAIKU}-20261001`, 7)), heard)).toBeDefined();
  });

  test("an answer that names none, or is none", async () => {
    const { as } = await guarded();
    for (const text of ["{}", "[]", "", "not json", '{"model":7}']) {
      const client = as("user", {
        fetch: async () => new Response(text, { headers: { "content-type": "application/json" } }),
      });
      expect((await denial(() => client.messages.create(ask(HAIKU)))).code).toBe("answer-model-not-allowed");
    }
    const start = 'event: content_block_delta\ndata: {"type":"content_block_delta"}\n\n';
    const headers = { "content-type": "text/event-stream" };
    const client = as("user", { fetch: async () => new Response(start, { headers }) });
    expect((await denial(() => client.messages.stream(ask(HAIKU)).done())).code).toBe("answer-model-not-allowed");
  });
});

describe("an answer that is allowed", () => {
  test("is the one that an unguarded client gets, streamed or not, in pieces of any size", async () => {
    const { client, as } = await guarded({ settings: { reply: "one two three\n\nfour ünï 🙂" } });
    const content = async (one: Anthropic) => [
      (await one.messages.create(ask(HAIKU))).content,
      (await one.messages.stream(ask(HAIKU)).finalMessage()).content,
    ];
    const plain = await content(client());
    expect(plain[0]).toEqual(plain[1]);
    for (const cut of [1, 5, 64, 1_000_000]) expect(await content(as("user", answeredBy(HAIKU, cut)))).toEqual(plain);
  });

  test("keeps its response, its ids and its address", async () => {
    const { as, sandbox } = await guarded();
    const { data, response, request_id } = await as("user").messages.create(ask(HAIKU)).withResponse();
    expect(response.status).toBe(200);
    expect(response.url).toBe(`${sandbox.url}/v1/messages`);
    expect(request_id).toBe(response.headers.get("request-id"));
    expect(data).toHaveProperty("_request_id", request_id);
    const raw = await as("user").messages.create(ask(HAIKU)).asResponse();
    expect(await raw.json()).toMatchObject({ model: HAIKU, type: "message" });
  });

  test("is read no faster than it is taken", async () => {
    let pulled = 0;
    const { as } = await guarded();
    const start = `event: message_start\ndata: {"type":"message_start","message":{"model":"${HAIKU}"}}\n\n`;
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          controller.enqueue(new TextEncoder().encode(pulled++ === 0 ? start : "event: ping\ndata: {}\n\n"));
        },
      },
      { highWaterMark: 0 },
    );
    const headers = { "content-type": "text/event-stream" };
    const client = as("user", { fetch: async () => new Response(body, { headers }) });
    const stream = await client.messages.create({ ...ask(HAIKU), stream: true });
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
    expect(pulled).toBe(1);
    stream.controller.abort();
  });
});

describe("what breaks breaks as it does without a guard", () => {
  const failures = async (one: Anthropic) => {
    const error = await one.messages
      .stream(ask(HAIKU))
      .finalMessage()
      .then(String, (reason: unknown) => reason);
    return error as Error;
  };
  test.each(["stream_cut", "stream_overloaded"] as const)("%s", async (kind) => {
    const { client, as, sandbox } = await guarded();
    sandbox.control.fault({ kind, times: 2 });
    const [plain, ours] = [await failures(client()), await failures(as("user"))];
    expect(ours).toBeInstanceOf(Anthropic.AnthropicError);
    expect([ours.constructor, ours.message.slice(0, 30)]).toEqual([plain.constructor, plain.message.slice(0, 30)]);
  });

  test("an overload before the first event is the API's error", async () => {
    const { as } = await guarded();
    const data = { type: "error", error: { type: "overloaded_error", message: "Overloaded" } };
    const text = `event: ping\ndata: {}\n\nevent: error\ndata: ${JSON.stringify(data)}\n\n`;
    const headers = { "content-type": "text/event-stream" };
    const client = as("user", { fetch: async () => new Response(text, { headers }) });
    expect(await failures(client)).toMatchObject({ type: "overloaded_error" });
  });

  test("an answer cut in its middle is an error, and no answer", async () => {
    const { as } = await guarded();
    for (const type of ["application/json", "text/event-stream"]) {
      const broken = () =>
        new ReadableStream<Uint8Array>({
          start: (controller) => controller.enqueue(new TextEncoder().encode('{"type":')),
          pull: (controller) => controller.error(new TypeError("terminated")),
        });
      const client = as("user", { fetch: async () => new Response(broken(), { headers: { "content-type": type } }) });
      const request = { ...ask(HAIKU), stream: type === "text/event-stream" };
      const reading = async () => {
        const answer = await client.messages.create(request);
        if (Symbol.asyncIterator in answer) for await (const _ of answer);
      };
      await expect(reading()).rejects.toThrow("terminated");
    }
  });

  test("an abort ends it, before the answer and during it", async () => {
    const { as, sandbox } = await guarded();
    sandbox.control.fault({ kind: "slow", ms: 5000 });
    const early = new AbortController();
    const call = as("user").messages.create(ask(HAIKU), { signal: early.signal });
    setTimeout(() => early.abort(), 50);
    await expect(call).rejects.toBeInstanceOf(Anthropic.APIUserAbortError);
    const stream = as("user").messages.stream(ask(HAIKU));
    stream.on("streamEvent", () => stream.abort());
    await expect(stream.finalMessage()).rejects.toBeInstanceOf(Anthropic.APIUserAbortError);
  });

  test("an error of the API stays one", async () => {
    const { as, sandbox } = await guarded();
    sandbox.control.fault({ kind: "status", status: 400, times: 1 });
    await expect(as("user").messages.create(ask(HAIKU))).rejects.toBeInstanceOf(Anthropic.BadRequestError);
  });
});

describe("rpm_limit", () => {
  test("counts every method alike; what is denied by a rule is not counted, nor are counts of tokens", async () => {
    const { as, arrived } = await guarded();
    const client = as("counted");
    await denial(() => client.messages.create(ask(OPUS)));
    await client.messages.countTokens({ model: HAIKU, messages: ask(HAIKU).messages });
    await client.messages.create(ask(HAIKU));
    await client.messages.stream(ask(HAIKU)).done();
    await client.withOptions({ timeout: 9000 }).beta.messages.create(ask(HAIKU));
    const sent = arrived().length;
    for (const call of [
      () => client.messages.create(ask(HAIKU)),
      () => as("counted").messages.stream(ask(HAIKU)).done(),
    ]) {
      const denied = await denial(call);
      expect(denied).toMatchObject({ code: "rate-limited", role: "counted", model: HAIKU });
      expect(denied.retryAt).toBeGreaterThan(Date.now());
      expect(denied.fix).toMatch(/^try again at /);
    }
    expect(arrived()).toHaveLength(sent);
  });

  test("a call that is tried again after 529 or a lost connection is counted once", async () => {
    const { as, sandbox, arrived } = await guarded();
    const client = as("counted", { maxRetries: 3 });
    sandbox.control.fault({ kind: "status", status: 529, times: 2, retry_after: 0.01 });
    await client.messages.create(ask(HAIKU));
    sandbox.control.fault({ kind: "cut_before", times: 1 });
    await client.messages.create(ask(HAIKU));
    await client.messages.create(ask(HAIKU));
    expect(arrived().length).toBe(6);
    expect((await denial(() => client.messages.create(ask(HAIKU)))).code).toBe("rate-limited");
  });

  test("every answer that middleware asks for by itself is counted", async () => {
    const { as } = await guarded();
    const again = as("counted", {
      middleware: [
        async (request, next) => {
          for (let turn = 0; turn < 9; turn++) await (await next(request)).text();
          return next(request);
        },
      ],
    });
    expect((await denial(() => again.messages.create(ask(HAIKU)))).code).toBe("rate-limited");
  });

  test("a batch is counted by its requests, all or none", async () => {
    const { as, arrived } = await guarded();
    const client = as("counted");
    const batch = (size: number, last = HAIKU) => ({
      requests: Array.from({ length: size }, (_, index) => ({
        custom_id: `${index}`,
        params: ask(index === size - 1 ? last : HAIKU),
      })),
    });
    const large = await denial(() => client.messages.batches.create(batch(4)));
    expect(large).toMatchObject({ code: "rate-limited", fix: "make parts of at most 3 requests" });
    expect(large).not.toHaveProperty("retryAt");
    expect((await denial(() => client.messages.batches.create(batch(2, SONNET)))).code).toBe("model-not-allowed");
    for (const requests of [[], [{}], [{ params: [] }], {}, undefined])
      expect((await denial(() => client.post("/v1/messages/batches", { body: { requests } }))).code).toBe(
        "invalid-request",
      );
    await client.messages.batches.create(batch(2));
    expect((await denial(() => client.messages.batches.create(batch(2)))).code).toBe("rate-limited");
    await client.messages.create(ask(HAIKU));
    expect(arrived()).toHaveLength(2);
  });

  test("a store that cannot be reached is a denial", async () => {
    const { as, arrived } = await guarded();
    const policy = { ...POLICY, rateStore: "redis://127.0.0.1:1" };
    const denied = await denial(() => as("counted", { maxRetries: 2 }, policy).messages.create(ask(HAIKU)));
    expect(denied).toMatchObject({ code: "rate-store-unreachable", role: "counted" });
    expect(arrived()).toEqual([]);
  });
});
